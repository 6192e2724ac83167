"""What both sides write to each other beside orders and money: notices, force majeure, supplements, lent material."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    ContractSupplemented,
    MajeureBegan,
    MajeureCertified,
    MajeureEnded,
    MaterialLent,
    MaterialReturned,
    NoticeGiven,
)
from yunyue.settlement.admission import Known

GROUPS: Final = ("notice", "majeure", "supplement", "material")


@dataclass(frozen=True, slots=True)
class Dealing:
    """One of them as it stands: what it is about, the facts, the digests of its proof, its state in a word.

    `channel` says how a notice was given (reading A17), and is empty for anything else.
    """

    group: str
    about: str
    facts: tuple[Fact, ...]
    proofs: tuple[str, ...]
    state: str
    channel: str = ""


def dealings(known: Known, today: date) -> tuple[Dealing, ...]:
    """Every one that began by a day, the newest first."""
    found = [*_notices(known), *_majeure(known), *_supplements(known, today), *_material(known)]
    begun = [one for one in found if one.facts[0].day <= today]
    return tuple(sorted(begun, key=lambda one: one.facts[0].time, reverse=True))


def _notices(known: Known) -> Iterator[Dealing]:
    for fact in known.facts(NoticeGiven):
        said = fact.data
        assert isinstance(said, NoticeGiven)
        yield Dealing("notice", f"{said.about} {said.subject}", (fact,), (said.document,), "done", said.channel)


def _majeure(known: Known) -> Iterator[Dealing]:
    for fact in known.facts(MajeureBegan):
        event = str(getattr(fact.data, "event", ""))
        later = [known.find(kind, "event", event) for kind in (MajeureCertified, MajeureEnded)]
        more = tuple(one for one in later if one is not None)
        proofs = tuple(one.data.document for one in more if isinstance(one.data, MajeureCertified))
        state = "closed" if later[1] is not None else "open"
        yield Dealing("majeure", event, (fact, *more), proofs, state)


def _supplements(known: Known, today: date) -> Iterator[Dealing]:
    for fact in known.facts(ContractSupplemented):
        said = fact.data
        assert isinstance(said, ContractSupplemented)
        paths = " ".join(one.path for one in said.changes)
        state = "holds" if said.effective <= today else "waiting"
        yield Dealing("supplement", f"{said.supplement} {paths}", (fact,), (said.document,), state)


def _material(known: Known) -> Iterator[Dealing]:
    for fact in known.facts(MaterialLent):
        item = str(getattr(fact.data, "item", ""))
        back = known.find(MaterialReturned, "item", item)
        if back is None:
            yield Dealing("material", item, (fact,), (), "open")
        elif isinstance(back.data, MaterialReturned):
            yield Dealing("material", item, (fact, back), (back.data.document,), "done")
