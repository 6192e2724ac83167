"""SM4 in counter mode (GB/T 17964), beside GCM: for streams and formats that bring an authentication of their own.

Counter mode hides and does not protect: who changes a bit of the ciphertext changes that bit of the text, unnoticed.
Whatever has no code over it belongs under SM4-GCM.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from yunyue.host.ciphers.errors import CipherBroken, MalformedKey
from yunyue.host.ciphers.gcrypt import CTR, SM4, ffi, libgcrypt, unset
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.octets import Octets

KEY: Final = 16
COUNTER: Final = 16
# draft-ribose-cfrg-sm4-10, A.2.5.1: key, first counter, text, ciphertext.
_EXAMPLE: Final = tuple(
    bytes.fromhex(one)
    for one in (
        "0123456789abcdeffedcba9876543210",
        "000102030405060708090a0b0c0d0e0f",
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb",
        "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
        "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514",
    )
)


class Sm4Ctr(Protocol):
    """One key. Any number of threads may use it at once."""

    def turn(self, counter: bytes, text: Octets) -> bytes:
        """Text to ciphertext, and back. `counter`: the first of sixteen octets; none is used twice with a key."""
        ...


class GcryptSm4Ctr:
    """SM4-CTR by libgcrypt."""

    def __init__(self, library: Any, key: Octets) -> None:
        self._library = library
        self._key = _checked(key)

    def turn(self, counter: bytes, text: Octets) -> bytes:
        """See Sm4Ctr.turn."""
        library, made, source = self._library, ffi.new("gcry_cipher_hd_t *"), ffi.from_buffer(text)
        length = len(source)
        turned = unset("unsigned char[]", max(length, 1))
        _done(library.gcry_cipher_open(made, SM4, CTR, 0))
        handle = ffi.gc(made[0], library.gcry_cipher_close)
        _done(library.gcry_cipher_setkey(handle, self._key, KEY))
        _done(library.gcry_cipher_setctr(handle, _counter(counter), COUNTER))
        _done(library.gcry_cipher_encrypt(handle, turned, length, source, length))
        return bytes(ffi.buffer(turned, length))


class PackageSm4Ctr:
    """SM4-CTR by the `cryptography` package, where libgcrypt is missing."""

    def __init__(self, key: Octets) -> None:
        self._cipher = algorithms.SM4(_checked(key))

    def turn(self, counter: bytes, text: Octets) -> bytes:
        """See Sm4Ctr.turn."""
        context = Cipher(self._cipher, modes.CTR(_counter(counter))).encryptor()
        return context.update(text) + context.finalize()


Maker = Callable[[Octets], Sm4Ctr]


@cache
def ctr_maker() -> Maker | Unavailable:
    """What makes SM4-CTR ciphers, after its published example came out right; else why there is none."""
    library = libgcrypt()
    makers: list[Maker] = [PackageSm4Ctr]
    if not isinstance(library, Unavailable):
        makers.insert(0, lambda key: GcryptSm4Ctr(library, key))
    for make in makers:
        if ctr_right(make):
            return make
    return Unavailable("sm4-ctr", "the example of draft-ribose-cfrg-sm4 A.2.5.1 comes out wrong")


def ctr_right(make: Maker) -> bool:
    """Whether the published example comes out right both ways."""
    key, counter, text, turned = _EXAMPLE
    try:
        cipher = make(key)
        return cipher.turn(counter, text) == turned and cipher.turn(counter, turned) == text
    except CipherBroken:
        return False


def sm4_ctr(key: Octets) -> Sm4Ctr | Unavailable:
    """The cipher with this key of sixteen octets. Raises MalformedKey for one of another length."""
    make = ctr_maker()
    return make if isinstance(make, Unavailable) else make(key)


def _checked(key: Octets) -> bytes:
    if memoryview(key).nbytes != KEY:
        raise MalformedKey(f"an SM4 key has 16 bytes, not {memoryview(key).nbytes}")
    return bytes(key)


def _counter(counter: bytes) -> bytes:
    if len(counter) != COUNTER:
        raise ValueError(f"a counter of SM4 has 16 bytes, not {len(counter)}")
    return counter


def _done(code: int) -> None:
    if code:
        raise CipherBroken(f"SM4-CTR: libgcrypt fails (error {code & 0xFFFF})")
