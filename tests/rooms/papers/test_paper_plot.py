"""Plots: heights from exact numbers, the same picture each time, words for who cannot see it."""

from decimal import Decimal
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from yunyue.papers.paper import Plot
from yunyue.papers.plot import HEIGHT, WIDTH, png, said

amounts = st.integers(0, 10**6).map(Decimal)
plots = st.builds(
    Plot,
    st.just("可用性"),
    st.just("分钟"),
    st.lists(st.tuples(st.just("01"), amounts), max_size=40).map(tuple),
    st.none() | amounts,
)


@given(plots)
def test_no_bar_and_no_limit_stands_above_the_whole(plot: Plot) -> None:
    values = [value for _label, value in plot.bars] + ([] if plot.limit is None else [plot.limit])
    heights = [plot.height(value) for value in values]
    assert all(0 <= one <= 1000 for one in heights)
    assert not any(values) or max(heights) == 1000


def test_the_same_plot_is_the_same_picture() -> None:
    plot = Plot("a", "b", (("01", Decimal(3)), ("02", Decimal(0))), Decimal("1.5"))
    assert png(plot) == png(plot)
    image = Image.open(BytesIO(png(plot)))
    assert image.size == (WIDTH, HEIGHT)
    assert image.getpixel((WIDTH // 4, HEIGHT // 2)) == (110, 110, 110)
    assert image.getpixel((WIDTH * 3 // 4, HEIGHT // 3)) == (255, 255, 255)


def test_a_plot_is_said_in_words() -> None:
    plot = Plot("可用性", "分钟", (("01", Decimal(3)), ("02", Decimal(0))), Decimal("1.5"))
    assert said(plot) == "可用性（分钟）：01：3；虚线为 1.5"
    assert said(Plot("可用性", "分钟", ())) == "可用性（分钟）：均为零"
    assert png(Plot("可用性", "分钟", ()))
