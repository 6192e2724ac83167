"""The rule by which the journal takes facts in: all of a batch or none, each id once, time never backwards.

Pure: the store reads its state and the facts it already has, asks here, and writes what comes back in one transaction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from yunyue.answer import Refused
from yunyue.journal.envelope import MAX_BYTES, Fact, read, same_submission, write
from yunyue.journal.errors import NotCanonical
from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.store.growth import Growth, grow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_MILLISECOND = timedelta(milliseconds=1)

Row = tuple[int, str, str, str, int, bytes]
"""Sequence, id, subject, type, recorded (milliseconds since 1970 UTC), canonical bytes."""

Known = Mapping[str, tuple[int, bytes]]
"""Sequence and canonical bytes of facts that are already there, by id."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a journal stands: the right edge of its tree, and when it took its last fact in (milliseconds)."""

    frontier: Frontier
    recorded: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """What to write: new rows, the tree after them, and the sequence number of every fact given."""

    rows: tuple[Row, ...]
    growth: Growth
    recorded: int
    sequences: tuple[int, ...]


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970 UTC, rounded down. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return (moment - EPOCH) // ONE_MILLISECOND


def moment_of(recorded: int) -> datetime:
    """The time that `milliseconds` wrote."""
    return EPOCH + recorded * ONE_MILLISECOND


def may_be_key(text: str) -> bool:
    """Ids and subjects are plain ASCII; other text is in no fact, and some of it no database takes as a parameter."""
    return text.isascii() and text.isprintable()


def admit(facts: Sequence[Fact], now: datetime, state: State, known: Known) -> Admitted | Refused:
    """Takes every fact or refuses the whole batch; `known` holds those ids of the batch that are already stored."""
    recorded = max(milliseconds(now), state.recorded)
    moment, first = moment_of(recorded), state.frontier.size
    seen = dict(known)
    rows: list[Row] = []
    sequences: list[int] = []
    for at, fact in enumerate(facts):
        if (there := seen.get(fact.id)) is not None:
            if refused := _differs(there[1], fact, at):
                return refused
            sequences.append(there[0])
            continue
        leaf = _leaf(fact, moment, at)
        if isinstance(leaf, Refused):
            return leaf
        sequence = first + len(rows)
        rows.append((sequence, fact.id, fact.subject, fact.type, recorded, leaf))
        seen[fact.id] = (sequence, leaf)
        sequences.append(sequence)
    growth = grow(state.frontier, [leaf_hash(row[5]) for row in rows])
    return Admitted(tuple(rows), growth, recorded, tuple(sequences))


def _leaf(fact: Fact, moment: datetime, at: int) -> bytes | Refused:
    """The canonical bytes, once they are known to read back as the same fact: a bad one could never be removed."""
    try:
        leaf = write(fact, moment)
        again = read(leaf, at).fact
    except (NotCanonical, ValueError, TypeError, OverflowError, NotImplementedError) as broken:
        return Refused(f"{fact.id!r} is not a fact the journal can hold: {broken}", f"facts.{at}")
    if again != fact:
        return Refused(f"{fact.id!r} does not read back as it was given", f"facts.{at}.{_unlike(again, fact)}")
    if len(leaf) > MAX_BYTES:
        return Refused(
            f"{fact.id!r} is {len(leaf)} bytes long, over {MAX_BYTES}; store large matter by its digest", f"facts.{at}"
        )
    return leaf


def _unlike(one: Fact, other: Fact) -> str:
    return next((name for name in Fact.__struct_fields__ if getattr(one, name) != getattr(other, name)), "")


def _differs(stored: bytes, fact: Fact, at: int) -> Refused | None:
    """The refusal of an id that is there with other bytes; None when it is the same submission again."""
    if same_submission(stored, fact):
        return None
    field = first_difference(json.loads(stored), json.loads(write(fact, EPOCH)))
    return Refused(
        f"{fact.id!r} is already in the journal with another {field}; a correction is a new fact (fact.corrected)",
        f"facts.{at}.{field}",
    )


def first_difference(one: object, other: object, path: str = "") -> str:
    """The dotted path of the first difference of two JSON values, in canonical order, leaving out recordedtime."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return path
    for key in sorted({*one, *other} - {"recordedtime"}):
        if one.get(key) != other.get(key) or (key in one) != (key in other):
            return first_difference(one.get(key), other.get(key), f"{path}.{key}" if path else key)
    return path
