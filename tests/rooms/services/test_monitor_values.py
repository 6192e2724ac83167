"""Values on disk: the first of a moment stays, in whatever order they come; and the short way to read a message."""

import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import cramjam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.services.monitor.metrics import remote, values
from yunyue.services.monitor.metrics.scraped import Scraped
from yunyue.services.monitor.metrics.store import Store
from yunyue.services.monitor.metrics.values import Values

X = (("__name__", "x"),)
rows = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5), st.floats(allow_nan=False)), max_size=30)


def opened(path: str | Path = ":memory:") -> tuple[sqlite3.Connection, Values]:
    db = sqlite3.connect(path, isolation_level=None)
    return db, Values(db)


@given(st.lists(rows, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_first_value_of_a_moment_stays_wherever_it_stands(
    batches: list[list[tuple[int, int, float]]], ordered: list[bool]
) -> None:
    db, kept = opened()
    expected: dict[tuple[int, int], float] = {}
    for batch, order in zip(batches, ordered, strict=False):
        kept.add(batch)
        for series, at, value in batch:
            expected.setdefault((series, at), value)
        if order:
            kept.settle()
    for series in (1, 2, 3):
        found = sorted((at, value) for (name, at), value in expected.items() if name == series)
        assert kept.read(series, 0, 9) == tuple(found)
    db.close()


def test_many_that_wait_are_put_in_order_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MOST_FRESH", 10)
    db, kept = opened()
    kept.add([(1, at, 1.0) for at in range(9)])
    assert db.execute("SELECT count(*) FROM fresh").fetchone() == (9,)
    kept.add([(1, 9, 1.0)])
    assert db.execute("SELECT (SELECT count(*) FROM fresh), count(*) FROM points").fetchone() == (0, 10)
    db.close()


def test_where_nothing_can_be_written_what_waits_is_read_where_it_stands(tmp_path: Path) -> None:
    db, kept = opened(tmp_path / "x.sqlite")
    kept.add([(1, 5, 1.0), (1, 3, 2.0)])
    kept.settle()
    kept.add([(1, 4, 3.0), (1, 5, 9.0)])
    db.execute("PRAGMA query_only = 1")
    kept.settle()
    assert kept.read(1, 0, 9) == ((3, 2.0), (4, 3.0), (5, 1.0))
    db.close()


def test_values_another_process_wrote_down_are_seen(tmp_path: Path) -> None:
    """A probe point's door and a command open the same file."""
    (first, one), (second, other) = opened(tmp_path / "x.sqlite"), opened(tmp_path / "x.sqlite")
    one.add([(1, 5, 1.0)])
    other.settle()
    assert other.read(1, 0, 9) == one.read(1, 0, 9) == ((5, 1.0),)
    first.close()
    second.close()


def test_a_message_that_came_to_nothing_leaves_nothing_to_be_read(tmp_path: Path) -> None:
    kept = Store(tmp_path / "metrics.sqlite")
    kept.add(Scraped(((X, ((1, 1.0),)),)), 10)
    with pytest.raises(sqlite3.ProgrammingError):
        kept.add(Scraped(((X, ((2, 1.0),)), (X, ((3, object()),)))), 10)  # type: ignore[arg-type]  # no number
    assert kept.select("x", lambda _: True, 0, 10) == {X: ((1, 1.0),)}
    kept.close()


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def message(*series: bytes) -> bytes:
    return bytes(cramjam.snappy.compress_raw(b"".join(b"\x0a" + varint(len(one)) + one for one in series)))


def series(sample: bytes, name: str = "m") -> bytes:
    label = b"\x0a\x08__name__\x12" + varint(len(name)) + name.encode()
    return b"\x0a" + varint(len(label)) + label + sample


def sample(at: int, value: float) -> bytes:
    body = b"\x09" + struct.pack("<d", value) + b"\x10" + varint(at)
    return b"\x12" + varint(len(body)) + body


@given(st.integers(0, 2**53 - 1), st.floats(allow_nan=False), st.integers(1, 200))
def test_a_series_met_before_is_read_as_at_first(at: int, value: float, length: int) -> None:
    name = "m" * length
    first = remote.read(message(series(sample(1, 0.0), name)))
    assert isinstance(first, Scraped)
    again = remote.read(message(series(sample(at, value), name), series(sample(at, value), name)))
    assert again == Scraped(((first.series[0][0], ((at, value),)),) * 2)


@pytest.mark.parametrize(
    "broken",
    [
        lambda good: good[:-1],
        lambda good: good[:-6] + b"\xff" * 6,
        lambda good: good[:-18] + b"\x12\x11" + good[-16:],
        lambda good: good[:-18] + b"\x0a" + good[-17:],
    ],
)
def test_a_series_met_before_with_a_broken_sample_is_refused_or_read_without_it(
    broken: Callable[[bytes], bytes],
) -> None:
    good = series(sample(1_700_000_000_000, 1.0))
    whole = remote.read(message(good))
    assert isinstance(whole, Scraped)
    assert remote.read(message(broken(good))) != whole


def test_so_many_labels_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MOST_KNOWN", 3)
    for number in range(10):
        remote.read(message(series(sample(1, 0.0), f"name{number}")))
    assert len(remote._known) <= 3
