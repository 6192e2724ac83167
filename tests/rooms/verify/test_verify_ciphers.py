"""The verifier's own ciphers against the standards' examples and against the libraries the platform signs with."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from yunyue import verify
from yunyue.host.ciphers import Unavailable, provider_for
from yunyue.host.ciphers.interface import Algorithm, Signer
from yunyue.host.ciphers.registry import EXAMPLES

ORDER = 2**252 + 27742317777372353535851937790883648493
SM2_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SMALL_ORDER = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)


@pytest.fixture(scope="module")
def sm2() -> Signer:
    """A fresh key of the machine's libcrypto."""
    provider = provider_for(Algorithm.SM2)
    assert not isinstance(provider, Unavailable), provider
    return provider.generate()


def test_ed25519_accepts_the_example_of_rfc_8032() -> None:
    example = EXAMPLES[Algorithm.ED25519]
    assert verify.ed25519_holds(example.public, example.message, example.signature)


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300), st.integers(0, 511))
def test_ed25519_agrees_with_the_cryptography_package(seed: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert verify.ed25519_holds(public, message, signature)
    assert not verify.ed25519_holds(public, message, bytes(flipped))
    assert not verify.ed25519_holds(public, message + b"\x00", signature)


def test_ed25519_refuses_a_second_spelling_of_the_same_signature() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signature = private.sign(b"text")
    s = int.from_bytes(signature[32:], "little") + ORDER
    assert s < 1 << 256
    other = signature[:32] + s.to_bytes(32, "little")
    assert not verify.ed25519_holds(private.public_key().public_bytes_raw(), b"text", other)


@pytest.mark.parametrize("public", SMALL_ORDER)
def test_ed25519_refuses_a_key_of_small_order_that_signs_anything(public: str) -> None:
    identity = (1).to_bytes(32, "little")
    assert not verify.ed25519_holds(bytes.fromhex(public), b"anything", identity + bytes(32))


@pytest.mark.parametrize("public", ["ed" + "ff" * 30 + "7f", "ee" + "ff" * 30 + "7f", "01" + "00" * 30 + "80"])
def test_ed25519_refuses_a_key_in_a_spelling_that_is_not_canonical(public: str) -> None:
    assert not verify.ed25519_holds(bytes.fromhex(public), b"x", (1).to_bytes(32, "little") + bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_ed25519_refuses_keys_and_signatures_of_another_length(length: int) -> None:
    assert not verify.ed25519_holds(bytes(length), b"", bytes(64))
    assert not verify.ed25519_holds(Ed25519PrivateKey.generate().public_key().public_bytes_raw(), b"", bytes(length))


def test_sm3_gives_the_digests_of_its_standard() -> None:
    abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    abcd = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert verify.plain_sm3(b"abc").hex() == abc
    assert verify.plain_sm3(b"abcd" * 16).hex() == abcd


@given(st.binary(max_size=300))
def test_sm3_in_plain_python_agrees_with_the_library(message: bytes) -> None:
    assert verify.plain_sm3(message) == hashlib.new("sm3", message).digest() == verify.sm3(message)


def test_sm3_works_where_the_library_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str, _: bytes = b"") -> None:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr("yunyue.verify.hashlib.new", absent)
    assert verify.sm3(b"abc") == verify.plain_sm3(b"abc")


def test_sm2_accepts_the_example_of_gbt_32918() -> None:
    example = EXAMPLES[Algorithm.SM2]
    assert verify.sm2_holds(example.public, example.message, example.signature)


@settings(max_examples=10, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 511))
def test_sm2_agrees_with_libcrypto(sm2: Signer, message: bytes, bit: int) -> None:
    signature = sm2.sign(message)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert verify.sm2_holds(sm2.public, message, signature)
    assert not verify.sm2_holds(sm2.public, message, bytes(flipped))
    assert not verify.sm2_holds(sm2.public, message + b"\x00", signature)


def test_sm2_refuses_a_point_off_the_curve(sm2: Signer) -> None:
    off = sm2.public[:-1] + bytes([sm2.public[-1] ^ 1])
    assert not verify.sm2_holds(off, b"text", sm2.sign(b"text"))


@pytest.mark.parametrize("r", [0, SM2_ORDER, SM2_ORDER + 1])
def test_sm2_refuses_numbers_outside_the_group(sm2: Signer, r: int) -> None:
    s = sm2.sign(b"text")[32:]
    assert not verify.sm2_holds(sm2.public, b"text", r.to_bytes(32, "big") + s)
    assert not verify.sm2_holds(sm2.public, b"text", s + r.to_bytes(32, "big"))


def test_sm2_refuses_other_shapes_of_key_and_signature(sm2: Signer) -> None:
    signature = sm2.sign(b"text")
    assert not verify.sm2_holds(sm2.public[1:], b"text", signature)
    assert not verify.sm2_holds(b"\x02" + sm2.public[1:], b"text", signature)
    assert not verify.sm2_holds(sm2.public, b"text", signature[:-1])
