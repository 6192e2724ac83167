"""Authenticated ciphers: published examples come out right, two makers of SM4 agree, nothing changed is ever opened."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.host.ciphers import Unavailable
from yunyue.host.ciphers import aead as room
from yunyue.host.ciphers.aead import EXAMPLES, KEY_LENGTHS, Aead, Sealed, aead, aead_fault, maker
from yunyue.host.ciphers.errors import CipherBroken, MalformedKey
from yunyue.host.ciphers.faults import cipher_faults
from yunyue.host.ciphers.gcrypt import libgcrypt
from yunyue.host.ciphers.octets import Octets
from yunyue.host.ciphers.sm4 import GcryptSm4Gcm, PackageSm4Gcm

NAMES = sorted(KEY_LENGTHS)
NONCE = bytes(range(12))


def cipher(name: str, key: bytes | None = None) -> Aead:
    made = aead(name, key or bytes(range(KEY_LENGTHS[name])))
    assert not isinstance(made, Unavailable), made
    return made


def parts(known: Sealed) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(one) for one in (known.key, known.nonce, known.text, known.bound, known.sealed))


@pytest.mark.parametrize("name", NAMES)
def test_the_published_example_comes_out_right(name: str) -> None:
    key, nonce, text, bound, sealed = parts(EXAMPLES[name])
    assert cipher(name, key).seal(nonce, text, bound) == sealed
    assert cipher(name, key).open(nonce, sealed, bound) == text


def test_no_cipher_is_disabled_on_the_reference_system() -> None:
    assert cipher_faults() == []


def test_sm4_is_done_by_libgcrypt_where_it_is() -> None:
    assert not isinstance(libgcrypt(), Unavailable)
    assert isinstance(cipher("sm4-gcm"), GcryptSm4Gcm)


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=100), st.binary(max_size=40))
def test_two_makers_of_sm4_agree(key: bytes, text: bytes, bound: bytes) -> None:
    library = libgcrypt()
    assert not isinstance(library, Unavailable)
    ours, theirs = GcryptSm4Gcm(library, key), PackageSm4Gcm(key)
    sealed = ours.seal(NONCE, text, bound)
    assert theirs.seal(NONCE, text, bound) == sealed
    assert theirs.open(NONCE, sealed, bound) == ours.open(NONCE, sealed, bound) == text


@pytest.mark.parametrize("name", NAMES)
@given(text=st.binary(max_size=300), bound=st.binary(max_size=50))
def test_what_is_sealed_opens(name: str, text: bytes, bound: bytes) -> None:
    one = cipher(name)
    assert one.open(NONCE, one.seal(NONCE, text, bound), bound) == text


@pytest.mark.parametrize("name", [*NAMES, "package"])
@given(text=st.binary(max_size=100), spare=st.integers(0, 9))
def test_sealing_into_a_buffer_gives_the_same(name: str, text: bytes, spare: int) -> None:
    one = PackageSm4Gcm(bytes(16)) if name == "package" else cipher(name)
    target = bytearray(b"." * (len(text) + 16 + spare))
    one.seal_into(NONCE, text, target, b"bound")
    assert target == one.seal(NONCE, text, b"bound") + b"." * spare


@pytest.mark.parametrize("name", NAMES)
def test_a_buffer_that_is_too_small_is_an_error(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the libraries word it in their own ways
        cipher(name).seal_into(NONCE, bytes(10), bytearray(25))


@pytest.mark.parametrize("name", NAMES)
def test_a_change_of_any_byte_is_refused(name: str) -> None:
    one = cipher(name)
    sealed = one.seal(NONCE, b"a text", b"bound")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 0x40]) + sealed[place + 1 :]
        assert one.open(NONCE, changed, b"bound") is None
    assert one.open(NONCE, sealed, b"bounD") is None
    assert one.open(bytes(12), sealed, b"bound") is None


@pytest.mark.parametrize("name", NAMES)
def test_a_ciphertext_shorter_than_its_tag_is_refused(name: str) -> None:
    assert [cipher(name).open(NONCE, bytes(length)) for length in (0, 1, 15)] == [None] * 3


@pytest.mark.parametrize("name", NAMES)
def test_a_key_of_a_wrong_length_is_refused(name: str) -> None:
    for length in (0, 15, 17, 33):
        with pytest.raises(MalformedKey):
            aead(name, bytes(length))


def test_the_second_maker_of_sm4_refuses_as_the_first_does() -> None:
    with pytest.raises(MalformedKey):
        PackageSm4Gcm(bytes(15))
    assert PackageSm4Gcm(bytes(16)).open(NONCE, bytes(15)) is None
    assert PackageSm4Gcm(bytes(16)).open(NONCE, bytes(32)) is None


def test_an_unknown_cipher_is_unavailable_with_what_there_is() -> None:
    found = aead("rot13", b"")
    assert isinstance(found, Unavailable)
    assert "sm4-gcm" in found.reason


@pytest.mark.parametrize("name", NAMES)
def test_many_threads_use_one_key(name: str) -> None:
    one = cipher(name)
    texts = [b"%d" % number * (number % 50) for number in range(400)]
    nonces = [number.to_bytes(12, "big") for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(one.seal, nonces, texts))
        opened = list(pool.map(one.open, nonces, sealed))
    assert opened == texts


def test_large_texts_from_a_mutable_buffer_come_back() -> None:
    one, text = cipher("sm4-gcm"), bytearray(os.urandom(3_000_001))
    assert one.open(NONCE, one.seal(NONCE, memoryview(text))) == bytes(text)


class Lenient(PackageSm4Gcm):
    """Encrypts rightly and never checks a tag, as a broken build might."""

    def open(self, nonce: bytes, sealed: Octets, bound: bytes = b"") -> bytes | None:
        return bytes.fromhex(EXAMPLES["sm4-gcm"].text)


class Broken(PackageSm4Gcm):
    """Fails at once."""

    def seal(self, nonce: bytes, text: Octets, bound: bytes = b"") -> bytes:
        raise CipherBroken("no such algorithm")


def test_a_cipher_that_never_checks_its_tag_is_disabled() -> None:
    fault = aead_fault("sm4-gcm", Lenient)
    assert fault == Unavailable("sm4-gcm", "the example of RFC 8998 appendix A.1 comes out wrong")


def test_a_cipher_that_breaks_is_disabled_with_its_reason() -> None:
    assert aead_fault("sm4-gcm", Broken) == Unavailable("sm4-gcm", "no such algorithm")


def test_without_libgcrypt_the_package_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "libgcrypt", lambda: Unavailable("libgcrypt.so.20", "not here"))
    maker.cache_clear()
    try:
        assert isinstance(cipher("sm4-gcm"), PackageSm4Gcm)
    finally:
        maker.cache_clear()


def test_with_no_maker_left_every_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "libgcrypt", lambda: Unavailable("libgcrypt.so.20", "not here"))
    monkeypatch.setattr(room, "PackageSm4Gcm", Broken)
    maker.cache_clear()
    try:
        found = aead("sm4-gcm", bytes(16))
        assert isinstance(found, Unavailable)
        assert found.reason == "libgcrypt.so.20: not here; sm4-gcm: no such algorithm"
    finally:
        maker.cache_clear()


def test_a_missing_library_is_reported_with_what_to_install() -> None:
    missing = libgcrypt("libgcrypt.so.nowhere")
    assert isinstance(missing, Unavailable)
    assert "apt-get install libgcrypt20" in missing.reason


def test_a_library_that_is_not_libgcrypt_is_reported() -> None:
    other = libgcrypt("libc.so.6")
    assert isinstance(other, Unavailable)
    assert "is not libgcrypt" in other.reason
