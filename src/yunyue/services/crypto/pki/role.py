"""A role: which names and uses a certificate may have that is issued under it. What it does not allow is refused."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Annotated, Any, Final

import msgspec

from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.moments import seconds

Texts = list[str] | str
BOUNDS: Final = {
    "not_after": "",
    "not_before": "",
    "not_after_bound": "permit",
    "not_before_bound": "permit",
    "cn_validations": ["email", "hostname"],
    "allowed_user_ids": [],
}
"""What else transit lets a role restrict, and the one value of each that restricts nothing."""
_ONLY: Final = (
    "allowed_domains_template",
    "allowed_uri_sans_template",
    "use_pss",
)
USAGES: Final = {
    "digitalsignature": "digital_signature",
    "contentcommitment": "non_repudiation",
    "keyencipherment": "key_encipherment",
    "dataencipherment": "data_encipherment",
    "keyagreement": "key_agreement",
    "certsign": "key_cert_sign",
    "crlsign": "crl_sign",
    "encipheronly": "encipher_only",
    "decipheronly": "decipher_only",
}
PURPOSES: Final = {
    "any": "any_extended_key_usage",
    "serverauth": "server_auth",
    "clientauth": "client_auth",
    "codesigning": "code_signing",
    "emailprotection": "email_protection",
    "timestamping": "time_stamping",
    "ocspsigning": "ocsp_signing",
}
"""Names of uses as transit's clients write them (without regard to case), and as X.509 libraries do."""


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """What may be issued. Lengths of time in seconds or as "72h"; lists as lists or separated by commas."""

    issuer_ref: str = "default"
    ttl: int | str = 0
    max_ttl: int | str = 0
    not_before_duration: int | str = 30
    allow_localhost: bool = True
    allowed_domains: Texts = []
    allowed_domains_template: bool = False
    allow_bare_domains: bool = False
    allow_subdomains: bool = False
    allow_glob_domains: bool = False
    allow_wildcard_certificates: bool = True
    allow_any_name: bool = False
    enforce_hostnames: bool = True
    allow_ip_sans: bool = True
    allowed_ip_sans_cidr: Texts = []
    allowed_serial_numbers: Texts = []
    allowed_uri_sans: Texts = []
    allowed_uri_sans_template: bool = False
    allowed_other_sans: Texts = []
    server_flag: bool = True
    client_flag: bool = True
    code_signing_flag: bool = False
    email_protection_flag: bool = False
    key_type: str = "rsa"
    key_bits: Annotated[int, msgspec.Meta(ge=0)] = 0
    signature_bits: Annotated[int, msgspec.Meta(ge=0)] = 0
    use_pss: bool = False
    key_usage: Texts = "DigitalSignature,KeyAgreement,KeyEncipherment"
    ext_key_usage: Texts = []
    ext_key_usage_oids: Texts = []
    use_csr_common_name: bool = True
    use_csr_sans: bool = True
    ou: Texts = []
    organization: Texts = []
    country: Texts = []
    locality: Texts = []
    province: Texts = []
    street_address: Texts = []
    postal_code: Texts = []
    no_store: bool = False
    require_cn: bool = True
    policy_identifiers: Texts = []
    basic_constraints_valid_for_non_ca: bool = False
    generate_lease: bool = False


def listed(given: Texts) -> list[str]:
    """A list that came as one, or as text with commas."""
    parts = given.split(",") if isinstance(given, str) else given
    return [part.strip() for part in parts if part.strip()]


def unbound(given: Mapping[str, Any]) -> Fault | None:
    """Why a role cannot be as it is written: it would restrict what is not restricted here."""
    for name, free in BOUNDS.items():
        value = given.get(name) or free
        if (sorted(listed(value)) if isinstance(value, str | list) and isinstance(free, list) else value) != free:
            return Fault(f"{name} is not supported")
    return None


def normal(role: Role) -> Role | Fault:
    """The role with lists as lists and times in seconds. Fault: what cannot be kept is not quietly left out."""
    for field in _ONLY:
        if getattr(role, field):
            return Fault(f"{field} is not supported")
    if listed(role.allowed_other_sans):
        return Fault("allowed_other_sans is not supported")
    changed: dict[str, Any] = {}
    for field in role.__struct_fields__:
        value = getattr(role, field)
        if field in ("ttl", "max_ttl", "not_before_duration"):
            value = seconds(value, field)
            if isinstance(value, Fault):
                return value
        elif isinstance(value, str | list) and field not in ("issuer_ref", "key_type"):
            value = listed(value)
        changed[field] = value
    for network in changed["allowed_ip_sans_cidr"]:
        try:
            ip_network(network)
        except ValueError:
            return Fault(f"allowed_ip_sans_cidr: {network!r} is no network such as 10.0.0.0/8")
    if 0 < changed["max_ttl"] < changed["ttl"]:
        return Fault('"ttl" value must be less than "max_ttl" value')
    return _used(changed) or Role(**changed)


def _used(changed: dict[str, Any]) -> Fault | None:
    """The uses a role names must be known: a misspelt one would silently be missing later."""
    for field, known in (("key_usage", USAGES), ("ext_key_usage", PURPOSES)):
        for name in changed[field]:
            if folded(name) not in known:
                return Fault(f"{field}: there is no {name!r}; known: {', '.join(known)}")
    return None


def folded(name: str) -> str:
    """The name of a use without regard to case and prefix."""
    return name.lower().removeprefix("keyusage").removeprefix("extkeyusage")
