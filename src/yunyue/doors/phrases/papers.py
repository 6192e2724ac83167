"""Why a paper was not written. What a paper needs to be told has its own Chinese title."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_ASKED: Final = (
    says(
        "there is no paper {code}; known: {known:list}", "没有文书 {code}；已知文书：{known}", code="'x'", known="a, b"
    ),
    says(
        "{code} asks for {known:list}, not for {key}",
        "{code} 所需为 {known}，不需要 {key}",
        code="month",
        known="month",
        key="'x'",
    ),
    says("{code} needs it: {title:title}", "{code} 需要：{title}", code="month", title="id of the notice"),
    says("one of {known:list}, not {found}", "须为 {known} 之一，而不是 {found}", known="midterm, final", found="'x'"),
    says("does not fit a QR code; give a shorter address", "放不进二维码；请给出较短的地址"),
    says(
        "{folder} has no {fonts:list}; {remedy:reason}",
        "{folder} 中没有 {fonts}；{remedy}",
        folder="/usr/share/fonts",
        fonts="Noto Serif CJK SC",
        remedy="install Debian's fonts-noto-cjk (apt-get install fonts-noto-cjk)",
    ),
    says(
        "install Debian's {package} ({command})",
        "请安装 Debian 的 {package}（{command}）",
        package="fonts-noto-cjk",
        command="apt-get install fonts-noto-cjk",
    ),
    says("typst: {why}", "排版：{why}", why="unknown variable"),
)

_RECORDS: Final = (
    says("not in the journal: {facts:list}", "日志中没有：{facts}", facts="f-1, f-2"),
    says(
        "the statement knew {known} records, these are {found}",
        "结算单依据 {known} 条记录，此处有 {found} 条",
        known="5",
        found="6",
    ),
    says("a statement with supposed facts makes no paper", "含假设事实的结算单不能出具文书"),
    says("a statement with supposed facts proves nothing", "含假设事实的结算单不能作为证明"),
    says("not the terms the statement names", "不是结算单所指的条款"),
    says("not the calendar the statement names", "不是结算单所指的日历"),
    says(
        "covers {found} records, the statement rests on {known}",
        "涵盖 {found} 条记录，而结算单依据 {known} 条",
        found="5",
        known="6",
    ),
    says("more than {count} witnesses", "超过 {count} 个见证人", count="16"),
    says("the leaves are not those of the checkpoint", "各条与树头不符"),
)

_CLAUSES: Final = (
    says(
        "the {milestone:reason} acceptance was passed on {day}",
        "{milestone}验收已于 {day} 通过",
        milestone="midterm",
        day="2024-08-01",
    ),
    says("that right is not available on {day}", "该权利在 {day} 不成立", day="2024-08-01"),
    says("no event {event} is on record", "没有事件 {event} 的记录", event="'e-1'"),
    says("the end of {event} is not on record", "没有 {event} 结束的记录", event="e-1"),
    says("{month} has not begun on {day}", "{month} 在 {day} 尚未开始", month="2024-09", day="2024-08-01"),
    says("there is no incident {incident}", "没有事件单 {incident}", incident="'i-1'"),
    says(
        "instalment {number} was paid in full on {day}", "第 {number} 期款已于 {day} 付清", number="1", day="2024-08-01"
    ),
    says(
        "the contract has instalments {known:list}, not {found}",
        "合同的各期为 {known}，没有 {found}",
        known="1, 2",
        found="'9'",
    ),
    says(
        "the contract has ended; instalment {number} is no longer to be paid",
        "合同已终止；第 {number} 期款不再支付",
        number="2",
    ),
    says("every instalment has been paid; no account is left to change", "各期款均已付清；无须再变更账户"),
    says(
        "no penalty line {line}; the statement has {known:list}",
        "没有违约金行 {line}；结算单中有 {known}",
        line="'x'",
        known="penalty-1",
    ),
    says("the statement of {day} has no penalty", "{day} 的结算单没有违约金", day="2024-08-01"),
    says("no objective missed its target in {month}", "{month} 没有指标未达目标", month="2024-06"),
    says("a notice says what falls short", "通知须写明不符合之处"),
    says(
        "{deadline} has passed; the time for rework lies ahead",
        "{deadline} 已过；整改期限须在将来",
        deadline="2024-01-01",
    ),
    says("{said:reason}; write it as 2024-07-10", "{said}；请写作 2024-07-10", said="'x' is no day"),
    says("{text:quoted} is no day", "{text} 不是日期", text="'x'"),
    says("a notice without a time for rework is invalid (A14)", "未载整改期限的通知无效（A14）"),
    says("no rectification {notice} was ordered", "没有发出过整改通知 {notice}", notice="'n-1'"),
    says("nothing was reported yet; there is nothing to review", "尚未报告整改；无从复核"),
    says("nobody is at a post yet", "尚无人员在岗"),
    says("{person:word} is at no post", "{person} 不在任何岗位", person="p-1"),
    says("{person:word} was not proposed", "{person} 未被提名", person="p-1"),
    says("{person:word} is neither proposed nor assigned", "{person} 既未提名，也未在岗", person="p-1"),
    says("{line:quoted} is not path=value", "{line} 不是 path=value 的写法", line="'x'"),
    says(
        "no such supplement is recorded; give the changes as path=value lines",
        "没有该补充协议的记录；请以 path=value 逐行给出变更",
    ),
    says("{text} is no day such as 2024-08-01", "{text} 不是日期（例如 2024-08-01）", text="'x'"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_ASKED, *_RECORDS, *_CLAUSES)


def title(english: str) -> str:
    """The Chinese title of what a paper needs to be told; a title of no paper stays as it is."""
    # Papers bring typesetting with them, which is slow to load and which few refusals ask for.
    from yunyue.papers.registry import PAPERS

    needed = (need.title for one in PAPERS.values() for need in one.needs)
    return next((one.zh for one in needed if one.en == english), english)
