"""Reads a time stamp (RFC 3161) and says whether it holds: for SM2 tokens, which OpenSSL cannot verify, and for others.

What is checked: the status, the imprint against the text, the signed attributes against the content, the certificate
named in them, its purpose, and the signature by that certificate. Not checked here: who stands behind the certificate.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms, tsp, x509  # type: ignore[import-untyped]  # it ships no types

from yunyue.answer import Refused
from yunyue.services.crypto import asn1
from yunyue.services.crypto.pki.verify import signature_holds

DIGESTS: Final = {
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
    "1.2.156.10197.1.401": "sm3",
    "sm3": "sm3",
}
NO_TOKEN: Final = Refused("no time stamp that can be read", "stamp")


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a time stamp says: the moment, its number, the query's nonce (None: none), the certificate's subject."""

    moment: datetime
    serial: int
    nonce: int | None
    signer: str


def read_stamp(response: bytes, text: bytes, certificate: bytes) -> Stamped | Refused:
    """What the answer of a time-stamp service says of the text, under this certificate (DER)."""
    try:
        return _read(response, text, x509.Certificate.load(certificate, strict=True))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return NO_TOKEN


def _read(response: bytes, text: bytes, certificate: Any) -> Stamped | Refused:
    body, _ = asn1.read(response, 0, asn1.SEQUENCE)
    status = tsp.PKIStatusInfo.load(body)["status"].native
    if status != "granted":
        return Refused(f"the service gave no stamp: {status}", "stamp")
    if not asn1.canonical(response):
        # Only one spelling is taken: what no signature covers could else be changed unnoticed.
        return Refused("the stamp is not in DER", "stamp")
    whole = tsp.TimeStampResp.load(response, strict=True)
    signed = whole["time_stamp_token"]["content"]
    if _unsigned(signed) != _expected(signed["signer_infos"][0], certificate):
        return Refused("what stands beside the signature does not fit it", "stamp")
    info = signed["encap_content_info"]["content"]
    content = info.parsed
    imprint = content["message_imprint"]
    name = DIGESTS.get(imprint["hash_algorithm"]["algorithm"].native)
    if name is None or hashlib.new(name, text).digest() != imprint["hashed_message"].native:
        return Refused("the stamp is for another text", "text")
    fault = _signer_fault(signed["signer_infos"][0], bytes(info), certificate)
    if fault is not None:
        return fault
    subject = certificate.subject.native.get("common_name", "")
    nonce = content["nonce"].native
    return Stamped(content["gen_time"].native, content["serial_number"].native, nonce, str(subject))


def _unsigned(signed: Any) -> tuple[object, ...]:
    """What no signature covers: versions, algorithms and the signer's name."""
    signer = signed["signer_infos"][0]
    algorithms = [one.dump() for one in signed["digest_algorithms"]]
    return (
        signed["version"].native,
        len(signed["signer_infos"]),
        algorithms,
        signer["version"].native,
        signer["sid"].dump(),
    )


def _expected(signer: Any, certificate: Any) -> tuple[object, ...]:
    """What must stand there, by what is signed and by the certificate."""
    named = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    sid = cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(named))
    return "v3", 1, [signer["digest_algorithm"].dump()], "v1", sid.dump()


def _signer_fault(signer: Any, content: bytes, certificate: Any) -> Refused | None:
    attributes = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
    name = DIGESTS.get(signer["digest_algorithm"]["algorithm"].native)
    if name is None or attributes["message_digest"].native != hashlib.new(name, content).digest():
        return Refused("the signature is over another content", "stamp")
    if attributes["content_type"].native != "tst_info":
        return Refused("what is signed is no time stamp", "stamp")
    if not _names(attributes, certificate):
        return Refused("the stamp names another certificate", "certificate")
    usage = certificate.extended_key_usage_value
    if (
        usage is None
        or usage.native != ["time_stamping"]
        or "extended_key_usage" not in certificate.critical_extensions
    ):
        return Refused("the certificate is not for time stamps alone", "certificate")
    shown = cms.CMSAttributes(list(signer["signed_attrs"])).untag().dump()
    public = certificate.public_key.dump()
    if not signature_holds(public, shown, signer["signature"].native, signer["signature_algorithm"]):
        return Refused("the signature does not hold", "stamp")
    return None


def _names(attributes: dict[str, Any], certificate: Any) -> bool:
    """Whether the signed attributes name this certificate by its digest (RFC 5035)."""
    one = attributes["signing_certificate_v2"]["certs"][0]
    name = DIGESTS.get(one["hash_algorithm"]["algorithm"].native)
    return name is not None and one["cert_hash"].native == hashlib.new(name, certificate.dump()).digest()
