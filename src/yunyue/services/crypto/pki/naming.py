"""Which names a role allows in a certificate, with transit's rules: domains, sub-domains, wildcards, addresses."""

import re
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Final

from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.pki.role import Role, listed

_LABEL: Final = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
HOST: Final = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)*{_LABEL}\.?")
LOCAL: Final = ("localhost", "localdomain", "localhost4", "localhost6", "localhost.localdomain")


def host_allowed(name: str, role: Role) -> bool:
    """Whether a DNS name or an e-mail address may stand in a certificate."""
    host = name.rpartition("@")[2]
    if "*" in host and (not role.allow_wildcard_certificates or not host.startswith("*.") or "*" in host[2:]):
        return False
    if role.enforce_hostnames and (len(host) > 253 or not HOST.fullmatch(host)):
        return False
    if role.allow_any_name:
        return True
    if role.allow_localhost and name in LOCAL:
        return True
    return any(_under(name.lower(), host.lower(), domain.lower(), role) for domain in listed(role.allowed_domains))


def _under(name: str, host: str, domain: str, role: Role) -> bool:
    bare = host.removeprefix("*.")
    if role.allow_bare_domains and domain in (host, name):
        return True
    if role.allow_subdomains and (host.endswith(f".{domain}") or (host != bare and bare == domain)):
        return True
    return role.allow_glob_domains and "*" in domain and fnmatchcase(name, domain.replace("[", "[[]"))


def names_fault(common: str, alternatives: list[str], role: Role) -> Fault | None:
    """Why these names are not allowed together; None when they are."""
    if not common and role.require_cn:
        return Fault(
            "the common_name field is required, or must be provided in a CSR with "
            '"use_csr_common_name" set to true, unless "require_cn" is set to false'
        )
    if len(common) > 64:
        return Fault("common_name: X.509 allows at most 64 characters; leave it out and use alt_names")
    if common and not host_allowed(common, role):
        return Fault(f"common name {common} not allowed by this role")
    refused = next((name for name in alternatives if not host_allowed(name, role)), None)
    return None if refused is None else Fault(f"subject alternate name {refused} not allowed by this role")


def addresses(given: list[str], role: Role) -> list[str] | Fault:
    """IP addresses as they are usually written."""
    if given and not role.allow_ip_sans:
        return Fault(f"IP Subject Alternative Names are not allowed in this role, but was provided {given[0]}")
    try:
        found = [ip_address(one) for one in given]
        if any(getattr(one, "scope_id", None) for one in found):
            return Fault("an IP address in a certificate names no interface: leave out % and what follows")
    except ValueError as error:
        return Fault(f"the value {error} is not a valid IP address")
    networks = [ip_network(one) for one in listed(role.allowed_ip_sans_cidr)]
    outside = next((one for one in found if networks and not any(one in network for network in networks)), None)
    if outside is not None:
        return Fault(f"IP Subject Alternative Name {outside} is not within the networks this role allows")
    return [str(one) for one in found]


def serial_fault(serial: str, role: Role) -> Fault | None:
    """Why this serial number may not stand in the subject: a role allows none it does not name."""
    allowed = listed(role.allowed_serial_numbers)
    if not serial or any(fnmatchcase(serial, pattern.replace("[", "[[]")) for pattern in allowed):
        return None
    return Fault(f"serial_number {serial} not allowed by this role")


def links_fault(given: list[str], role: Role) -> Fault | None:
    """Why these URIs are not allowed."""
    allowed = listed(role.allowed_uri_sans)
    for one in given:
        if not any(fnmatchcase(one, pattern.replace("[", "[[]")) for pattern in allowed):
            return Fault(f"URI Subject Alternative Names were provided via the API which are not valid: {one}")
        if "://" not in one and not one.startswith("urn:"):
            return Fault(f"the provided URI is not a valid URI: {one}")
    return None
