"""Answers whether a certificate still holds (OCSP, RFC 6960), signed by the authority that issued it."""

import hashlib
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asn1crypto import core, ocsp, x509  # type: ignore[import-untyped]  # it ships no types

from yunyue.answer import Refused
from yunyue.services.crypto.ask import Answer, Ask
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.pki.chains import authority_of, parsed
from yunyue.services.crypto.pki.issuing import shown_serial
from yunyue.services.crypto.pki.records import Issued, Issuer, Records
from yunyue.services.crypto.signatures import choice_of

MEDIA: Final = "application/ocsp-response"
MOST: Final = 32
"""Certificates one request may ask about."""
LONGEST: Final = 16_384
VALID: Final = timedelta(hours=12)
_DIGESTS: Final = {
    "sha1": "sha1",
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
    "1.2.156.10197.1.401": "sm3",
}


def answer(ask: Ask, records: Records) -> Answer | Fault:
    """POST ocsp with the request in DER, or GET ocsp/<Base64>."""
    try:
        sent = b64decode("/".join(ask.rest[1:]), validate=True) if ask.operation == "read" else ask.body
    except ValueError:
        return _failed("malformed_request")
    if records.settings.ocsp_disabled:
        return _failed("unauthorized")
    if not 0 < len(sent) <= LONGEST:
        return _failed("malformed_request")
    try:
        request = ocsp.OCSPRequest.load(sent, strict=True)["tbs_request"]
        asked = list(request["request_list"])
        extensions = [one for one in request["request_extensions"] if one["extn_id"].native == "nonce"]
        nonces = [{"extn_id": "nonce", "extn_value": one["extn_value"].parsed} for one in extensions]
    except (ValueError, TypeError):
        return _failed("malformed_request")
    if not 0 < len(asked) <= MOST:
        return _failed("malformed_request")
    ask.items = len(asked)
    try:
        return _answered(records, asked, nonces)
    except (ValueError, TypeError):
        # What is asked about is read only when it is looked up.
        return _failed("malformed_request")


def _answered(records: Records, asked: list[Any], nonces: list[Any]) -> Answer:
    issuers = records.issuers()
    signer = next((one for single in asked if (one := _issuer(issuers, single["req_cert"])) and one.key), None)
    pair = records.pair(signer.key) if signer is not None else None
    if signer is None or pair is None:
        return _failed("unauthorized")
    now = datetime.fromtimestamp(records.now() // 1000, UTC)
    authority = authority_of(signer, pair)
    content = ocsp.ResponseData(
        {
            "responder_id": ocsp.ResponderId("by_name", authority.name),
            "produced_at": now,
            "responses": [_single(records, issuers, one["req_cert"], now) for one in asked],
            **({"response_extensions": nonces} if nonces else {}),
        }
    )
    body = content.dump()
    signature = authority.pair.sign(body, choice_of(authority.kind))
    if isinstance(signature, Refused):
        return _failed("internal_error")
    basic = ocsp.BasicOCSPResponse(
        {
            "tbs_response_data": content,
            "signature_algorithm": authority.algorithm,
            "signature": signature,
            "certs": [parsed(signer.certificate)],
        }
    )
    whole = ocsp.OCSPResponse(
        {
            "response_status": "successful",
            "response_bytes": {"response_type": "basic_ocsp_response", "response": basic},
        }
    )
    return Answer(raw=whole.dump(), media=MEDIA)


def _single(records: Records, issuers: list[Issuer], asked: Any, now: datetime) -> dict[str, Any]:
    issuer = _issuer(issuers, asked)
    serial = asked["serial_number"].native
    found = records.get("cert", shown_serial(serial), Issued) if issuer and serial > 0 else None
    if found is None or issuer is None or found.issuer != issuer.identifier:
        status = ocsp.CertStatus("unknown", core.Null())
    elif found.revoked:
        at = datetime.fromtimestamp(found.revoked // 1000, UTC)
        status = ocsp.CertStatus("revoked", ocsp.RevokedInfo({"revocation_time": at}))
    else:
        status = ocsp.CertStatus("good", core.Null())
    return {"cert_id": asked, "cert_status": status, "this_update": now, "next_update": now + VALID}


def _issuer(issuers: list[Issuer], asked: Any) -> Issuer | None:
    """The issuer whose name and key a request names by their digests."""
    algorithm = _DIGESTS.get(asked["hash_algorithm"]["algorithm"].native)
    if algorithm is None:
        return None
    name, key = asked["issuer_name_hash"].native, asked["issuer_key_hash"].native
    for one in issuers:
        read: x509.Certificate = parsed(one.certificate)
        bits = bytes(read.public_key["public_key"])
        if (hashlib.new(algorithm, read.subject.dump()).digest(), hashlib.new(algorithm, bits).digest()) == (name, key):
            return one
    return None


def _failed(status: str) -> Answer:
    """A response that says only why there is none, as RFC 6960 section 4.2.1 asks."""
    return Answer(raw=ocsp.OCSPResponse({"response_status": status}).dump(), media=MEDIA)
