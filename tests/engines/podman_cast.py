"""A real podman of its own for the tests: one installation for a session, with projects that come and go."""

import asyncio
import contextlib
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.engine import Applied, Rollout
from yunyue.services.containers.images.base import build, sample_recipe
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.bell import ring
from yunyue.services.containers.podman.cgroups import Cgroups
from yunyue.services.containers.podman.engine import PodmanEngine
from yunyue.services.containers.podman.keeper import Keeper
from yunyue.services.containers.podman.libpod import Libpod
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.station import Station, missing
from yunyue.services.containers.podman.yard import Yard
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects

T = TypeVar("T")
PATIENCE = 30.0
PACKAGES = (
    "podman",
    "runc",
    "netavark",
    "aardvark-dns",
    "haproxy",
    "docker-registry",
    "nftables",
    "iptables",
    "busybox-static",
)


def now() -> int:
    return time.time_ns() // 1_000_000


def until(true: Callable[[], T], seconds: float = PATIENCE, what: str = "") -> T:
    """Wait for a condition; its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(what or f"not within {seconds} s")


def install() -> None:
    """What the launcher would install, when it has not yet."""
    if missing() is not None:
        subprocess.run(["apt-get", "install", "-y", "-q", *PACKAGES], check=True, capture_output=True)
    refused = missing()
    assert refused is None, refused


@dataclass
class Installation:
    """One folder's engine with a keeper in a thread; `stop_keeper` is a platform that ends, `destroy` clears up."""

    folder: Path
    loop: asyncio.AbstractEventLoop | None = None
    keeper: Keeper | None = None
    made: int = 0
    _task: "asyncio.Task[None] | None" = field(default=None, repr=False)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.places = Places(self.folder)
        self.engine = PodmanEngine(self.folder, now)
        self.projects = Projects(self.engine.store)

    def start_keeper(self) -> None:
        """A platform that comes up."""
        self.keeper = Keeper(self.folder, now)
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()

        def run() -> None:
            assert self.loop is not None
            assert self.keeper is not None
            asyncio.set_event_loop(self.loop)
            self._task = self.loop.create_task(self.keeper.work())
            ready.set()
            with contextlib.suppress(asyncio.CancelledError):
                self.loop.run_until_complete(self._task)
            self.loop.close()

        self._thread = threading.Thread(target=run, name="keeper")
        self._thread.start()
        ready.wait()

    def stop_keeper(self) -> None:
        if self._thread is not None and self.loop is not None and self._task is not None:
            self.loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(20)
            assert not self._thread.is_alive()
        self._thread = self.loop = self._task = self.keeper = None

    def ask(self, question: Callable[[Libpod], Coroutine[Any, Any, T]]) -> T:
        """Ask podman itself."""

        async def asked() -> T:
            async with Libpod(self.places.socket) as libpod:
                return await question(libpod)

        return asyncio.run(asked())

    def load(self, name: str, page: bytes = b"one\n") -> None:
        """An image of the sample web application, with another page."""
        recipe = sample_recipe(name, page)
        assert not isinstance(recipe, Refused)
        archive = self.folder / "image.tar"
        assert not isinstance(build(recipe, archive), Refused)
        self.ask(lambda libpod: libpod.load(archive))

    def project(self, **wanted: object) -> Project:
        """A new project."""
        self.made += 1
        name = f"p{self.made}"
        asked = msgspec.convert({"name": name, "vcpu": 8, **wanted}, ProjectOrder)
        made = self.projects.add(Project(f"o{self.made}", "c1", "bureau", name, 0, asked, now()))
        assert not isinstance(made, Refused), made
        ring(self.places.run / "bell", "")
        until(
            lambda: self.yard(made).ground.hosts.exists() if self.keeper and made.order in self.keeper.yards else False
        )
        return made

    def yard(self, project: Project) -> Yard:
        assert self.keeper is not None
        return self.keeper.yards[project.order]

    def end(self, project: Project) -> None:
        self.projects.put(msgspec.structs.replace(project, ended=now()))
        ring(self.places.run / "bell", "")
        until(lambda: self.keeper is None or project.order not in self.keeper.yards, 60)

    def apply(self, project: Project, text: str) -> Applied:
        done = self.engine.apply(project, text, "user:li")
        assert isinstance(done, Applied), done
        return done

    def rollout(self, project: Project, name: str = "web", kind: str = "Deployment") -> Rollout:
        found = self.engine.rollout(project, kind, name)
        assert isinstance(found, Rollout), found
        return found

    def complete(self, project: Project, name: str = "web", kind: str = "Deployment") -> Rollout:
        """Wait until a workload is as it should be."""

        def done() -> Rollout | None:
            found = self.rollout(project, name, kind)
            return found if found.progress == "complete" else None

        found = until(done, what=f"{name} does not get ready")
        assert found is not None
        return found

    def address(self, project: Project, service: str = "web") -> str:
        """The URL of a Service."""
        found = self.engine.get(project, "Service", service)
        assert not isinstance(found, Refused), found
        details = dict(found[0].details)
        return f"http://{details['address']}:{details['ports'].partition(':')[0]}/"

    def podman(self, *words: str) -> str:
        """Podman's own command line, with this installation's configuration."""
        command = ["podman", *words]
        done = subprocess.run(
            command, env=Station(self.places).environment(), capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def destroy(self) -> None:
        """Containers, networks, tables, mounts, groups, processes: nothing stays."""
        self.stop_keeper()
        if self.places.socket.exists() or self.places.configuration.exists():
            with contextlib.suppress(subprocess.CalledProcessError):
                self.podman("rm", "-fa", "-t0")
                self.podman("network", "prune", "-f")
        keeper = Keeper(self.folder, now)
        keeper.walls.fall()
        for pidfile in self.places.run.glob("balancers/*/haproxy.pid"):
            with contextlib.suppress(OSError, ValueError):
                subprocess.run(["kill", pidfile.read_text().strip()], check=False, capture_output=True)
        keeper.station.stop()
        keeper.registry.down()
        for mounted in subprocess.run(["mount"], capture_output=True, text=True, check=True).stdout.splitlines():
            place = mounted.split(" ")[2]
            if place.startswith((str(self.folder.resolve()), str(self.places.run))):
                subprocess.run(["umount", "-l", place], check=False, capture_output=True)
        for number in range(1, self.made + 1):
            subnet = self.places.services_subnet(number)
            command = ["ip", "route", "delete", "local", subnet, "dev", "lo", "table", "local"]
            subprocess.run(command, check=False, capture_output=True)
        Cgroups().remove(self.places.cgroup)
        shutil.rmtree(self.places.run, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """One for a while, with the sample image as localhost/web:1 and, with another page, :2."""
    install()
    made = Installation(folder / "_engine")
    try:
        refused = asyncio.run(Station(made.places).up())
        assert refused is None, refused
        made.load("localhost/web:1")
        made.load("localhost/web:2", b"two\n")
        made.start_keeper()
        yield made
    finally:
        made.destroy()


def service(name: str = "web", port: int = 80, target: int = 8080, more: str = "") -> str:
    return f"""
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec:
  selector: {{app: {name}}}
  ports: [{{port: {port}, targetPort: {target}}}]
{more}
---"""


def deployment(
    name: str = "web",
    replicas: int = 2,
    image: str = "localhost/web:1",
    spec: str = "",
    container: str = "",
    pod: str = "",
) -> str:
    """A Deployment of the sample application; what is added stands at the level of its name."""
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  {spec}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {{runAsNonRoot: true}}
      {pod}
      containers:
      - name: main
        image: {image}
        ports: [{{name: http, containerPort: 8080}}]
        resources: {{limits: {{cpu: 500m, memory: 64Mi}}}}
        readinessProbe: {{httpGet: {{path: /, port: http}}, periodSeconds: 1}}
        {container}
---"""
