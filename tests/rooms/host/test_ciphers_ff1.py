"""FF1: NIST's samples, digits stay digits, and what an attacker could guess or abuse is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.host.ciphers import Unavailable
from yunyue.host.ciphers import ff1 as room
from yunyue.host.ciphers.ff1 import Ff1, ff1_fault

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
LONG_KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94")
DIGITS = [int(letter) for letter in "0123456789"]
LETTERS = [int(letter, 36) for letter in "0123456789abcdefghi"]
TWEAK = bytes.fromhex("39383736353433323130")
TWEAK_36 = bytes.fromhex("3737373770717273373737")
block = st.sampled_from(["aes", "sm4"])


@pytest.mark.parametrize(
    ("key", "given_", "radix", "tweak", "wanted"),
    [
        (KEY, DIGITS, 10, b"", "2433477484"),
        (KEY, DIGITS, 10, TWEAK, "6124200773"),
        (KEY, LETTERS, 36, TWEAK_36, "a9tv40mll9kdu509eum"),
        (LONG_KEY, DIGITS, 10, b"", "6657667009"),
        (LONG_KEY, DIGITS, 10, TWEAK, "1001623463"),
        (LONG_KEY, LETTERS, 36, TWEAK_36, "xs8a0azh2avyalyzuwd"),
    ],
)
def test_the_samples_of_nist_come_out_right(
    key: bytes, given_: list[int], radix: int, tweak: bytes, wanted: str
) -> None:
    """SP 800-38G, examples FF1 samples 1-3 (AES-128) and 7-9 (AES-256)."""
    assert Ff1("aes", key).encrypt(given_, radix, tweak) == [int(letter, 36) for letter in wanted]


@given(block, st.lists(st.integers(0, 9), min_size=6, max_size=80), st.binary(max_size=20))
def test_digits_become_digits_and_come_back(name: str, given_: list[int], tweak: bytes) -> None:
    cipher = Ff1(name, KEY)
    made = cipher.encrypt(given_, 10, tweak)
    assert isinstance(made, list)
    assert len(made) == len(given_)
    assert all(0 <= digit <= 9 for digit in made)
    assert cipher.decrypt(made, 10, tweak) == given_


@given(block, st.integers(2, 65536), st.data())
def test_every_radix_comes_back(name: str, radix: int, data: st.DataObject) -> None:
    given_ = data.draw(st.lists(st.integers(0, radix - 1), min_size=20, max_size=30))
    made = Ff1(name, KEY).encrypt(given_, radix)
    assert isinstance(made, list)
    assert Ff1(name, KEY).decrypt(made, radix) == given_


def test_another_tweak_or_key_gives_other_digits() -> None:
    made = Ff1("sm4", KEY).encrypt(DIGITS, 10, b"a")
    assert made != Ff1("sm4", KEY).encrypt(DIGITS, 10, b"b")
    assert made != Ff1("sm4", KEY[::-1]).encrypt(DIGITS, 10, b"a")
    assert made != Ff1("aes", KEY).encrypt(DIGITS, 10, b"a")


def test_no_two_texts_become_one() -> None:
    cipher, size = Ff1("sm4", KEY), 1000
    texts = [[int(digit) for digit in f"{number:06d}"] for number in range(size)]
    made = [cipher.encrypt(text, 10) for text in texts]
    assert len({tuple(one) for one in made if isinstance(one, list)}) == size


@pytest.mark.parametrize(
    ("given_", "radix", "tweak", "field"),
    [
        ([1] * 5, 10, b"", "value"),
        ([1] * 19, 2, b"", "value"),
        ([1], 65536, b"", "value"),
        ([], 10, b"", "value"),
        ([1] * 4097, 10, b"", "value"),
        ([1] * 10, 1, b"", "alphabet"),
        ([1] * 10, 65537, b"", "alphabet"),
        ([10] * 10, 10, b"", "value"),
        ([-1] * 10, 10, b"", "value"),
        ([1] * 10, 10, bytes(4097), "tweak"),
    ],
)
def test_what_the_standard_does_not_allow_is_refused(given_: list[int], radix: int, tweak: bytes, field: str) -> None:
    for outcome in (Ff1("sm4", KEY).encrypt(given_, radix, tweak), Ff1("sm4", KEY).decrypt(given_, radix, tweak)):
        assert isinstance(outcome, Refused)
        assert outcome.field == field


def test_the_smallest_domain_is_a_million() -> None:
    assert isinstance(Ff1("sm4", KEY).encrypt([1] * 6, 10), list)
    assert isinstance(Ff1("sm4", KEY).encrypt([1] * 20, 2), list)


def test_an_ff1_that_turns_wrongly_is_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ff1_fault() is None
    ff1_fault.cache_clear()
    monkeypatch.setattr(room, "ROUNDS", 8)
    assert isinstance(ff1_fault(), Unavailable)
    ff1_fault.cache_clear()
