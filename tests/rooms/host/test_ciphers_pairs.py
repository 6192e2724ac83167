"""Key pairs of every kind: what one signs or encrypts holds, for us and for others, and nothing changed does."""

import subprocess
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.host.ciphers import Unavailable, pair_makers
from yunyue.host.ciphers import pair_makers as room
from yunyue.host.ciphers.errors import CipherBroken, MalformedKey
from yunyue.host.ciphers.mac import DIGESTS, digest, mac, same
from yunyue.host.ciphers.pair_makers import ecdsa_fault, generate_pair, load_pair, sm2_encryption_fault
from yunyue.host.ciphers.pairs import KINDS, Choice, Kind, Pair
from yunyue.host.ciphers.pairs_package import generate_packaged
from yunyue.host.ciphers.rsa_example import SIGNATURE, example_fault, rsa_fault

SIGNED_ONLY: tuple[Kind, ...] = ("ed25519", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521")
ENCRYPTING: tuple[Kind, ...] = ("sm2", "rsa-2048")
CURVES: tuple[Kind, ...] = ("ecdsa-p256", "ecdsa-p384", "ecdsa-p521")


@pytest.fixture(scope="module")
def pairs() -> dict[Kind, Pair]:
    made = {kind: generate_pair(kind) for kind in KINDS}
    assert not [one for one in made.values() if isinstance(one, Unavailable)]
    return {kind: one for kind, one in made.items() if not isinstance(one, Unavailable)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_holds_for_its_text_only(pairs: dict[Kind, Pair], kind: Kind) -> None:
    signature = pairs[kind].sign(b"text")
    assert isinstance(signature, bytes)
    assert pairs[kind].verify(b"text", signature) is True
    assert pairs[kind].verify(b"texT", signature) is False


@pytest.mark.parametrize("kind", ["sm2", "ed25519", "ecdsa-p256"])
def test_a_change_of_any_byte_of_a_signature_is_refused(pairs: dict[Kind, Pair], kind: Kind) -> None:
    signature = pairs[kind].sign(b"text")
    assert isinstance(signature, bytes)
    for place in range(len(signature)):
        changed = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
        assert pairs[kind].verify(b"text", changed) is False


@pytest.mark.parametrize("kind", KINDS)
def test_a_pair_comes_back_from_its_der(pairs: dict[Kind, Pair], kind: Kind) -> None:
    loaded = load_pair(kind, pairs[kind].private_der)
    assert not isinstance(loaded, Unavailable)
    assert loaded.public_text == pairs[kind].public_text
    signature = loaded.sign(b"text")
    assert isinstance(signature, bytes)
    assert pairs[kind].verify(b"text", signature) is True


@pytest.mark.parametrize("kind", KINDS)
def test_a_der_of_another_kind_is_refused(pairs: dict[Kind, Pair], kind: Kind) -> None:
    for other in KINDS:
        if other != kind:
            with pytest.raises(MalformedKey):
                load_pair(kind, pairs[other].private_der)
    with pytest.raises(MalformedKey):
        load_pair(kind, b"no key")


@pytest.mark.parametrize("kind", ["sm2", *CURVES])
def test_a_digest_made_by_the_caller_signs_like_its_text(pairs: dict[Kind, Pair], kind: Kind) -> None:
    text = sha256(b"anything of 32 bytes").digest()
    choice = Choice(prehashed=True)
    signature = pairs[kind].sign(text, choice)
    assert isinstance(signature, bytes)
    assert pairs[kind].verify(text, signature, choice) is True
    assert pairs[kind].verify(text[::-1], signature, choice) is False
    assert isinstance(pairs[kind].sign(b"short", choice), Refused)
    assert isinstance(pairs[kind].verify(b"short", signature, choice), Refused)


def test_a_prehashed_ecdsa_signature_is_that_of_the_text(pairs: dict[Kind, Pair]) -> None:
    signature = pairs["ecdsa-p256"].sign(sha256(b"text").digest(), Choice(prehashed=True))
    assert isinstance(signature, bytes)
    assert pairs["ecdsa-p256"].verify(b"text", signature) is True


@pytest.mark.parametrize("kind", ["sm2", *CURVES])
def test_both_spellings_of_a_signature_are_read(pairs: dict[Kind, Pair], kind: Kind) -> None:
    flat = Choice(jws=True)
    signature = pairs[kind].sign(b"text", flat)
    assert isinstance(signature, bytes)
    assert len(signature) == {"ecdsa-p384": 96, "ecdsa-p521": 132}.get(kind, 64)
    assert pairs[kind].verify(b"text", signature, flat) is True
    assert pairs[kind].verify(b"text", signature[:-1], flat) is False
    assert pairs[kind].verify(b"text", signature) is False


@pytest.mark.parametrize("name", ["sha1", "sha2-224", "sha2-384", "sha2-512", "sha3-256", "sha3-512"])
@pytest.mark.parametrize("kind", ["ecdsa-p256", "rsa-2048"])
def test_a_signature_holds_under_the_digest_it_was_made_with(pairs: dict[Kind, Pair], kind: Kind, name: str) -> None:
    signature = pairs[kind].sign(b"text", Choice(digest=name))
    assert isinstance(signature, bytes)
    assert pairs[kind].verify(b"text", signature, Choice(digest=name)) is True
    assert pairs[kind].verify(b"text", signature) is False


@pytest.mark.parametrize("choice", [Choice(scheme="pkcs1v15"), Choice(salt="hash"), Choice(salt="20")])
def test_rsa_signs_with_the_padding_asked_for(pairs: dict[Kind, Pair], choice: Choice) -> None:
    signature = pairs["rsa-2048"].sign(b"text", choice)
    assert isinstance(signature, bytes)
    assert pairs["rsa-2048"].verify(b"text", signature, choice) is True
    assert pairs["rsa-2048"].verify(b"text", signature, Choice(salt="31")) is False


@pytest.mark.parametrize(
    ("kind", "choice", "field"),
    [
        ("sm2", Choice(digest="sha2-256"), "hash_algorithm"),
        ("ecdsa-p256", Choice(digest="sm3"), "hash_algorithm"),
        ("rsa-2048", Choice(digest="md5"), "hash_algorithm"),
        ("rsa-2048", Choice(scheme="raw"), "signature_algorithm"),
        ("rsa-2048", Choice(salt="long"), "salt_length"),
        ("rsa-2048", Choice(salt="1000"), "salt_length"),
        ("ed25519", Choice(prehashed=True), "prehashed"),
    ],
)
def test_a_choice_the_key_does_not_have_is_refused(
    pairs: dict[Kind, Pair], kind: Kind, choice: Choice, field: str
) -> None:
    for outcome in (pairs[kind].sign(b"text", choice), pairs[kind].verify(b"text", b"signature", choice)):
        assert isinstance(outcome, Refused)
        assert outcome.field == field


def test_a_salt_longer_than_the_key_allows_is_refused(pairs: dict[Kind, Pair]) -> None:
    refused = pairs["rsa-2048"].sign(b"text", Choice(salt="999"))
    assert isinstance(refused, Refused)
    assert refused.field == "salt_length"
    assert pairs["rsa-2048"].verify(b"text", bytes(256), Choice(salt="999")) is False


@pytest.mark.parametrize("kind", ENCRYPTING)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.binary(min_size=1, max_size=190))
def test_what_is_encrypted_is_decrypted(pairs: dict[Kind, Pair], kind: Kind, text: bytes) -> None:
    sealed = pairs[kind].encrypt(text)
    assert isinstance(sealed, bytes)
    assert pairs[kind].decrypt(sealed) == text


@pytest.mark.parametrize("kind", ENCRYPTING)
def test_a_change_of_any_byte_of_a_ciphertext_is_refused(pairs: dict[Kind, Pair], kind: Kind) -> None:
    sealed = pairs[kind].encrypt(b"a text")
    assert isinstance(sealed, bytes)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        assert pairs[kind].decrypt(changed) is None


@pytest.mark.parametrize("kind", SIGNED_ONLY)
def test_a_key_that_only_signs_refuses_to_encrypt(pairs: dict[Kind, Pair], kind: Kind) -> None:
    assert isinstance(pairs[kind].encrypt(b"text"), Refused)
    assert isinstance(pairs[kind].decrypt(b"text"), Refused)


def test_texts_a_key_cannot_encrypt_are_refused(pairs: dict[Kind, Pair]) -> None:
    assert isinstance(pairs["rsa-2048"].encrypt(bytes(191)), Refused)
    assert isinstance(pairs["sm2"].encrypt(b""), Refused)
    assert isinstance(pairs["sm2"].encrypt(b"x", b"bound"), Refused)
    assert pairs["sm2"].decrypt(b"x", b"bound") is None


def test_rsa_binds_a_label(pairs: dict[Kind, Pair]) -> None:
    sealed = pairs["rsa-2048"].encrypt(b"text", b"label")
    assert isinstance(sealed, bytes)
    assert pairs["rsa-2048"].decrypt(sealed, b"label") == b"text"
    assert pairs["rsa-2048"].decrypt(sealed) is None


def test_the_openssl_program_reads_our_sm2_key_and_its_ciphertext(pairs: dict[Kind, Pair], tmp_path: Path) -> None:
    sealed = pairs["sm2"].encrypt(b"for openssl")
    assert isinstance(sealed, bytes)
    (tmp_path / "sealed").write_bytes(sealed)
    (tmp_path / "key.der").write_bytes(pairs["sm2"].private_der)
    command = ["openssl", "pkeyutl", "-decrypt", "-inkey", "key.der", "-keyform", "DER", "-in", "sealed"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=30).stdout == b"for openssl"


def test_the_package_verifies_our_signature_under_the_public_text(pairs: dict[Kind, Pair]) -> None:
    key = serialization.load_pem_public_key(pairs["ecdsa-p384"].public_text.encode())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signature = pairs["ecdsa-p384"].sign(b"text")
    assert isinstance(signature, bytes)
    key.verify(signature, b"text", ec.ECDSA(hashes.SHA256()))
    assert len(b64decode(pairs["ed25519"].public_text)) == 32
    large = serialization.load_der_public_key(pairs["rsa-4096"].public_der)
    assert isinstance(large, rsa.RSAPublicKey)
    assert large.key_size == 4096


def test_sm2_signs_in_many_threads(pairs: dict[Kind, Pair]) -> None:
    digests = [sha256(b"%d" % number).digest() for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(lambda text: pairs["sm2"].sign(text, Choice(prehashed=True)), digests))
    verdicts = [
        pairs["sm2"].verify(text, signature, Choice(prehashed=True))
        for text, signature in zip(digests, signatures, strict=True)
        if isinstance(signature, bytes)
    ]
    assert verdicts == [True] * 200


def test_the_package_makes_no_sm2_key() -> None:
    with pytest.raises(ValueError, match="not made by"):
        generate_packaged("sm2")


def test_an_sm2_provider_that_decrypts_wrongly_is_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = room._provider("sm2")
    assert provider is not None
    assert not isinstance(provider, Unavailable)
    assert sm2_encryption_fault(provider) is None
    monkeypatch.setattr(room, "_SM2_TEXT", b"another text")
    assert isinstance(sm2_encryption_fault(provider), Unavailable)
    monkeypatch.setattr(room, "_SM2_KEY", b"")
    assert isinstance(sm2_encryption_fault(provider), Unavailable)


def test_without_a_provider_there_is_no_pair_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_provider", lambda kind: Unavailable(kind, "not here"))
    assert generate_pair("sm2") == Unavailable("sm2", "not here")
    assert load_pair("rsa-2048", b"") == Unavailable("rsa-2048", "not here")


def test_the_example_of_ecdsa_holds() -> None:
    assert ecdsa_fault() is None


def test_the_example_of_rsa_holds_and_any_other_signature_is_a_fault() -> None:
    assert rsa_fault() is None
    wrong = bytearray.fromhex(SIGNATURE)
    wrong[0] ^= 1
    fault = example_fault(bytes(wrong))
    assert isinstance(fault, Unavailable)
    assert "SigVer15" in fault.reason


def test_rsa_that_fails_its_example_makes_and_loads_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    kind: Kind = "rsa-2048"
    der = generate_packaged(kind).private_der
    pair_makers._provider.cache_clear()
    monkeypatch.setattr(pair_makers, "rsa_fault", lambda: Unavailable("rsa", "wrong"))
    try:
        assert isinstance(generate_pair(kind), Unavailable)
        assert isinstance(load_pair(kind, der), Unavailable)
        assert not isinstance(generate_pair("ecdsa-p256"), Unavailable)
    finally:
        pair_makers._provider.cache_clear()


def test_codes_are_those_of_their_standards() -> None:
    """RFC 4231 test case 2; HMAC-SM3 written out from RFC 2104 over SM3."""
    key, text = b"Jefe", b"what do ya want for nothing?"
    assert mac("sha2-256", key, text).hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    inner, outer = (bytes(one ^ pad for one in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    assert mac("sm3", key, text) == digest("sm3", outer + digest("sm3", inner + text))
    assert same(b"a", b"a")
    assert not same(b"a", b"b")
    assert {name: len(digest(name, b"")) for name in DIGESTS}["sha3-384"] == 48


def test_a_cipher_that_cannot_sign_says_so(pairs: dict[Kind, Pair]) -> None:
    from yunyue.host.ciphers.pairs_sm2 import Sm2Pair

    pair = pairs["sm2"]
    assert isinstance(pair, Sm2Pair)
    with pytest.raises(CipherBroken, match="cannot sign"):
        pair.signer.sign_digest(b"not a digest")
    assert pair.signer.verify_digest(b"not a digest", bytes(64)) is False
