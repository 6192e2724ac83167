"""The libraries that do the arithmetic here, with their versions, and what each was found unable to do."""

import ssl
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Final

from cryptography.hazmat.backends.openssl import backend

from yunyue.host.ciphers.faults import disabled
from yunyue.host.ciphers.gcrypt import ffi as gcrypt_ffi
from yunyue.host.ciphers.gcrypt import libgcrypt
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.libcrypto import ffi as openssl_ffi
from yunyue.host.ciphers.libcrypto import libcrypto

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Library:
    """A library: its name here, what it is called, its version, its address in the registry of packages (purl)."""

    name: str
    title: str
    version: str
    purl: str


@cache
def libraries() -> tuple[Library, ...]:
    """Every library in use. One that cannot be loaded here is left out: nothing is done with it."""
    found = [
        Library(
            "cryptography", "cryptography", version("cryptography"), f"pkg:pypi/cryptography@{version('cryptography')}"
        ),
        Library("cryptography-openssl", "OpenSSL of cryptography", _after(backend.openssl_version_text()), ""),
        Library("hashlib", "OpenSSL of Python", _after(ssl.OPENSSL_VERSION), ""),
    ]
    openssl, gcrypt = libcrypto(), libgcrypt()
    if not isinstance(openssl, Unavailable):
        number = _after(openssl_ffi.string(openssl.OpenSSL_version(0)).decode())
        found.append(Library("libcrypto", "OpenSSL of the system", number, f"pkg:generic/openssl@{number}"))
    if not isinstance(gcrypt, Unavailable):
        number = gcrypt_ffi.string(gcrypt.gcry_check_version(gcrypt_ffi.NULL)).decode()
        found.append(Library("libgcrypt", "libgcrypt", number, f"pkg:generic/libgcrypt@{number}"))
    return tuple(found)


def faults() -> tuple[str, ...]:
    """What failed its known answer on this machine, or is a token out of reach, and is therefore disabled."""
    return tuple(str(one) for one in disabled())


def _after(text: str) -> str:
    """The second word of "OpenSSL 3.0.15 3 Sep 2024"."""
    words = text.split()
    return words[1] if len(words) > 1 else UNKNOWN
