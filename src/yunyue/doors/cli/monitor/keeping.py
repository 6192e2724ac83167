"""yunyue monitor point, agent, board: probe points and dashboards."""

import asyncio
from dataclasses import asdict
from pathlib import Path

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.monitor.group import folder, group, moment, watching
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.monitor.board import Board, Boards, understand, write
from yunyue.services.monitor.points import agent as agents
from yunyue.services.monitor.points.config import load
from yunyue.services.monitor.points.register import Points
from yunyue.settlement.statement import Said
from yunyue.sla.span import milliseconds

points = SpokenGroup("points", said=Said("拨测点：列出、登记、停用", "Probe points: list, enrol, take out"))
boards = SpokenGroup("board", said=Said("看板：列出、导出、导入、删除", "Dashboards: list, export, import, delete"))
group.add_command(points)
group.add_command(boards)


@points.command("list", said=Said("列出拨测点", "List the probe points"))
@click.argument("contract")
@answers
def listed(voice: Voice, contract: str) -> Answer:
    """Those taken out too."""
    with watching(contract) as (hosting, host):
        now = milliseconds(hosting.kernel.clock.now())
        found = Points(folder(host)).all() if (folder(host) / "points.sqlite").exists() else ()
    pairs = (
        ("拨测点", "point"),
        ("位置", "place"),
        ("状态", "state"),
        ("联络", "heard"),
        ("时钟偏差 ms", "clock off ms"),
    )
    rows = [
        [
            one.name,
            one.place,
            "ended" if one.ended else "silent" if one.silent(now) else "heard",
            moment(one.seen) or "-",
            str(one.skew_ms),
        ]
        for one in found
    ]
    lines = table([voice.pick(*one) for one in pairs], rows, frozenset({4})) or [
        voice.pick("没有拨测点", "No probe points")
    ]
    return Told([asdict(one) for one in found], lines)


@points.command("add", said=Said("登记拨测点，给出一次性显示的令牌", "Enrol a probe point; its token is shown once"))
@click.argument("contract")
@click.argument("name")
@option("--place", default="", zh="位置", en="where it stands")
@answers
def add(voice: Voice, contract: str, name: str, place: str) -> Answer:
    """The platform keeps only the token's digest."""
    with watching(contract) as (hosting, host):
        token = Points(folder(host)).enrol(name, place, milliseconds(hosting.kernel.clock.now()))
    if isinstance(token, Refused):
        return token
    return Told({"point": name, "token": token}, [f"{voice.pick('已登记：', 'Enrolled: ')}{name}", token])


@points.command("end", said=Said("停用拨测点", "Take a probe point out"))
@click.argument("contract")
@click.argument("name")
@answers
def end(voice: Voice, contract: str, name: str) -> Answer:
    """Its token opens nothing from now on."""
    with watching(contract) as (hosting, host):
        done = Points(folder(host)).end(name, milliseconds(hosting.kernel.clock.now()))
    return done if isinstance(done, Refused) else Told(asdict(done), [f"{voice.pick('已停用：', 'Taken out: ')}{name}"])


@group.command("agent", said=Said("在本机运行拨测点，直至中断", "Run a probe point on this machine until interrupted"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@answers
def agent(voice: Voice, file: Path) -> Answer:
    """FILE is the point's configuration; see docs/monitor.md."""
    config = load(file)
    if isinstance(config, Refused):
        return config
    asyncio.run(agents.serve(config))
    return Told({"ended": True}, [voice.pick("已结束", "Ended")])


@boards.command("list", said=Said("列出看板", "List the dashboards"))
@click.argument("contract")
@answers
def every(voice: Voice, contract: str) -> Answer:
    """By name."""
    with watching(contract) as (_hosting, host):
        found = Boards(folder(host)).all()
    pairs = (("名称", "name"), ("标题", "title"), ("部门", "department"), ("面板", "panels"))
    rows = [[one.name, one.title, one.tenant or "-", str(len(one.panels))] for one in found]
    lines = table([voice.pick(*one) for one in pairs], rows, frozenset({3})) or [
        voice.pick("没有看板", "No dashboards")
    ]
    return Told([one.name for one in found], lines)


@boards.command("export", said=Said("导出看板为 JSON", "Export a dashboard as JSON"))
@click.argument("contract")
@click.argument("name")
@answers
def export(voice: Voice, contract: str, name: str) -> Answer:
    """To standard output."""
    del voice
    with watching(contract) as (_hosting, host):
        found = Boards(folder(host)).find(name)
    return found if isinstance(found, Refused) else Told(found, write(found).decode().splitlines())


@boards.command("import", said=Said("导入看板，同名者被替换", "Import a dashboard; one of its name is replaced"))
@click.argument("contract")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@answers
def import_(voice: Voice, contract: str, file: Path) -> Answer:
    """Checked by field before it is kept."""
    found = understand(file.read_bytes())
    if isinstance(found, Refused):
        return found
    with watching(contract) as (_hosting, host):
        kept = Boards(folder(host)).keep(found)
    return _said(voice, kept, ("已保存", "Kept"))


@boards.command("delete", said=Said("删除看板", "Delete a dashboard"))
@click.argument("contract")
@click.argument("name")
@answers
def delete(voice: Voice, contract: str, name: str) -> Answer:
    """It can be imported again."""
    with watching(contract) as (_hosting, host):
        gone = Boards(folder(host)).drop(name)
    return _said(voice, gone, ("已删除", "Deleted"))


def _said(voice: Voice, board: Board | Refused, words: tuple[str, str]) -> Answer:
    return board if isinstance(board, Refused) else Told({"board": board.name}, [f"{voice.head(*words)}{board.name}"])
