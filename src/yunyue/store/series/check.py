"""Looking for damage: sealed files are read again and compared with the manifest, the manifest with the facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from yunyue.journal.facts import SegmentSealed
from yunyue.store.series import parquet
from yunyue.store.series.tail import Segment, Tail, manifest


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which segment."""

    segment: str
    reason: str


def check(folder: Path, tail: Tail) -> tuple[Fault, ...]:
    """Every fault of the files, the manifest and the tail; reads every byte that is sealed."""
    with tail.transaction("DEFERRED") as db:
        segments = manifest(db)
        first = db.execute("SELECT min(position) FROM tail").fetchone()[0]
    faults = [fault for one in segments if (fault := _file(folder, one))]
    faults += [Fault(b.name, f"does not follow {a.name}") for a, b in pairwise(segments) if a.first + a.rows != b.first]
    expected = segments[-1].first + segments[-1].rows if segments else 0
    if first is not None and first != expected:
        faults.append(Fault("tail", f"starts at row {first}, sealed is up to {expected}"))
    return tuple(faults)


def compare(segments: Sequence[Segment], facts: Iterable[SegmentSealed]) -> tuple[Fault, ...]:
    """Where the manifest says something else than the facts in the journal."""
    said = {fact.segment: fact.digest for fact in facts}
    faults = [Fault(one.name, "no fact seals it") for one in segments if one.name not in said]
    faults += [
        Fault(one.name, f"its fact says {said[one.name]}, the manifest {one.digest}")
        for one in segments
        if said.get(one.name, one.digest) != one.digest
    ]
    known = {one.name for one in segments}
    return tuple(faults) + tuple(Fault(name, "a fact seals it, and it is gone") for name in said if name not in known)


def _file(folder: Path, segment: Segment) -> Fault | None:
    path = folder / f"{segment.name}.parquet"
    if not path.is_file():
        return Fault(segment.name, "the file is missing")
    found = parquet.digest(path)
    return (
        None if found == segment.digest else Fault(segment.name, f"its bytes give {found}, sealed was {segment.digest}")
    )
