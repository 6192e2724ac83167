"""One project's HAProxy: brought up, filled with the replicas that are ready, and emptied of those that are not."""

import asyncio
import datetime
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from yunyue.host.log import logger
from yunyue.services.containers.balancer.layout import Layout
from yunyue.services.containers.balancer.runtime import Place, Runtime
from yunyue.services.containers.errors import EngineGone
from yunyue.services.containers.podman.station import PATH, end_process

State = Literal["ready", "drain"]
Target = tuple[str, int]
"""A replica's address and port."""

UP_SECONDS: Final = 5.0
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """Requests for a host ("" for any) and path go to a slot; `exact`: that path alone."""

    host: str
    path: str
    exact: bool
    slot: int


class Balancer:
    """Fills places; remembers what it last knew of them, and looks again after anything unexpected."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._runtime = Runtime(layout.socket)
        self._places: dict[str, dict[str, Place]] = {}
        self._routes: tuple[Route, ...] | None = None
        self._certificates: dict[str, bytes] = {}
        self._lock = asyncio.Lock()

    async def up(self) -> str:
        """Have HAProxy run. Empty, or why it does not: its own words. A fresh one has empty places."""
        if self._places:
            return ""
        try:
            self._places = await self._runtime.places()
        except EngineGone:
            said = await self._started()
            if said:
                return said
            self._routes, self._certificates = None, {}
            self._places = await self._runtime.places()
        return ""

    async def _started(self) -> str:
        """Whoever gives up waiting waits on all the same: a HAProxy that starts unseen nobody would ever end."""
        starting = asyncio.ensure_future(asyncio.to_thread(self._start))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            await starting
            raise

    def _start(self) -> str:
        layout = self.layout
        layout.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (layout.exact, layout.beginnings):
            path.write_text("")
        if not layout.fallback.exists():
            _write_private(layout.fallback, _self_signed())
        layout.certificates.write_text(f"{layout.fallback}\n")
        end_process(layout.pidfile, "haproxy")
        configuration = layout.folder / "haproxy.cfg"
        configuration.write_text(layout.text())
        done = subprocess.run(
            ["haproxy", "-D", "-f", str(configuration)],
            env={"PATH": PATH},
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        if done.returncode == 0:
            log.info("haproxy started", folder=str(layout.folder))
        return done.stderr.strip()[-400:] if done.returncode else ""

    @property
    def pid(self) -> int:
        """HAProxy's process; 0 when it does not run."""
        try:
            pid = int(self.layout.pidfile.read_text())
            return pid if Path(f"/proc/{pid}/comm").read_text().strip() == "haproxy" else 0
        except (OSError, ValueError):
            return 0

    @property
    def filled(self) -> bool:
        """Whether its places are known."""
        return bool(self._places)

    def forget(self) -> None:
        """Look at HAProxy itself next time."""
        self._places = {}

    async def fill(self, wanted: Mapping[int, Mapping[Target, State]]) -> bool:
        """Make the slots hold exactly these targets. Whether every one found a place. Raises EngineGone."""
        async with self._lock:
            enough = True
            try:
                for slot, places in self._places.items():
                    if slot.startswith("s"):
                        enough &= await self._fill(slot, places, wanted.get(int(slot[1:]), {}))
            except EngineGone:
                self.forget()
                raise
            return enough

    async def _fill(self, slot: str, places: dict[str, Place], wanted: Mapping[Target, State]) -> bool:
        commands: list[str] = []
        held: dict[Target, Place] = {}
        for place in places.values():
            target = (place.address, place.port)
            if place.free:
                continue
            if target not in wanted or target in held:
                commands += self._set(slot, place, "maint")
            else:
                held[target] = place
        for target, state in wanted.items():
            free = held.get(target) or next((one for one in places.values() if one.free), None)
            if free is None:
                return False
            if target not in held:
                commands += self._point(slot, free, target)
            place = places[free.name]
            if place.free or place.draining != (state == "drain"):
                commands += self._set(slot, place, state)
        if commands:
            await self._runtime.ask(*commands)
        return True

    def _point(self, slot: str, place: Place, target: Target) -> list[str]:
        self._places[slot][place.name] = Place(place.name, *target, place.admin)
        return [f"set server {slot}/{place.name} addr {target[0]} port {target[1]}"]

    def _set(self, slot: str, place: Place, state: State | Literal["maint"]) -> list[str]:
        admin = {"maint": 1, "drain": 8, "ready": 0}[state]
        self._places[slot][place.name] = Place(place.name, place.address, place.port, admin)
        name = f"{slot}/{place.name}"
        # A server that was down before stays down until the next check unless it is said to be healthy.
        healthy = [f"set server {name} health up"] if state == "ready" else []
        return [f"set server {name} state {state}", *healthy]

    async def drop(self, address: str) -> None:
        """Nobody is sent to an address any more, at once. Raises EngineGone."""
        async with self._lock:
            commands = [
                command
                for slot, places in self._places.items()
                for place in list(places.values())
                if place.address == address and not place.free
                for command in self._set(slot, place, "maint")
            ]
            if commands:
                await self._runtime.ask(*commands)

    async def sessions(self, address: str) -> int:
        """How many requests an address still answers. Raises EngineGone."""
        total = 0
        for slot, places in self._places.items():
            mine = [place.name for place in places.values() if place.address == address and not place.free]
            if mine:
                counted = await self._runtime.sessions(slot)
                total += sum(counted.get(name, 0) for name in mine)
        return total

    async def route(self, routes: tuple[Route, ...]) -> None:
        """What the edge sends where. Raises EngineGone."""
        if routes == self._routes:
            return
        exact = [(f"{one.host or '*'}{one.path}", one.slot) for one in routes]
        beginnings = [(f"{one.host or '*'}{one.path.rstrip('/')}/", one.slot) for one in routes if not one.exact]
        await self._map(self.layout.exact, exact)
        await self._map(self.layout.beginnings, beginnings)
        self._routes = routes

    async def _map(self, path: Path, entries: list[tuple[str, int]]) -> None:
        prepared = await self._runtime.ask(f"prepare map {path}")
        version = prepared.rsplit(":", 1)[-1].strip()
        if entries:
            lines = "\n".join(f"{key} s{slot}" for key, slot in entries)
            await self._runtime.ask(f"add map @{version} {path}", payload=lines)
        await self._runtime.ask(f"commit map @{version} {path}")

    async def certify(self, certificates: Mapping[str, bytes]) -> str:
        """Show these PEM texts (certificate and key), by name. Empty, or what HAProxy says. Raises EngineGone."""
        for name in [one for one in self._certificates if one not in certificates]:
            path = self.layout.folder / f"{name}.pem"
            await self._runtime.ask(f"del ssl crt-list {self.layout.certificates} {path}")
            await self._runtime.ask(f"del ssl cert {path}")
            del self._certificates[name]
        for name, pem in certificates.items():
            if self._certificates.get(name) == pem:
                continue
            said = await self._show(name, pem)
            if said:
                return said
            self._certificates[name] = pem
        return ""

    async def _show(self, name: str, pem: bytes) -> str:
        path = self.layout.folder / f"{name}.pem"
        fresh = name not in self._certificates
        if fresh:
            await self._runtime.ask(f"new ssl cert {path}")
        text = "\n".join(line for line in pem.decode("utf-8", "replace").splitlines() if line.strip())
        said = await self._runtime.ask(f"set ssl cert {path}", payload=text)
        if "ransaction" not in said:
            return said.strip()
        said = await self._runtime.ask(f"commit ssl cert {path}")
        if "Success" not in said:
            return said.strip()
        if fresh:
            await self._runtime.ask(f"add ssl crt-list {self.layout.certificates} {path}")
        return ""

    def down(self) -> None:
        """End HAProxy."""
        end_process(self.layout.pidfile, "haproxy")
        self.forget()


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _self_signed() -> bytes:
    """A certificate of nobody's, since a listener for TLS needs one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "no certificate for this host")])
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + secret
