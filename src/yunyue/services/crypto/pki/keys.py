"""Which key pairs an authority makes and takes, by the words transit's clients use: rsa, ec, ed25519, and sm2."""

from typing import Final

from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pair_makers import generate_pair
from yunyue.host.ciphers.pairs import KINDS, Kind, Pair
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.pki.records import CaKey, Records

CURVES: Final = {256: "ecdsa-p256", 384: "ecdsa-p384", 521: "ecdsa-p521"}
LENGTHS: Final = (2048, 3072, 4096)
TYPES: Final = ("rsa", "ec", "ed25519", "sm2")


def kind_of(key_type: str, bits: int) -> Kind | Fault:
    """The kind of key pair for a type and a length (0: the usual one)."""
    match key_type:
        case "rsa":
            name = f"rsa-{bits or 2048}"
        case "ec":
            name = CURVES.get(bits or 256, f"ec-{bits}")
        case "ed25519" | "sm2":
            name = key_type
        case _:
            return Fault(f"unknown key type {key_type}; there are {', '.join(TYPES)}")
    found = next((kind for kind in KINDS if kind == name), None)
    return found or Fault(f"unsupported bit length for {key_type.upper()} key: {bits}")


def type_of(kind: Kind) -> str:
    """The type as clients read it."""
    return "ec" if kind.startswith("ecdsa") else kind.partition("-")[0]


def made_pair(key_type: str, bits: int) -> tuple[Kind, Pair] | Fault:
    """A fresh key pair."""
    kind = kind_of(key_type, bits)
    if isinstance(kind, Fault):
        return kind
    pair = generate_pair(kind)
    return Fault(f"this machine cannot make such a key: {pair}") if isinstance(pair, Unavailable) else (kind, pair)


def kept(records: Records, kind: Kind, secret: bytes, name: str = "") -> CaKey:
    """A key pair of the authority, written down under a fresh identifier."""
    key = CaKey(fresh_identifier(), kind, secret, name)
    records.put("key", key.identifier, key)
    return key


def fresh_identifier() -> str:
    """A name nobody else has, in the shape of a UUID."""
    text = random_octets(16).hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
