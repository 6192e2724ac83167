"""The access series of an installation, as every door of the process uses it."""

from pathlib import Path
from threading import Lock
from typing import Final

from yunyue.answer import Refused
from yunyue.doors.office import Office
from yunyue.journal.facts import SegmentSealed
from yunyue.kernel import Happening, Recorder
from yunyue.kernel.kernel import INSTALLATION
from yunyue.store.access import AccessSeries, Fault

FOLDER: Final = "access"
RECORDER: Final = Recorder("service:access", "/kernel/access")

_open: Final[dict[Path, AccessSeries]] = {}
_opening: Final = Lock()


def accesses(office: Office) -> AccessSeries:
    """The series of this office's installation, opened at its first use."""
    home = office.settings.home
    with _opening:
        if home not in _open:
            _open[home] = AccessSeries.open(home / FOLDER)
        return _open[home]


def close_accesses(home: Path) -> None:
    """Give the files of an installation's series back."""
    with _opening:
        series = _open.pop(home, None)
    if series is not None:
        series.close()


def seal_accesses(office: Office, *, force: bool = False) -> tuple[SegmentSealed, ...] | Refused:
    """Seal the records that are due, and note every segment the journal does not know yet."""
    series, kernel = accesses(office), office.kernel
    now = kernel.clock.now()
    series.seal(now, force=force)
    known = {one.fact.id for one in kernel.facts(INSTALLATION)}
    happenings = [Happening(one, min(one.end, now), f"sealed-{one.segment}") for one in series.sealed()]
    new = [one for one in happenings if one.id not in known]
    done = kernel.note(new, RECORDER) if new else None
    return done if isinstance(done, Refused) else tuple(one.said for one in new if isinstance(one.said, SegmentSealed))


def damage(office: Office) -> tuple[Fault, ...]:
    """What is wrong with the sealed records, or with what the journal says of them; reads all of them."""
    facts = [one.fact.data for one in office.kernel.facts(INSTALLATION)]
    series = accesses(office)
    return (*series.check(), *series.verify(one for one in facts if isinstance(one, SegmentSealed)))
