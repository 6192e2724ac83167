"""What is known of each algorithm a key of ours can have, in the words of CycloneDX 1.7 (ECMA-424)."""

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An algorithm. `classical`: bits of security against known attacks; `quantum`: NIST's level, 0 for none.

    `family` and `curve` are names of the specification's registry; `provider`: the library that does it here.
    """

    name: str
    primitive: str
    family: str
    functions: tuple[str, ...]
    classical: int
    quantum: int
    provider: str
    parameters: str = ""
    curve: str = ""
    mode: str = ""
    padding: str = ""
    oid: str = ""
    environment: str = "software-plain-ram"

    @property
    def reference(self) -> str:
        """How other components name it."""
        return f"algorithm/{self.name}"


_CIPHER: Final = ("keygen", "encrypt", "decrypt")
_SIGNATURE: Final = ("keygen", "sign", "verify")
_CODE: Final = ("keygen", "tag", "verify")
OPENSSL, GCRYPT, PACKAGE, STANDARD = "libcrypto", "libgcrypt", "cryptography", "hashlib"


def _aes(bits: int, oid: str) -> Algorithm:
    quantum = 1 if bits == 128 else 5  # NIST's categories 1 and 5 are defined by AES-128 and AES-256
    return Algorithm(
        f"AES-{bits}-GCM", "ae", "AES", _CIPHER, bits, quantum, PACKAGE, parameters=str(bits), mode="gcm", oid=oid
    )


def _ecdsa(bits: int, security: int, oid: str) -> Algorithm:
    curve = f"nist/P-{bits}"
    return Algorithm(f"ECDSA-P-{bits}", "signature", "ECDSA", _SIGNATURE, security, 0, PACKAGE, curve=curve, oid=oid)


def _rsa(bits: int, security: int) -> Algorithm:
    functions = (*_SIGNATURE, "encrypt", "decrypt")
    return Algorithm(
        *(f"RSA-PSS-{bits}", "signature", "RSASSA-PSS", functions, security, 0, PACKAGE),
        parameters=str(bits),
        oid="1.2.840.113549.1.1.10",
    )


BY_KIND: Final = {
    "sm4-gcm96": Algorithm(
        *("SM4-GCM", "ae", "SM4", _CIPHER, 128, 1, GCRYPT), parameters="128", mode="gcm", oid="1.2.156.10197.1.104.8"
    ),
    "sm4-ff1": Algorithm("SM4-FF1", "block-cipher", "SM4", _CIPHER, 128, 1, PACKAGE, parameters="128", mode="other"),
    "sm2": Algorithm(
        *("SM2-SM3", "signature", "SM2", (*_SIGNATURE, "encrypt", "decrypt"), 128, 0, OPENSSL),
        curve="oscaa/SM2",
        oid="1.2.156.10197.1.501",
    ),
    "hmac-sm3": Algorithm(
        "HMAC-SM3", "mac", "HMAC", _CODE, 256, 0, STANDARD, parameters="SM3", oid="1.2.156.10197.1.401.2"
    ),
    "hmac": Algorithm("HMAC-SHA-256", "mac", "HMAC", _CODE, 256, 0, STANDARD, parameters="SHA-256"),
    "aes128-gcm96": _aes(128, "2.16.840.1.101.3.4.1.6"),
    "aes256-gcm96": _aes(256, "2.16.840.1.101.3.4.1.46"),
    "chacha20-poly1305": Algorithm("ChaCha20-Poly1305", "ae", "ChaCha20", _CIPHER, 256, 5, PACKAGE, parameters="256"),
    "ed25519": Algorithm(
        "Ed25519", "signature", "EdDSA", _SIGNATURE, 128, 0, PACKAGE, curve="other/Ed25519", oid="1.3.101.112"
    ),
    "ecdsa-p256": _ecdsa(256, 128, "1.2.840.10045.4.3.2"),
    "ecdsa-p384": _ecdsa(384, 192, "1.2.840.10045.4.3.3"),
    "ecdsa-p521": _ecdsa(521, 256, "1.2.840.10045.4.3.4"),
    "rsa-2048": _rsa(2048, 112),
    "rsa-3072": _rsa(3072, 128),
    "rsa-4096": _rsa(4096, 152),
}
"""By the kind of key. Levels of RSA after NIST SP 800-57 part 1 table 2 (4096: by interpolation, as Lenstra has it)."""

UNDERNEATH: Final = (
    Algorithm("SM3", "hash", "SM3", ("digest",), 128, 0, STANDARD, parameters="256", oid="1.2.156.10197.1.401"),
    Algorithm(
        "SHA-256", "hash", "SHA-2", ("digest",), 128, 0, STANDARD, parameters="256", oid="2.16.840.1.101.3.4.2.1"
    ),
    Algorithm("HKDF-SHA-256", "kdf", "HKDF", ("keyderive",), 256, 0, PACKAGE, parameters="SHA-256"),
)
"""What every vault uses for itself, whatever keys it holds."""


def algorithm_of(kind: str) -> Algorithm:
    """The algorithm of a kind of key; one nobody described yet is shown as unknown, never left out."""
    return BY_KIND.get(kind) or Algorithm(kind, "unknown", "", ("unknown",), 0, 0, "")


def in_token(algorithm: Algorithm) -> Algorithm:
    """The same done inside a PKCS#11 token. Whether that is hardware its maker knows; this program cannot tell."""
    return replace(algorithm, name=f"{algorithm.name} in a PKCS#11 token", provider="", environment="other")


def signature_by_oid(oid: str) -> Algorithm:
    """The algorithm that signed a certificate."""
    known = {one.oid: one for one in BY_KIND.values() if one.oid and one.primitive == "signature"}
    named = {"1.2.840.113549.1.1.11": "RSA-PKCS1-SHA-256", "1.2.840.113549.1.1.12": "RSA-PKCS1-SHA-384"}
    if oid in named:
        return Algorithm(named[oid], "signature", "RSASSA-PKCS1", ("sign", "verify"), 0, 0, PACKAGE, oid=oid)
    return known.get(oid) or Algorithm(oid, "signature", "", ("verify",), 0, 0, "", oid=oid)
