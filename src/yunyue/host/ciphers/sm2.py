"""SM2 signatures with SM3 (GB/T 32918.2), the algorithm Chinese law expects, by the system's libcrypto.

The signer's distinguishing id is 1234567812345678 (GM/T 0009), set at every call: OpenSSL 3.0 takes another by
default and would then refuse other parties' signatures.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import wrap
from typing import Any

from yunyue.host.ciphers.der import to_der, to_raw
from yunyue.host.ciphers.errors import CipherBroken, MalformedKey
from yunyue.host.ciphers.interface import Algorithm
from yunyue.host.ciphers.libcrypto import ffi, last_error

DISTINGUISHING_ID = b"1234567812345678"
LONGEST_DER = 72
# SubjectPublicKeyInfo of any key on the SM2 curve (1.2.156.10197.1.301), up to the point itself.
PUBLIC_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
_BEGIN, _END = b"-----BEGIN PRIVATE KEY-----\n", b"\n-----END PRIVATE KEY-----\n"


class Sm2Verifier:
    """An SM2 public key."""

    algorithm = Algorithm.SM2

    def __init__(self, library: Any, pkey: Any) -> None:
        self._library = library
        self._pkey = pkey
        self.public = _point_of(library, pkey)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Did this key sign this message (64 bytes r||s)?"""
        if len(signature) != 64:
            return False
        library, der = self._library, to_der(signature)
        with _digest_context(library, self._pkey) as digest:
            started = library.EVP_DigestVerifyInit(digest, ffi.NULL, library.EVP_sm3(), ffi.NULL, self._pkey)
            _expect(library, started, "start verifying")
            return bool(library.EVP_DigestVerify(digest, der, len(der), message, len(message)) == 1)

    def verify_digest(self, digest: bytes, signature: bytes) -> bool:
        """Did this key sign this 32-byte digest e = SM3(Z || M), which the caller made (64 bytes r||s)?"""
        if len(signature) != 64 or len(digest) != 32:
            return False
        library, der = self._library, to_der(signature)
        with _key_context(library, self._pkey) as context:
            _expect(library, library.EVP_PKEY_verify_init(context), "start verifying")
            return bool(library.EVP_PKEY_verify(context, der, len(der), digest, len(digest)) == 1)

    def encrypt(self, text: bytes) -> bytes:
        """The ciphertext of GB/T 32918.4 in the ASN.1 of GB/T 35276: x, y, C3 (an SM3 code), C2. At least one byte."""
        return _through(self._library, self._pkey, "encrypt", text)


class Sm2Signer(Sm2Verifier):
    """An SM2 key pair."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes r||s, different each time."""
        library = self._library
        der, length = ffi.new("unsigned char[]", LONGEST_DER), ffi.new("size_t *", LONGEST_DER)
        with _digest_context(library, self._pkey) as digest:
            started = library.EVP_DigestSignInit(digest, ffi.NULL, library.EVP_sm3(), ffi.NULL, self._pkey)
            _expect(library, started, "start signing")
            _expect(library, library.EVP_DigestSign(digest, der, length, message, len(message)), "sign")
        raw = to_raw(bytes(ffi.buffer(der, length[0])))
        if raw is None:
            raise CipherBroken("SM2: libcrypto made a signature that is not DER")
        return raw

    def sign_digest(self, digest: bytes) -> bytes:
        """64 bytes r||s over a 32-byte digest e = SM3(Z || M) that the caller made."""
        raw = to_raw(_through(self._library, self._pkey, "sign", digest))
        if raw is None:
            raise CipherBroken("SM2: libcrypto made a signature that is not DER")
        return raw

    def decrypt(self, sealed: bytes) -> bytes | None:
        """What `encrypt` was given; None when anything was changed."""
        try:
            return _through(self._library, self._pkey, "decrypt", sealed)
        except CipherBroken:
            return None

    def private_pem(self) -> bytes:
        """The private key in unencrypted PKCS#8 PEM."""
        packed = self._library.EVP_PKEY2PKCS8(self._pkey)
        if not packed:
            raise CipherBroken(f"SM2: cannot write the private key: {last_error(self._library)}")
        try:
            der = _encoded(self._library.i2d_PKCS8_PRIV_KEY_INFO, packed)
        finally:
            self._library.PKCS8_PRIV_KEY_INFO_free(packed)
        return _BEGIN + "\n".join(wrap(b64encode(der).decode(), 64)).encode() + _END


