"""The ground of bench/monitor.py: a server that is probed, our service and its peers as processes beside it."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from yunyue.answer import Refused
from yunyue.contract.terms import Objective
from yunyue.doors.data.monitor import routes
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import Payload
from yunyue.services.monitor.instances import Instance, Instances
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.service import service
from yunyue.store.series import Series

START_MS = 10_000
"""Probing begins so long after the first target was written down; it must not begin before the last one was."""

TARGET = """
import asyncio, sys
count = 0
class Page(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data):
        global count
        asked = b"/count" in data[:20]
        count += not asked
        body = str(count).encode() if asked else b"<html>alive</html>"
        self.transport.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
        if b"Connection: close" in data: self.transport.close()
async def main():
    server = await asyncio.get_running_loop().create_server(Page, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@dataclass
class BenchHost:
    """catalog.Host on the real clock and disk."""

    folder: Path
    series: Series
    allow_private: bool = True

    def proven(self, tenant: str, name: str) -> bool:
        del tenant, name
        return False

    def standing(self, *kinds: type[Payload]) -> tuple[Fact, ...]:
        del kinds
        return ()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def objectives(self, service: str) -> tuple[Objective, ...]:
        del service
        return ()

    def report(self, instance: str, payloads: tuple[Payload, ...], at: datetime) -> Refused | None:
        del instance, payloads, at
        return None


@contextmanager
def target() -> Iterator[int]:
    """The port of the server that is probed; a process of its own."""
    with subprocess.Popen([sys.executable, "-c", TARGET], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def asked(port: int) -> int:
    """Requests that reached the server so far."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count") as answer:
        return int(answer.read())


def cpu(*pids: int) -> float:
    """CPU seconds that these processes, all their threads, used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def probing(folder: Path, port: int, targets: int, interval_s: int) -> None:
    """What the child does: the service at work on so many targets until it is ended."""
    host = BenchHost(folder, Series.open(folder / "series"))
    instances = Instances(folder)
    since = int(time.time() * 1000) + START_MS
    for number in range(targets):
        wanted = Probe(kind="http", target=f"http://127.0.0.1:{port}/{number}", interval_s=interval_s, timeout_ms=1_000)
        order = f"order-{number:05d}"
        instances.add(Instance(order=order, tenant="t", probe=wanted, state="running", made=since, since=since))
    print("ready", flush=True)
    asyncio.run(service.work(host))


@contextmanager
def ours(folder: Path, port: int, targets: int, interval_s: int) -> Iterator[int]:
    """The process id of our service at work."""
    words = [sys.executable, __file__, "probing", str(folder), str(port), str(targets), str(interval_s)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.terminate()


def installed() -> bool:
    """Are the peers there, after an attempt to install them?"""
    names = ("prometheus", "prometheus-blackbox-exporter")
    if not all(map(shutil.which, names)) and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *names]):
            subprocess.run(["apt-get", "-qq", *command], env=environment, check=False, capture_output=True)
    return all(map(shutil.which, names))


@contextmanager
def theirs(folder: Path, port: int, targets: int) -> Iterator[tuple[int, int]]:
    """The process ids of blackbox-exporter and Prometheus at work on the same pages, once a second."""
    pages = [f"http://127.0.0.1:{port}/{number}" for number in range(targets)]
    relabel = [
        {"source_labels": ["__address__"], "target_label": "__param_target"},
        {"source_labels": ["__param_target"], "target_label": "instance"},
        {"target_label": "__address__", "replacement": "127.0.0.1:19115"},
    ]
    job = {
        "job_name": "pages",
        "metrics_path": "/probe",
        "params": {"module": ["page"]},
        "static_configs": [{"targets": pages}],
        "relabel_configs": relabel,
    }
    times = {"scrape_interval": "1s", "scrape_timeout": "1s"}
    (folder / "prometheus.yml").write_text(json.dumps({"global": times, "scrape_configs": [job]}))
    module = {"prober": "http", "timeout": "1s", "http": {"preferred_ip_protocol": "ip4"}}
    (folder / "blackbox.yml").write_text(json.dumps({"modules": {"page": module}}))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    blackbox = ["prometheus-blackbox-exporter", f"--config.file={folder}/blackbox.yml"]
    prometheus = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb"]
    with (
        subprocess.Popen([*blackbox, "--web.listen-address=127.0.0.1:19115"], **quiet) as first,  # type: ignore[call-overload] # two streams by name
        subprocess.Popen([*prometheus, "--web.listen-address=127.0.0.1:19090"], **quiet) as second,  # type: ignore[call-overload] # two streams by name
    ):
        try:
            yield first.pid, second.pid
        finally:
            first.terminate()
            second.terminate()


def door(folder: Path, port: int) -> None:
    """Our door for remote writes, until it is ended."""
    host = BenchHost(folder, Series.open(folder / "series"))
    uvicorn.run(Starlette(routes=list(routes(lambda _: host))), port=port, log_config=None, access_log=False)


def listening(port: int) -> None:
    """Returns once somebody listens there."""
    while True:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["door", place, port]:
            door(Path(place), int(port))
        case ["probing", place, *numbers]:
            probing(Path(place), *map(int, numbers))
