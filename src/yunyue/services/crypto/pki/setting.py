"""What is set for an authority: its roles, its default issuer, its addresses, its lists."""

from typing import Any, Final

import msgspec

from yunyue.services.crypto.ask import DONE, Answer, Ask, decoder_of
from yunyue.services.crypto.fault import NOT_FOUND, Fault, internal
from yunyue.services.crypto.moments import seconds
from yunyue.services.crypto.pki.importing import content_of
from yunyue.services.crypto.pki.keys import TYPES, kind_of
from yunyue.services.crypto.pki.reading import issuer_content
from yunyue.services.crypto.pki.records import CaKey, Issuer, Records
from yunyue.services.crypto.pki.role import Role, Texts, listed, normal, unbound

NAME_MOST: Final = 128


class UrlsBody(msgspec.Struct):
    """Addresses that stand in certificates."""

    issuing_certificates: Texts | None = None
    crl_distribution_points: Texts | None = None
    ocsp_servers: Texts | None = None


class CrlBody(msgspec.Struct):
    """How lists are made."""

    expiry: int | str | None = None
    disable: bool | None = None
    ocsp_disable: bool | None = None


class DefaultBody(msgspec.Struct):
    """Which issuer is meant when none is named."""

    default: str = ""


class IssuerBody(msgspec.Struct):
    """What can be changed of an issuer."""

    issuer_name: str = ""


_ROLE: Final = decoder_of(Role)
_URLS: Final = decoder_of(UrlsBody)
_CRL: Final = decoder_of(CrlBody)
_DEFAULT: Final = decoder_of(DefaultBody)
_ISSUER: Final = decoder_of(IssuerBody)


def put_role(ask: Ask, records: Records) -> Answer | Fault:
    """POST roles/:name."""
    body = ask.read(_ROLE)
    if isinstance(body, Fault):
        return body
    given = ask.fields()
    role = given if isinstance(given, Fault) else unbound(given) or normal(body)
    if isinstance(role, Fault):
        return role
    if role.key_type != "any":
        kind = kind_of(role.key_type, role.key_bits)
        if isinstance(kind, Fault):
            return kind if role.key_type in TYPES else Fault(f"unknown key type {role.key_type}")
    if len(ask.rest[1]) > NAME_MOST:
        return Fault(f"a role's name has at most {NAME_MOST} characters")
    records.put("role", ask.rest[1], role)
    return Answer(msgspec.structs.asdict(role))


def show_role(ask: Ask, records: Records) -> Answer | Fault:
    """GET roles/:name."""
    role = records.role(ask.rest[1])
    return NOT_FOUND if role is None else Answer(msgspec.structs.asdict(role))


def list_roles(ask: Ask, records: Records) -> Answer | Fault:
    """LIST roles."""
    del ask
    names = records.names("role")
    return Answer({"keys": names}) if names else NOT_FOUND


def delete_role(ask: Ask, records: Records) -> Answer | Fault:
    """DELETE roles/:name."""
    records.put("role", ask.rest[1], None)
    return DONE


def show_urls(ask: Ask, records: Records) -> Answer | Fault:
    """GET config/urls."""
    del ask
    settings = records.settings
    return Answer({name: getattr(settings, name) for name in UrlsBody.__struct_fields__})


def put_urls(ask: Ask, records: Records) -> Answer | Fault:
    """POST config/urls."""
    body = ask.read(_URLS)
    if isinstance(body, Fault):
        return body
    given = {name: listed(value) for name in UrlsBody.__struct_fields__ if (value := getattr(body, name)) is not None}
    for name, addresses in given.items():
        for one in addresses:
            if not one.startswith(("http://", "https://", "ldap://")) or not one.isascii():
                return Fault(f"invalid URL found in {name}: {one}")
    records.set(**given)
    return show_urls(ask, records)


def show_crl(ask: Ask, records: Records) -> Answer | Fault:
    """GET config/crl."""
    del ask
    settings = records.settings
    content: dict[str, Any] = {"expiry": f"{settings.crl_seconds}s", "disable": settings.crl_disabled}
    return Answer({**content, "ocsp_disable": settings.ocsp_disabled, "auto_rebuild": True})


def put_crl(ask: Ask, records: Records) -> Answer | Fault:
    """POST config/crl."""
    body = ask.read(_CRL)
    if isinstance(body, Fault):
        return body
    changed: dict[str, Any] = {}
    if body.expiry is not None:
        length = seconds(body.expiry, "expiry")
        if isinstance(length, Fault) or length < 1:
            return length if isinstance(length, Fault) else Fault("expiry must be greater than zero")
        changed["crl_seconds"] = length
    for field, name in (("disable", "crl_disabled"), ("ocsp_disable", "ocsp_disabled")):
        if getattr(body, field) is not None:
            changed[name] = getattr(body, field)
    records.set(**changed)
    return show_crl(ask, records)


def show_default(ask: Ask, records: Records) -> Answer | Fault:
    """GET config/issuers."""
    del ask
    return Answer({"default": records.settings.default, "default_follows_latest_issuer": False})


def put_default(ask: Ask, records: Records) -> Answer | Fault:
    """POST config/issuers, root/replace."""
    body = ask.read(_DEFAULT)
    if isinstance(body, Fault):
        return body
    issuer = records.issuer(body.default) if body.default not in ("", "default") else None
    if issuer is None:
        return internal(f"unable to find PKI issuer for reference: {body.default}")
    records.set(default=issuer.identifier)
    return show_default(ask, records)


def list_issuers(ask: Ask, records: Records) -> Answer | Fault:
    """LIST issuers."""
    del ask
    found = content_of(records)
    return Answer({"keys": list(found), "key_info": found}) if found else NOT_FOUND


def rename_issuer(ask: Ask, records: Records) -> Answer | Fault:
    """POST issuer/:ref."""
    body, issuer = ask.read(_ISSUER), records.issuer(ask.rest[1])
    if isinstance(body, Fault):
        return body
    if issuer is None:
        return internal(f"unable to find PKI issuer for reference: {ask.rest[1]}")
    name = body.issuer_name
    if name == "default" or "/" in name or any(one.name == name for one in records.issuers() if name and one != issuer):
        return Fault(f"issuer name already in use or not allowed: {name}")
    issuer = msgspec.structs.replace(issuer, name=name)
    records.put("issuer", issuer.identifier, issuer)
    return Answer(issuer_content(records, issuer))


def delete_issuer(ask: Ask, records: Records) -> Answer | Fault:
    """DELETE issuer/:ref: the certificate; its key stays until root is deleted."""
    issuer = records.issuer(ask.rest[1])
    if issuer is None:
        return DONE
    with records.change():
        _forget(records, issuer)
    return DONE


def delete_root(ask: Ask, records: Records) -> Answer | Fault:
    """DELETE root: every issuer and every key of the authority, for ever."""
    del ask
    with records.change():
        for issuer in records.issuers():
            _forget(records, issuer)
        for key in records.names("key"):
            records.put("key", key, None)
    return DONE


def list_keys(ask: Ask, records: Records) -> Answer | Fault:
    """LIST keys."""
    del ask
    found = {one.identifier: {"key_name": one.name, "key_type": one.kind} for one in records.all("key", CaKey)}
    return Answer({"keys": list(found), "key_info": found}) if found else NOT_FOUND


def _forget(records: Records, issuer: Issuer) -> None:
    records.put("issuer", issuer.identifier, None)
    records.put("crl", issuer.identifier, None)
    if records.settings.default == issuer.identifier:
        records.set(default="")