class Sm2Provider:
    """SM2 with SM3 by a libcrypto that `yunyue.host.ciphers.libcrypto` opened."""

    algorithm = Algorithm.SM2

    def __init__(self, library: Any) -> None:
        self._library = library

    def generate(self) -> Sm2Signer:
        """A fresh key pair from libcrypto's random source."""
        context = self._library.EVP_PKEY_CTX_new_from_name(ffi.NULL, b"SM2", ffi.NULL)
        made = ffi.new("EVP_PKEY **")
        try:
            if (
                not context
                or self._library.EVP_PKEY_keygen_init(context) != 1
                or self._library.EVP_PKEY_generate(context, made) != 1
            ):
                raise CipherBroken(f"SM2: cannot make a key: {last_error(self._library)}")
        finally:
            self._library.EVP_PKEY_CTX_free(context)
        return Sm2Signer(self._library, ffi.gc(made[0], self._library.EVP_PKEY_free))

    def load(self, pem: bytes) -> Sm2Signer:
        """The key pair in a PKCS#8 PEM; raises MalformedKey for anything else."""
        pkey = self._decoded(self._library.d2i_AutoPrivateKey, pkcs8_of(pem))
        self._check_pair(pkey)
        return Sm2Signer(self._library, pkey)

    def verifier(self, public: bytes) -> Sm2Verifier:
        """The public key in 65 bytes 0x04 || x || y; raises MalformedKey for others."""
        if len(public) != 65 or public[0] != 4:
            raise MalformedKey("an SM2 public key is 65 bytes, 0x04 || x || y")
        # d2i_PUBKEY refuses a point off the curve, and the curve's cofactor is 1, so no further check is needed.
        return Sm2Verifier(self._library, self._decoded(self._library.d2i_PUBKEY, PUBLIC_PREFIX + public))

    def _decoded(self, decode: Any, der: bytes) -> Any:
        start = ffi.from_buffer(der)
        cursor = ffi.new("const unsigned char **", ffi.cast("const unsigned char *", start))
        pkey = decode(ffi.NULL, cursor, len(der))
        if not pkey:
            raise MalformedKey(f"not an SM2 key: {last_error(self._library)}")
        owned = ffi.gc(pkey, self._library.EVP_PKEY_free)
        if cursor[0] - ffi.cast("const unsigned char *", start) != len(der):
            raise MalformedKey("bytes after the key")
        if self._library.EVP_PKEY_is_a(owned, b"SM2") != 1:
            raise MalformedKey("a key, but not of SM2")
        return owned

    def _check_pair(self, pkey: Any) -> None:
        context = self._library.EVP_PKEY_CTX_new(pkey, ffi.NULL)
        try:
            if not context or self._library.EVP_PKEY_pairwise_check(context) != 1:
                raise MalformedKey(f"not a sound SM2 key: {last_error(self._library)}")
        finally:
            self._library.EVP_PKEY_CTX_free(context)


def pkcs8_of(pem: bytes) -> bytes:
    """The DER in an unencrypted PKCS#8 PEM; raises MalformedKey for anything else."""
    if not (pem.startswith(_BEGIN) and pem.endswith(_END)):
        raise MalformedKey("not an unencrypted PKCS#8 PEM")
    try:
        return b64decode(pem[len(_BEGIN) : -len(_END)].replace(b"\n", b""), validate=True)
    except ValueError as error:
        raise MalformedKey(f"not an unencrypted PKCS#8 PEM: {error}") from error


@contextmanager
def _digest_context(library: Any, pkey: Any) -> Iterator[Any]:
    """An EVP_MD_CTX for one signing or verifying call with the distinguishing id set; never shared between threads."""
    digest, context = library.EVP_MD_CTX_new(), library.EVP_PKEY_CTX_new(pkey, ffi.NULL)
    try:
        if not digest or not context:
            raise CipherBroken("SM2: out of memory")
        named = library.EVP_PKEY_CTX_set1_id(context, DISTINGUISHING_ID, len(DISTINGUISHING_ID))
        _expect(library, named, "set the distinguishing id")
        library.EVP_MD_CTX_set_pkey_ctx(digest, context)
        yield digest
    finally:
        # A refused signature leaves its reason in this thread's queue, where the next caller would read it.
        library.ERR_clear_error()
        library.EVP_MD_CTX_free(digest)
        library.EVP_PKEY_CTX_free(context)


@contextmanager
def _key_context(library: Any, pkey: Any) -> Iterator[Any]:
    """An EVP_PKEY_CTX for one call; never shared between threads."""
    context = library.EVP_PKEY_CTX_new(pkey, ffi.NULL)
    try:
        if not context:
            raise CipherBroken("SM2: out of memory")
        yield context
    finally:
        library.ERR_clear_error()
        library.EVP_PKEY_CTX_free(context)


def _through(library: Any, pkey: Any, verb: str, given: bytes) -> bytes:
    """What EVP_PKEY_<verb> makes of `given`; raises CipherBroken when it fails."""
    start, work = getattr(library, f"EVP_PKEY_{verb}_init"), getattr(library, f"EVP_PKEY_{verb}")
    with _key_context(library, pkey) as context:
        length = ffi.new("size_t *")
        _expect(library, start(context), f"start to {verb}")
        _expect(library, work(context, ffi.NULL, length, given, len(given)), verb)
        made = ffi.new("unsigned char[]", length[0])
        _expect(library, work(context, made, length, given, len(given)), verb)
        return bytes(ffi.buffer(made, length[0]))


def _expect(library: Any, outcome: int, doing: str) -> None:
    """Raises CipherBroken unless libcrypto answered 1."""
    if outcome != 1:
        raise CipherBroken(f"SM2: cannot {doing}: {last_error(library)}")


def _point_of(library: Any, pkey: Any) -> bytes:
    encoded = _encoded(library.i2d_PUBKEY, pkey)
    if encoded[: len(PUBLIC_PREFIX)] != PUBLIC_PREFIX or len(encoded) != len(PUBLIC_PREFIX) + 65:
        raise MalformedKey("not an uncompressed point on the SM2 curve")
    return encoded[len(PUBLIC_PREFIX) :]


def _encoded(encode: Any, thing: Any) -> bytes:
    """What an i2d function of libcrypto writes for `thing`."""
    length = encode(thing, ffi.NULL)
    if length <= 0:
        raise CipherBroken("SM2: libcrypto cannot encode the key")
    written = ffi.new("unsigned char[]", length)
    encode(thing, ffi.new("unsigned char **", written))
    return bytes(ffi.buffer(written))
