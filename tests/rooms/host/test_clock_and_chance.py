"""The clock speaks Beijing time; ids sort by their moment and fit a fact's key."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.host.clock import BEIJING, SystemClock, VirtualClock
from yunyue.host.randomness import ALPHABET, identifier, password, token
from yunyue.journal.facts import Key

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
moments = st.integers(0, 10**11).map(lambda milliseconds: BEGIN + timedelta(milliseconds=milliseconds))


def test_the_system_clock_speaks_beijing_time() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(hours=8)
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_steady_count_never_falls() -> None:
    clock = SystemClock()
    counts = [clock.monotonic() for _ in range(100)]
    assert counts == sorted(counts)


def test_a_virtual_clock_stands_until_moved() -> None:
    clock = VirtualClock(datetime(2024, 4, 11, tzinfo=BEIJING))
    assert clock.now() == clock.now()
    clock.move(timedelta(days=1, seconds=2))
    assert clock.now() == datetime(2024, 4, 12, 0, 0, 2, tzinfo=BEIJING)
    assert clock.monotonic() == 86_402


def test_a_virtual_clock_moves_to_a_moment_in_any_zone() -> None:
    clock = VirtualClock(datetime(2024, 4, 11, tzinfo=UTC))
    assert clock.move_to(datetime(2024, 4, 12, tzinfo=UTC)).hour == 8


def test_time_does_not_run_backwards() -> None:
    clock = VirtualClock(datetime(2024, 4, 11, tzinfo=BEIJING))
    with pytest.raises(ValueError, match="backwards"):
        clock.move(timedelta(seconds=-1))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        VirtualClock(datetime(2024, 4, 11, tzinfo=UTC).replace(tzinfo=None))


@given(moments)
def test_an_id_is_a_key_of_a_fact(moment: datetime) -> None:
    made = identifier("order", moment)
    assert msgspec.convert(made, Key) == made


@given(moments, moments)
def test_ids_sort_as_their_moments(first: datetime, second: datetime) -> None:
    earlier, later = sorted((first, second))
    assert identifier("x", earlier)[:12] <= identifier("x", later)[:12]
    if earlier != later:
        assert identifier("x", earlier) < identifier("x", later)


def test_ids_of_one_moment_differ() -> None:
    moment = datetime(2024, 4, 11, tzinfo=BEIJING)
    assert len({identifier("x", moment) for _ in range(1000)}) == 1000


def test_a_password_is_four_groups_nobody_misreads() -> None:
    made = password()
    assert re.fullmatch(rf"([{ALPHABET}]{{5}}-){{3}}[{ALPHABET}]{{5}}", made)
    assert made != password()


def test_a_token_carries_256_bits() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token())
    assert token() != token()
