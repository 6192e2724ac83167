"""The walls between tenants: one nftables table of ours, written as a whole whenever what should pass has changed.

Podman's isolated networks keep projects apart, but a container still reaches the host by its gateway, and a network
that is not isolated reaches every one. So here: what comes from a project's bridge may talk to its own balancer and to
nothing else of this machine; between bridges nothing passes; to the outside only what was ordered, and never to private
addresses; to a bridge nothing new at all. (Kernels that filter bridged frames too ask the forward chain even within one
bridge, hence the set "within".) A drop here holds whatever other tables accept.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.station import PATH

PRIVATE: Final = "10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16, 224.0.0.0/3"


@dataclass(frozen=True, slots=True)
class Guard:
    """Replicas that are guarded by a NetworkPolicy, and from which addresses which ports are open (0: all)."""

    addresses: tuple[str, ...]
    open: tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Wall:
    """What passes for one project. `services`: (address, port) to the balancer's port; `outer`: the machine's ports."""

    number: int
    egress: bool
    services: Mapping[tuple[str, int], int] = field(default_factory=dict)
    outer: Mapping[int, int] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()


def ruleset(places: Places, walls: tuple[Wall, ...]) -> str:
    """The table as nft reads it; the same walls give the same text."""
    bridges = [places.bridge(wall.number) for wall in walls]
    reaching = [places.bridge(wall.number) for wall in walls if wall.egress]
    own = [f"{places.bridge(wall.number)} . {places.service_address(wall.number, 1)}" for wall in walls]
    targets = [
        f"{address} . {port} : {places.service_address(wall.number, 1)} . {slot}"
        for wall in walls
        for (address, port), slot in sorted(wall.services.items())
    ]
    outer = [
        f"{port} : {places.service_address(wall.number, 1)} . {slot}"
        for wall in walls
        for port, slot in sorted(wall.outer.items())
    ]
    return "\n".join(
        (
            _fresh("inet", places.table),
            f"table inet {places.table} {{",
            _set("bridges", "type ifname", bridges),
            _set("reaching", "type ifname", reaching),
            _set("within", "type ifname . ifname", [f"{bridge} . {bridge}" for bridge in bridges]),
            _set("balancers", "type ifname . ipv4_addr", own),
            _map("services", "type ipv4_addr . inet_service : ipv4_addr . inet_service", targets),
            _map("outer", "type inet_service : ipv4_addr . inet_service", outer),
            _chains(),
            "}",
            _fresh("bridge", places.table),
            f"table bridge {places.table} {{",
            *_guards(walls),
            "}",
            "",
        )
    )


def _fresh(family: str, table: str) -> str:
    return f"table {family} {table}\ndelete table {family} {table}"


def _set(name: str, kind: str, elements: list[str]) -> str:
    held = f" elements = {{ {', '.join(elements)} }}" if elements else ""
    return f"  set {name} {{ {kind};{held} }}"


def _map(name: str, kind: str, elements: list[str]) -> str:
    held = f" elements = {{ {', '.join(elements)} }}" if elements else ""
    return f"  map {name} {{ {kind};{held} }}"


def _chains() -> str:
    return f"""  chain arriving {{
    type nat hook prerouting priority dstnat - 5;
    meta nfproto ipv4 dnat ip to ip daddr . tcp dport map @services
    fib daddr type local iifname != @bridges dnat ip to tcp dport map @outer
  }}
  chain leaving {{
    type nat hook output priority -105;
    meta nfproto ipv4 dnat ip to ip daddr . tcp dport map @services
    fib daddr type local dnat ip to tcp dport map @outer
  }}
  chain into {{
    type filter hook input priority -5; policy accept;
    iifname != @bridges accept
    ct state established,related accept
    meta nfproto ipv4 iifname . ip daddr @balancers meta l4proto tcp ct status dnat accept
    counter drop
  }}
  chain across {{
    type filter hook forward priority -5; policy accept;
    iifname != @bridges oifname != @bridges accept
    ct state established,related accept
    iifname . oifname @within accept
    iifname @reaching oifname != @bridges meta nfproto ipv4 ip daddr != {{ {PRIVATE} }} accept
    counter drop
  }}"""


def _guards(walls: tuple[Wall, ...]) -> list[str]:
    """Within a project, on the bridge itself: first what is open, then no new connection to guarded replicas.

    Bridges do not track connections on every kernel, so a new one is known by its SYN; other protocols need a rule.
    """
    rules = ["  chain within {", "    type filter hook forward priority 0; policy accept;"]
    guards = [guard for wall in walls for guard in wall.guards if guard.addresses]
    if guards:
        rules.append("    tcp flags & (syn | ack) != syn accept")
    for guard in guards:
        for sources, port in guard.open:
            origin = f"ip saddr {{ {', '.join(sources)} }} " if sources else ""
            door = f"tcp dport {port} " if port else ""
            rules.append(f"    {origin}ip daddr {{ {', '.join(guard.addresses)} }} {door}accept")
    rules += [f"    ip daddr {{ {', '.join(guard.addresses)} }} counter drop" for guard in guards]
    return [*rules, "  }"]


class Walls:
    """Puts walls up. What was written last is remembered, so that nothing is done when nothing changed."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._written = ""

    def stand(self, walls: tuple[Wall, ...], *, look: bool = False) -> str:
        """Write the table when it differs; empty, or what nft did not like. `look`: whether it really is there."""
        text = ruleset(self._places, walls)
        if text == self._written and (not look or self.standing()):
            return ""
        said = _nft(text)
        self._written = "" if said else text
        return said

    def standing(self) -> bool:
        """Whether the table is there; somebody may have flushed everything."""
        command = ["nft", "list", "set", "inet", self._places.table, "bridges"]
        return subprocess.run(command, env={"PATH": PATH}, capture_output=True, check=False).returncode == 0

    def fall(self) -> None:
        """Take the table away."""
        table = self._places.table
        _nft("\n".join(_fresh(family, table) for family in ("inet", "bridge")) + "\n")
        self._written = ""


def _nft(text: str) -> str:
    done = subprocess.run(
        ["nft", "-f", "-"], input=text, text=True, env={"PATH": PATH}, capture_output=True, check=False
    )
    return done.stderr.strip() if done.returncode else ""
