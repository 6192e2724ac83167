"""When probes are due: on a grid that follows from the id, spread over the interval."""

from hypothesis import given
from hypothesis import strategies as st

from yunyue.services.monitor.grid import Grid

grids = st.builds(Grid.of, st.text(min_size=1, max_size=20), st.integers(1, 86_400))
moments = st.integers(1_700_000_000_000, 1_800_000_000_000)


@given(grids, moments)
def test_the_next_moment_is_later_on_the_grid_and_at_most_an_interval_away(grid: Grid, moment: int) -> None:
    due = grid.after(moment)
    assert moment < due <= moment + grid.interval
    assert (due - grid.offset) % grid.interval == 0


@given(grids, moments, st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_no_moment_is_due_twice_and_none_is_left_out(grid: Grid, moment: int, first: int, second: int) -> None:
    middle, end = moment + first, moment + first + second
    halves = [*grid.between(moment, middle), *grid.between(middle, end)]
    assert halves == list(grid.between(moment, end))


def test_the_same_order_has_the_same_moments_after_a_restart() -> None:
    assert Grid.of("o1", 60) == Grid.of("o1", 60)


def test_a_thousand_orders_are_spread_over_the_minute() -> None:
    """No second of the minute has more than three times its share of probes."""
    seconds = [Grid.of(f"order-{number}", 60).offset // 1000 for number in range(1_000)]
    assert max(seconds.count(second) for second in range(60)) < 3 * 1_000 / 60
