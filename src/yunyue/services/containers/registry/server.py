"""Runs Debian's docker-registry with our passes, and the door where passes are asked for."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from aiohttp import web

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.host.randomness import token
from yunyue.services.containers.podman.station import PATH, end_process
from yunyue.services.containers.project.project import PLATFORM
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.door import TokenDoor
from yunyue.services.containers.registry.passes import AUDIENCE, ISSUER, Access, Passes
from yunyue.services.containers.registry.records import noting_of
from yunyue.services.containers.registry.tokens import PushTokens

CONFIGURATION: Final = """version: 0.1
log: {{level: warn}}
storage:
  filesystem: {{rootdirectory: {folder}/images}}
  delete: {{enabled: true}}
  maintenance: {{uploadpurging: {{enabled: true, age: 24h, interval: 6h, dryrun: false}}}}
http:
  addr: 127.0.0.1:{port}
  headers: {{X-Content-Type-Options: [nosniff]}}
auth:
  token:
    realm: http://127.0.0.1:{door}/token
    service: {audience}
    issuer: {issuer}
    rootcertbundle: {certificate}
"""
COLLECT_SECONDS: Final = 600
START_SECONDS: Final = 10.0
START_STEP: Final = 0.02
log = logger(__name__)


class Registry:
    """One installation's. Ports are chosen once and kept, since they are part of images' names."""

    def __init__(self, folder: Path, projects: Projects, tokens: PushTokens, now: Callable[[], int]) -> None:
        self._folder = folder
        self._now = now
        self._runner: web.AppRunner | None = None
        self._collecting = False
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._passes = Passes(folder)
        self._entrance = TokenDoor(self._passes, projects, tokens, now, noting_of(folder.parent))
        self.port, self._door = _ports(folder / "ports.json")

    @property
    def address(self) -> str:
        """As it stands in images' names."""
        return f"127.0.0.1:{self.port}"

    @property
    def door(self) -> str:
        """Where passes are asked for."""
        return f"http://127.0.0.1:{self._door}/token"

    @property
    def configuration(self) -> Path:
        """The registry's own file."""
        return self._folder / "registry.yml"

    def platform_token(self, project: str) -> str:
        """The platform's own word at the door, which pulls for a project."""
        return self._entrance.platform_token(project)

    def platform_pass(self, access: tuple[Access, ...]) -> str:
        """A pass for the platform's own questions."""
        return self._passes.sign(PLATFORM, access, self._now(), token())

    async def up(self) -> Refused | None:
        """Have the registry and its door answer. Refused: it is not installed, or a port was taken meanwhile."""
        if shutil.which("docker-registry", path=PATH) is None:
            return Refused("the registry is not installed: apt-get install -y docker-registry", "engine", "C37")
        if self._runner is None:
            refused = await self.open_door()
            if refused is not None:
                return refused
        if not self._collecting and not _answers(self.port):
            self._start()
        return None

    async def open_door(self) -> Refused | None:
        """Have the door answer, without the registry behind it. Refused: its port was taken meanwhile."""
        application = web.Application()
        application.router.add_get("/token", self._entrance.ask)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=2)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self._door).start()
        except OSError as error:
            await runner.cleanup()
            return Refused(f"the registry's door cannot open: {error.strerror}", "engine", "C37")
        self._runner = runner
        return None

    def _start(self) -> None:
        text = CONFIGURATION.format(
            folder=self._folder.resolve(),
            port=self.port,
            door=self._door,
            audience=AUDIENCE,
            issuer=ISSUER,
            certificate=self._passes.certificate.resolve(),
        )
        self.configuration.write_text(text)
        end_process(self._folder / "registry.pid", "docker-registry")
        with (self._folder / "registry.log").open("ab") as words:
            process = subprocess.Popen(
                ["docker-registry", "serve", str(self.configuration)],
                env={"PATH": PATH, "OTEL_TRACES_EXPORTER": "none"},
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
                cwd="/",
            )
        (self._folder / "registry.pid").write_text(str(process.pid))
        threading.Thread(target=process.wait, name="docker-registry", daemon=True).start()
        log.info("registry started", address=self.address)

    def now(self) -> int:
        """This moment, ms."""
        return self._now()

    def manifests(self, repository: str, *, older: float) -> tuple[str, ...]:
        """The digests of a repository's manifests that are older than so many seconds, tagged or not."""
        folder = self._folder / "images" / "docker" / "registry" / "v2" / "repositories" / repository
        latest = self._now() / 1000 - older
        links = folder.glob("_manifests/revisions/sha256/*/link")
        return tuple(f"sha256:{one.parent.name}" for one in links if one.stat().st_mtime <= latest)

    def collect(self) -> str:
        """Remove layers no manifest names; the registry is down meanwhile, and answers after. Empty, or what it said.

        Nobody may start it in between: a layer pushed while layers are counted would be taken for one nobody names.
        """
        self._collecting = True
        try:
            self.down()
            return self._collect()
        finally:
            self._collecting = False

    def _collect(self) -> str:
        try:
            done = subprocess.run(
                ["docker-registry", "garbage-collect", str(self.configuration)],
                env={"PATH": PATH, "OTEL_TRACES_EXPORTER": "none"},
                capture_output=True,
                text=True,
                timeout=COLLECT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"not done within {COLLECT_SECONDS} s"
        finally:
            self._start()
            self._await()
        return done.stderr.strip()[-300:] if done.returncode else ""

    def _await(self) -> None:
        """Wait until it answers; one that does not is started again by the next look."""
        until = monotonic() + START_SECONDS
        while not _answers(self.port) and monotonic() < until:
            sleep(START_STEP)

    async def close(self) -> None:
        """Close the door; the registry runs on, and nobody gets in."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def down(self) -> None:
        """End the registry."""
        end_process(self._folder / "registry.pid", "docker-registry")


def registry_at(folder: Path, now: Callable[[], int]) -> Registry | None:
    """The registry under an engine's folder; None while it never ran: looking makes nothing."""
    if not (folder / "registry" / "ports.json").exists():
        return None
    store = Store(folder)
    return Registry(folder / "registry", Projects(store), PushTokens(store, now), now)


def _ports(path: Path) -> tuple[int, int]:
    if path.exists():
        kept = json.loads(path.read_text())
        return int(kept["registry"]), int(kept["door"])
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        registry, door = one.getsockname()[1], two.getsockname()[1]
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps({"registry": registry, "door": door}))
    fresh.rename(path)
    return int(registry), int(door)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
