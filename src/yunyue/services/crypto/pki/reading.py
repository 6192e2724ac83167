"""Shows what an authority published: its certificates, chains, lists and issued certificates; partly to anybody."""

from typing import Any, Final

from yunyue.services.crypto.ask import DONE, Answer, Ask
from yunyue.services.crypto.fault import NOT_FOUND, UNSUPPORTED_PATH, Fault, internal
from yunyue.services.crypto.moments import rfc3339
from yunyue.services.crypto.pem import pem
from yunyue.services.crypto.pki.chains import certificates_above, parsed
from yunyue.services.crypto.pki.records import Issued, Issuer, Records
from yunyue.services.crypto.pki.revoking import current, normal_serial

CERTIFICATE: Final = "application/pkix-cert"
LIST: Final = "application/pkix-crl"
TEXT: Final = "application/pem-certificate-chain"


def ca(ask: Ask, records: Records) -> Answer | Fault:
    """GET ca (DER), ca/pem."""
    return _certificate(records, "default", as_pem=ask.rest[1:] == ["pem"])


def ca_chain(ask: Ask, records: Records) -> Answer | Fault:
    """GET ca_chain: PEM, the default issuer first."""
    del ask
    issuer = records.issuer("default")
    if issuer is None:
        return Answer(status=204)
    return Answer(raw="".join(pem(one) for one in certificates_above(records, issuer)).encode(), media=TEXT)


def crl(ask: Ask, records: Records) -> Answer | Fault:
    """GET crl (DER), crl/pem; issuer/:ref/crl(/pem|der)."""
    reference = ask.rest[1] if ask.rest[0] == "issuer" else "default"
    if ask.rest[0] == "crl" and records.issuer("default") is None:
        return DONE
    found = current(records, reference)
    if isinstance(found, Fault):
        return found
    if ask.rest[-1] == "pem":
        return Answer(raw=pem(found, "X509 CRL").encode(), media="application/x-pem-file")
    if ask.rest[0] == "issuer" and ask.rest[-1] == "crl":
        return Answer({"crl": pem(found, "X509 CRL")})
    return Answer(raw=found, media=LIST)


def certificate(ask: Ask, records: Records) -> Answer | Fault:
    """GET cert/:serial, cert/ca, cert/ca_chain, cert/crl, and the same with /raw and /raw/pem."""
    name, how = ask.rest[1], ask.rest[2:]
    if name == "crl":
        found = current(records, "default")
        return found if isinstance(found, Fault) else Answer(_shown(pem(found, "X509 CRL")))
    if name in ("ca", "ca_chain"):
        issuer = records.issuer("default")
        if issuer is None:
            return NOT_FOUND
        above = certificates_above(records, issuer) if name == "ca_chain" else (issuer.certificate,)
        return Answer(_shown("\n".join(pem(one).strip() for one in above)))
    issued = records.get("cert", normal_serial(name), Issued)
    if issued is None:
        return NOT_FOUND
    if how:
        return _raw(issued.certificate, as_pem=how == ["raw", "pem"])
    return Answer({**_shown(pem(issued.certificate).strip(), issued.revoked), "issuer_id": issued.issuer})


def listed(ask: Ask, records: Records) -> Answer | Fault:
    """LIST certs, certs/revoked."""
    names = records.names("revoked" if ask.rest[1:] == ["revoked"] else "cert")
    return Answer({"keys": names}) if names else NOT_FOUND


def issuer(ask: Ask, records: Records) -> Answer | Fault:
    """GET issuer/:ref, and …/json, …/pem, …/der for anybody."""
    found = records.issuer(ask.rest[1])
    if found is None:
        return internal(f"unable to find PKI issuer for reference: {ask.rest[1]}")
    match ask.rest[2:]:
        case []:
            return Answer(issuer_content(records, found))
        case ["json"]:
            return Answer(
                {
                    "certificate": pem(found.certificate).strip(),
                    "ca_chain": [pem(one).strip() for one in certificates_above(records, found)],
                    "issuer_id": found.identifier,
                    "issuer_name": found.name,
                }
            )
        case ["pem" | "der" as form]:
            return _raw(found.certificate, as_pem=form == "pem")
        case _:
            return UNSUPPORTED_PATH


def issuer_content(records: Records, found: Issuer) -> dict[str, Any]:
    """An issuer as clients read it."""
    settings = records.settings
    return {
        "issuer_id": found.identifier,
        "issuer_name": found.name,
        "key_id": found.key,
        "certificate": pem(found.certificate).strip(),
        "ca_chain": [pem(one).strip() for one in certificates_above(records, found)],
        "manual_chain": None,
        "leaf_not_after_behavior": "err",
        "usage": "crl-signing,issuing-certificates,ocsp-signing,read-only"
        if not found.revoked
        else "crl-signing,read-only",
        "revoked": bool(found.revoked),
        "issuing_certificates": settings.issuing_certificates,
        "crl_distribution_points": settings.crl_distribution_points,
        "ocsp_servers": settings.ocsp_servers,
        "common_name": str(parsed(found.certificate).subject.native.get("common_name", "")),
        **(_revocation(found.revoked) if found.revoked else {}),
    }


def _certificate(records: Records, reference: str, *, as_pem: bool) -> Answer | Fault:
    found = records.issuer(reference)
    return DONE if found is None else _raw(found.certificate, as_pem=as_pem)


def _raw(der: bytes, *, as_pem: bool) -> Answer:
    return Answer(raw=pem(der).encode(), media=TEXT) if as_pem else Answer(raw=der, media=CERTIFICATE)


def _shown(text: str, revoked: int = 0) -> dict[str, Any]:
    return {"certificate": text, **_revocation(revoked)}


def _revocation(revoked: int) -> dict[str, Any]:
    """When it was revoked, in the two ways clients read."""
    return {"revocation_time": revoked // 1000, "revocation_time_rfc3339": rfc3339(revoked) if revoked else ""}
