"""What stands in a leaf certificate: subject and names, the uses its role gives, and where to ask about it."""

from dataclasses import dataclass
from typing import Any, Protocol

from asn1crypto import x509  # type: ignore[import-untyped]  # it ships no types

from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.pki.build import extension, key_identifier
from yunyue.services.crypto.pki.chains import Chain
from yunyue.services.crypto.pki.naming import addresses, links_fault, names_fault
from yunyue.services.crypto.pki.records import Settings
from yunyue.services.crypto.pki.requests import Request
from yunyue.services.crypto.pki.role import PURPOSES, USAGES, Role, Texts, folded, listed

SUBJECT = (
    ("country", "country_name"),
    ("organization", "organization_name"),
    ("ou", "organizational_unit_name"),
    ("province", "state_or_province_name"),
    ("locality", "locality_name"),
    ("street_address", "street_address"),
    ("postal_code", "postal_code"),
)


STAMPS = ["time_stamping"]
"""A certificate for time stamps says so critically, and nothing else (RFC 3161 section 2.3)."""


class Asked(Protocol):
    """The names somebody asks for, as they came."""

    common_name: str
    alt_names: Texts
    ip_sans: Texts
    uri_sans: Texts
    other_sans: Texts
    exclude_cn_from_sans: bool


@dataclass(frozen=True, slots=True)
class Names:
    """The names a certificate carries."""

    common: str
    hosts: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    def general(self) -> list[Any]:
        """As GeneralNames."""
        return [
            *(x509.GeneralName("dns_name", x509.DNSName(one)) for one in self.hosts),
            *(x509.GeneralName("rfc822_name", x509.EmailAddress(one)) for one in self.mails),
            *(x509.GeneralName("ip_address", x509.IPAddress(one)) for one in self.addresses),
            *(x509.GeneralName("uniform_resource_identifier", x509.URI(one)) for one in self.links),
        ]


def names_of(asked: Asked, role: Role, request: Request | None) -> Names | Fault:
    """The names that were asked for, in the request or beside it, when the role allows every one."""
    if listed(asked.other_sans):
        return Fault("other_sans is not supported")
    common, hosts, ips, links = (
        asked.common_name,
        listed(asked.alt_names),
        listed(asked.ip_sans),
        listed(asked.uri_sans),
    )
    if request is not None and role.use_csr_common_name:
        common = request.common_name or common
    if request is not None and role.use_csr_sans:
        given = request.alternatives
        hosts = [name for kind, name in given if kind in ("dns_name", "rfc822_name")]
        ips = [name for kind, name in given if kind == "ip_address"]
        links = [name for kind, name in given if kind == "uniform_resource_identifier"]
    faulty = names_fault(common, hosts, role) or links_fault(links, role)
    shown = addresses(ips, role)
    if faulty is not None:
        return faulty
    if isinstance(shown, Fault):
        return shown
    if common and not asked.exclude_cn_from_sans and _is_host(common):
        hosts = [common, *(one for one in hosts if one != common)]
    mails = tuple(one for one in hosts if "@" in one)
    return Names(common, tuple(one for one in hosts if "@" not in one), mails, tuple(shown), tuple(links))


def _is_host(name: str) -> bool:
    """Whether a common name may stand among the DNS names too: words with spaces may not."""
    return "@" in name or (name.isascii() and not any(letter.isspace() for letter in name))


def subject_of(names: Names, role: Role, serial_number: str = "") -> Any:
    """The subject."""
    parts: dict[str, Any] = {}
    for field, name in SUBJECT:
        values = listed(getattr(role, field))
        if values:
            parts[name] = values[0] if len(values) == 1 else values
    if names.common:
        parts["common_name"] = names.common
    if serial_number:
        parts["serial_number"] = serial_number
    return built_name(parts)


def built_name(parts: dict[str, Any]) -> Any:
    """A distinguished name; several values of one kind stand one after another."""
    rdns = []
    for kind, value in parts.items():
        for one in value if isinstance(value, list) else [value]:
            rdns += list(x509.Name.build({kind: one}).chosen)
    return x509.Name(name="", value=x509.RDNSequence(rdns))


def leaf_extensions(names: Names, role: Role, public: bytes, chain: Chain, settings: Settings) -> tuple[Any, ...]:
    """Every extension of a leaf."""
    usages = {USAGES[folded(name)] for name in listed(role.key_usage)}
    purposes = _purposes(role)
    found = [
        *([extension("key_usage", usages, critical=True)] if usages else []),
        *([extension("extended_key_usage", purposes, critical=purposes == STAMPS)] if purposes else []),
        extension("key_identifier", key_identifier(public)),
        extension("authority_key_identifier", {"key_identifier": chain.key_identifier}),
        *where_to_ask(settings),
    ]
    general = names.general()
    if general:
        found.append(extension("subject_alt_name", general, critical=not names.common))
    if role.basic_constraints_valid_for_non_ca:
        found.append(extension("basic_constraints", {"ca": False}, critical=True))
    policies = listed(role.policy_identifiers)
    if policies:
        found.append(extension("certificate_policies", [{"policy_identifier": one} for one in policies]))
    return tuple(found)


def _purposes(role: Role) -> list[str]:
    by_flag = (
        (role.server_flag, "server_auth"),
        (role.client_flag, "client_auth"),
        (role.code_signing_flag, "code_signing"),
        (role.email_protection_flag, "email_protection"),
    )
    named = [PURPOSES[folded(name)] for name in listed(role.ext_key_usage)]
    all_of_them = [name for flag, name in by_flag if flag] + named + listed(role.ext_key_usage_oids)
    return list(dict.fromkeys(all_of_them))


def where_to_ask(settings: Settings) -> list[dict[str, Any]]:
    """Where the issuer's certificate, its revocation list and its OCSP responder are."""
    access = [
        *(("ocsp", one) for one in settings.ocsp_servers),
        *(("ca_issuers", one) for one in settings.issuing_certificates),
    ]
    described = [{"access_method": kind, "access_location": _uri(one)} for kind, one in access]
    points = [
        {"distribution_point": x509.DistributionPointName("full_name", [_uri(one)])}
        for one in settings.crl_distribution_points
    ]
    return [
        *([extension("authority_information_access", described)] if described else []),
        *([extension("crl_distribution_points", points)] if points else []),
    ]


def _uri(address: str) -> Any:
    return x509.GeneralName("uniform_resource_identifier", x509.URI(address))
