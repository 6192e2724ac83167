"""The access series of an installation, as every door of the process uses it."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Final

from msgspec.structs import asdict

from yunyue.answer import Refused
from yunyue.doors.office import Office
from yunyue.host.clock import BEIJING
from yunyue.journal.facts import SegmentSealed
from yunyue.kernel import Happening, Recorder
from yunyue.kernel.kernel import INSTALLATION
from yunyue.sla.span import milliseconds
from yunyue.store.access import Access, AccessSeries, Fault

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


def days(first: date | None, last: date | None) -> tuple[int | None, int | None]:
    """Days of Beijing, both included, as a search has them: ms of the first's beginning and of the last's end."""
    return _beginning(first), None if last is None else _beginning(last + timedelta(days=1))


def _beginning(day: date | None) -> int | None:
    return None if day is None else milliseconds(datetime.combine(day, time(), BEIJING))


def shown(position: int, one: Access) -> dict[str, Any]:
    """A record with its position and its moment in Beijing, as programs take it."""
    moment = datetime.fromtimestamp(one.at / 1000, BEIJING).isoformat(timespec="milliseconds")
    return {"position": position, "moment": moment, **asdict(one)}


def proven(office: Office, position: int) -> dict[str, Any] | Refused:
    """A record with its leaf, its path of hashes, and the fact that carries its segment's digest. Refused: as `prove`.

    `holds`: the path leads from the leaf to the digest; `sealed`: the fact says the same digest.
    """
    found = accesses(office).prove(position)
    if isinstance(found, Refused):
        return found
    name = f"sealed-{found.segment.name}"
    fact = office.kernel.journal.find(name)
    return {
        "record": shown(position, found.record),
        "leaf": found.record.leaf.decode("utf-8"),
        "path": [one.hex() for one in found.path],
        "segment": found.segment.name,
        "digest": found.segment.digest,
        "index": found.index,
        "holds": found.holds,
        "fact": name,
        "sealed": fact is not None and getattr(fact.fact.data, "digest", "") == found.segment.digest,
    }


def damage(office: Office) -> tuple[Fault, ...]:
    """What is wrong with the sealed records, or with what the journal says of them; reads all of them."""
    facts = [one.fact.data for one in office.kernel.facts(INSTALLATION)]
    series = accesses(office)
    return (*series.check(), *series.verify(one for one in facts if isinstance(one, SegmentSealed)))
