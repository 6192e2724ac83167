"""The published test vectors (cryptography-vectors): what must come out comes out, what was changed is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography_vectors import open_vector_file
from hypothesis import given
from hypothesis import strategies as st

from yunyue.host.ciphers.aead import Aead, aead
from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.gcrypt import SM4, ffi, libgcrypt
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.mac import Mac, digest, mac
from yunyue.host.ciphers.pairs import Choice
from yunyue.host.ciphers.pairs_package import EcdsaPublic, Ed25519Pair, RsaPublic
from yunyue.host.ciphers.sm4 import PackageSm4Gcm
from yunyue.host.ciphers.sm4_ctr import GcryptSm4Ctr, PackageSm4Ctr, ctr_right, sm4_ctr

AES = ("128", "256")
SHA = {"SHA1": "sha1", "SHA224": "sha2-224", "SHA256": "sha2-256", "SHA384": "sha2-384", "SHA512": "sha2-512"}
CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def lines(path: str) -> list[str]:
    with open_vector_file(path, "r") as file:
        return [line.strip() for line in file]


def cases(path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every case of a file of NIST's shape, with the section it stands in."""
    section, case = "", dict[str, str]()
    for line in [*lines(path), ""]:
        if line.startswith("["):
            section = line.strip("[]")
        elif not line:
            if case:
                yield section, case
            case = {}
        elif not line.startswith("#"):
            name, _, value = line.partition("=")
            case[name.strip().lower()] = value.strip()


def octets(text: str) -> bytes:
    return bytes.fromhex(text)


def cipher(name: str, key: str) -> Aead:
    made = aead(name, octets(key))
    assert not isinstance(made, Unavailable)
    return made


@pytest.mark.parametrize("length", AES)
def test_aes_gcm_encrypts_as_nist_says(length: str) -> None:
    count = 0
    for section, case in cases(f"ciphers/AES/GCM/gcmEncryptExtIV{length}.rsp"):
        if "Taglen" not in section or len(case["iv"]) != 24 or len(case["tag"]) != 32:
            continue
        made = cipher(f"aes{length}-gcm", case["key"]).seal(octets(case["iv"]), octets(case["pt"]), octets(case["aad"]))
        assert made == octets(case["ct"] + case["tag"])
        count += 1
    assert count >= 300


@pytest.mark.parametrize("length", AES)
def test_aes_gcm_opens_what_is_right_and_nothing_else(length: str) -> None:
    found = {True: 0, False: 0}
    for _, case in cases(f"ciphers/AES/GCM/gcmDecrypt{length}.rsp"):
        if len(case["iv"]) != 24 or len(case["tag"]) != 32:
            continue
        sealed = octets(case["ct"] + case["tag"])
        text = cipher(f"aes{length}-gcm", case["key"]).open(octets(case["iv"]), sealed, octets(case["aad"]))
        assert text == (None if "fail" in case else octets(case["pt"]))
        found["fail" in case] += 1
    assert min(found.values()) > 50


def test_chacha20_poly1305() -> None:
    count = 0
    for _, case in cases("ciphers/ChaCha20Poly1305/openssl.txt"):
        if len(case["iv"]) != 24:
            continue
        made, sealed = cipher("chacha20-poly1305", case["key"]), octets(case["ciphertext"] + case["tag"])
        nonce, bound = octets(case["iv"]), octets(case["aad"])
        wrong = "result" in case
        assert made.open(nonce, sealed, bound) == (None if wrong else octets(case["plaintext"]))
        assert (made.seal(nonce, octets(case["plaintext"]), bound) == sealed) is not wrong
        count += 1
    assert count >= 2


def test_sm4_gcm_by_both_libraries() -> None:
    for _, case in cases("ciphers/SM4/rfc8998.txt"):
        sealed = octets(case["ciphertext"] + case["tag"])
        given_ = octets(case["iv"]), octets(case["plaintext"]), octets(case["aad"])
        for made in (cipher("sm4-gcm", case["key"]), PackageSm4Gcm(octets(case["key"]))):
            assert made.seal(*given_) == sealed
            assert made.open(given_[0], sealed, given_[2]) == given_[1]


class TestSm4Counter:
    def test_the_drafts_examples_by_both_libraries(self) -> None:
        count = 0
        for _, case in cases("ciphers/SM4/draft-ribose-cfrg-sm4-10-ctr.txt"):
            key, counter = octets(case["key"]), octets(case["iv"])
            for made in (GcryptSm4Ctr(libgcrypt(), key), PackageSm4Ctr(key)):
                assert made.turn(counter, octets(case["plaintext"])) == octets(case["ciphertext"])
                count += 1
        assert count >= 4

    @given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16), st.binary(max_size=200))
    def test_both_libraries_agree_and_come_back(self, key: bytes, counter: bytes, text: bytes) -> None:
        made = sm4_ctr(key)
        assert not isinstance(made, Unavailable)
        turned = made.turn(counter, text)
        assert turned == PackageSm4Ctr(key).turn(counter, text)
        assert made.turn(counter, turned) == text

    def test_wrong_lengths_are_refused(self) -> None:
        with pytest.raises(MalformedKey):
            sm4_ctr(bytes(15))
        made = sm4_ctr(bytes(16))
        assert not isinstance(made, Unavailable)
        with pytest.raises(ValueError, match="16 bytes"):
            made.turn(bytes(12), b"")

    def test_one_that_errs_is_found(self) -> None:
        class Wrong:
            """Turns nothing."""

            def turn(self, counter: bytes, text: Any) -> bytes:
                del counter
                return bytes(text)

        assert not ctr_right(lambda key: Wrong())


