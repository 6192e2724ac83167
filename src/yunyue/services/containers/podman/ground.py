"""What a project stands on: its network, its addresses, its file of names, its balancer. Made before its replicas."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.services.containers.balancer.balancer import Balancer
from yunyue.services.containers.balancer.layout import SPARE, Layout
from yunyue.services.containers.podman.life import ended
from yunyue.services.containers.podman.machine import Machine
from yunyue.services.containers.podman.station import PATH
from yunyue.services.containers.project.project import Project

MOST_SERVERS: Final = 64
LOOK_MS: Final = 10_000
"""How long what was found is believed."""


class Ground:
    """One project's."""

    def __init__(self, machine: Machine, project: Project, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._looked = 0
        self._watch: asyncio.Task[None] | None = None
        self.machine = machine
        self.project = project
        places = machine.places
        folder = places.run / "balancers" / str(project.number)
        servers = min(project.wanted.replicas + SPARE, MOST_SERVERS)
        address = places.service_address(project.number, 1)
        self.layout = Layout(folder, address, project.wanted.ports, servers)
        self.balancer = Balancer(self.layout)
        self._names = ""

    @property
    def hosts(self) -> Path:
        """The file of names that every replica mounts as /etc/hosts."""
        return self.machine.places.run / "hosts" / str(self.project.number)

    async def make(self) -> Refused | None:
        """Have everything there; what is there stays. Refused: what podman, ip or HAProxy said."""
        now = self.machine.now()
        if self.balancer.filled and now - self._looked < LOOK_MS:
            return None
        refused = await self._make()
        self._looked = now if refused is None else 0
        return refused

    async def _make(self) -> Refused | None:
        places, number = self.machine.places, self.project.number
        if await self.machine.libpod.network(places.network(number)) is None:
            await self.machine.libpod.ask(
                "POST",
                "/networks/create",
                {
                    "name": places.network(number),
                    "driver": "bridge",
                    "network_interface": places.bridge(number),
                    "subnets": [{"subnet": places.replicas_subnet(number)}],
                    "options": {"isolate": "true"},
                    "labels": {"yunyue.installation": places.key},
                    "dns_enabled": False,
                },
            )
        failed = await asyncio.to_thread(_own, places.services_subnet(number))
        if failed:
            return Refused(f"the addresses of Services cannot be had: {failed}", "engine", "C37")
        if not self.hosts.exists():
            self.name("127.0.0.1 localhost\n")
        said = await self.balancer.up()
        if not said and (self._watch is None or self._watch.done()):
            self._watch = asyncio.create_task(self._watch_balancer())
        return Refused(f"haproxy does not start: {said}", "engine", "C37") if said else None

    async def _watch_balancer(self) -> None:
        """When HAProxy ends, whoever looks after the project is woken."""
        await ended(self.balancer.pid)
        self.balancer.forget()
        self._wake()

    async def rest(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    def name(self, text: str) -> None:
        """Write the file of names, in place: whoever has it mounted sees the new text at once."""
        if text == self._names:
            return
        self.hosts.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        with self.hosts.open("r+b" if self.hosts.exists() else "w+b") as file:
            file.write(text.encode())
            file.truncate()
        self.hosts.chmod(0o644)
        self._names = text

    async def unmake(self) -> None:
        """Take everything away again; its replicas are gone."""
        places, number = self.machine.places, self.project.number
        await self.rest()
        await asyncio.to_thread(self.balancer.down)
        await self.machine.libpod.ask("DELETE", f"/networks/{places.network(number)}", force=True)
        await asyncio.to_thread(_disown, places.services_subnet(number))
        await asyncio.to_thread(self.machine.cgroups.remove, places.project_cgroup(number))
        self.hosts.unlink(missing_ok=True)
        shutil.rmtree(self.layout.folder, ignore_errors=True)
        shutil.rmtree(places.mounts / self.project.folder, ignore_errors=True)


def _own(subnet: str) -> str:
    """Make a whole subnet this machine's own: every address of it is answered here."""
    return _ip("replace", subnet)


def _disown(subnet: str) -> str:
    return _ip("delete", subnet)


def _ip(verb: str, subnet: str) -> str:
    command = ["ip", "route", verb, "local", subnet, "dev", "lo", "table", "local"]
    done = subprocess.run(command, env={"PATH": PATH}, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""
