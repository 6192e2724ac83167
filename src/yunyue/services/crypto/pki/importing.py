"""Takes in certificates of authorities, with or without their keys: set-signed, config/ca, issuers/import."""

from typing import Any, Final

import msgspec

from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pair_makers import load_pair
from yunyue.services.crypto.ask import Answer, Ask, decoder_of
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.pem import all_der
from yunyue.services.crypto.pki.chains import parsed
from yunyue.services.crypto.pki.keys import fresh_identifier, kept
from yunyue.services.crypto.pki.records import CaKey, Issuer, Records
from yunyue.services.crypto.pki.verify import kind_of_public


class BundleBody(msgspec.Struct):
    """Certificates, and perhaps private keys (PKCS#8), one after another in PEM."""

    certificate: str = ""
    pem_bundle: str = ""


_BODY: Final = decoder_of(BundleBody)


def take_in(ask: Ask, records: Records) -> Answer | Fault:
    """POST intermediate/set-signed, config/ca, issuers/import/cert|bundle."""
    body = ask.read(_BODY)
    if isinstance(body, Fault):
        return body
    text = body.certificate or body.pem_bundle
    certificates, secrets = all_der(text), all_der(text, "PRIVATE KEY")
    if isinstance(certificates, Fault):
        return certificates
    if isinstance(secrets, Fault):
        return secrets
    if not certificates:
        return Fault("no certificate was found in what was given")
    if secrets and ask.rest[-1] in ("set-signed", "cert"):
        return Fault("private keys found in the PEM bundle but not allowed by the path; use issuers/import/bundle")
    with records.change():
        known = {one.identifier for one in records.issuers()}
        keys = {}
        for der in certificates:
            added = _with_key(records, der, secrets)
            if isinstance(added, Fault):
                return added
            keys[added.identifier] = added.key
    fresh = [one for one in keys if one not in known]
    return Answer(
        {
            "imported_issuers": fresh,
            "existing_issuers": [one for one in keys if one in known],
            "imported_keys": sorted({key for key in keys.values() if key}) if secrets else [],
            "existing_keys": [] if secrets else sorted({key for key in keys.values() if key}),
            "mapping": keys,
        }
    )


def _with_key(records: Records, der: bytes, secrets: list[bytes]) -> Issuer | Fault:
    try:
        public = parsed(der).public_key.dump()
        kind = kind_of_public(public)
        ca = parsed(der).ca
    except (ValueError, TypeError) as error:
        return Fault(f"a certificate could not be parsed: {error}")
    if isinstance(kind, Fault):
        return kind
    if not ca:
        return Fault("one of the certificates is of no authority: basic constraints do not say CA")
    key = next((one for one in records.all("key", CaKey) if _public(one) == public), None)
    for secret in secrets if key is None else ():
        try:
            pair = load_pair(kind, secret)
        except MalformedKey:
            continue
        if not isinstance(pair, Unavailable) and pair.public_der == public:
            key = kept(records, kind, secret)
    return adopt(records, der, "" if key is None else key.identifier, "")


def _public(key: CaKey) -> bytes:
    pair = load_pair(key.kind, key.secret)
    return b"" if isinstance(pair, Unavailable) else pair.public_der


def adopt(records: Records, der: bytes, key: str, name: str) -> Issuer | Fault:
    """A certificate as an issuer; the first one with a key becomes the default. One that is there stays."""
    if name == "default" or "/" in name:
        return Fault(f"issuer name {name!r} is not allowed")
    for one in records.issuers():
        if one.certificate == der:
            return one
        if name and one.name == name:
            return Fault(f"issuer name already in use: {name}")
    issuer = Issuer(fresh_identifier(), der, key, name)
    records.put("issuer", issuer.identifier, issuer)
    if key and not records.settings.default:
        records.set(default=issuer.identifier)
    return issuer


def content_of(records: Records) -> dict[str, Any]:
    """Every issuer by its identifier, with its name, for lists."""
    default = records.settings.default
    return {
        one.identifier: {
            "issuer_name": one.name,
            "is_default": one.identifier == default,
            "key_id": one.key,
            "serial_number": parsed(one.certificate).serial_number.to_bytes(20, "big").hex(":"),
        }
        for one in records.issuers()
    }
