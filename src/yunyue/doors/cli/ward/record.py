"""The journal and its documents: intact, and not ahead of the clock."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Final

from yunyue.answer import Refused
from yunyue.doors.cli.broken import BROKEN
from yunyue.doors.cli.journaling import checked
from yunyue.doors.cli.ward.finding import Finding, fault, note, ok
from yunyue.host.settings import Settings
from yunyue.journal.envelope import write
from yunyue.kernel import Kernel
from yunyue.settlement.statement import Said
from yunyue.store.series import Series

CLOCK: Final = Said("时钟", "Clock")
JOURNAL: Final = Said("日志", "Journal")
PUBLISHED: Final = Said("已发布的树头", "Published head")
OBJECTS: Final = Said("文件", "Documents")
SERIES: Final = Said("样本段", "Sample segments")
LAST: Final = 1_000
DRIFT: Final = timedelta(seconds=1)
RESTORE: Final = ("停止写入;自备份恢复: yunyue restore", "stop writing; bring a backup back: yunyue restore")


def findings(settings: Settings, full: bool) -> Iterator[Finding]:
    """Quick: guards, frontier, the last facts byte for byte; full: every byte of everything."""
    if settings.database == "sqlite" and not (settings.home / "journal.sqlite").exists():
        yield note(JOURNAL, "-", "首次 ./yunyue up 时建立", "made by the first ./yunyue up")
        return
    try:
        # Opening checks the database's own guards and reads every fact with the terms it names.
        kernel = Kernel.open(settings)
    except BROKEN as broken:
        yield fault(JOURNAL, str(broken), *RESTORE)
        return
    if isinstance(kernel, Refused):
        yield fault(JOURNAL, str(kernel), *RESTORE)
        return
    with closing(kernel):
        yield _clock(kernel)
        yield _journal(kernel, full)
        yield _published(kernel)
        yield _documents(kernel)
    yield _series(settings)


def _clock(kernel: Kernel) -> Finding:
    now, size = kernel.clock.now(), kernel.journal.head().size
    last = next((one.recorded for one in kernel.journal.read(max(0, size - 1), size)), None)
    if last is None or now + DRIFT >= last:
        return ok(CLOCK, f"{now:%Y-%m-%d %H:%M:%S %z}")
    detail = f"{now:%Y-%m-%d %H:%M:%S} < {last:%Y-%m-%d %H:%M:%S}"
    return fault(CLOCK, detail, "时钟早于最后一条记录:请对时", "the clock lies before the last record: set it right")


def _journal(kernel: Kernel, full: bool) -> Finding:
    try:
        wrong = [str(one) for one in checked(kernel).faults] if full else _quick(kernel)
    except BROKEN as broken:
        wrong = [str(broken)]
    head = kernel.journal.head()
    detail = f"{head.size}  {head.root.hex()}"
    return fault(JOURNAL, "; ".join(wrong), *RESTORE) if wrong else ok(JOURNAL, detail)


def _quick(kernel: Kernel) -> list[str]:
    """The frontier against the tree, and the last facts against their own canonical form."""
    journal = kernel.journal
    head = journal.head()
    wrong = [] if journal.head_at(head.size) == head else ["the frontier and the tree differ"]
    start = max(0, head.size - LAST)
    for one, leaf in zip(journal.read(start, head.size), journal.leaves(start, head.size), strict=True):
        if write(one.fact, one.recorded) != leaf:
            wrong.append(f"leaf {one.sequence} is not canonical")
    return wrong


def _published(kernel: Kernel) -> Finding:
    latest = kernel.publication.latest()
    if isinstance(latest, Refused):
        return fault(PUBLISHED, str(latest), "yunyue journal fsck", "yunyue journal fsck")
    if latest is None:
        return note(PUBLISHED, "-", "yunyue journal publish", "yunyue journal publish")
    if latest.size <= kernel.journal.head().size and kernel.journal.head_at(latest.size).root == latest.root:
        return ok(PUBLISHED, str(latest.size))
    return fault(PUBLISHED, f"{latest.size}", *RESTORE)


def _documents(kernel: Kernel) -> Finding:
    damaged = kernel.objects.damaged()
    if damaged:
        return fault(OBJECTS, ", ".join(damaged), "自备份取回所列文件", "bring these back from a backup")
    return ok(OBJECTS, "sha256")


def _series(settings: Settings) -> Finding:
    where = settings.home / "series"
    if not where.is_dir():
        return note(SERIES, "-", "订购监测后建立", "made once monitoring is ordered")
    try:
        with closing(Series.open(where)) as series:
            wrong = [str(one) for one in series.check()]
    except BROKEN as broken:
        wrong = [str(broken)]
    if wrong:
        return fault(SERIES, "; ".join(wrong), f"自备份取回 {where}", f"bring {where} back from a backup")
    return ok(SERIES, str(where))
