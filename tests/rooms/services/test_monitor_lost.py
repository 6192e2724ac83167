"""Counts of what was lost: as many gaps come out as samples went in, in the same minutes, from little memory."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from services_cast import MINUTE, T0

from yunyue.catalog import GAP, Sample
from yunyue.services.monitor.lost import Lost


def sample(ts: int, instance: str = "o1", indicator: str = "availability") -> Sample:
    return Sample(instance, indicator, ts, True, "", 1)


def minutes(samples: list[Sample]) -> Counter[tuple[str, str, int]]:
    return Counter((one.instance, one.indicator, one.ts // MINUTE) for one in samples)


@given(
    lost=st.lists(st.tuples(st.sampled_from(["o1", "o2"]), st.integers(0, 6), st.booleans())),
    sizes=st.lists(st.integers(1, 5), min_size=1),
)
def test_each_lost_sample_is_a_gap_of_its_minute_however_it_is_taken(
    lost: list[tuple[str, int, bool]], sizes: list[int]
) -> None:
    """Whatever the order of the minutes, and also when more is lost after some was taken."""
    went_in: list[Sample] = []
    came_out: list[Sample] = []
    counts = Lost()
    for index, (instance, minute, taking) in enumerate(lost):
        went_in.append(sample(T0 + minute * MINUTE, instance))
        counts.add(went_in[-1])
        if taking:
            came_out += counts.take(sizes[index % len(sizes)])
    while counts:
        came_out += counts.take(sizes[0])
    assert minutes(came_out) == minutes(went_in)
    assert all(one.error == GAP and not one.ok for one in came_out)
    assert counts.total == len(lost)


def test_taking_never_gives_more_than_was_asked_for() -> None:
    counts = Lost()
    for number in range(10):
        counts.add(sample(T0 + number))
    assert [len(list(counts.take(4))) for _ in range(3)] == [4, 4, 2]


def test_the_gaps_of_a_minute_have_moments_of_their_own() -> None:
    counts = Lost()
    for _ in range(10):
        counts.add(sample(T0))
    assert len({one.ts for one in [*counts.take(3), *counts.take(7)]}) == 10


def test_a_day_of_one_a_minute_is_kept_as_one_run() -> None:
    counts = Lost()
    for minute in range(1440):
        counts.add(sample(T0 + minute * MINUTE))
    assert len(counts._runs["o1", "availability"]) == 2
