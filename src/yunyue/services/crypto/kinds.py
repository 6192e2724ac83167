"""The kinds of keys the service makes, and what each can do."""

from dataclasses import dataclass
from typing import Final

from yunyue.host.ciphers.pairs import Kind as PairKind


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of key as transit names it.

    `aead`: the cipher it encrypts with; `pair`: the kind of key pair it is; `block`: the block cipher of its FF1;
    `size`: octets of a secret that is no pair; `digest`: what it hashes with unless asked otherwise; `slow`: using it
    takes so long that it must not hold up others.
    """

    name: str
    aead: str = ""
    pair: PairKind | None = None
    block: str = ""
    size: int = 0
    digest: str = "sha2-256"
    encrypts: bool = False
    signs: bool = False
    derives: bool = False
    slow: bool = False

    @property
    def macs_only(self) -> bool:
        """Whether its secret is for codes and nothing else."""
        return not (self.aead or self.pair or self.block)


def _symmetric(name: str, aead: str, size: int, digest: str = "sha2-256") -> Kind:
    return Kind(name, aead=aead, size=size, digest=digest, encrypts=True, derives=True)


def _pair(name: PairKind, *, encrypts: bool = False, slow: bool = True, digest: str = "sha2-256") -> Kind:
    return Kind(name, pair=name, encrypts=encrypts, signs=True, slow=slow, digest=digest)


KINDS: Final = {
    kind.name: kind
    for kind in (
        _symmetric("aes256-gcm96", "aes256-gcm", 32),
        _symmetric("aes128-gcm96", "aes128-gcm", 16),
        _symmetric("chacha20-poly1305", "chacha20-poly1305", 32),
        _symmetric("sm4-gcm96", "sm4-gcm", 16, "sm3"),
        _pair("sm2", encrypts=True, digest="sm3"),
        _pair("ed25519", slow=False),
        _pair("ecdsa-p256", slow=False),
        _pair("ecdsa-p384"),
        _pair("ecdsa-p521"),
        _pair("rsa-2048", encrypts=True),
        _pair("rsa-3072", encrypts=True),
        _pair("rsa-4096", encrypts=True),
        Kind("hmac", size=32),
        Kind("hmac-sm3", size=32, digest="sm3"),
        Kind("sm4-ff1", block="sm4", size=16, digest="sm3"),
    )
}
DEFAULT: Final = "aes256-gcm96"
"""What transit makes when nobody says otherwise."""
