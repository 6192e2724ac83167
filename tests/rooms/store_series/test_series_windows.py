"""The one SQL definition: minutes, buckets and outages, the same over tail and sealed files as a plain loop gives."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from series_cast import MINUTE, T0, each_minute, later, sample

from yunyue.catalog import GAP, Count, Observed, Sample
from yunyue.sla.evidence import Evidence, Tally
from yunyue.sla.methods import Window, cut
from yunyue.sla.span import DAY, Span
from yunyue.store.series import Series

HOUR = 60 * MINUTE


def observed(folder: Path, samples: list[Sample], start: int = T0, end: int = T0 + HOUR) -> Observed:
    series = Series.open(folder)
    series.append(samples, "probe", 1, 0)
    found = series.windows("o1", "availability", start, end)
    series.close()
    return found


def test_attempts_are_counted_by_minute_and_by_five_minutes(tmp_path: Path) -> None:
    samples = [sample(T0), sample(T0 + 30_000, "status"), sample(T0 + 4 * MINUTE), sample(T0 + 5 * MINUTE)]
    found = observed(tmp_path, samples)
    assert found.minutes == (
        Count(T0, 2, 1, 0),
        Count(T0 + 4 * MINUTE, 1, 1, 0),
        Count(T0 + 5 * MINUTE, 1, 1, 0),
    )
    assert found.buckets == (Count(T0, 3, 2, 0), Count(T0 + 5 * MINUTE, 1, 1, 0))


def test_an_outage_runs_from_the_first_failure_to_the_next_success(tmp_path: Path) -> None:
    found = observed(tmp_path, each_minute(["", "refused", "reset", "", ""]))
    assert found.outages == ((T0 + MINUTE, T0 + 3 * MINUTE),)


def test_a_gap_is_neither_an_attempt_nor_the_end_of_an_outage(tmp_path: Path) -> None:
    found = observed(tmp_path, each_minute(["refused", GAP, "refused", ""]))
    assert found.outages == ((T0, T0 + 3 * MINUTE),)
    assert found.minutes[1] == Count(T0 + MINUTE, 0, 0, 1)


def test_an_outage_that_began_before_the_window_is_seen_from_its_beginning(tmp_path: Path) -> None:
    found = observed(tmp_path, each_minute(["", "refused", "refused", ""]), T0 + 2 * MINUTE)
    assert found.outages == ((T0 + MINUTE, T0 + 3 * MINUTE),)


def test_an_outage_that_ends_after_the_window_is_seen_to_its_end(tmp_path: Path) -> None:
    found = observed(tmp_path, each_minute(["", "refused", "refused", ""]), T0, T0 + 2 * MINUTE)
    assert found.outages == ((T0 + MINUTE, T0 + 3 * MINUTE),)


def test_an_outage_without_an_end_lasts_to_the_end_of_the_window(tmp_path: Path) -> None:
    assert observed(tmp_path, each_minute(["", "refused"])).outages == ((T0 + MINUTE, T0 + HOUR),)


def test_an_outage_wholly_before_or_after_the_window_is_not_in_it(tmp_path: Path) -> None:
    samples = each_minute(["refused", "", "", "refused", ""])
    assert observed(tmp_path, samples, T0 + MINUTE, T0 + 3 * MINUTE).outages == ()


def test_other_instances_and_other_indicators_are_not_in_it(tmp_path: Path) -> None:
    samples = [sample(T0, "reset", instance="o2"), sample(T0, "reset", indicator="coverage")]
    assert observed(tmp_path, samples) == Observed((), (), (), (), 0)


def test_a_series_without_a_sample_observed_nothing(tmp_path: Path) -> None:
    assert Series.open(tmp_path).windows("o1", "availability", T0, T0 + HOUR) == Observed((), (), (), (), 0)


def test_it_says_how_much_of_it_is_not_sealed_and_which_files_hold_the_rest(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    series.append(each_minute(["", ""]), "probe", 1, 0)
    facts = series.seal(later(0), force=True)
    series.append([sample(T0 + 2 * MINUTE), sample(T0 + 2 * HOUR)], "probe", 1, 2)
    found = series.windows("o1", "availability", T0, T0 + HOUR)
    assert (found.unsealed, [one.digest for one in found.segments]) == (1, [facts[0].digest])
    assert (found.segments[0].first, found.segments[0].last) == (T0, T0 + MINUTE)


def test_a_hostile_name_is_only_a_name(tmp_path: Path) -> None:
    name = "o1' OR '1'='1"
    series = Series.open(tmp_path / "it's a folder")
    series.append([sample(T0), sample(T0, instance=name)], "probe", 1, 0)
    series.seal(later(0), force=True)
    assert series.windows(name, "availability", T0, T0 + HOUR).minutes == (Count(T0, 1, 1, 0),)


class TestRecent:
    def test_the_newest_come_first_whether_sealed_or_not(self, tmp_path: Path) -> None:
        series = Series.open(tmp_path)
        series.append(each_minute(["", "reset"]), "probe", 1, 0)
        series.seal(later(0), force=True)
        series.append([sample(T0 + 2 * MINUTE, "status")], "probe", 1, 2)
        assert [one.error for one in series.recent("o1", 10)] == ["status", "reset", ""]
        assert [one.error for one in series.recent("o1", 1)] == ["status"]
        assert series.recent("o2", 10) == ()


def test_the_latest_of_each_instance_is_found_whether_sealed_or_not(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    series.append([sample(T0), sample(T0 + 5, GAP), sample(T0 + 9, instance="o2")], "probe", 1, 0)
    series.seal(later(0), force=True)
    series.append([sample(T0 + 7, instance="o3"), sample(T0 + 99, indicator="manual")], "probe", 1, 3)
    assert series.latest("availability") == {"o1": T0 + 5, "o2": T0 + 9, "o3": T0 + 7}
    assert Series.open(tmp_path / "empty").latest("availability") == {}


def plain(samples: list[Sample], start: int, end: int) -> tuple[list[Count], list[tuple[int, int]]]:
    """Minutes and outages as a loop finds them, for comparison with the SQL."""
    ordered = [one for _, one in sorted(enumerate(samples), key=lambda pair: (pair[1].ts, pair[0]))]
    counts: dict[int, list[int]] = {}
    for one in ordered:
        if start <= one.ts < end:
            minute = counts.setdefault(one.ts // MINUTE * MINUTE, [0, 0, 0])
            minute[0] += one.error != GAP
            minute[1] += one.ok
            minute[2] += one.error == GAP
    outages: list[tuple[int, int]] = []
    since: int | None = None
    for one in ordered:
        if one.error == GAP:
            continue
        if not one.ok and since is None:
            since = one.ts
        elif one.ok and since is not None:
            outages.append((since, one.ts))
            since = None
    if since is not None:
        outages.append((since, end))
    inside = [one for one in outages if one[0] < end and one[1] > start]
    return [Count(minute, *values) for minute, values in sorted(counts.items())], inside


drawn = st.lists(
    st.tuples(st.integers(0, 40 * MINUTE).map(lambda t: t // 10_000 * 10_000), st.sampled_from(["", "", "reset", GAP])),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(drawn, st.integers(0, 60), st.integers(0, 20), st.integers(1, 20))
def test_tail_and_files_together_say_what_a_plain_loop_says(
    pairs: list[tuple[int, str]], sealed: int, first: int, size: int
) -> None:
    samples = [sample(T0 + offset, error) for offset, error in pairs]
    start, end = T0 + first * MINUTE, T0 + (first + size) * MINUTE
    with TemporaryDirectory() as folder:
        series = Series.open(Path(folder))
        series.append(samples[:sealed], "probe", 1, 0)
        series.seal(later(0), force=True)
        series.append(samples, "probe", 1, 0)
        found = series.windows("o1", "availability", start, end)
        series.close()
    minutes, outages = plain(samples, start, end)
    assert list(found.minutes) == minutes
    assert list(found.outages) == outages
    assert sum(one.total for one in found.buckets) == sum(one.total for one in minutes)


@given(
    attempts=st.lists(
        st.tuples(st.sampled_from(["o1", "o2"]), st.integers(0, 3 * 1440), st.sampled_from(["", "reset", "gap"])),
        max_size=60,
    )
)
@settings(max_examples=25, deadline=None)  # every example asks a real database thrice
def test_the_days_of_all_instances_say_what_each_ones_windows_say(attempts: list[tuple[str, int, str]]) -> None:
    """Outages over midnights, over the edges, without an end; gaps; days without samples."""
    edge = T0 - 12 * HOUR
    bounds = (edge + DAY, edge + 3 * DAY)
    samples = [Sample(one, "availability", edge + at * MINUTE, not error, error, 1) for one, at, error in attempts]
    with TemporaryDirectory() as folder, closing(Series.open(Path(folder))) as series:
        series.append(samples, "test", 1, 0)
        days = series.daily("availability", *bounds)
        long_way = {one: by_windows(series, one, bounds) for one in {day.instance for day in days}}
        for day in days:
            midnight = day.day * DAY - 8 * HOUR
            windows = [one for one in long_way[day.instance] if 0 <= one.span.start - midnight < DAY]
            assert day.bad_minutes == sum(one.bad_minutes for one in windows)
            assert (day.total, day.good) == (sum(one.total for one in windows), sum(one.good for one in windows))
        inside = {(one.instance, (one.ts + 8 * HOUR) // DAY) for one in samples if bounds[0] <= one.ts < bounds[1]}
        assert {(day.instance, day.day) for day in days} == inside


def by_windows(series: Series, instance: str, bounds: tuple[int, int]) -> tuple[Window, ...]:
    """The long way: windows of one instance, measured by M1 and cut at midnights."""
    seen = series.windows(instance, "availability", *bounds)
    minutes = tuple(Tally(one.start, one.total, one.good) for one in seen.minutes)
    outages = tuple(Span(start, end) for start, end in seen.outages)
    return cut("M1", Span(*bounds), Evidence(minutes, outages=outages), range(*bounds, DAY))
