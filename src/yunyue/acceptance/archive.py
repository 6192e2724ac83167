"""The archive of a contract: every document a fact names, how long it is kept, what holds it, what has ended.

Contract papers are kept fifteen years from the contract's end, logs six calendar months from their day; both periods
are terms. A document is destroyed only after its time, under no hold, when two people agreed; its facts stay for ever.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.contract.terms import Terms
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import KINDS, DocumentDestroyed, HoldLifted, HoldPlaced, PaperSealed, Payload, ScoreGiven
from yunyue.kernel import Kernel
from yunyue.settlement.admission import Known
from yunyue.settlement.admission.keeping import keeping
from yunyue.settlement.admission.moment import last_day
from yunyue.settlement.retention import Kept, holds, kept

DIGESTS: Final = ("sha256:", "sm3:")
A_DIGEST: Final = "sha256:" + "0" * 64


@dataclass(frozen=True, slots=True)
class Archived:
    """A document with the facts that name it, oldest first; `papers`: the codes of papers it is the sealed scan of."""

    digest: str
    facts: tuple[Fact, ...]
    kept: Kept
    papers: tuple[str, ...]
    destroyed: bool

    def state(self, today: date) -> str:
        """In a word."""
        if self.destroyed:
            return "destroyed"
        if self.kept.holds:
            return "held"
        return "destroyable" if self.kept.destroyable(today) else "kept"


@dataclass(frozen=True, slots=True)
class _Rules:
    """What says how long documents are kept: the terms, the last day of the term, the holds that stand."""

    terms: Terms
    ends: date
    holds: tuple[HoldPlaced, ...]


def archive(known: Known, today: date) -> tuple[Archived, ...]:
    """Every document of the contract, those named first first, and how long each is kept as of a day."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for kind in KINDS:
        if kind is not ScoreGiven and not _naming(kind):
            continue
        for fact in known.facts(kind):
            for digest in digests(fact.data):
                found[digest].append(fact)
    rules = _Rules(known.terms, last_day(known, today), holds(known.all(HoldPlaced), known.all(HoldLifted)))
    gone = {one.digest for one in known.all(DocumentDestroyed)}
    made = [_archived(digest, facts, rules, digest in gone) for digest, facts in found.items()]
    return tuple(sorted(made, key=lambda one: (one.facts[0].time, one.digest)))


def digests(said: Payload) -> Iterator[str]:
    """The documents a fact names."""
    if isinstance(said, DocumentDestroyed):
        return
    if isinstance(said, ScoreGiven):
        yield from (each for one in said.deductions for each in one.evidence if each.startswith(DIGESTS))
    for name in _naming(type(said)):
        value = getattr(said, name)
        if isinstance(value, str) and value.startswith(DIGESTS):
            yield value


@cache
def _naming(kind: type[Payload]) -> tuple[str, ...]:
    """The fields of a kind that may hold a document's digest; most facts are measurements, which have none."""
    return tuple(field.name for field in msgspec.structs.fields(kind) if _names_document(field.type))


def _names_document(wanted: object) -> bool:
    """Whether a field takes a digest, and not just any text."""
    return _takes(A_DIGEST, wanted) and not _takes("x", wanted)


def _takes(value: str, wanted: object) -> bool:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        return False
    return True


def standing_holds(known: Known) -> tuple[HoldPlaced, ...]:
    """The legal holds that stand."""
    return holds(known.all(HoldPlaced), known.all(HoldLifted))


def sweep(kernel: Kernel, contract: str) -> int | Refused:
    """Remove the bytes of documents whose destruction was agreed to; how many were removed.

    What another contract's facts name stays until that contract agrees as well. A hold placed since keeps it, and so
    does a fact that names it anew.
    """
    known = kernel.known(contract)
    if isinstance(known, Refused):
        return known
    every = [one for one in map(kernel.known, kernel.contracts()) if not isinstance(one, Refused)]
    today, count = kernel.clock.now().date(), 0
    for digest in {one.digest for one in known.all(DocumentDestroyed)}:
        if all(_given_up(one, digest, today) for one in every):
            count += kernel.objects.remove(digest)
    return count


def _given_up(known: Known, digest: str, today: date) -> bool:
    """Whether a contract has no word of a document, or agreed to its destruction and nothing keeps it again."""
    found = keeping(known, digest, today)
    agreed = known.find(DocumentDestroyed, "digest", digest) is not None
    return found is None or (agreed and found.destroyable(today))


def _archived(digest: str, facts: list[Fact], rules: _Rules, destroyed: bool) -> Archived:
    facts.sort(key=lambda one: one.time)
    papers = tuple(one.data.paper for one in facts if isinstance(one.data, PaperSealed))
    return Archived(digest, tuple(facts), kept(rules.terms, rules.ends, facts, rules.holds), papers, destroyed)
