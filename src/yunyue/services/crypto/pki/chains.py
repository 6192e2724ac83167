"""An issuer with the certificates above it, ready to sign."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import x509  # type: ignore[import-untyped]  # it ships no types

from yunyue.services.crypto.fault import Fault, internal
from yunyue.services.crypto.pki.build import Authority
from yunyue.services.crypto.pki.records import Issuer, Records

LONGEST = 16
NO_DEFAULT = "unable to fetch corresponding issuer for path default: no default issuer currently configured"


@dataclass(frozen=True, slots=True)
class Chain:
    """`certificates`: the issuer's own first, each signed by the next, in DER."""

    issuer: Issuer
    authority: Authority
    certificates: tuple[bytes, ...]

    @property
    def ends(self) -> datetime:
        """When the issuer's certificate ends."""
        ends: datetime = parsed(self.certificates[0]).not_valid_after
        return ends

    @property
    def key_identifier(self) -> bytes:
        """How certificates name the issuer's key."""
        return identifier_of(self.certificates[0])

    @staticmethod
    def is_root(certificate: bytes) -> bool:
        """Whether a certificate stands at the end of a chain."""
        read = parsed(certificate)
        return bool(read.issuer == read.subject)


def parsed(certificate: bytes) -> Any:
    """A certificate, read."""
    return x509.Certificate.load(certificate)


def identifier_of(certificate: bytes) -> bytes:
    """The key identifier a CA certificate says of itself, else that of its key."""
    read = parsed(certificate)
    own = read.key_identifier
    return bytes(own) if own else bytes(read.public_key.sha1)


def chain_of(records: Records, reference: str) -> Chain | Fault:
    """The issuer of that name with those above it. Fault: there is none, it has no key here, or it is revoked."""
    issuer = records.issuer(reference)
    if issuer is None:
        return internal(
            NO_DEFAULT if reference in ("", "default") else f"unable to find PKI issuer for reference: {reference}"
        )
    pair = records.pair(issuer.key)
    if pair is None:
        return internal(f"the private key of issuer {issuer.identifier} is not here; it cannot sign")
    if issuer.revoked:
        return internal(f"issuer {issuer.identifier} is revoked and issues nothing more")
    return Chain(issuer, authority_of(issuer, pair), certificates_above(records, issuer))


def authority_of(issuer: Issuer, pair: tuple[Any, Any]) -> Authority:
    """The issuer as one who signs."""
    return Authority(parsed(issuer.certificate).subject, *pair)


def certificates_above(records: Records, issuer: Issuer) -> tuple[bytes, ...]:
    """The issuer's certificate and those above it, as far as they are known here."""
    by_subject = {parsed(one.certificate).subject.hashable: one.certificate for one in records.issuers()}
    found = [issuer.certificate]
    while len(found) < LONGEST:
        last = parsed(found[-1])
        above = by_subject.get(last.issuer.hashable)
        if last.issuer == last.subject or above is None or above in found:
            break
        found.append(above)
    return tuple(found)
