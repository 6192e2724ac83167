"""The journal and its documents: intact, and not ahead of the clock."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Final

from yunyue.answer import Refused
from yunyue.doors.cli.broken import BROKEN, refused_for
from yunyue.doors.cli.journaling import checked
from yunyue.doors.cli.ward.finding import Finding, fault, note, ok
from yunyue.doors.opening import open_series
from yunyue.host.settings import Settings
from yunyue.journal.envelope import write
from yunyue.kernel import Kernel
from yunyue.settlement.statement import Said
from yunyue.store.fault import Report
from yunyue.store.fsck_published import AGAIN as REWRITE
from yunyue.store.publish import continues
from yunyue.store.recompute import recomputed
from yunyue.store.tile_files import LATEST, newest_kept

CLOCK: Final = Said("时钟", "Clock")
JOURNAL: Final = Said("日志", "Journal")
PUBLISHED: Final = Said("已发布的树头", "Published head")
OBJECTS: Final = Said("文件", "Documents")
SERIES: Final = Said("样本段", "Sample segments")
LAST: Final = 1_000
DRIFT: Final = timedelta(seconds=1)
AGAIN: Final = "yunyue journal publish --again"
LOST: Final = (
    "已发布过树头而日志不在：自备份恢复 yunyue restore，勿重新开始",
    "a head was published and its journal is gone: bring a backup back with yunyue restore, begin no new one",
)
RESTORE: Final = ("停止写入；自备份恢复： yunyue restore", "stop writing; bring a backup back: yunyue restore")


def findings(settings: Settings, full: bool) -> Iterator[Finding]:
    """Quick: guards, frontier, the last facts byte for byte; full: every byte of everything."""
    if settings.database == "sqlite" and not (settings.home / "journal.sqlite").exists():
        yield _nowhere(settings)
        return
    try:
        # Opening checks the database's own guards; that its parts agree is looked at one by one below.
        kernel = Kernel.open(settings, checked=False)
    except BROKEN as broken:
        yield fault(JOURNAL, str(broken), *RESTORE)
        return
    if isinstance(kernel, Refused):
        yield fault(JOURNAL, str(kernel), *RESTORE)
        return
    with closing(kernel):
        yield _clock(kernel)
        yield from _journal(kernel, full)
        yield _documents(kernel)
    yield _series(settings)


def _nowhere(settings: Settings) -> Finding:
    """No journal: nothing was begun here, or it is lost, which the published heads remember."""
    tiles = settings.home / "tiles"
    kept = newest_kept(tiles)
    if kept is None and not (tiles / LATEST).exists():
        return note(JOURNAL, "-", "首次 ./yunyue up 时建立", "made by the first ./yunyue up")
    return fault(JOURNAL, f"tiles: {LATEST if kept is None else kept.name}; journal: -", *LOST)


def _clock(kernel: Kernel) -> Finding:
    now, size = kernel.clock.now(), kernel.journal.head().size
    last = next((one.recorded for one in kernel.journal.read(max(0, size - 1), size)), None)
    if last is None or now + DRIFT >= last:
        return ok(CLOCK, f"{now:%Y-%m-%d %H:%M:%S %z}")
    detail = f"{now:%Y-%m-%d %H:%M:%S} < {last:%Y-%m-%d %H:%M:%S}"
    return fault(CLOCK, detail, "时钟早于最后一条记录：请对时", "the clock lies before the last record: set it right")


def _journal(kernel: Kernel, full: bool) -> Iterator[Finding]:
    """The journal, then what is published of it: the remedy of the one is not that of the other."""
    try:
        report = checked(kernel) if full else None
        wrong = _quick(kernel) if report is None else _faults(report, published=False)
        # The terms that the facts name must be there as well.
        kernel.contracts()
    except BROKEN as broken:
        report, wrong = None, [str(refused_for(broken))]
    if wrong:
        yield fault(JOURNAL, "; ".join(wrong), *RESTORE)
    else:
        head = kernel.journal.head()
        yield ok(JOURNAL, f"{head.size}  {head.root.hex()}")
    damaged = [] if report is None or wrong else _faults(report, published=True)
    yield fault(PUBLISHED, "; ".join(damaged), AGAIN, AGAIN) if damaged else _published(kernel)


def _faults(report: Report, *, published: bool) -> list[str]:
    """Either what the journal would put right itself, or all the rest."""
    return [f"{one.place}: {one.what}" for one in report.faults if (one.remedy == REWRITE) == published]


def _quick(kernel: Kernel) -> list[str]:
    """The root over all leaves computed again, and the last facts against their own canonical form."""
    journal = kernel.journal
    head = journal.head()
    wrong = [] if recomputed(journal, head.size) == head else [f"{head.size} leaves do not give the root kept of them"]
    if journal.head_at(head.size) != head:
        wrong.append("the frontier and the tree differ")
    start = max(0, head.size - LAST)
    for one, leaf in zip(journal.read(start, head.size), journal.leaves(start, head.size), strict=True):
        if write(one.fact, one.recorded) != leaf:
            wrong.append(f"leaf {one.sequence} is not canonical")
    return wrong


def _published(kernel: Kernel) -> Finding:
    latest = kernel.publication.latest()
    if isinstance(latest, Refused):
        return fault(
            PUBLISHED, str(latest), "运行 yunyue journal fsck，按其所示处置", "do what yunyue journal fsck says"
        )
    if latest is None:
        return note(PUBLISHED, "-", "yunyue journal publish", "yunyue journal publish")
    try:
        refused = continues(kernel.journal, latest)
    except BROKEN as broken:
        refused = refused_for(broken)
    return ok(PUBLISHED, str(latest.size)) if refused is None else fault(PUBLISHED, str(refused), *RESTORE)


def _documents(kernel: Kernel) -> Finding:
    damaged = kernel.objects.damaged()
    if damaged:
        return fault(OBJECTS, ", ".join(damaged), "自备份取回所列文件", "bring these back from a backup")
    return ok(OBJECTS, "sha256")


def _series(settings: Settings) -> Finding:
    where = settings.home / "series"
    if not where.is_dir():
        return note(SERIES, "-", "订购监测后建立", "made once monitoring is ordered")
    opened = open_series(settings)
    if isinstance(opened, Refused):
        return fault(SERIES, str(opened), "更正该设置", "correct the setting")
    try:
        with closing(opened) as series:
            wrong = [f"{one.segment}: {one.reason}" for one in series.check()]
    except BROKEN as broken:
        wrong = [str(broken)]
    if wrong:
        return fault(SERIES, "; ".join(wrong), f"自备份取回 {where}", f"bring {where} back from a backup")
    return ok(SERIES, str(where))
