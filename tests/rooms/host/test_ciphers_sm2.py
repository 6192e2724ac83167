"""SM2 with SM3: the standard's example holds, signatures bind message and key, and malformed keys are refused."""

import hashlib
import shutil
import subprocess
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from yunyue.host.ciphers import Unavailable, Verifier, provider_for
from yunyue.host.ciphers.der import to_der
from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.interface import Algorithm
from yunyue.host.ciphers.registry import EXAMPLES
from yunyue.host.ciphers.sm2 import Sm2Provider

EXAMPLE = EXAMPLES[Algorithm.SM2]
# The curve of GB/T 32918.5: y^2 = x^3 + ax + b over p, with base point G of order n.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
B_HEX = "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
G_HEX = (
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)
Point = tuple[int, int] | None


@pytest.fixture(scope="module")
def provider() -> Sm2Provider:
    found = provider_for(Algorithm.SM2)
    assert isinstance(found, Sm2Provider), f"this machine cannot run the test: {found}"
    return found


@pytest.fixture(scope="module")
def published(provider: Sm2Provider) -> Verifier:
    return provider.verifier(EXAMPLE.public)


def added(left: Point, right: Point) -> Point:
    if left is None or right is None:
        return left or right
    if left[0] == right[0] and (left[1] + right[1]) % P == 0:
        return None
    if left == right:
        slope = (3 * left[0] * left[0] + A) * pow(2 * left[1], -1, P) % P
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, P) % P
    x = (slope * slope - left[0] - right[0]) % P
    return x, (slope * (left[0] - x) - left[1]) % P


def times(factor: int, point: Point) -> Point:
    total: Point = None
    while factor:
        if factor & 1:
            total = added(total, point)
        point, factor = added(point, point), factor >> 1
    return total


def point_in(packed: bytes) -> Point:
    return int.from_bytes(packed[:32], "big"), int.from_bytes(packed[32:], "big")


def holds_by_arithmetic(public: bytes, message: bytes, signature: bytes) -> bool:
    """Verification of GB/T 32918.2 section 7.1, written from the standard with plain integers."""
    identity = b"1234567812345678"
    curve = A.to_bytes(32, "big") + bytes.fromhex(B_HEX) + bytes.fromhex(G_HEX)
    who = hashlib.new("sm3", (len(identity) * 8).to_bytes(2, "big") + identity + curve + public[1:]).digest()
    digest = int.from_bytes(hashlib.new("sm3", who + message).digest(), "big")
    r, s = point_in(signature) or (0, 0)
    t = (r + s) % N
    if not (0 < r < N and 0 < s < N and t):
        return False
    found = added(times(s, point_in(bytes.fromhex(G_HEX))), times(t, point_in(public[1:])))
    return found is not None and (digest + found[0]) % N == r


def test_the_published_signature_holds(published: Verifier) -> None:
    assert published.verify(EXAMPLE.message, EXAMPLE.signature)


