"""Brings up podman with a configuration of our own and keeps its service answering; nothing of the system's is used.

runc, because crun fails on the mixed control groups of some kernels; cgroupfs, because there may be no systemd; limits
on files and processes that the kernel grants. The service is a child that outlives us: containers never notice.
"""

import asyncio
import contextlib
import os
import select
import shutil
import signal
import subprocess
import threading
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.services.containers.podman.libpod import Libpod
from yunyue.services.containers.podman.octets import choose
from yunyue.services.containers.podman.places import Places

PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROGRAMS: Final = {
    "podman": "podman",
    "runc": "runc",
    "conmon": "conmon",
    "haproxy": "haproxy",
    "nft": "nftables",
    "ip": "iproute2",
    "iptables": "iptables",
}
"""Programs this engine needs, and their Debian packages. Debian's netavark 1.4 knows no firewall but iptables."""

HELPERS: Final = ("/usr/lib/podman", "/usr/libexec/podman")
CONTAINERS: Final = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
log_size_max = 10485760
netns = "bridge"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{run}/podman"
volume_path = "{folder}/podman-volumes"
lock_type = "file"
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"""
STORAGE: Final = """[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{run}/storage"
"""
REGISTRIES: Final = 'unqualified-search-registries = []\nshort-name-mode = "permissive"\n'
START_SECONDS: Final = 20.0
END_SECONDS: Final = 5.0
log = logger(__name__)


def missing() -> Refused | None:
    """Why containers cannot run on this machine at all; None when they can."""
    if os.geteuid() != 0:
        return Refused("containers on podman need the platform to run as root", "engine", "C37")
    lacking = sorted({package for name, package in PROGRAMS.items() if shutil.which(name, path=PATH) is None})
    if not any(Path(folder, "netavark").exists() for folder in HELPERS):
        lacking.append("netavark")
    if lacking:
        return Refused(
            f"containers need packages that are not installed: apt-get install -y {' '.join(lacking)}", "engine", "C37"
        )
    return None


class Station:
    """The podman of one installation."""

    def __init__(self, places: Places) -> None:
        self.places = places

    def environment(self) -> dict[str, str]:
        """What podman is told; it sees nothing of ours."""
        folder = self.places.configuration
        return {
            "PATH": PATH,
            "HOME": str(self.places.folder),
            "TMPDIR": str(self.places.folder / "tmp"),
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(folder / "registries.conf"),
        }

    def prepare(self) -> Refused | None:
        """Folders, addresses and configuration files. Refused: no addresses are left."""
        places = self.places
        for folder in (places.folder, places.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        refused = choose(places, PATH)
        if refused is not None:
            return refused
        for folder in (places.configuration, places.mounts, places.secrets, places.volumes):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (places.folder / "tmp").mkdir(mode=0o700, exist_ok=True)
        names = {"folder": str(places.folder.resolve()), "run": str(places.run)}
        (places.configuration / "containers.conf").write_text(CONTAINERS.format(**names))
        (places.configuration / "storage.conf").write_text(STORAGE.format(**names))
        (places.configuration / "registries.conf").write_text(REGISTRIES)
        return None

    async def up(self) -> Refused | None:
        """Have podman answer; started when it does not. Refused: it cannot be started, and its last words."""
        lacking = missing()
        if lacking is not None:
            return lacking
        async with Libpod(self.places.socket) as libpod:
            if await libpod.alive():
                return None
            refused = self.prepare()
            if refused is not None:
                return refused
            await asyncio.to_thread(self.stop)
            process = self._start()
            for _ in range(int(START_SECONDS / 0.05)):
                if await libpod.alive():
                    return None
                if process.poll() is not None:
                    break
                await asyncio.sleep(0.05)
        return Refused(f"podman's service does not start: {self._last_words()}", "engine", "C37")

    def _start(self) -> "subprocess.Popen[bytes]":
        self.places.socket.unlink(missing_ok=True)
        command = ["podman", "system", "service", "--time=0", f"unix://{self.places.socket}"]
        with (self.places.folder / "podman.log").open("ab") as words:
            process = subprocess.Popen(
                command,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
                cwd="/",
            )
        (self.places.run / "podman.pid").write_text(str(process.pid))
        # It outlives us; while we live somebody has to take note of its end.
        threading.Thread(target=process.wait, name="podman", daemon=True).start()
        log.info("podman started", pid=process.pid, socket=str(self.places.socket))
        return process

    def stop(self) -> None:
        """End podman's service; containers go on."""
        end_process(self.places.run / "podman.pid", "podman")

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = (self.places.folder / "podman.log").read_text("utf-8", "replace").splitlines()
            return lines[-1][-300:] if lines else "no words"
        return "no words"


def end_process(pidfile: Path, name: str) -> None:
    """End the process a file names, if it still is the program of that name, and wait until it is gone."""
    try:
        pid = int(pidfile.read_text())
        if Path(f"/proc/{pid}/comm").read_text().strip() == name:
            _end(pid)
    except (OSError, ValueError):
        return
    finally:
        pidfile.unlink(missing_ok=True)


def _end(pid: int) -> None:
    """Ask it to end, and end it when it does not. Raises ProcessLookupError."""
    descriptor = os.pidfd_open(pid)
    try:
        for number in (signal.SIGTERM, signal.SIGKILL):
            signal.pidfd_send_signal(descriptor, number)
            if select.select([descriptor], [], [], END_SECONDS)[0]:
                return
    finally:
        os.close(descriptor)
