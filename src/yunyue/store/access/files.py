"""Sealed records as Parquet: one file a segment, its digest the root of an RFC 9162 tree over the records.

The root binds every record and lets each be shown alone, with a path of hashes, without showing its neighbours.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped] # it ships no types

from yunyue.journal.tree import leaf_hash, root_of
from yunyue.store.access.record import FIELDS
from yunyue.store.access.tail import Row, record_of

NUMBERS: Final = frozenset({"position", "at", "status"})
SCHEMA: Final = pa.schema(
    [pa.field(name, pa.int64() if name in NUMBERS else pa.string(), nullable=False) for name in ("position", *FIELDS)]
)


def table(rows: Sequence[Row]) -> Any:
    """Rows of the tail as an Arrow table."""
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def write(rows: Sequence[Row], path: Path) -> None:
    """Write the rows to `path` and have the disk confirm them."""
    pq.write_table(table(rows), path, compression="zstd")
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def read(path: Path) -> list[Row]:
    """Every row of a file, in order. Raises OSError, pyarrow.ArrowException for one that is not whole."""
    found = pq.read_table(path, schema=SCHEMA).to_pydict()
    return list(zip(*found.values(), strict=True))


def whole(path: Path) -> bool:
    """Whether a file is there and is Parquet of our schema, by its footer."""
    try:
        return bool(pq.read_schema(path).equals(SCHEMA))
    except (OSError, pa.ArrowException):
        return False


def leaves(rows: Sequence[Row]) -> list[bytes]:
    """The leaf hashes of the records."""
    return [leaf_hash(record_of(row).leaf) for row in rows]


def digest(rows: Sequence[Row]) -> str:
    """The root over the records, as facts write a digest."""
    return f"sha256:{root_of(leaves(rows)).hex()}"
