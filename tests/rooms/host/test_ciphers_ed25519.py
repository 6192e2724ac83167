"""Ed25519: the RFC's example holds, signatures bind message and key, and malformed keys are refused."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from yunyue.host.ciphers.ed25519 import Ed25519Provider
from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.interface import Algorithm
from yunyue.host.ciphers.registry import EXAMPLES

EXAMPLE = EXAMPLES[Algorithm.ED25519]
PROVIDER = Ed25519Provider()
PUBLISHED = PROVIDER.verifier(EXAMPLE.public)


def test_the_published_signature_holds() -> None:
    assert PUBLISHED.verify(EXAMPLE.message, EXAMPLE.signature)


@given(st.integers(0, 511))
def test_a_changed_bit_of_the_signature_fails(bit: int) -> None:
    changed = (int.from_bytes(EXAMPLE.signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not PUBLISHED.verify(EXAMPLE.message, changed)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_of_a_wrong_length_fails(length: int) -> None:
    assert not PUBLISHED.verify(EXAMPLE.message, (EXAMPLE.signature * 2)[:length])


def test_what_is_signed_verifies_and_under_no_other_key() -> None:
    signer, other = PROVIDER.generate(), PROVIDER.generate()
    signature = signer.sign(b"text")
    assert PROVIDER.verifier(signer.public).verify(b"text", signature)
    assert not PROVIDER.verifier(other.public).verify(b"text", signature)


def test_a_key_comes_back_from_its_pem() -> None:
    signer = PROVIDER.generate()
    assert PROVIDER.load(signer.private_pem()).sign(b"text") == signer.sign(b"text")


@pytest.mark.parametrize("pem", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_not_a_pem_is_refused(pem: bytes) -> None:
    with pytest.raises(MalformedKey, match="PKCS#8"):
        PROVIDER.load(pem)


def test_a_key_of_another_algorithm_is_refused() -> None:
    pem = X25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(MalformedKey, match="not of Ed25519"):
        PROVIDER.load(pem)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_public_key_of_a_wrong_length_is_refused(length: int) -> None:
    with pytest.raises(MalformedKey):
        PROVIDER.verifier(bytes(length))
