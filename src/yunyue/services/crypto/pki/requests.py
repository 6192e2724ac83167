"""Reads requests for certificates (PKCS#10) of every kind, and checks that whoever asks holds the key."""

from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import csr  # type: ignore[import-untyped]  # it ships no types

from yunyue.host.ciphers.pairs import Kind
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.pem import all_der
from yunyue.services.crypto.pki.verify import kind_of_public, signature_holds

LABELS: Final = ("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")


@dataclass(frozen=True, slots=True)
class Request:
    """What a request says. `public`: SubjectPublicKeyInfo in DER."""

    subject: Any
    public: bytes
    kind: Kind
    alternatives: tuple[tuple[str, str], ...]
    """Kind of name (dns_name, rfc822_name, ip_address, uniform_resource_identifier) and the name."""

    @property
    def common_name(self) -> str:
        """The subject's common name, empty when it has none."""
        found = self.subject.native.get("common_name", "")
        return str(found[0] if isinstance(found, list) else found)


def read_request(text: str) -> Request | Fault:
    """The request in a PEM. Fault: it is none, its key is of no kind known here, or its signature is wrong."""
    blocks = next((found for label in LABELS if (found := all_der(text, label))), [])
    if isinstance(blocks, Fault) or len(blocks) != 1:
        return Fault("could not decode PEM certificate request")
    try:
        return _read(blocks[0])
    except (ValueError, TypeError, KeyError) as error:
        return Fault(f"certificate request could not be parsed: {error}")


def _read(der: bytes) -> Request | Fault:
    whole = csr.CertificationRequest.load(der, strict=True)
    info = whole["certification_request_info"]
    public = info["subject_pk_info"].dump()
    kind = kind_of_public(public)
    if isinstance(kind, Fault):
        return kind
    if not signature_holds(public, info.dump(), whole["signature"].native, whole["signature_algorithm"]):
        return Fault("request signature invalid: whoever made this request does not hold the key in it")
    return Request(info["subject"], public, kind, tuple(_alternatives(info["attributes"])))


def _alternatives(attributes: Any) -> list[tuple[str, str]]:
    found = []
    for attribute in attributes if attributes.native else ():
        if attribute["type"].native != "extension_request":
            continue
        for one in attribute["values"][0]:
            if one["extn_id"].native == "subject_alt_name":
                found += [(name.name, str(name.native)) for name in one["extn_value"].parsed]
    return found
