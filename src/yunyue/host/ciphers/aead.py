"""Ciphers that encrypt and authenticate at once, all with 12-byte nonces and 16-byte tags, by their names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from yunyue.host.ciphers.errors import CipherBroken, MalformedKey
from yunyue.host.ciphers.gcrypt import libgcrypt
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.octets import Octets
from yunyue.host.ciphers.sm4 import GcryptSm4Gcm, PackageSm4Gcm

NONCE: Final = 12
TAG: Final = 16


class Aead(Protocol):
    """One key. Any number of threads may use it at once."""

    def seal(self, nonce: bytes, text: Octets, bound: bytes = b"") -> bytes:
        """The ciphertext with its 16-byte tag behind it. `nonce` has 12 bytes and is never used twice with a key."""
        ...

    def seal_into(self, nonce: bytes, text: Octets, target: bytearray | memoryview, bound: bytes = b"") -> None:
        """As seal, into the first octets of `target`: large pieces then need no memory of their own each time."""
        ...

    def open(self, nonce: bytes, sealed: Octets, bound: bytes = b"") -> bytes | None:
        """The text; None when anything was changed."""
        ...


class PackageAead:
    """A cipher of the `cryptography` package."""

    def __init__(self, make: type[AESGCM] | type[ChaCha20Poly1305], length: int, key: Octets) -> None:
        if memoryview(key).nbytes != length:
            raise MalformedKey(f"a key of this cipher has {length} bytes, not {memoryview(key).nbytes}")
        self._cipher = make(key)

    def seal(self, nonce: bytes, text: Octets, bound: bytes = b"") -> bytes:
        """See Aead.seal."""
        return self._cipher.encrypt(nonce, text, bound)

    def seal_into(self, nonce: bytes, text: Octets, target: bytearray | memoryview, bound: bytes = b"") -> None:
        """See Aead.seal_into."""
        self._cipher.encrypt_into(nonce, text, bound, memoryview(target)[: memoryview(text).nbytes + TAG])

    def open(self, nonce: bytes, sealed: Octets, bound: bytes = b"") -> bytes | None:
        """See Aead.open."""
        try:
            return self._cipher.decrypt(nonce, sealed, bound)
        except InvalidTag:
            return None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A published encryption: its source, key, nonce, text, bound text and the ciphertext with its tag."""

    source: str
    key: str
    nonce: str
    text: str
    bound: str
    sealed: str


LADIES: Final = (
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    b"sunscreen would be it."
)
_GCM_TEXT: Final = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
)
_GCM_BOUND: Final = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
EXAMPLES: Final[Mapping[str, Sealed]] = {
    "sm4-gcm": Sealed(
        "RFC 8998 appendix A.1",
        "0123456789abcdeffedcba9876543210",
        "00001234567800000000abcd",
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffff"
        "eeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
        _GCM_BOUND,
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15"
        "a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec",
    ),
    "aes128-gcm": Sealed(
        "McGrew and Viega, GCM, test case 4",
        "feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        _GCM_TEXT,
        _GCM_BOUND,
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05"
        "1ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
    ),
    "aes256-gcm": Sealed(
        "McGrew and Viega, GCM, test case 16",
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        _GCM_TEXT,
        _GCM_BOUND,
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
        "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
    ),
    "chacha20-poly1305": Sealed(
        "RFC 8439 section 2.8.2",
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        "070000004041424344454647",
        LADIES.hex(),
        "50515253c0c1c2c3c4c5c6c7",
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
        "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
        "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
    ),
}
KEY_LENGTHS: Final = {"sm4-gcm": 16, "aes128-gcm": 16, "aes256-gcm": 32, "chacha20-poly1305": 32}

Maker = Callable[[Octets], Aead]


def aead(name: str, key: Octets) -> Aead | Unavailable:
    """The cipher of that name with this key. Raises MalformedKey for a key of a wrong length."""
    make = maker(name)
    return make if isinstance(make, Unavailable) else make(key)


@cache
def maker(name: str) -> Maker | Unavailable:
    """What makes ciphers of that name, after its published example came out right; else why there is none."""
    if name not in KEY_LENGTHS:
        return Unavailable(name, f"no such cipher; there are {', '.join(KEY_LENGTHS)}")
    faults = []
    for make in _makers(name):
        fault = aead_fault(name, make) if not isinstance(make, Unavailable) else make
        if fault is None and not isinstance(make, Unavailable):
            return make
        faults.append(str(fault))
    return Unavailable(name, "; ".join(faults))


def _makers(name: str) -> list[Maker | Unavailable]:
    """Who can do it, best first."""
    match name:
        case "sm4-gcm":
            library = libgcrypt()
            by_library = library if isinstance(library, Unavailable) else lambda key: GcryptSm4Gcm(library, key)
            return [by_library, PackageSm4Gcm]
        case "chacha20-poly1305":
            return [lambda key: PackageAead(ChaCha20Poly1305, 32, key)]
        case _:
            return [lambda key: PackageAead(AESGCM, KEY_LENGTHS[name], key)]


def aead_fault(name: str, make: Maker) -> Unavailable | None:
    """Why this maker's ciphers cannot be trusted; None when the published example comes out right both ways."""
    known = EXAMPLES[name]
    key, nonce, text, bound, sealed = (
        bytes.fromhex(part) for part in (known.key, known.nonce, known.text, known.bound, known.sealed)
    )
    try:
        cipher = make(key)
        right = cipher.seal(nonce, text, bound) == sealed and cipher.open(nonce, sealed, bound) == text
        strict = cipher.open(nonce, sealed[:-1] + bytes([sealed[-1] ^ 1]), bound) is None
    except CipherBroken as error:
        return Unavailable(name, str(error))
    return None if right and strict else Unavailable(name, f"the example of {known.source} comes out wrong")
