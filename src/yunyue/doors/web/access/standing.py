"""The state of the record as the audit administrator has it on every door: chain, odd acts, who was turned away."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses
from yunyue.doors.office import office
from yunyue.doors.web.access.oddities import Kept, Odd, odd_acts, refused_lately, retention
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import Recorded
from yunyue.kernel.kernel import INSTALLATION
from yunyue.store.access import Wanted
from yunyue.store.interface import Head

NEWEST: Final = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """What was published, what the other two administrators did, who was turned away, what is kept how long."""

    head: Head
    latest: Checkpoint | None
    broken: Refused | None
    acts: list[Recorded]
    odd: list[Odd]
    turned_away: list[tuple[str, str, int]]
    retention: list[Kept]
    records: int
    sealed: Recorded | None
    segments: int


def standing() -> Standing:
    """As it is now; looking changes nothing."""
    kernel = office().kernel
    latest, facts = kernel.publication.latest(), kernel.facts(INSTALLATION)
    acts = [one for one in facts if one.fact.type.startswith("account.")]
    sealed = [one for one in facts if getattr(one.fact.data, "series", "") == "access"]
    return Standing(
        head=kernel.journal.head(),
        latest=latest if isinstance(latest, Checkpoint) else None,
        broken=latest if isinstance(latest, Refused) else None,
        acts=acts[: -NEWEST - 1 : -1],
        odd=odd_acts()[:NEWEST],
        turned_away=refused_lately(),
        retention=retention(),
        records=accesses(office()).search(Wanted(), 1).total,
        sealed=sealed[-1] if sealed else None,
        segments=len(sealed),
    )


def plain(found: Standing) -> dict[str, Any]:
    """The same for programs."""
    return {
        "facts": found.head.size,
        "root": found.head.root.hex(),
        "published": found.latest.size if found.latest else None,
        "broken": str(found.broken) if found.broken else "",
        "records": found.records,
        "segments": found.segments,
        "sealed_until": _text(getattr(found.sealed.fact.data, "end", None)) if found.sealed else None,
        "odd": [{**_act(one.recorded), "why": one.why} for one in found.odd],
        "turned_away": [{"actor": who, "address": at, "times": times} for who, at, times in found.turned_away],
        "kept": [{**asdict(one), "since": _text(one.since)} for one in found.retention],
        "acts": [_act(one) for one in found.acts],
    }


def _act(one: Recorded) -> dict[str, str]:
    fact = one.fact
    about = str(getattr(fact.data, "account", ""))
    told = {"id": fact.id, "type": fact.type, "actor": fact.actor, "source": fact.source, "about": about}
    return {**told, "moment": fact.time.isoformat()}


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
