"""The rule by which an empty journal takes over another's leaves, byte for byte, if they give a head that was signed.

The caller holds one transaction open meanwhile, so that a refusal leaves the journal as empty as it was.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from yunyue.answer import Refused
from yunyue.journal.envelope import read, write
from yunyue.journal.errors import NotCanonical
from yunyue.journal.tree import leaf_hash
from yunyue.store.admission import Admitted, Row, State, milliseconds
from yunyue.store.growth import grow
from yunyue.store.interface import Head

BATCH = 1_024


def take_over(
    leaves: Iterable[bytes], expected: Head, state: State, insert: Callable[[Admitted], None]
) -> Head | Refused:
    """Hands every leaf to `insert`, in batches; refused unless their root is `expected`."""
    if state.frontier.size:
        return Refused(f"the journal already has {state.frontier.size} leaves; restore into an empty one", "journal")
    coming, ids = iter(leaves), set[str]()
    try:
        while batch := list(islice(coming, BATCH)):
            admitted = _adopted(batch, state, ids)
            insert(admitted)
            state = State(admitted.growth.frontier, admitted.recorded)
    except NotCanonical as broken:
        return Refused(f"what is to be restored was tampered with or damaged: {broken}", "leaves")
    head = Head(state.frontier.size, state.frontier.root())
    if head != expected:
        return Refused(
            f"its {head.size} leaves do not give the signed root over {expected.size}: it was tampered with or damaged",
            "leaves",
        )
    return head


def _adopted(batch: list[bytes], state: State, ids: set[str]) -> Admitted:
    """Rows of leaves as they are, their own recorded time with them. Raises NotCanonical."""
    rows = tuple(_rows(batch, state.frontier.size))
    last = state.recorded
    for sequence, identifier, _, _, recorded, _ in rows:
        if identifier in ids:
            raise NotCanonical(f"leaf {sequence}: the id {identifier!r} is there twice")
        if recorded < last:
            raise NotCanonical(f"leaf {sequence}: recorded before the one before it")
        ids.add(identifier)
        last = recorded
    growth = grow(state.frontier, [leaf_hash(leaf) for leaf in batch])
    return Admitted(rows, growth, last, tuple(row[0] for row in rows))


def _rows(batch: list[bytes], first: int) -> Iterator[Row]:
    for sequence, leaf in enumerate(batch, first):
        yield row_of(leaf, sequence)


def row_of(leaf: bytes, sequence: int) -> Row:
    """What is stored of a leaf. Raises NotCanonical for bytes the journal would not have written."""
    recorded = read(leaf, sequence)
    fact = recorded.fact
    if write(fact, recorded.recorded) != leaf:
        raise NotCanonical(f"leaf {sequence}: not in canonical form")
    return sequence, fact.id, fact.subject, fact.type, milliseconds(recorded.recorded), leaf
