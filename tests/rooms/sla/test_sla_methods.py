"""M1 to M6 as services.md states them, and what exclusions change."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.contract.terms import Method
from yunyue.sla.evidence import BUCKET, Evidence, Tally
from yunyue.sla.methods import Window, bad_stretches, cut, measure, meets, shown
from yunyue.sla.span import DAY, MINUTE, Span, length

HOUR = 60 * MINUTE
JUNE = Span(0, 30 * DAY)
ALL_METHODS: tuple[Method, ...] = ("M1", "M2", "M3", "M4", "M5", "M6")


def at(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * HOUR + minutes * MINUTE + seconds * 1000


def outage(start: str, end: str) -> Evidence:
    """An outage by the wall clock of one day, with an attempt each minute that failed or not."""
    down = Span(at(start), at(end))
    minutes = tuple(Tally(t, 1, 0 if down.start <= t < down.end else 1) for t in range(0, DAY, MINUTE))
    return Evidence(minutes=minutes, outages=(down,))


def by_minute(*counts: tuple[int, int]) -> Evidence:
    """(attempts, good) of the minutes from midnight, and the same by five minutes."""
    minutes = tuple(Tally(n * MINUTE, total, good) for n, (total, good) in enumerate(counts) if total)
    return Evidence(minutes=minutes, buckets=bucketed(minutes))


def bucketed(minutes: Iterable[Tally]) -> tuple[Tally, ...]:
    sums: dict[int, tuple[int, int]] = {}
    for one in minutes:
        total, good = sums.get(one.start // BUCKET, (0, 0))
        sums[one.start // BUCKET] = (total + one.total, good + one.good)
    return tuple(Tally(n * BUCKET, total, good, BUCKET) for n, (total, good) in sorted(sums.items()))


def bad_minutes(method: Method, evidence: Evidence, *excluded: Span) -> int:
    return measure(method, JUNE, cut(method, JUNE, evidence), excluded).bad_minutes


class TestM1OutageMinutes:
    def test_an_outage_from_14_01_01_to_15_01_29_is_61_minutes(self) -> None:
        assert bad_minutes("M1", outage("14:01:01", "15:01:29")) == 61

    def test_an_outage_of_59_seconds_does_not_count(self) -> None:
        """Vector T58 of annex 3."""
        assert bad_minutes("M1", outage("00:00:00", "00:00:59")) == 0

    def test_an_outage_of_a_minute_counts(self) -> None:
        assert bad_minutes("M1", outage("00:00:30", "00:01:30")) == 1

    def test_each_outage_is_rounded_up_by_itself(self) -> None:
        two = Evidence((Tally(0, 1, 1),), (), (Span(0, MINUTE + 1), Span(HOUR, HOUR + MINUTE + 1)))
        assert bad_minutes("M1", two) == 4

    def test_outages_that_overlap_count_once(self) -> None:
        twice = Evidence((Tally(0, 1, 1),), (), (Span(0, 10 * MINUTE), Span(5 * MINUTE, 12 * MINUTE)))
        assert bad_minutes("M1", twice) == 12

    def test_availability_is_one_less_bad_minutes_over_the_minutes_of_the_month(self) -> None:
        measured = measure("M1", JUNE, cut("M1", JUNE, outage("14:01:01", "15:01:29")), ())
        assert measured.share == 1 - Fraction(61, 43_200)

    def test_an_outage_across_midnight_is_judged_whole_and_counted_on_each_day(self) -> None:
        """80 seconds in all: too short on either day alone, long enough as the one outage it is."""
        evidence = Evidence(outages=(Span(DAY - 40_000, DAY + 40_000),))
        days = cut("M1", Span(0, DAY), evidence) + cut("M1", Span(DAY, 2 * DAY), evidence)
        assert [window.bad_minutes for window in days] == [0, 1, 1, 0]


class TestM2ErrorBuckets:
    def test_a_bucket_at_the_limit_of_0_05_percent_is_not_bad(self) -> None:
        assert bad_stretches("M2", by_minute(*[(10_000, 9_995)] * 10)) == ()

    def test_one_error_more_in_each_bucket_makes_ten_bad_minutes(self) -> None:
        worse = [(10_000, 9_994), *[(10_000, 9_995)] * 4] * 2
        assert bad_minutes("M2", by_minute(*worse)) == 10

    def test_one_bad_bucket_alone_does_not_count(self) -> None:
        assert bad_minutes("M2", by_minute(*[(10, 0)] * 5, *[(10, 10)] * 5)) == 0

    def test_two_bad_buckets_with_a_good_one_between_do_not_count(self) -> None:
        assert bad_minutes("M2", by_minute(*[(10, 0)] * 5, *[(10, 10)] * 5, *[(10, 0)] * 5)) == 0

    def test_a_silent_bucket_ends_a_run(self) -> None:
        assert bad_minutes("M2", by_minute(*[(10, 0)] * 5, *[(0, 0)] * 5, *[(10, 0)] * 5)) == 0


class TestM3FailedCalls:
    def test_a_minute_with_five_failed_calls_is_bad_and_one_with_four_is_not(self) -> None:
        assert bad_minutes("M3", by_minute((1_000, 995), (1_000, 996), (5, 0))) == 2


class TestM4AllAttemptsFail:
    def test_a_minute_is_bad_only_if_every_attempt_failed(self) -> None:
        assert bad_minutes("M4", by_minute((3, 0), (3, 1), (1, 0))) == 2

    def test_a_minute_without_attempts_is_not_bad(self) -> None:
        assert bad_minutes("M4", by_minute((0, 0), (1, 1))) == 0


class TestM5ErrorShare:
    def test_ten_percent_is_not_over_ten_percent(self) -> None:
        assert bad_minutes("M5", by_minute(*[(10, 9)] * 9)) == 0

    def test_five_minutes_over_ten_percent_count_and_four_do_not(self) -> None:
        assert bad_minutes("M5", by_minute(*[(100, 89)] * 5)) == 5
        assert bad_minutes("M5", by_minute(*[(100, 89)] * 4, (100, 100))) == 0


class TestM6TaskSuccess:
    def test_the_share_is_successes_over_tasks(self) -> None:
        measured = measure("M6", JUNE, cut("M6", JUNE, by_minute((7, 7), (3, 2))), ())
        assert (measured.good, measured.total, measured.bad_minutes) == (9, 10, 0)

    def test_an_exclusion_takes_failed_tasks_out_when_it_covers_their_minutes(self) -> None:
        windows = cut("M6", JUNE, by_minute((7, 7), (3, 2), (4, 4)))
        measured = measure("M6", JUNE, windows, (Span(MINUTE, 2 * MINUTE),))
        assert (measured.good, measured.total) == (11, 11)

    def test_an_exclusion_that_covers_only_part_of_a_minute_takes_no_task_out(self) -> None:
        windows = cut("M6", JUNE, by_minute((7, 7), (3, 2)))
        assert measure("M6", JUNE, windows, (Span(MINUTE, 2 * MINUTE - 1),)).total == 10


class TestExclusions:
    def test_an_exclusion_takes_away_the_bad_minutes_it_covers(self) -> None:
        maintenance = Span(at("14:10:00"), at("14:20:00"))
        assert bad_minutes("M1", outage("14:01:01", "15:01:29"), maintenance) == 51

    def test_overlapping_exclusions_take_away_the_same_time_once(self) -> None:
        first, second = Span(at("14:10:00"), at("14:20:00")), Span(at("14:15:00"), at("14:25:00"))
        measured = measure("M1", JUNE, cut("M1", JUNE, outage("14:01:01", "15:01:29")), (first, second))
        assert (measured.bad_minutes, measured.excluded_minutes) == (46, 15)

    def test_excluded_minutes_leave_both_sides_of_the_quotient(self) -> None:
        windows = cut("M1", JUNE, outage("14:00:00", "15:00:00"))
        measured = measure("M1", JUNE, windows, (Span(at("13:00:00"), at("14:30:00")),))
        assert (measured.counted_minutes, measured.excluded_minutes) == (43_110, 90)
        assert measured.share == 1 - Fraction(30, 43_110)

    def test_an_exclusion_outside_the_service_month_changes_nothing(self) -> None:
        windows = cut("M1", JUNE, outage("14:00:00", "15:00:00"))
        assert measure("M1", JUNE, windows, (Span(JUNE.end, JUNE.end + DAY),)) == measure("M1", JUNE, windows, ())

    def test_a_begun_minute_is_not_taken_away_from_the_counted_ones(self) -> None:
        windows = cut("M1", JUNE, outage("14:00:00", "15:00:00"))
        assert measure("M1", JUNE, windows, (Span(0, MINUTE - 1),)).excluded_minutes == 0

    def test_a_coarse_window_keeps_its_bad_minutes_as_long_as_there_is_room_for_them(self) -> None:
        """The fact does not say which five of the sixty minutes were bad, so an exclusion of ten proves nothing."""
        hour = Window(Span(0, HOUR), 60, 55, 5)
        assert measure("M1", JUNE, (hour,), (Span(0, 10 * MINUTE),)).bad_minutes == 5
        assert measure("M1", JUNE, (hour,), (Span(0, 57 * MINUTE),)).bad_minutes == 3
        assert measure("M1", JUNE, (hour, Window(Span(HOUR, DAY), 1, 1, 0)), (Span(0, HOUR),)).bad_minutes == 0


def test_no_attempts_at_all_give_no_figure_by_any_method() -> None:
    for method in ALL_METHODS:
        assert measure(method, JUNE, cut(method, JUNE, Evidence()), ()).share is None


def test_attempts_in_excluded_time_only_give_no_figure() -> None:
    for method in ALL_METHODS:
        windows = (Window(Span(0, HOUR), 60, 60, 0),)
        assert measure(method, JUNE, windows, (Span(0, HOUR),)).share is None


def test_a_month_that_is_excluded_as_a_whole_gives_no_figure() -> None:
    assert measure("M1", JUNE, cut("M1", JUNE, outage("14:00:00", "15:00:00")), (JUNE,)).share is None


def test_a_figure_just_below_its_target_is_not_shown_as_met() -> None:
    """43.2 minutes are allowed in June at 99.9 %; 44 bad minutes miss it."""
    share = 1 - Fraction(44, 43_200)
    assert (meets(share, Decimal("99.9")), str(shown(share))) == (False, "99.898148")
    assert meets(1 - Fraction(43, 43_200), Decimal("99.9"))
    assert meets(Fraction(999, 1000), Decimal("99.9"))


tallies = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (max(pair), min(pair)))
hours = st.lists(tallies, min_size=1, max_size=60)
minute_spans = st.builds(
    lambda start, size: Span(start * MINUTE, (start + size) * MINUTE), st.integers(0, 60), st.integers(0, 20)
)


@given(st.sampled_from(ALL_METHODS), hours, st.lists(minute_spans, max_size=3))
def test_windows_follow_one_another_and_keep_every_attempt(
    method: Method, counts: list[tuple[int, int]], outages: list[Span]
) -> None:
    evidence = by_minute(*counts)
    windows = cut(method, Span(0, HOUR), Evidence(evidence.minutes, evidence.buckets, tuple(outages)))
    assert (windows[0].span.start, windows[-1].span.end) == (0, HOUR)
    assert all(a.span.end == b.span.start for a, b in pairwise(windows))
    assert sum(one.total for one in windows) == sum(total for total, _ in counts)
    assert sum(one.good for one in windows) == sum(good for _, good in counts)


@given(st.sampled_from(ALL_METHODS), hours, minute_spans, st.sets(st.integers(-5, 70), max_size=4))
def test_cutting_once_more_changes_no_figure(
    method: Method, counts: list[tuple[int, int]], down: Span, moments: set[int]
) -> None:
    evidence = by_minute(*counts)
    evidence = Evidence(evidence.minutes, evidence.buckets, (down,))
    finer = cut(method, Span(0, HOUR), evidence, [moment * MINUTE for moment in moments])
    assert measure(method, JUNE, finer, ()) == measure(method, JUNE, cut(method, Span(0, HOUR), evidence), ())
    assert {moment * MINUTE for moment in moments if 0 < moment < 60} <= {one.span.start for one in finer}


@given(st.sampled_from(ALL_METHODS), hours, minute_spans, st.lists(minute_spans, max_size=3), minute_spans)
def test_one_exclusion_more_never_adds_a_bad_minute(
    method: Method, counts: list[tuple[int, int]], down: Span, excluded: list[Span], another: Span
) -> None:
    evidence = by_minute(*counts)
    windows = cut(method, Span(0, HOUR), Evidence(evidence.minutes, evidence.buckets, (down,)))
    before = measure(method, JUNE, windows, excluded)
    after = measure(method, JUNE, windows, [*excluded, another])
    assert after.bad_minutes <= before.bad_minutes
    assert after.excluded_minutes == length([*excluded, another]) // MINUTE


@given(st.fractions(0, 1, max_denominator=50_000), st.decimals(0, 100, places=6))
def test_the_figure_shown_lies_on_the_same_side_of_every_target_as_the_exact_one(
    share: Fraction, target: Decimal
) -> None:
    assert (shown(share) >= target) == meets(share, target)


@given(hours)
def test_a_failure_more_never_raises_the_figure(counts: list[tuple[int, int]]) -> None:
    worse = [(total, max(0, good - 1)) for total, good in counts]
    for method in ("M2", "M3", "M4", "M5", "M6"):
        figures = []
        for variant in (counts, worse):
            share = measure(method, JUNE, cut(method, JUNE, by_minute(*variant)), ()).share
            figures.append(share if share is not None else Fraction(1))
        assert figures[1] <= figures[0]


@pytest.mark.parametrize(
    ("start", "total", "good", "rule"), [(0, 1, 2, "2 good of 1"), (0, 1, -1, "-1 good"), (1, 1, 1, "does not begin")]
)
def test_an_impossible_tally_is_refused(start: int, total: int, good: int, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        Tally(start, total, good)
