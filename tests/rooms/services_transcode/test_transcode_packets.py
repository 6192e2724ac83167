"""What is read out of a track's packets: how many there are, where keyframes lie, whether they keep one pace."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from yunyue.services.transcode.engine.packets import JITTER, Packets, _Reading


def heard(*lines: str) -> Packets:
    reading = _Reading()
    for line in lines:
        reading.hear(line)
    return reading.packets()


@given(
    st.integers(1, 2000),
    st.integers(-5000, 5000),
    st.integers(1, 200),
    st.sampled_from([Fraction(1, 1000), Fraction(1, 90000)]),
)
def test_frames_that_last_equally_long_are_steady_from_wherever_they_begin(
    step: int, first: int, count: int, base: Fraction
) -> None:
    found = Packets(tuple(range(first, first + step * count, step)), (first,), 0, step, base)
    assert found.steady
    assert found.seconds == step * count * base
    assert found.start == first * base
    assert found.pace == (1 / (step * base) if count > 1 else 0)


@given(st.permutations(range(20)))
def test_the_order_in_which_packets_come_does_not_matter(order: list[int]) -> None:
    found = heard(*(f"{40 * number},40,{'K__' if number % 5 == 0 else '___'}" for number in order), "1/1000")
    assert found.ticks == tuple(range(0, 800, 40))
    assert found.keys == (Fraction(0), Fraction(1, 5), Fraction(2, 5), Fraction(3, 5))


def test_a_gap_longer_than_rounding_explains_is_not_steady() -> None:
    base = Fraction(1, 1000)
    wavers, gaps = (0, 33, 67, 100, 133, 167), (0, 33, 67, 105, 133, 167)
    assert Packets(wavers, (0,), 0, 33, base).steady
    assert not Packets(gaps, (0,), 0, 33, base).steady
    assert Fraction(1, 1000) < JITTER < Fraction(4, 1000)


def test_packets_that_all_bear_one_time_have_no_pace() -> None:
    found = heard("7,40,K__", "7,40,___", "7,40,___", "1/1000")
    assert (found.count, found.pace, found.steady) == (3, Fraction(0), False)


def test_packets_without_a_time_are_counted() -> None:
    found = heard("N/A,40,K__", "40,40,___", "N/A,N/A,___", "1/1000")
    assert (found.count, found.missing, found.steady) == (3, 2, False)


def test_what_is_to_be_discarded_is_no_frame() -> None:
    found = heard("0,40,KD_", "40,40,K__", "80,N/A,___", "1/1000")
    assert found.ticks == (40, 80)
    assert found.last == 40


def test_lines_that_are_none_of_ours_are_passed_over() -> None:
    assert heard("", "garbage", "1/600", "0,1,K__").base == Fraction(1, 600)
    assert heard("").count == 0


def test_a_moment_lies_after_the_frames_that_begin_before_it() -> None:
    found = Packets((0, 40, 80), (0,), 0, 40, Fraction(1, 1000))
    assert [found.before(Fraction(ms, 1000)) for ms in (0, 1, 40, 41, 200)] == [0, 1, 1, 2, 3]
