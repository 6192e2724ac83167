"""Where a probe goes: a target taken apart, and whether its addresses may be reached at all.

A probe is a request that a stranger makes our machine send. So no target may lie on the machine itself, in a private
network or on a link (where clouds keep their metadata), unless the operator allows private ones or the tenant proved
that the name is theirs; link-local, multicast and unassigned addresses are never reached.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

SCHEMES = {
    "http": ("http",),
    "https": ("https",),
    "page": ("http", "https"),
    "openmetrics": ("http", "https"),
    "websocket": ("ws", "wss"),
}
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "tls": 443, "smtp": 25, "imap": 143, "postgres": 5432}
NO_PORT = ("icmp", "dns")
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?")
_CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("::ffff:0:0:0/96"), IPv6Network("::/96"))
"""Whose last four bytes are an IPv4 address: NAT64 (RFC 6052), translated (RFC 2765), compatible (RFC 4291)."""

_PUBLIC = IPv6Network("2000::/3")
"""All of IPv6 that is given out to networks; what lies elsewhere leads into some network of its own (RFC 8215 NAT64,
site-local, unique local) or nowhere, whatever is told about it later."""

_PROTOCOLS = IPv4Network("192.0.0.0/24")
"""IETF protocol assignments (RFC 6890)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A host name or address, a port (0 where there are none), for kinds with a URL that URL, its path and query."""

    scheme: str
    host: str
    port: int
    url: str
    path: str = ""


@lru_cache(maxsize=16_384)
def parse_target(kind: str, text: str) -> Target:
    """The target of a probe of that kind. Raises ValueError, naming the rule."""
    if any(not "!" <= character <= "~" for character in text):
        raise ValueError("target: only visible ASCII characters; write a Chinese domain in punycode (xn--…)")
    schemes = SCHEMES.get(kind, ())
    parts = urlsplit(text if schemes else f"//{text}")
    if schemes and parts.scheme not in schemes:
        wanted = " or ".join(f"{one}://" for one in schemes)
        raise ValueError(f"target: a probe of kind {kind} needs a URL that begins with {wanted}")
    if not schemes and (parts.path or parts.query or parts.fragment):
        raise ValueError(f"target: write {'a name' if kind in NO_PORT else 'host:port'} and nothing else")
    if "@" in parts.netloc:
        raise ValueError("target: no user name or password; everybody who sees the order sees the target")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, _host(parts.hostname), _port(parts, kind), text, path)


def parse_endpoint(text: str, port: int) -> tuple[str, int]:
    """A server named as host or host:port. Raises ValueError, naming the rule."""
    found = parse_target("tcp", text if _has_port(text) else f"{text}:{port}")
    return found.host, found.port


def _has_port(text: str) -> bool:
    return ":" in text.rpartition("]")[2]


def _host(host: str | None) -> str:
    if not host:
        raise ValueError("target: the host is missing")
    if ":" in host:
        return str(IPv6Address(host))
    if not _NAME.fullmatch(host):
        raise ValueError(f"target: {host!r} is not a host name")
    return host


def _port(parts: SplitResult, kind: str) -> int:
    if kind in NO_PORT:
        if parts.port is not None or parts.netloc.endswith(":"):
            raise ValueError(f"target: a probe of kind {kind} has no port")
        return 0
    if parts.port is None and parts.netloc.endswith(":"):
        raise ValueError("target: the port is missing after the colon")
    found = PORTS.get(parts.scheme or kind) if parts.port is None else parts.port
    if not found:
        raise ValueError("target: a port from 1 to 65535 is missing, as in example.gov.cn:443")
    return found


@lru_cache(maxsize=16_384)
def forbidden(address: str, *, private_allowed: bool) -> str:
    """Why the address may not be probed; empty when it may."""
    found = _unwrapped(address)
    if found.is_link_local or found.is_multicast or found.is_unspecified or found == IPv4Address("255.255.255.255"):
        return f"{found} is link-local, multicast or no address of a machine"
    if found.is_loopback or found.is_private or not found.is_global or not _given_out(found):
        return "" if private_allowed else f"{found} is not a public address"
    return ""


@lru_cache(maxsize=16_384)
def plain(address: str) -> str:
    """The address without a zone and out of what carries it, so that one machine has one name."""
    return str(_unwrapped(address))


def _given_out(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is of the part of the address space that public networks have."""
    return address in _PUBLIC if isinstance(address, IPv6Address) else address not in _PROTOCOLS


def _unwrapped(text: str) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one that only carries it (mapped, 6to4, Teredo, NAT64, translated)."""
    address = ip_address(text.partition("%")[0])
    if not isinstance(address, IPv6Address) or address.is_loopback or address.is_unspecified:
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address.teredo:
        inner = address.teredo[1]
    if inner is None and any(address in one for one in _CARRIERS):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address
