"""A real podman of its own for the tests: one installation for a session, with projects that come and go."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import psutil
import structlog
from wishing import PATIENCE, Wishing, now, until

from yunyue.answer import Refused
from yunyue.services.containers.images.base import build, sample_recipe
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.bell import ring
from yunyue.services.containers.podman.cgroups import Cgroups
from yunyue.services.containers.podman.engine import PodmanEngine
from yunyue.services.containers.podman.keeper import Keeper
from yunyue.services.containers.podman.libpod import Libpod
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.station import Station, missing
from yunyue.services.containers.podman.walls import Walls
from yunyue.services.containers.podman.yard import Yard
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.registry.records import record_with
from yunyue.store.access import Access

T = TypeVar("T")
OWNER = "owner"
ENGINE_PROGRAMS = ("podman", "conmon", "haproxy", "docker-registry")
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


def install() -> None:
    """What the launcher would install, when it has not yet."""
    if missing() is not None:
        subprocess.run(["apt-get", "install", "-y", "-q", *PACKAGES], check=True, capture_output=True)
    refused = missing()
    assert refused is None, refused


@dataclass
class Installation(Wishing[PodmanEngine]):
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
        self.records: list[Access] = []
        record_with(self.folder, self.records.append)

    def claim(self) -> None:
        """Say whose this is, so that the next run can clear it away when this one is killed."""
        self.places.run.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = {"pid": os.getpid(), "born": born(os.getpid()), "folder": str(self.folder.resolve())}
        (self.places.run / OWNER).write_text(json.dumps(owner))

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
            self._thread.join(PATIENCE)
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
        try:
            until(lambda: self._begun(made))
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.troubles()}") from late
        return made

    def _begun(self, project: Project) -> bool:
        keeper = self.keeper
        return keeper is not None and project.order in keeper.yards and self.yard(project).ground.hosts.exists()

    def troubles(self) -> str:
        """Why the platform does not get on."""
        if self.keeper is None:
            return "no platform works"
        yards = [f"{one.project.name}: {one.trouble}" for one in self.keeper.yards.values() if one.trouble]
        words = (self.places.run / "platform.log").read_text().splitlines()[-10:]
        return "; ".join([self.keeper.trouble, *yards, *words])

    def yard(self, project: Project) -> Yard:
        assert self.keeper is not None
        return self.keeper.yards[project.order]

    def end(self, project: Project) -> None:
        self.projects.put(msgspec.structs.replace(project, ended=now()))
        ring(self.places.run / "bell", "")
        until(lambda: self.keeper is None or project.order not in self.keeper.yards, 60)

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

    def cleared(self, project: Project) -> None:
        """Wait until nothing of an ended project is left."""
        until(lambda: not (self.places.run / "hosts" / str(project.number)).exists())

    def destroy(self) -> None:
        """Containers, networks, tables, mounts, groups, processes: nothing stays."""
        self.stop_keeper()
        if self.places.configuration.exists():
            with contextlib.suppress(subprocess.CalledProcessError):
                self.podman("rm", "-fa", "-t0")
                self.podman("network", "prune", "-f")
        Walls(self.places).fall()
        self._end_processes()
        self._unplug()
        shutil.rmtree(self.places.run, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def reboot(self) -> None:
        """What a reboot leaves: the folder, and nothing that ran, was mounted or stood in the kernel."""
        self.stop_keeper()
        Walls(self.places).fall()
        self._end_processes()
        self._unplug()
        shutil.rmtree(self.places.run)
        self.claim()

    def _end_processes(self) -> None:
        """The engine's programs that work for this folder, and whatever still is in its control groups."""
        mine = (f"yunyue-{self.places.key}", f"yy{self.places.key}-", str(self.folder.resolve()))
        for process in psutil.process_iter(["name", "cmdline"]):
            words = " ".join(process.info["cmdline"] or ())
            if process.info["name"] in ENGINE_PROGRAMS and any(one in words for one in mine):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        for group in Path("/sys/fs/cgroup").glob(f"**/yunyue-{self.places.key}/**/cgroup.procs"):
            for number in group.read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(number), signal.SIGKILL)
        Cgroups().remove(self.places.cgroup)

    def _unplug(self) -> None:
        """Mounts, bridges and addresses."""
        for mounted in said("mount").splitlines():
            place = mounted.split(" ")[2]
            if place.startswith((str(self.folder.resolve()), str(self.places.run))):
                subprocess.run(["umount", "-l", place], check=False, capture_output=True)
        for line in said("ip", "-o", "-br", "link").splitlines():
            if line.startswith(f"yy{self.places.key}-"):
                subprocess.run(["ip", "link", "delete", line.split()[0]], check=False, capture_output=True)
        for line in said("ip", "route", "show", "table", "local").splitlines():
            words = line.split()
            if words[1].startswith(f"10.{self.places.octet()}.") and words[1].endswith(".0/24"):
                subprocess.run(["ip", "route", "delete", *words, "table", "local"], check=False, capture_output=True)


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def born(pid: int) -> float:
    """When a process began; 0 when there is none: a number may have been given to another process since."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def sweep() -> None:
    """Clear away what runs that were killed have left: their owner is gone."""
    for marker in Path("/run").glob(f"yunyue-*/{OWNER}"):
        owner = json.loads(marker.read_text())
        if born(owner["pid"]) != owner["born"]:
            Installation(Path(owner["folder"])).destroy()


@contextlib.contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """One for a while, with the sample image as localhost/web:1 and, with another page, :2."""
    install()
    sweep()
    made = Installation(folder / "_engine")
    made.claim()
    with logged(made.places.run / "platform.log"):
        try:
            refused = asyncio.run(Station(made.places).up())
            assert refused is None, refused
            made.load("localhost/web:1")
            made.load("localhost/web:2", b"two\n")
            made.start_keeper()
            yield made
        finally:
            made.destroy()


@contextlib.contextmanager
def logged(path: Path) -> Iterator[None]:
    """The platform works in a thread of this process: what it logs must not mix with what a command answers."""
    before = structlog.get_config()
    with path.open("a") as words:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(words))
        try:
            yield
        finally:
            structlog.configure(**before)


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
