"""Looking for damage: sealed files are read again and compared with the manifest, the manifest with the facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from yunyue.journal.facts import SegmentSealed
from yunyue.store.series import summary
from yunyue.store.series.shelf import Shelf
from yunyue.store.series.tail import Segment, Tail, manifest, sealed_up_to


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which segment."""

    segment: str
    reason: str


def check(shelf: Shelf, tail: Tail) -> tuple[Fault, ...]:
    """Every fault of the files, their summaries, the manifest and the tail; reads every byte that is sealed."""
    with tail.transaction("DEFERRED") as db:
        segments, expected = manifest(db), sealed_up_to(db)
        first = db.execute("SELECT min(position) FROM tail").fetchone()[0]
    faults = [Fault(one.name, reason) for one in segments if (reason := shelf.fault(one) or _summary(shelf, one))]
    faults += [Fault(b.name, f"does not follow {a.name}") for a, b in pairwise(segments) if a.first + a.rows != b.first]
    if first is not None and first != expected:
        faults.append(Fault("tail", f"starts at row {first}, sealed is up to {expected}"))
    return tuple(faults)


def compare(
    segments: Sequence[Segment], pruned: Sequence[Segment], facts: Iterable[SegmentSealed]
) -> tuple[Fault, ...]:
    """Where the manifest says something else than the facts in the journal."""
    said = {fact.segment: fact.digest for fact in facts}
    faults = [Fault(one.name, "no fact seals it") for one in segments if one.name not in said]
    faults += [
        Fault(one.name, f"its fact says {said[one.name]}, the manifest {one.digest}")
        for one in (*pruned, *segments)
        if said.get(one.name, one.digest) != one.digest
    ]
    known = {one.name for one in (*segments, *pruned)}
    return tuple(faults) + tuple(Fault(name, "a fact seals it, and it is gone") for name in said if name not in known)


def _summary(shelf: Shelf, segment: Segment) -> str:
    """What is wrong with what is kept about the file; it can be made again, so it may be missing."""
    (path,) = shelf.paths((segment,))
    kept = summary.read(path.with_suffix(summary.ENDING))
    return "" if kept is None or kept.equals(summary.of(path)) else "its summary says something else than its samples"
