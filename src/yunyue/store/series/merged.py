"""Days from summaries: lines of consecutive stretches, put together without the samples.

The runs inside a line are counted in it. What crosses lines, and midnights, is found from how each begins and ends:
at most three turns a line, so ten million samples become some ten thousand turns.
"""

from collections import defaultdict
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped] # it ships no types

from yunyue.store.series.parquet import BEIJING_MS, DAY_MS
from yunyue.store.series.summary import MINUTE, Numbers, Truths, runs, table
from yunyue.store.series.windows import Day

COUNTED: Final = ("total", "good", "gaps", "bad_minutes")


def local_day(moment: int) -> int:
    """The Beijing day of a moment (ms), counted from 1970."""
    return (moment + BEIJING_MS) // DAY_MS


def whole_days(start: int, end: int) -> bool:
    """Whether both moments are midnights in Beijing."""
    return not (start + BEIJING_MS) % DAY_MS and not (end + BEIJING_MS) % DAY_MS


def mixed(lines: pa.Table) -> set[str]:
    """The instances whose stretches overlap in time, so that their lines cannot be put one after the other."""
    ran = _attempted(lines)
    overlap = _overlapping(_codes(ran), ran)
    return set(ran["instance"].take(overlap).to_pylist()) if len(overlap) else set()


def _overlapping(name: Numbers, ran: pa.Table) -> Numbers:
    """The places of lines that begin before an earlier one of the same name has ended."""
    first, last = ran["first"].to_numpy(), ran["last"].to_numpy()
    order = np.lexsort((first, name))
    name, first, last = name[order], first[order], last[order]
    found: Numbers = order[1:][(name[1:] == name[:-1]) & (first[1:] <= last[:-1])]
    return found


def squeezed(lines: pa.Table) -> pa.Table:
    """The same in fewer lines: one for each instance, indicator and day, where stretches follow each other.

    Lines of an instance and indicator whose stretches overlap stay as they are.
    """
    name = _codes(lines) * (1 << 20) + _codes(lines, "indicator")
    ran = lines["total"].to_numpy() > 0
    late = np.flatnonzero(ran)[_overlapping(name[ran], lines.filter(ran))]
    over = np.isin(name, name[late])
    rest = lines.filter(~over)
    day = rest["local_day"].to_numpy().astype(np.int64)
    _, where, group = np.unique(name[~over] * (1 << 22) + day, return_index=True, return_inverse=True)
    return pa.concat_tables([lines.filter(over), _joined(rest, where, group)]) if rest.num_rows else lines


def _joined(lines: pa.Table, where: Numbers, group: Numbers) -> pa.Table:
    """A line for each group; `where` is a line of each."""
    count = len(where)
    columns: dict[str, Any] = {one: lines[one].take(where) for one in ("instance", "indicator", "local_day")}
    for one in ("total", "good", "gaps", "latency_us", "bad_minutes", "outages"):
        columns[one] = np.zeros(count, np.int64)
        np.add.at(columns[one], group, lines[one].to_numpy())
    for one in ("last", "slowest_us", "longest_ms"):
        columns[one] = np.zeros(count, np.int64)
        np.maximum.at(columns[one], group, lines[one].to_numpy())
    ran = lines["total"].to_numpy() > 0
    crossing = runs(*_turning(group[ran], lines.filter(ran)), count)
    columns |= {one: crossing[one] for one in ("first", "first_ok", "up", "down")}
    columns["bad_minutes"] += crossing["bad_minutes"]
    columns["outages"] += crossing["outages"]
    columns["longest_ms"] = np.maximum(columns["longest_ms"], crossing["longest_ms"])
    return table(columns)


def days(lines: pa.Table, start: int, end: int) -> tuple[Day, ...]:
    """The days from midnight `start` up to midnight `end` (ms); `lines` are of one indicator and reach a day beyond."""
    day = lines["local_day"].to_numpy().astype(np.int64)
    inside = (day >= local_day(start)) & (day < local_day(end))
    name, names = _named(lines)
    keys, group = np.unique(name[inside] * (1 << 22) + day[inside], return_inverse=True)
    sums = {one: np.zeros(len(keys), np.int64) for one in COUNTED}
    for one, found in sums.items():
        np.add.at(found, group, lines[one].to_numpy()[inside])
    for (who, when), minutes in _down(lines, name, start, end).items():
        place = int(np.searchsorted(keys, who * (1 << 22) + when))
        if place < len(keys) and keys[place] == who * (1 << 22) + when:
            sums["bad_minutes"][place] += minutes
    said = [names[one] for one in (keys >> 22).tolist()]
    columns = (said, (keys & ((1 << 22) - 1)).tolist(), *(sums[one].tolist() for one in COUNTED))
    return tuple(map(_DAY, zip(*columns, strict=True)))


