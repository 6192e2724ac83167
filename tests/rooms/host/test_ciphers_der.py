"""The two spellings of an SM2 signature lose nothing, and only one DER spelling is read."""

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from yunyue.host.ciphers.der import to_der, to_raw

numbers = st.integers(0, (1 << 256) - 1)


def raw_of(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@given(numbers, numbers)
def test_der_is_that_of_an_independent_encoder(r: int, s: int) -> None:
    assert to_der(raw_of(r, s)) == encode_dss_signature(r, s)
    assert decode_dss_signature(to_der(raw_of(r, s))) == (r, s)


@given(numbers, numbers)
def test_a_signature_comes_back_from_der(r: int, s: int) -> None:
    assert to_raw(to_der(raw_of(r, s))) == raw_of(r, s)


@given(numbers, numbers, st.data())
def test_der_cut_short_or_longer_is_not_read(r: int, s: int, draw: st.DataObject) -> None:
    der = to_der(raw_of(r, s))
    assert to_raw(der[: draw.draw(st.integers(0, len(der) - 1))]) is None
    assert to_raw(der + b"\x00") is None


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30",
        b"\x30\x06\x02\x01\x01\x02\x02\x00",
        b"\x30\x07\x02\x02\x00\x01\x02\x01\x01",
        b"\x30\x06\x03\x01\x01\x02\x01\x01",
        b"\x31\x06\x02\x01\x01\x02\x01\x01",
        b"\x30\x81\x06\x02\x01\x01\x02\x01\x01",
        b"\x30\x06\x02\x01\x81\x02\x01\x01",
        encode_dss_signature(1 << 256, 1),
        encode_dss_signature(1, 1 << 256),
    ],
)
def test_other_encodings_are_not_read(der: bytes) -> None:
    assert to_raw(der) is None
