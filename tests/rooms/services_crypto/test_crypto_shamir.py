"""Secret sharing: any t of n shares give the secret, fewer give nothing, nonsense is refused."""

import os
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.services.crypto.shamir import combine, split


def shares(secret: bytes, count: int, threshold: int) -> list[bytes]:
    made = split(secret, count, threshold, os.urandom)
    assert not isinstance(made, Refused)
    return made


@given(st.binary(min_size=1, max_size=64), st.integers(2, 8), st.data())
def test_enough_shares_in_any_order_give_the_secret(secret: bytes, count: int, data: st.DataObject) -> None:
    threshold = data.draw(st.integers(2, count))
    some = data.draw(st.permutations(shares(secret, count, threshold)))[:threshold]
    assert combine(some) == secret


def test_every_choice_of_three_of_five_works_and_no_two_do() -> None:
    secret = os.urandom(32)
    made = shares(secret, 5, 3)
    assert all(combine(some) == secret for some in combinations(made, 3))
    assert all(combine(some) != secret for some in combinations(made, 2))


def test_two_shares_of_three_fit_every_secret() -> None:
    """Perfect secrecy: for each value of the secret's byte there is exactly one third share that leads to it."""
    made = shares(b"\x2a", 3, 3)
    led_to = {combine([made[0], made[1], bytes([value, made[2][1]])]) for value in range(256)}
    assert led_to == {bytes([value]) for value in range(256)}


def test_many_shares_work() -> None:
    made = shares(b"secret", 255, 2)
    assert combine([made[0], made[254]]) == b"secret"


def test_a_known_polynomial_gives_its_known_share() -> None:
    """f(x) = 0x53 + 0xCA x over AES's field: f(1) = 0x99; 0x53 and 0xCA are inverses (FIPS 197 section 4.2)."""
    made = split(b"\x53", 2, 2, lambda count: b"\xca" * count)
    assert made == [bytes([0x99, 1]), bytes([0x53 ^ 0x8F, 2])]


def test_one_of_one_is_the_secret_itself() -> None:
    assert split(b"secret", 1, 1, os.urandom) == [b"secret"]
    assert combine([b"secret"]) == b"secret"


@pytest.mark.parametrize(("count", "threshold"), [(1, 2), (5, 1), (0, 0), (256, 3), (3, 4), (5, -1)])
def test_thresholds_that_make_no_sense_are_refused(count: int, threshold: int) -> None:
    assert isinstance(split(b"secret", count, threshold, os.urandom), Refused)


def test_shares_given_twice_or_of_different_lengths_are_refused() -> None:
    made = shares(b"secret", 3, 2)
    assert isinstance(combine([made[0], made[0]]), Refused)
    assert isinstance(combine([made[0], made[1][1:]]), Refused)
    assert isinstance(combine([made[0], b"secre\0\0"]), Refused)
    assert isinstance(combine([b"", b""]), Refused)
