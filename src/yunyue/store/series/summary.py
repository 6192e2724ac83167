"""What a sealed file says of each instance's day, in one line: counts, and how runs of failures begin and end.

Lines of consecutive stretches merge without the samples (see `merged`), so a month of ten million samples is answered
from some thousand lines. A line is derived: it can be made again from its file at any time, and the exact SQL is its
verifier. Where stretches of one instance overlap, as late samples make them, lines do not merge; then samples count.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped] # it ships no types
from numpy.typing import NDArray

from yunyue.catalog.sample import GAP
from yunyue.store.series import parquet

MINUTE: Final = 60_000
ENDING: Final = ".summary"

SCHEMA: Final = pa.schema(
    [
        pa.field("instance", pa.string()),
        pa.field("indicator", pa.string()),
        pa.field("local_day", pa.int32()),
        pa.field("total", pa.int64()),
        pa.field("good", pa.int64()),
        pa.field("gaps", pa.int64()),
        pa.field("first", pa.int64()),
        pa.field("last", pa.int64()),
        pa.field("first_ok", pa.bool_()),
        pa.field("up", pa.int64()),
        pa.field("down", pa.int64()),
        pa.field("bad_minutes", pa.int64()),
        pa.field("outages", pa.int64()),
        pa.field("longest_ms", pa.int64()),
        pa.field("latency_us", pa.int64()),
        pa.field("slowest_us", pa.int64()),
    ]
)
"""`first`, `last`: the first and the last attempt (ms). `up`: the first success after failures at the beginning, 0 for
none. `down`: the first failure of those at the end after a success, 0 for none. `bad_minutes`, `outages`, `longest_ms`:
of the runs in between that last a minute or longer (M1), minutes rounded up for each. `latency_us`: of good attempts,
added up; `slowest_us`: the largest of these. Times are 0 where nothing was attempted."""

Numbers = NDArray[np.int64]
Truths = NDArray[np.bool_]


def summarise(samples: pa.Table) -> pa.Table:
    """A line for each instance, indicator and Beijing day of the samples."""
    if not samples.num_rows:
        return SCHEMA.empty_table()
    codes = [_codes(samples[name]) for name in ("instance", "indicator")]
    order = np.lexsort((samples["position"].to_numpy(), samples["ts"].to_numpy(), codes[1], codes[0]))
    ordered = samples.take(order)
    day = ordered["local_day"].to_numpy().astype(np.int64)
    starts = np.flatnonzero(_changes(codes[0][order], codes[1][order], day))
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(day))))
    ok = ordered["ok"].to_numpy(zero_copy_only=False)
    attempted = ordered["error"].to_numpy(zero_copy_only=False) != GAP
    latency = np.where(ok, ordered["latency_us"].to_numpy(), 0)
    counts = {
        "total": np.add.reduceat(attempted.astype(np.int64), starts),
        "good": np.add.reduceat(ok.astype(np.int64), starts),
        "gaps": np.add.reduceat((~attempted).astype(np.int64), starts),
        "latency_us": np.add.reduceat(latency, starts),
        "slowest_us": np.maximum.reduceat(latency, starts),
    }
    ran = runs(group[attempted], ordered["ts"].to_numpy()[attempted], ok[attempted], len(starts))
    names = {name: ordered[name].cast(pa.string()).take(starts) for name in ("instance", "indicator")}
    columns = {**names, "local_day": day[starts], **counts, **ran}
    return table(columns)


def table(columns: Mapping[str, object]) -> pa.Table:
    """Lines of these columns, Arrow's or numpy's."""
    arrays = [_array(columns[field.name], field) for field in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def runs(group: Numbers, ts: Numbers, ok: Truths, groups: int) -> dict[str, NDArray[np.generic]]:
    """How the attempts of each group begin and end, and its runs of failures in between."""
    found: dict[str, NDArray[np.generic]] = {
        name: np.zeros(groups, np.int64)
        for name in ("first", "last", "up", "down", "bad_minutes", "outages", "longest_ms")
    }
    found["first_ok"] = np.zeros(groups, np.bool_)
    if not len(group):
        return found
    begins = np.flatnonzero(_changes(group, ok))
    of, since, good = group[begins], ts[begins], ok[begins]
    opening = _changes(of)
    closing = np.append(opening[1:], True)
    following = np.append(since[1:], 0)
    found["first"][of[opening]] = since[opening]
    found["first_ok"][of[opening]] = good[opening]
    found["last"][of[closing]] = ts[np.append(np.flatnonzero(_changes(group))[1:] - 1, len(ts) - 1)]
    found["up"][of[opening & ~closing & ~good]] = following[opening & ~closing & ~good]
    found["down"][of[closing & ~opening & ~good]] = since[closing & ~opening & ~good]
    length = following - since
    inner = ~opening & ~closing & ~good & (length >= MINUTE)
    np.add.at(found["bad_minutes"], of[inner], -(-length[inner] // MINUTE))
    np.add.at(found["outages"], of[inner], 1)
    np.maximum.at(found["longest_ms"], of[inner], length[inner])
    return found


def of(path: Path) -> pa.Table:
    """The lines of a sealed file."""
    return summarise(pq.read_table(path, schema=parquet.SCHEMA))


def make(path: Path) -> pa.Table:
    """The lines of a sealed file, kept beside it."""
    lines = of(path)
    keep(lines, path.with_suffix(ENDING))
    return lines


def keep(lines: pa.Table, path: Path) -> None:
    """Write lines to a file, which is there whole or not at all."""
    draft = path.with_suffix(f"{ENDING}-draft")
    packed = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.OSFile(str(draft), "wb") as file, pa.ipc.new_file(file, SCHEMA, options=packed) as writer:
        writer.write_table(lines)
    draft.rename(path)


def read(path: Path) -> pa.Table | None:
    """The lines of a summary file; None when there is none, or it is none of today's shape."""
    try:
        with pa.memory_map(str(path)) as file:
            lines = pa.ipc.open_file(file).read_all()
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    return lines if lines.schema.equals(SCHEMA) else None


def _codes(column: pa.ChunkedArray) -> Numbers:
    """A number for each value; equal ones have the same."""
    whole = (
        column.unify_dictionaries().combine_chunks() if pa.types.is_dictionary(column.type) else column.combine_chunks()
    )
    found = whole if isinstance(whole, pa.DictionaryArray) else whole.dictionary_encode()
    codes: Numbers = found.indices.to_numpy().astype(np.int64)
    return codes


def _changes(*columns: NDArray[np.generic]) -> Truths:
    """True where a row differs from the one before it in any column; the first always does."""
    different = np.ones(len(columns[0]), np.bool_)
    different[1:] = False
    for column in columns:
        different[1:] |= column[1:] != column[:-1]
    return different


def _array(values: object, field: pa.Field) -> pa.Array:
    found = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return found if isinstance(found, pa.Array) else pa.array(found, type=field.type)