@pytest.mark.parametrize("name", ["sha224", "sha256", "sha384", "sha512"])
def test_hmac(name: str) -> None:
    named, count = f"sha2-{name[3:]}", 0
    for _, case in cases(f"HMAC/rfc-4231-{name}.txt"):
        key, text, wanted = octets(case["key"]), octets(case["msg"]), octets(case["md"])
        assert mac(named, key, text)[: len(wanted)] == wanted
        assert Mac(named, key).code(text)[: len(wanted)] == wanted
        count += 1
    assert count >= 6


@given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from(["sha2-256", "sha2-512", "sm3", "sha3-256"]))
def test_prepared_codes_are_the_same_codes(key: bytes, text: bytes, name: str) -> None:
    assert Mac(name, key).code(text) == mac(name, key, text)


def test_sm3() -> None:
    count = 0
    for _, case in cases("hashes/SM3/oscca.txt"):
        text = octets(case["msg"]) if case["len"] != "0" else b""
        assert digest("sm3", text) == octets(case["md"])
        count += 1
    assert count >= 5


def test_ecdsa_takes_what_nist_takes() -> None:
    found = {"P": 0, "F": 0}
    for section, case in cases("asymmetric/ECDSA/FIPS_186-3/SigVer.rsp"):
        curve, _, sha = section.partition(",")
        if curve not in CURVES:
            continue
        x, y, r, s = (int(case[name], 16) for name in ("qx", "qy", "r", "s"))
        try:
            public = ec.EllipticCurvePublicNumbers(x, y, CURVES[curve]).public_key()
        except ValueError:
            held = False
        else:
            choice = Choice(digest=SHA[sha.replace("-", "")])
            held = EcdsaPublic(public).verify(octets(case["msg"]), encode_dss_signature(r, s), choice) is True
        assert held is case["result"].startswith("P"), case
        found[case["result"][0]] += 1
    assert min(found.values()) >= 30


def test_ed25519_signs_as_published() -> None:
    for line in lines("asymmetric/Ed25519/sign.input")[::8]:
        secret, public, text, signed = (octets(part) for part in line.split(":")[:4])
        pair = Ed25519Pair(Ed25519PrivateKey.from_private_bytes(secret[:32]))
        assert pair.public_der.endswith(public)
        assert pair.sign(text) == signed[:64]
        assert pair.verify(text, signed[:64]) is True
        assert pair.verify(text + b"x", signed[:64]) is False


@pytest.mark.parametrize(("path", "scheme"), [("SigVer15_186-3", "pkcs1v15"), ("SigVerPSS_186-3", "pss")])
def test_rsa_takes_what_nist_takes(path: str, scheme: str) -> None:
    found, modulus = {"P": 0, "F": 0}, 0
    for _, case in cases(f"asymmetric/RSA/FIPS_186-2/{path}.rsp"):
        modulus = int(case["n"], 16) if "n" in case else modulus
        if "s" not in case or modulus.bit_length() < 2048:
            continue
        public = RsaPublic(rsa.RSAPublicNumbers(int(case["e"], 16), modulus).public_key())
        salt = str(len(case["saltval"]) // 2) if scheme == "pss" else "auto"
        choice = Choice(digest=SHA[case["shaalg"]], scheme=scheme, salt=salt)
        held = public.verify(octets(case["msg"]), octets(case["s"]), choice)
        assert held is case["result"].startswith("P"), case
        found[case["result"][0]] += 1
    assert min(found.values()) >= 10


SM4_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
SM4_ONCE, SM4_MILLION = "681edf34d206965e86b3e94f536e4246", "595298c7c6fd271f0402f804c33d3f66"
"""GB/T 32907-2016 annex A.1 and A.2: the key encrypted under itself, once and a million times over."""


@pytest.mark.parametrize("package", [True, False])
def test_the_first_example_of_gb_t_32907_comes_out_right(package: bool) -> None:
    """Counter mode over zeroes shows the block cipher itself."""
    library = libgcrypt()
    assert not isinstance(library, Unavailable)
    cipher = PackageSm4Ctr(SM4_KEY) if package else GcryptSm4Ctr(library, SM4_KEY)
    assert cipher.turn(SM4_KEY, bytes(16)).hex() == SM4_ONCE


def test_the_second_example_of_gb_t_32907_comes_out_right_in_the_package() -> None:
    """Chaining over zeroes encrypts the block before again and again."""
    chained = Cipher(algorithms.SM4(SM4_KEY), modes.CBC(SM4_KEY)).encryptor().update(bytes(16_000_000))
    assert (chained[:16].hex(), chained[-16:].hex()) == (SM4_ONCE, SM4_MILLION)


def test_the_second_example_of_gb_t_32907_comes_out_right_in_libgcrypt() -> None:
    library, made, cbc = libgcrypt(), ffi.new("gcry_cipher_hd_t *"), 3
    assert not isinstance(library, Unavailable)
    assert library.gcry_cipher_open(made, SM4, cbc, 0) == 0
    handle = ffi.gc(made[0], library.gcry_cipher_close)
    assert library.gcry_cipher_setkey(handle, SM4_KEY, 16) == 0
    assert library.gcry_cipher_setiv(handle, SM4_KEY, 16) == 0
    chained = bytearray(16_000_000)
    into = ffi.from_buffer(chained, require_writable=True)
    assert library.gcry_cipher_encrypt(handle, into, len(chained), ffi.NULL, 0) == 0
    assert (chained[:16].hex(), chained[-16:].hex()) == (SM4_ONCE, SM4_MILLION)
