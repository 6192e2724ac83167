"""Revokes certificates, makes the lists of revoked ones, and clears away what ended long ago."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.crypto.ask import Answer, Ask, decoder_of
from yunyue.services.crypto.fault import Fault, internal
from yunyue.services.crypto.moments import rfc3339, seconds
from yunyue.services.crypto.pem import all_der
from yunyue.services.crypto.pki.build import Revocations, revocation_list
from yunyue.services.crypto.pki.chains import authority_of, identifier_of, parsed
from yunyue.services.crypto.pki.issuing import shown_serial
from yunyue.services.crypto.pki.records import Crl, Issued, Issuer, Records

MARGIN_MS: Final = 12 * 3_600_000
"""A list is made anew so long before it ends."""
SAFETY_SECONDS: Final = 72 * 3600


class RevokeBody(msgspec.Struct):
    """Which certificate."""

    serial_number: str = ""
    certificate: str = ""


class TidyBody(msgspec.Struct):
    """What to clear away."""

    tidy_cert_store: bool = False
    tidy_revoked_certs: bool = False
    safety_buffer: int | str = SAFETY_SECONDS


_REVOKE: Final = decoder_of(RevokeBody)
_TIDY: Final = decoder_of(TidyBody)


def normal_serial(text: str) -> str:
    """17:a4:… from any way to write it."""
    digits = text.replace(":", "").replace("-", "").strip().lower()
    return ":".join(digits[start : start + 2] for start in range(0, len(digits), 2))


def revoke(ask: Ask, records: Records) -> Answer | Fault:
    """POST revoke: of a certificate that was issued here. A second time changes nothing."""
    body = ask.read(_REVOKE)
    if isinstance(body, Fault):
        return body
    serial = normal_serial(body.serial_number)
    if body.certificate:
        blocks = all_der(body.certificate)
        if isinstance(blocks, Fault) or not blocks:
            return Fault("certificate: no certificate in PEM")
        serial = shown_serial(parsed(blocks[0]).serial_number)
    if not serial:
        return Fault("The serial number or certificate must be provided")
    ask.key = serial
    done = _revoked(records, serial)
    if isinstance(done, Fault):
        return done
    shown = {"revocation_time": done.revoked // 1000, "revocation_time_rfc3339": rfc3339(done.revoked)}
    return Answer({**shown, "state": "revoked"})


def _revoked(records: Records, serial: str) -> Issued | Fault:
    with records.change():
        found = records.get("cert", serial, Issued)
        if found is None:
            return Fault(f"certificate with serial {serial} not found.")
        if any(found.certificate == one.certificate for one in records.issuers()):
            return Fault("adding issuer to its own CRL is not allowed; revoke the issuer instead")
        if found.revoked:
            return found
        if found.ends <= records.now():
            return Fault("certificate is already expired; refusing to add to CRL")
        found = msgspec.structs.replace(found, revoked=records.now())
        records.put("cert", serial, found)
        records.put("revoked", serial, found)
        issuer = records.issuer(found.issuer)
        if issuer is not None and issuer.key:
            made = rebuilt(records, issuer)
            if isinstance(made, Fault):
                return made
    return found


def revoke_issuer(ask: Ask, records: Records) -> Answer | Fault:
    """POST issuer/:ref/revoke: it issues nothing more; its own lists and answers go on."""
    issuer = records.issuer(ask.rest[1])
    if issuer is None:
        return internal(f"unable to find PKI issuer for reference: {ask.rest[1]}")
    if not issuer.revoked:
        issuer = msgspec.structs.replace(issuer, revoked=records.now())
        records.put("issuer", issuer.identifier, issuer)
    return Answer(
        {
            "issuer_id": issuer.identifier,
            "issuer_name": issuer.name,
            "key_id": issuer.key,
            "revoked": True,
            "revocation_time": issuer.revoked // 1000,
            "revocation_time_rfc3339": rfc3339(issuer.revoked),
        }
    )


def rotate(ask: Ask, records: Records) -> Answer | Fault:
    """GET or POST crl/rotate: every issuer's list anew."""
    del ask
    for issuer in records.issuers():
        made = rebuilt(records, issuer) if issuer.key else None
        if isinstance(made, Fault):
            return made
    return Answer({"success": True})


def current(records: Records, reference: str) -> bytes | Fault:
    """An issuer's list that speaks now."""
    issuer = records.issuer(reference)
    if issuer is None:
        return Fault("", 404)
    known = records.get("crl", issuer.identifier, Crl)
    if known is not None and records.now() < known.ends - min(MARGIN_MS, records.settings.crl_seconds * 500):
        return known.content
    made = rebuilt(records, issuer)
    return made if isinstance(made, Fault) else made.content


def rebuilt(records: Records, issuer: Issuer) -> Crl | Fault:
    """The list anew, with the next number."""
    with records.change():
        pair = records.pair(issuer.key)
        if pair is None:
            return internal(f"the private key of issuer {issuer.identifier} is not here; it signs no list")
        issuer = msgspec.structs.replace(issuer, crl_number=issuer.crl_number + 1)
        now, settings = records.now(), records.settings
        revoked = [] if settings.crl_disabled else list(_entries(records, issuer.identifier))
        ends = now + settings.crl_seconds * 1000
        wanted = Revocations(issuer.crl_number, revoked, _moment(now), _moment(ends))
        der = revocation_list(wanted, authority_of(issuer, pair), identifier_of(issuer.certificate))
        if isinstance(der, Refused):
            return internal(der.reason)
        made = Crl(der, ends)
        records.put("issuer", issuer.identifier, issuer)
        records.put("crl", issuer.identifier, made)
    return made


def _entries(records: Records, issuer: str) -> Iterator[tuple[int, datetime]]:
    for one in records.all("revoked", Issued):
        if one.issuer == issuer:
            yield int(one.serial.replace(":", ""), 16), _moment(one.revoked)


def tidy(ask: Ask, records: Records) -> Answer | Fault:
    """POST tidy: forget certificates that ended longer ago than the safety buffer."""
    body = ask.read(_TIDY)
    if isinstance(body, Fault):
        return body
    buffer = seconds(body.safety_buffer, "safety_buffer")
    if isinstance(buffer, Fault):
        return buffer
    if buffer < 1:
        return Fault("safety_buffer must be greater than zero")
    before, removed = records.now() - buffer * 1000, 0
    with records.change():
        for kind, wanted in (("cert", body.tidy_cert_store), ("revoked", body.tidy_revoked_certs)):
            for one in records.all(kind, Issued) if wanted else ():
                if one.ends < before and (kind == "revoked" or not one.revoked or body.tidy_revoked_certs):
                    records.put(kind, one.serial, None)
                    removed += 1
        records.set(tidied=records.now(), tidied_rows=removed)
    if body.tidy_revoked_certs:
        done = rotate(ask, records)
        if isinstance(done, Fault):
            return done
    return Answer(tidy_content(records), status=202, warnings=("Tidy operation is finished; see tidy-status.",))


def tidy_content(records: Records) -> dict[str, Any]:
    """What the last clearing away did."""
    settings = records.settings
    return {
        "state": "Finished" if settings.tidied else "Inactive",
        "time_finished": rfc3339(settings.tidied) if settings.tidied else None,
        "rows_removed": settings.tidied_rows,
    }


def _moment(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=milliseconds // 1000)
