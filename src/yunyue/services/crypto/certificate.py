"""The certificate a time-stamping key signs for itself while nobody set another one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asn1crypto import x509  # type: ignore[import-untyped]  # it ships no types

from yunyue.answer import Refused
from yunyue.host.ciphers.pairs import Kind, Pair
from yunyue.services.crypto.pki.build import Authority, Draft, certificate, extension

TIME_STAMPING: Final = "time_stamping"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a certificate says. `purpose`: an extended key usage by the library's name."""

    name: str
    serial: int
    begins: datetime
    ends: datetime
    purpose: str


def self_signed(wanted: Wanted, kind: Kind, pair: Pair) -> bytes | Refused:
    """A certificate of the pair by itself, for one purpose (an extended key usage, critical)."""
    name = x509.Name.build({"common_name": wanted.name})
    extensions = (
        extension("key_usage", {"digital_signature", "non_repudiation"}, critical=True),
        extension("extended_key_usage", [wanted.purpose], critical=True),
    )
    draft = Draft(name, pair.public_der, wanted.serial, wanted.begins, wanted.ends, extensions)
    return certificate(draft, Authority(name, kind, pair))
