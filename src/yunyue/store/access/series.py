"""The access series on disk: note, seal, search, prove, check."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, Self

import pyarrow as pa  # type: ignore[import-untyped] # it ships no types

from yunyue.answer import Refused
from yunyue.journal.facts import SegmentSealed
from yunyue.journal.proofs import inclusion_proof, nodes_over, verify_inclusion
from yunyue.store.access import files
from yunyue.store.access.record import Access, Wanted
from yunyue.store.access.search import Found, search
from yunyue.store.access.tail import Row, Segment, Tail, manifest, record_of, sealed_up_to
from yunyue.store.tail import milliseconds, only_one, sync_folder

NAME: Final = "access"
"""What the series is called in its facts."""

SEAL_ROWS: Final = 50_000
SEAL_AGE_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which segment."""

    segment: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A record, its place in its segment, and the path of hashes to the digest that a fact carries."""

    record: Access
    segment: Segment
    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    holds: bool


class AccessSeries:
    """All accesses of an installation. Any thread may call it; several processes may open the same folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._tail = Tail(folder / "tail.sqlite")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The series in the folder, which is made when it is not there."""
        return cls(folder)

    def close(self) -> None:
        """Give the file back."""
        self._tail.close()

    def note(self, record: Access) -> Refused | None:
        """Keep a record, durable when this returns None. Refused: it could not be kept; nobody may be let through."""
        return self._tail.note(record)

    def seal(self, now: datetime, *, force: bool = False) -> tuple[SegmentSealed, ...]:
        """Seal the records that are due, with `force` all. While another process seals: nothing."""
        with only_one(self._folder / "seal.lock") as mine:
            if not mine:
                return ()
            segments = self._tail.segments()
            self._clear(segments)
            rows = self._due(now, force)
            return (self._seal(rows).fact(NAME),) if rows else ()

    def sealed(self) -> tuple[SegmentSealed, ...]:
        """The facts of every file ever sealed, in order."""
        return tuple(one.fact(NAME) for one in self._tail.segments())

    def search(self, wanted: Wanted, limit: int, offset: int = 0) -> Found:
        """Records that fit, newest first. A damaged file is left out, so that the rest is read; `check` names it."""
        segments, rows = self._tail.standing()
        paths = [path for one in segments if files.whole(path := self._path(one))]
        return search(paths, files.table(rows), wanted, (limit, offset))

    def prove(self, position: int) -> Proof | Refused:
        """The record at a position and its path to its segment's digest. Refused: not sealed yet, or not there."""
        segments, rows = self._tail.standing()
        segment = next((one for one in segments if one.first <= position < one.first + one.rows), None)
        if segment is None:
            waiting = any(row[0] == position for row in rows)
            reason = "this record is not sealed yet; sealing comes within the hour" if waiting else "no such record"
            return Refused(reason, "position")
        try:
            return _proof(segment, position, files.read(self._path(segment)))
        except (OSError, pa.ArrowException) as error:
            return Refused(f"the file of this record cannot be read: {error}", segment.name)

    def check(self) -> tuple[Fault, ...]:
        """Every fault of the files and the manifest; reads every record that is sealed."""
        segments, rows = self._tail.standing()
        faults = [fault for one in segments if (fault := self._fault(one))]
        faults += [
            Fault(b.name, f"does not follow {a.name}") for a, b in pairwise(segments) if a.first + a.rows != b.first
        ]
        if rows and rows[0][0] != sealed_up_to(segments):
            faults.append(Fault("tail", f"starts at row {rows[0][0]}, sealed is up to {sealed_up_to(segments)}"))
        return tuple(faults)

    def verify(self, facts: Iterable[SegmentSealed]) -> tuple[Fault, ...]:
        """Where the manifest says something else than the facts of this series."""
        said = {one.segment: one.digest for one in facts if one.series == NAME}
        have = {one.name: one.digest for one in self._tail.segments()}
        gone = [Fault(name, "a fact seals it, and it is gone") for name in said if name not in have]
        loose = [Fault(name, "no fact seals it") for name in have if name not in said]
        other = [
            Fault(name, "its fact has another digest") for name in have if said.get(name, have[name]) != have[name]
        ]
        return (*gone, *loose, *other)

    def oldest(self) -> int | None:
        """The time (ms) of the oldest record; None when there is none."""
        segments, rows = self._tail.standing()
        times = [*(one.start for one in segments[:1]), *(row[1] for row in rows[:1])]
        return min(times, default=None)

    def _path(self, segment: Segment) -> Path:
        return self._folder / f"{segment.name}.parquet"

    def _due(self, now: datetime, force: bool) -> list[Row]:
        with self._tail.transaction("DEFERRED") as db:
            count, oldest = db.execute("SELECT count(*), min(at) FROM tail").fetchone()
            aged = count and milliseconds(now) - oldest >= SEAL_AGE_MS
            if not count or not (force or aged or count >= SEAL_ROWS):
                return []
            return db.execute("SELECT * FROM tail ORDER BY position LIMIT ?", (SEAL_ROWS,)).fetchall()

    def _seal(self, rows: Sequence[Row]) -> Segment:
        """Write, fsync, rename, fsync the folder, then one commit: the rows are in the tail or in the manifest."""
        times = [row[1] for row in rows]
        segment = Segment(rows[0][0], len(rows), min(times), max(times), files.digest(rows))
        temporary = self._folder / f"{segment.name}.tmp"
        files.write(rows, temporary)
        temporary.rename(self._path(segment))
        sync_folder(self._folder)
        line = (segment.first, segment.rows, segment.start, segment.stop, segment.digest)
        with self._tail.transaction() as db:
            db.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?)", line)
            db.execute("DELETE FROM tail WHERE position < ?", (sealed_up_to(manifest(db)),))
        return segment

    def _clear(self, segments: Sequence[Segment]) -> None:
        """Remove what an interrupted sealing left: a file beyond the manifest, whose rows are all in the tail still."""
        known, upto = {self._path(one) for one in segments}, sealed_up_to(segments)
        for path in self._folder.glob("access-*.*"):
            if path not in known and int(path.stem.split("-")[1]) >= upto:
                path.unlink()

    def _fault(self, segment: Segment) -> Fault | None:
        try:
            found = files.digest(files.read(self._path(segment)))
        except FileNotFoundError:
            return Fault(segment.name, "the file is missing")
        except (OSError, pa.ArrowException, ValueError) as error:
            return Fault(segment.name, f"the file cannot be read: {error}")
        same = found == segment.digest
        return None if same else Fault(segment.name, f"its records give {found}, sealed was {segment.digest}")


def _proof(segment: Segment, position: int, rows: Sequence[Row]) -> Proof:
    index, hashes = position - segment.first, files.leaves(rows)
    path = tuple(inclusion_proof(index, len(hashes), nodes_over(hashes)))
    root = bytes.fromhex(segment.digest.removeprefix("sha256:"))
    holds = bool(verify_inclusion(hashes[index], index, segment.rows, path, root))
    return Proof(record_of(rows[index]), segment, index, hashes[index], path, holds)
