"""Where a probe goes: a target taken apart, and whether its addresses may be reached at all.

A probe is a request that a stranger makes our machine send. So no target may lie on the machine itself, in a private
network or on a link (where clouds keep their metadata), unless the operator allows private ones or the tenant proved
that the name is theirs; link-local, multicast and unassigned addresses are never reached.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?")
_TRANSLATED = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """A host name or address, a port, and for HTTP the whole URL."""

    scheme: str
    host: str
    port: int
    url: str


def parse_target(kind: str, text: str) -> Target:
    """The target of a probe of that kind. Raises ValueError, naming the rule."""
    if any(not "!" <= character <= "~" for character in text):
        raise ValueError("target: only visible ASCII characters; write a Chinese domain in punycode (xn--…)")
    parts = urlsplit(text if kind in PORTS else f"//{text}")
    if kind in PORTS and parts.scheme != kind:
        raise ValueError(f"target: a probe of kind {kind} needs a URL that begins with {kind}://")
    if kind not in PORTS and (parts.path or parts.query or parts.fragment):
        raise ValueError("target: write host:port and nothing else")
    if "@" in parts.netloc:
        raise ValueError("target: no user name or password; everybody who sees the order sees the target")
    return Target(parts.scheme, _host(parts.hostname), _port(parts.netloc, parts.port, kind), text)


def _host(host: str | None) -> str:
    if not host:
        raise ValueError("target: the host is missing")
    if ":" in host:
        return str(IPv6Address(host))
    if not _NAME.fullmatch(host):
        raise ValueError(f"target: {host!r} is not a host name")
    return host


def _port(netloc: str, port: int | None, kind: str) -> int:
    if port is None and netloc.endswith(":"):
        raise ValueError("target: the port is missing after the colon")
    found = PORTS.get(kind) if port is None else port
    if not found:
        raise ValueError("target: a port from 1 to 65535 is missing, as in example.gov.cn:443")
    return found


def forbidden(address: str, *, private_allowed: bool) -> str:
    """Why the address may not be probed; empty when it may."""
    found = _unwrapped(ip_address(address.partition("%")[0]))
    if found.is_link_local or found.is_multicast or found.is_unspecified or found == IPv4Address("255.255.255.255"):
        return f"{found} is link-local, multicast or no address of a machine"
    if found.is_loopback or found.is_private or not found.is_global:
        return "" if private_allowed else f"{found} is not a public address"
    return ""


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one that only carries it (mapped, 6to4, Teredo, NAT64)."""
    if not isinstance(address, IPv6Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address.teredo:
        inner = address.teredo[1]
    if inner is None and address in _TRANSLATED:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address
