"""What a machine says of itself: processors, memory, disks, network, pressure, control groups (psutil, cgroups).

Names are those of Prometheus' node_exporter where it has the number, so that existing dashboards and rules fit.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

from yunyue.host.log import logger
from yunyue.services.monitor.metrics import remote
from yunyue.services.monitor.metrics.exposition import ACCEPTED, NoExposition, read
from yunyue.services.monitor.metrics.scraped import Labels, Scraped, Values, sort
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.probes.exchange import Request, Stage, exchange
from yunyue.services.monitor.probes.http import write
from yunyue.services.monitor.target import parse_target

CGROUPS: Final = Path("/sys/fs/cgroup")
SECONDS: Final = 10.0
MOST_BODY: Final = 16 << 20
_CGROUP_FILES: Final = {
    "memory.current": "cgroup_memory_bytes",
    "memory.usage_in_bytes": "cgroup_memory_bytes",
    "memory.max": "cgroup_memory_limit_bytes",
    "memory.limit_in_bytes": "cgroup_memory_limit_bytes",
    "pids.current": "cgroup_processes",
}
_PRESSURES: Final = ("cpu", "memory", "io")
Number = tuple[str, dict[str, str], float]

log = logger(__name__)


class Machine:
    """This machine, and the endpoints on it that are scraped with it."""

    def __init__(self, scraped: tuple[str, ...] = ()) -> None:
        self._scraped = scraped
        self._name = socket.gethostname()

    async def message(self, now: int) -> bytes:
        """All of it at `now` (ms) as one remote write."""
        found = await asyncio.to_thread(self.look, now)
        others = await asyncio.gather(*(self._scrape(url, now) for url in self._scraped))
        return remote.write(Scraped((*found.series, *(one for other in others for one in other.series))))

    def look(self, now: int) -> Scraped:
        """The machine's own numbers."""
        every = (*_processors(), *_memory(), *_disks(), *_network(), *_pressure(), *_cgroups())
        return Scraped(tuple(self._series(one, now) for one in every))

    def _series(self, number: Number, now: int) -> tuple[Labels, Values]:
        name, labels, value = number
        return sort({"__name__": name, "instance": self._name, "job": "host", **labels}), ((now, float(value)),)

    async def _scrape(self, url: str, now: int) -> Scraped:
        """One endpoint; `up` says whether it answered, as with Prometheus."""
        more = {"instance": url.partition("://")[2].partition("/")[0], "job": "scrape"}
        try:
            async with asyncio.timeout(SECONDS):
                found = await _exposed(url, now, more)
        except (Failure, NoExposition, TimeoutError, OSError) as reason:
            log.warning("an endpoint was not scraped", url=url, reason=str(reason) or "timeout")
            found = Scraped(())
        up = (sort({"__name__": "up", **more}), ((now, float(bool(found.series))),))
        return Scraped((*found.series, up))


async def _exposed(url: str, now: int, more: dict[str, str]) -> Scraped:
    target = parse_target(url.partition(":")[0], url)
    written = write(target, "GET", (("Accept", ACCEPTED),), b"")
    tls = ssl.create_default_context() if target.scheme == "https" else None
    answer = await exchange(Request(target.host, target.port, target.host, tls, written, MOST_BODY), Stage())
    if answer.status != 200:
        raise Failure("status")
    return read(answer.body.decode("utf-8", "replace"), answer.headers.get("content-type", ""), now, more)


def _processors() -> Iterator[Number]:
    for place, times in enumerate(psutil.cpu_times(percpu=True)):
        for mode, seconds in times._asdict().items():
            yield "node_cpu_seconds_total", {"cpu": str(place), "mode": mode}, seconds
    for minutes, load in zip((1, 5, 15), os.getloadavg(), strict=True):
        yield f"node_load{minutes}", {}, load
    yield "node_boot_time_seconds", {}, psutil.boot_time()
    yield "node_procs_running", {}, sum(1 for _ in psutil.pids())


def _memory() -> Iterator[Number]:
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    yield "node_memory_MemTotal_bytes", {}, memory.total
    yield "node_memory_MemAvailable_bytes", {}, memory.available
    yield "node_memory_MemFree_bytes", {}, memory.free
    yield "node_memory_SwapTotal_bytes", {}, swap.total
    yield "node_memory_SwapFree_bytes", {}, swap.free


def _disks() -> Iterator[Number]:
    for part in psutil.disk_partitions():
        labels = {"device": part.device, "mountpoint": part.mountpoint, "fstype": part.fstype}
        try:
            found = os.statvfs(part.mountpoint)
        except OSError:
            continue  # a disk that was taken out a moment ago
        yield "node_filesystem_size_bytes", labels, found.f_blocks * found.f_frsize
        yield "node_filesystem_avail_bytes", labels, found.f_bavail * found.f_frsize
        yield "node_filesystem_files", labels, found.f_files
        yield "node_filesystem_files_free", labels, found.f_ffree
    for device, moved in (psutil.disk_io_counters(perdisk=True) or {}).items():
        yield "node_disk_read_bytes_total", {"device": device}, moved.read_bytes
        yield "node_disk_written_bytes_total", {"device": device}, moved.write_bytes


def _network() -> Iterator[Number]:
    for device, moved in psutil.net_io_counters(pernic=True).items():
        yield "node_network_receive_bytes_total", {"device": device}, moved.bytes_recv
        yield "node_network_transmit_bytes_total", {"device": device}, moved.bytes_sent
        yield "node_network_receive_errs_total", {"device": device}, moved.errin
        yield "node_network_transmit_errs_total", {"device": device}, moved.errout


def _pressure() -> Iterator[Number]:
    """Seconds in which something waited, where the kernel counts them (PSI)."""
    for what in _PRESSURES:
        for line in _text(Path("/proc/pressure") / what).splitlines():
            kind, _, rest = line.partition(" ")
            total = rest.rpartition("total=")[2]
            if kind == "some" and total.isdigit():
                yield f"node_pressure_{what}_waiting_seconds_total", {}, int(total) / 1_000_000


def _cgroups() -> Iterator[Number]:
    """The groups at the top of either version's hierarchy: containers and services."""
    for folder in (CGROUPS, CGROUPS / "memory", CGROUPS / "pids"):
        inner = sorted(one for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []
        for place in (folder, *inner[:500]):
            for file, name in _CGROUP_FILES.items():
                said = _text(place / file).strip()
                if said.isdigit():
                    yield name, {"group": "/" if place == folder else place.name}, int(said)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
