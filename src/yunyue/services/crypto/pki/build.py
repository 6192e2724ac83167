"""X.509 certificates, requests and revocation lists (RFC 5280, RFC 2986), signed by a pair of any kind.

The structures are asn1crypto's, which knows no curve and so minds none; the signatures are our own ciphers'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import algos, crl, csr, keys, x509  # type: ignore[import-untyped]  # it ships no types

from yunyue.answer import Refused
from yunyue.host.ciphers.pairs import Kind, Pair
from yunyue.services.crypto.asn1 import bits, sequence
from yunyue.services.crypto.signatures import SIGNATURES, choice_of

LAST_UTC_YEAR: Final = 2049
"""Years up to this one are written with two digits (RFC 5280 section 4.1.2.5)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a certificate says, without who issues it. `public`: SubjectPublicKeyInfo in DER."""

    subject: Any
    public: bytes
    serial: int
    begins: datetime
    ends: datetime
    extensions: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs: name, kind of key, and the pair."""

    name: Any
    kind: Kind
    pair: Pair

    def signed(self, content: bytes) -> bytes | Refused:
        """The content with algorithm and signature behind it, as X.509 wraps everything it signs."""
        signature = self.pair.sign(content, choice_of(self.kind))
        if isinstance(signature, Refused):
            return signature
        return sequence(content, SIGNATURES[self.kind], bits(signature))

    @property
    def algorithm(self) -> Any:
        """The AlgorithmIdentifier inside what is signed."""
        return algos.SignedDigestAlgorithm.load(SIGNATURES[self.kind])


def certificate(draft: Draft, authority: Authority) -> bytes | Refused:
    """The certificate in DER."""
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": draft.serial,
            "signature": authority.algorithm,
            "issuer": authority.name,
            "validity": {"not_before": moment(draft.begins), "not_after": moment(draft.ends)},
            "subject": draft.subject,
            "subject_public_key_info": keys.PublicKeyInfo.load(draft.public),
            "extensions": list(draft.extensions),
        }
    )
    return authority.signed(body.dump())


def request(authority: Authority, extensions: Sequence[Any] = ()) -> bytes | Refused:
    """A request for a certificate with the authority's own name and key, in DER."""
    attributes = [{"type": "extension_request", "values": [list(extensions)]}] if extensions else []
    body = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": authority.name,
            "subject_pk_info": keys.PublicKeyInfo.load(authority.pair.public_der),
            "attributes": attributes,
        }
    )
    return authority.signed(body.dump())


@dataclass(frozen=True, slots=True)
class Revocations:
    """A list to sign: its number, serials with the moments they were revoked at, and until when it speaks."""

    number: int
    serials: Sequence[tuple[int, datetime]]
    made: datetime
    ends: datetime


def revocation_list(wanted: Revocations, authority: Authority, key_identifier: bytes) -> bytes | Refused:
    """The list in DER."""
    entries = [{"user_certificate": serial, "revocation_date": moment(at)} for serial, at in wanted.serials]
    body = crl.TbsCertList(
        {
            "version": "v2",
            "signature": authority.algorithm,
            "issuer": authority.name,
            "this_update": moment(wanted.made),
            "next_update": moment(wanted.ends),
            **({"revoked_certificates": entries} if entries else {}),
            "crl_extensions": [
                extension("authority_key_identifier", {"key_identifier": key_identifier}),
                extension("crl_number", wanted.number),
            ],
        }
    )
    return authority.signed(body.dump())


def moment(when: datetime) -> Any:
    """A moment to the second, in the form its year asks for."""
    when = when.astimezone(UTC).replace(microsecond=0)
    return x509.Time(name="utc_time" if when.year <= LAST_UTC_YEAR else "general_time", value=when)


def extension(name: str, value: Any, *, critical: bool = False) -> dict[str, Any]:
    """One extension, by the library's name of it."""
    return {"extn_id": name, "critical": critical, "extn_value": value}


def key_identifier(public: bytes) -> bytes:
    """The SHA-1 of the public key's bits, as RFC 5280 section 4.2.1.2 names a key (no secret hangs on it)."""
    return bytes(keys.PublicKeyInfo.load(public).sha1)
