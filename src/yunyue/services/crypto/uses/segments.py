"""Sealed records of the use log: Parquet files that never change, in the order of their numbers.

A file is kept first; only then the manifest is told and the records leave the table. Whatever step a crash follows,
the records are still in the table or already in the manifest.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types

from yunyue.services.crypto.errors import StorageFailed
from yunyue.services.crypto.uses.record import PARTLY, Counted, Use
from yunyue.services.crypto.uses.shelf import Shelf

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
    """The files on one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def keep(self, segment: Segment, content: bytes, known: Iterable[Segment]) -> None:
        """Put a file on the shelf. Raises StorageFailed; then nothing was sealed."""
        self._shelf.put(segment.name, content, [one.name for one in known])

    def read(self, segment: Segment) -> list[tuple[int, Use]]:
        """Its records. Raises StorageFailed when the file is gone or cannot be read."""
        rows = self._table(segment).to_pydict()
        return [(row[0], Use(*row[1:])) for row in zip(*(rows[name] for name in SCHEMA.names), strict=True)]

    def counted(self, segment: Segment, space: str, start: int, end: int) -> Counted:
        """See UseLog.counted, of one segment."""
        table = self._table(segment, ["space", "at", "status", "operation"])
        inside = pc.and_(pc.equal(table["space"].cast(pa.string()), space), pc.greater_equal(table["at"], start))
        found = table.filter(pc.and_(inside, pc.less(table["at"], end)))
        partly = pc.ends_with(found["operation"].cast(pa.string()), PARTLY)
        good = pc.sum(pc.or_(pc.less(found["status"], 400), partly))
        return Counted(len(found), good.as_py() or 0)

    def fault(self, segment: Segment) -> str | None:
        """What is wrong with a file: it is gone, or its bytes are not those that were sealed."""
        try:
            with self._shelf.opened(segment.name) as file:
                return None if digest_of(file.read()) == segment.digest else f"{segment.name} was changed"
        except (StorageFailed, OSError) as error:
            return str(error)

    def _table(self, segment: Segment, columns: list[str] | None = None) -> Any:
        try:
            with self._shelf.opened(segment.name) as file:
                return pq.read_table(file, columns=columns, schema=SCHEMA)
        except (OSError, pa.ArrowException) as error:
            raise StorageFailed(f"{segment.name} of the use log cannot be read: {error}") from error


def sealed(records: Sequence[tuple[int, Use]]) -> tuple[Segment, bytes]:
    """A file of these records, and what the manifest says of it."""
    columns = list(zip(*((number, *use) for number, use in records), strict=True))
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    written = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA), written, compression="zstd", row_group_size=ROW_GROUP)
    content, moments = written.getvalue().to_pybytes(), [use.at for _, use in records]
    return Segment(records[0][0], len(records), min(moments), max(moments), digest_of(content)), content


def digest_of(content: bytes) -> str:
    """As the manifest has it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