_DAY: Final = partial(tuple.__new__, Day)
"""`Day._make` without its step through Python: of seven thousand days that is a third of the answer's time."""


class Latency(NamedTuple):
    """One instance's day: attempts, good ones, the mean and the largest latency of good ones (µs, 0 without any)."""

    day: int
    total: int
    good: int
    mean_us: int
    slowest_us: int


def latencies(lines: pa.Table) -> dict[str, tuple[Latency, ...]]:
    """How fast each instance was, day by day."""
    sums = [(name, "sum") for name in ("total", "good", "latency_us")]
    summed = lines.group_by(["instance", "local_day"]).aggregate([*sums, ("slowest_us", "max")])
    names = ("instance", "local_day", "total_sum", "good_sum", "latency_us_sum", "slowest_us_max")
    found: dict[str, list[Latency]] = defaultdict(list)
    for instance, day, total, good, latency, slowest in sorted(
        zip(*(summed[name].to_pylist() for name in names), strict=True)
    ):
        found[instance].append(Latency(day, total, good, latency // good if good else 0, slowest))
    return {instance: tuple(days) for instance, days in found.items()}


def _down(lines: pa.Table, name: Numbers, start: int, end: int) -> dict[tuple[int, int], int]:
    """Minutes down on each instance's day in outages that begin or end at the edge of a line; `name` as `_named`."""
    tried = lines["total"].to_numpy() > 0
    name, ts, ok = _turning(name[tried], lines.filter(pa.array(tried)))
    begins = np.flatnonzero(_turns(name, ok))
    name, ts, ok = name[begins], ts[begins], ok[begins]
    same = np.append(name[1:] == name[:-1], False) if len(name) else np.zeros(0, np.bool_)
    stop = np.where(same, np.append(ts[1:], 0) if len(ts) else ts, end)
    minutes: dict[tuple[int, int], int] = defaultdict(int)
    for index in np.flatnonzero(~ok & (stop - ts >= MINUTE)):
        piece = (max(int(ts[index]), start), min(int(stop[index]), end))
        for day in range(local_day(piece[0]), local_day(piece[1] - 1) + 1):
            midnight = day * DAY_MS - BEIJING_MS
            length = min(piece[1], midnight + DAY_MS) - max(piece[0], midnight)
            minutes[int(name[index]), day] += -(-length // MINUTE) if length > 0 else 0
    return minutes


def _turning(name: Numbers, ran: pa.Table) -> tuple[Numbers, Numbers, Truths]:
    """The moments at which a line says how it goes on: its first attempt, the first success, the last failures."""
    columns = {one: ran[one].to_numpy() for one in ("first", "up", "down")}
    up, down = columns["up"] > 0, columns["down"] > 0
    every = [
        (name, columns["first"], ran["first_ok"].to_numpy(zero_copy_only=False)),
        (name[up], columns["up"][up], np.ones(up.sum(), np.bool_)),
        (name[down], columns["down"][down], np.zeros(down.sum(), np.bool_)),
    ]
    names, ts, ok = (np.concatenate([one[part] for one in every]) for part in range(3))
    order = np.lexsort((ts, names))
    return names[order], ts[order], ok[order]


def _turns(name: Numbers, ok: Truths) -> Truths:
    """Where the state is not what it was before; before the first attempt all is taken to be well."""
    if not len(name):
        return np.zeros(0, np.bool_)
    before = np.append(True, ok[:-1])
    before[np.append(True, name[1:] != name[:-1])] = True
    turned: Truths = ok != before
    return turned


def _attempted(lines: pa.Table) -> pa.Table:
    return lines.filter(pa.array(lines["total"].to_numpy() > 0))


def _named(lines: pa.Table) -> tuple[Numbers, list[str]]:
    """A number for each line's instance, and the names by number, in order."""
    found: Any = lines["instance"].combine_chunks().dictionary_encode()
    names = found.dictionary.to_pylist()
    ranks = np.empty(len(names), np.int64)
    ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return ranks[found.indices.to_numpy()], sorted(names)


def _codes(ran: pa.Table, column: str = "instance") -> Numbers:
    found: Any = ran[column].combine_chunks().dictionary_encode().indices.to_numpy()
    return np.asarray(found, np.int64)
