"""A cipher that does not compute its published example is reported with a reason, never used and never left out."""

import pytest

from yunyue.host.ciphers import Provider, Signer, Unavailable, Verifier, provider_for, self_check
from yunyue.host.ciphers.ed25519 import Ed25519Provider
from yunyue.host.ciphers.errors import CipherBroken
from yunyue.host.ciphers.interface import Algorithm
from yunyue.host.ciphers.libcrypto import last_error, libcrypto
from yunyue.host.ciphers.registry import checked
from yunyue.host.ciphers.sm3 import sm3, sm3_fault


class Wrong(Ed25519Provider):
    """A provider that accepts everything, as one broken by a bad build might."""

    def verifier(self, public: bytes) -> "AcceptsAll":  # type: ignore[override]  # broken on purpose
        return AcceptsAll()


class AcceptsAll:
    """A public key that believes everyone."""

    algorithm = Algorithm.ED25519
    public = bytes(32)

    def verify(self, message: bytes, signature: bytes) -> bool:
        return True


class RefusesAll(AcceptsAll):
    """A public key that believes nobody."""

    def verify(self, message: bytes, signature: bytes) -> bool:
        return False


class Deaf(Ed25519Provider):
    """A provider whose keys verify nothing."""

    def verifier(self, public: bytes) -> RefusesAll:  # type: ignore[override]  # broken on purpose
        return RefusesAll()


class Failing(Ed25519Provider):
    """A provider that cannot make keys."""

    def generate(self) -> Signer:  # type: ignore[override]  # broken on purpose
        raise CipherBroken("no random source")


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_cipher_is_there_on_the_reference_system(algorithm: Algorithm) -> None:
    provider = provider_for(algorithm)
    assert not isinstance(provider, Unavailable)
    assert provider.algorithm is algorithm


def test_nothing_is_at_fault_on_the_reference_system() -> None:
    assert self_check() == []


@pytest.mark.parametrize("provider", [Wrong(), Deaf()])
def test_a_cipher_that_fails_its_example_is_unavailable(provider: Provider) -> None:
    outcome = checked(provider)
    assert isinstance(outcome, Unavailable)
    assert (outcome.algorithm, "RFC 8032" in outcome.reason) == ("ed25519", True)


def test_a_cipher_that_breaks_is_unavailable_with_its_reason() -> None:
    assert checked(Failing()) == Unavailable("ed25519", "no random source")


def test_the_interface_is_met_by_what_providers_make() -> None:
    for algorithm in Algorithm:
        provider = provider_for(algorithm)
        assert not isinstance(provider, Unavailable)
        signer: Signer = provider.generate()
        verifier: Verifier = provider.verifier(signer.public)
        assert (signer.algorithm, verifier.algorithm, verifier.public) == (algorithm, algorithm, signer.public)


def test_a_missing_library_is_reported_with_what_to_install() -> None:
    missing = libcrypto("libcrypto.so.nowhere")
    assert isinstance(missing, Unavailable)
    assert "apt-get install libssl3" in missing.reason


def test_a_library_that_is_not_openssl_is_reported() -> None:
    other = libcrypto("libc.so.6")
    assert isinstance(other, Unavailable)
    assert "is not OpenSSL" in other.reason


def test_a_call_that_did_not_fail_has_no_error_to_report() -> None:
    library = libcrypto()
    assert not isinstance(library, Unavailable)
    library.ERR_clear_error()
    assert last_error(library) == "no reason given"


def test_sm3_gives_the_digests_of_the_standard() -> None:
    """GB/T 32905-2016 annex A.1 and A.2."""
    assert sm3_fault() is None
    assert sm3(b"abc") == bytes.fromhex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
    assert sm3(b"abcd" * 16) == bytes.fromhex("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
