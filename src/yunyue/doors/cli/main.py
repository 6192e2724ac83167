"""The program `yunyue`: every command by name. Only the one that is asked for is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from yunyue.doors.cli.command import Root, in_language
from yunyue.doors.cli.voice import language
from yunyue.settlement.statement import Said

NAME: Final = "yunyue"
HERE: Final = "yunyue.doors.cli"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command is found: a module beside this one, and what it is called there."""

    module: str
    attribute: str
    said: Said


COMMANDS: Final[Mapping[str, Place]] = {
    "up": Place("starting", "up", Said("启动：迁移、载入示例合同、对外服务", "Start: migrate, load a sample, serve")),
    "doctor": Place("doctor", "doctor", Said("体检：逐项检查，指出如何处置", "Check the installation, say what to do")),
    "tour": Place("tour.command", "tour", Said("两分钟走完一个合同年", "Walk a contract year in two minutes")),
    "contract": Place(
        "contracts", "group", Said("合同：检查、查看、新建、载入", "Contracts: check, show, start, load")
    ),
    "fact": Place("facts", "group", Said("事实：记录与查阅", "Facts: record and read")),
    "order": Place("order_more", "group", Said("订单：下单、批准、变更、终止", "Orders: place, approve, change, end")),
    "ticket": Place("ticketing", "group", Said("工单：提交、列出、处理", "Tickets: open, list, work on")),
    "incident": Place(
        "incidents", "group", Said("故障：记录、经过、关联、恢复", "Incidents: record, note, link, close")
    ),
    "score": Place("scoring", "group", Said("考核：模板、评分、列出", "Scores: templates, sheets, list")),
    "month": Place(
        "months", "group", Said("服务月：封存样本、判定 SLA", "Service months: seal samples, judge the SLA")
    ),
    "settle": Place("settling", "settle", Said("结算：截至某日应付多少", "Settle: what is owed as of a day")),
    "why": Place("settling", "why", Said("某一行何以如此", "Why a line is as it is")),
    "export": Place("exporting", "export", Said("导出可离线核验的结算包", "Export a bundle for offline checking")),
    "verify": Place("exporting", "verify", Said("离线核验结算包", "Check a bundle offline")),
    "paper": Place("papering", "group", Said("文书：列出、生成 DOCX 或 PDF", "Papers: list them, write DOCX or PDF")),
    "archive": Place(
        "archiving", "group", Said("档案：保存期限、到期销毁", "The archive: retention, destruction after it")
    ),
    "account": Place(
        "accounting",
        "group",
        Said("账户：开设、列出、停用、重置、会话、第二因素", "Accounts: open, list, close, reset, sessions, factors"),
    ),
    "token": Place("tokens", "group", Said("令牌：签发、列出、吊销", "Tokens: make, list, revoke")),
    "access": Place(
        "accesses", "group", Said("访问记录：检索、证明、核查、现状", "Access records: search, prove, check, state")
    ),
    "proposal": Place(
        "proposing", "group", Said("提议：列出、查看、提出、决定", "Proposals: list, show, make, decide")
    ),
    "register": Place(
        "registering", "register", Said("登记册：人员、整改、除外、材料", "A register: staff, rectifications and more")
    ),
    "journal": Place(
        "journaling", "group", Said("日志：树头、检查、发布、见证", "The journal: head, check, publish, witness")
    ),
    "rebuild": Place("keeping", "rebuild", Said("由日志重建各投影", "Make every projection again from the journal")),
    "backup": Place("keeping", "backup", Said("在线备份", "Back up while in use")),
    "restore": Place("keeping", "restore", Said("自备份恢复", "Bring an installation back from a backup")),
    "crypto": Place(
        "crypto", "group", Said("密码：密钥、文件加密、签名、自评", "Cryptography: keys, files, signatures, self-check")
    ),
    "monitor": Place(
        "monitor.command",
        "group",
        Said("监测：目标、结果、余量、发现、告警、拨测点、看板", "Monitoring: targets, results, budgets, alerts"),
    ),
    "containers": Place(
        "containers", "group", Said("容器：应用清单、查看、日志、发布", "Containers: apply, look, logs, rollouts")
    ),
    "transcode": Place(
        "transcode",
        "group",
        Said("转码：上传影片、任务、模板、结果、探测", "Transcoding: films, jobs, templates, results, probing"),
    ),
    "calendar": Place("days", "group", Said("工作日：加减与计数", "Working days: add, subtract, count")),
    "words": Place("days", "words", Said("金额与大写互换", "An amount in capital characters, or back")),
    "completion": Place("completion", "completion", Said("命令行补全脚本", "Shell completion")),
}
"""Every command; `test` is the launcher's own."""


class Program(Root):
    """Finds commands by the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now."""
        del ctx
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        found = getattr(import_module(f"{HERE}.{place.module}"), place.attribute)
        assert isinstance(found, click.Command), cmd_name
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, without loading any."""
        del ctx
        with formatter.section("命令" if language() == "zh" else "Commands"):
            formatter.write_dl([(name, _said(place)) for name, place in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The same for the shell."""
        found = [
            CompletionItem(name, help=_said(place)) for name, place in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]


def _said(place: Place) -> str:
    return place.said.en if language() == "en" else place.said.zh


@click.group(
    NAME,
    cls=Program,
    said=Said("云约：会自己算账、自己举证的政务云合同", "Yunyue: a government cloud whose contract runs"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@in_language
def cli() -> None:
    """The help is in both languages above."""


def main(*arguments: Any) -> None:
    """The console script and ./yunyue."""
    cli.main(list(arguments) or None, prog_name=NAME)


if __name__ == "__main__":
    main()
