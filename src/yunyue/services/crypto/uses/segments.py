"""Sealed records of the use log: Parquet files that never change, in the order of their numbers.

Write to a temporary name, fsync, rename, fsync the folder; only then the manifest is told and the records leave the
database. Whatever step a crash follows, the records are still in the database or already in the manifest.
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types

from yunyue.services.crypto.errors import StorageFailed
from yunyue.services.crypto.uses.record import Counted, Use

ROW_GROUP: Final = 16_384
_WORD: Final = pa.dictionary(pa.int32(), pa.string())
_SHAPES: Final = {int: pa.int64(), str: _WORD, bytes: pa.binary()}
SCHEMA: Final = pa.schema(
    [
        pa.field("sequence", pa.int64(), nullable=False),
        *(pa.field(name, _SHAPES[kind], nullable=False) for name, kind in Use.__annotations__.items()),
    ]
)


class Segment(NamedTuple):
    """A sealed stretch: its first record, how many, from when to when (milliseconds), the file's digest."""

    first: int
    rows: int
    began: int
    ended: int
    digest: str

    @property
    def name(self) -> str:
        """The file's name."""
        return f"uses-{self.first}-{self.rows}.parquet"


class Segments:
    """The files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, records: Sequence[tuple[int, Use]], known: Iterable[Segment]) -> Segment:
        """A file of these records, durable when this returns. Raises StorageFailed; then nothing was sealed."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._clear({one.name for one in known})
        columns = list(zip(*((number, *use) for number, use in records), strict=True))
        arrays = [pa.array(values, type=field.type) for values, field in zip(columns, SCHEMA, strict=True)]
        draft = self._folder / f"uses-{records[0][0]}.tmp"
        try:
            pq.write_table(
                pa.Table.from_arrays(arrays, schema=SCHEMA), draft, compression="zstd", row_group_size=ROW_GROUP
            )
            with draft.open("rb+") as file:
                os.fsync(file.fileno())
            moments = [use.at for _, use in records]
            made = Segment(records[0][0], len(records), min(moments), max(moments), _digest(draft))
            draft.rename(self._folder / made.name)
            _sync_folder(self._folder)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StorageFailed(f"{draft}: {error}; nothing was sealed") from error
        return made

    def read(self, segment: Segment) -> list[tuple[int, Use]]:
        """Its records. Raises StorageFailed when the file is gone or cannot be read."""
        rows = self._table(segment).to_pydict()
        return [(row[0], Use(*row[1:])) for row in zip(*(rows[name] for name in SCHEMA.names), strict=True)]

    def counted(self, segment: Segment, space: str, start: int, end: int) -> Counted:
        """See UseLog.counted, of one segment."""
        table = self._table(segment, ["space", "at", "status"])
        inside = pc.and_(pc.equal(table["space"].cast(pa.string()), space), pc.greater_equal(table["at"], start))
        status = table.filter(pc.and_(inside, pc.less(table["at"], end)))["status"]
        good, failed = pc.sum(pc.less(status, 400)), pc.sum(pc.greater_equal(status, 500))
        return Counted(len(status), good.as_py() or 0, failed.as_py() or 0)

    def fault(self, segment: Segment) -> str | None:
        """What is wrong with a file: it is gone, or its bytes are not those that were sealed."""
        path = self._folder / segment.name
        try:
            return None if _digest(path) == segment.digest else f"{segment.name} was changed"
        except OSError as error:
            return f"{segment.name}: {error.strerror}"

    def _table(self, segment: Segment, columns: list[str] | None = None) -> Any:
        try:
            return pq.read_table(self._folder / segment.name, columns=columns, schema=SCHEMA)
        except (OSError, pa.ArrowException) as error:
            raise StorageFailed(f"{segment.name} of the use log cannot be read: {error}") from error

    def _clear(self, known: set[str]) -> None:
        """Remove what an interrupted sealing left behind; its records are still in the database."""
        for path in (*self._folder.glob("uses-*.parquet"), *self._folder.glob("uses-*.tmp")):
            if path.name not in known:
                path.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