@settings(max_examples=200)
@given(st.integers(0, 511))
def test_a_changed_bit_of_the_signature_fails(published: Verifier, bit: int) -> None:
    changed = (int.from_bytes(EXAMPLE.signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not published.verify(EXAMPLE.message, changed)


@given(st.integers(0, len(EXAMPLE.message) * 8 - 1))
def test_a_changed_bit_of_the_message_fails(published: Verifier, bit: int) -> None:
    message = EXAMPLE.message
    changed = (int.from_bytes(message, "big") ^ 1 << bit).to_bytes(len(message), "big")
    assert not published.verify(changed, EXAMPLE.signature)


@pytest.mark.parametrize("length", [0, 1, 63, 65, 72])
def test_a_signature_of_a_wrong_length_fails(published: Verifier, length: int) -> None:
    assert not published.verify(EXAMPLE.message, (EXAMPLE.signature * 2)[:length])


@pytest.mark.parametrize("half", [bytes(32), b"\xff" * 32, N.to_bytes(32, "big")])
def test_numbers_outside_the_group_fail(published: Verifier, half: bytes) -> None:
    assert not published.verify(EXAMPLE.message, half + EXAMPLE.signature[32:])
    assert not published.verify(EXAMPLE.message, EXAMPLE.signature[:32] + half)


def test_adding_the_order_to_a_number_does_not_make_a_second_signature(published: Verifier) -> None:
    r, s = point_in(EXAMPLE.signature) or (0, 0)
    for number, other in ((r + N, s), (r, s + N)):
        if max(number, other) < 1 << 256:
            assert not published.verify(EXAMPLE.message, number.to_bytes(32, "big") + other.to_bytes(32, "big"))


@pytest.mark.parametrize("message", [b"", b"\x00", b"text\n", bytes(100_000)])
def test_what_is_signed_verifies_and_under_no_other_key(provider: Sm2Provider, message: bytes) -> None:
    signer, other = provider.generate(), provider.generate()
    signature = signer.sign(message)
    assert len(signature) == 64
    assert provider.verifier(signer.public).verify(message, signature)
    assert not provider.verifier(other.public).verify(message, signature)


def test_our_signatures_hold_by_the_arithmetic_of_the_standard(provider: Sm2Provider) -> None:
    for index in range(8):
        signer, message = provider.generate(), b"message %d" % index
        signature = signer.sign(message)
        assert holds_by_arithmetic(signer.public, message, signature)
        assert not holds_by_arithmetic(signer.public, message + b".", signature)


def test_the_arithmetic_of_the_standard_accepts_its_own_example() -> None:
    assert holds_by_arithmetic(EXAMPLE.public, EXAMPLE.message, EXAMPLE.signature)


def test_signing_twice_gives_two_signatures(provider: Sm2Provider) -> None:
    signer = provider.generate()
    assert signer.sign(b"same") != signer.sign(b"same")


def test_keys_differ(provider: Sm2Provider) -> None:
    assert len({provider.generate().public for _ in range(20)}) == 20


def test_a_key_comes_back_from_its_pem(provider: Sm2Provider) -> None:
    signer = provider.generate()
    loaded = provider.load(signer.private_pem())
    assert loaded.public == signer.public
    assert signer.verify(b"text", loaded.sign(b"text"))


def test_one_key_signs_in_many_threads_at_once(provider: Sm2Provider) -> None:
    signer = provider.generate()
    messages = [b"message %d" % index for index in range(200)]
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(signer.sign, messages))
        verdicts = list(pool.map(signer.verify, messages, signatures))
    assert all(verdicts)


def test_the_openssl_program_accepts_our_signature(provider: Sm2Provider, tmp_path: Path) -> None:
    program = shutil.which("openssl")
    assert program, "the openssl program is part of Debian's base installation"
    signer = provider.generate()
    (tmp_path / "key.pem").write_bytes(signer.private_pem())
    (tmp_path / "text").write_bytes(b"a checkpoint\n")
    (tmp_path / "signature").write_bytes(to_der(signer.sign(b"a checkpoint\n")))
    verify = [program, "pkeyutl", "-verify", "-inkey", "key.pem", "-in", "text", "-sigfile", "signature"]
    options = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
    outcome = subprocess.run([*verify, *options], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert "Signature Verified Successfully" in outcome.stdout, outcome.stderr


@pytest.mark.parametrize(
    "public",
    [
        b"",
        EXAMPLE.public[:-1],
        EXAMPLE.public + b"\x00",
        b"\x02" + EXAMPLE.public[1:33],
        b"\x06" + EXAMPLE.public[1:],
        b"\x04" + bytes(64),
        b"\x04" + b"\xff" * 64,
        EXAMPLE.public[:-1] + bytes([EXAMPLE.public[-1] ^ 1]),
    ],
)
def test_what_is_not_a_point_on_the_curve_is_refused(provider: Sm2Provider, public: bytes) -> None:
    with pytest.raises(MalformedKey):
        provider.verifier(public)


def test_a_key_of_another_curve_is_refused(provider: Sm2Provider) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(MalformedKey, match="not of SM2"):
        provider.load(pem)


def test_a_damaged_pem_is_refused_or_another_key(provider: Sm2Provider) -> None:
    signer = provider.generate()
    pem = signer.private_pem()
    for at in range(len(pem)):
        damaged = pem[:at] + bytes([pem[at] ^ 1]) + pem[at + 1 :]
        try:
            assert provider.load(damaged).public != signer.public
        except MalformedKey:
            continue


@pytest.mark.parametrize("pem", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\n\n-----END PRIVATE KEY-----\n"])
def test_what_is_not_a_pem_is_refused(provider: Sm2Provider, pem: bytes) -> None:
    with pytest.raises(MalformedKey):
        provider.load(pem)


def test_bytes_after_the_key_are_refused(provider: Sm2Provider) -> None:
    begin, *lines, end = provider.generate().private_pem().splitlines()
    longer = b64encode(b64decode(b"".join(lines)) + b"\x00")
    with pytest.raises(MalformedKey):
        provider.load(b"\n".join([begin, longer, end, b""]))


def test_unavailable_is_false() -> None:
    assert not Unavailable("sm2-sm3", "why")
    assert str(Unavailable("sm2-sm3", "why")) == "sm2-sm3: why"
