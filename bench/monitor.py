"""What monitoring costs: probes per CPU-second beside blackbox-exporter with Prometheus, lateness, row size, SLA.

    python bench/monitor.py [rates|lateness|rows|sla|metrics] … [--json] [--targets N] [--seconds S] [--samples N]

`rates`: the same pages of the same local server, each asked for once a second, first by our service (schedule, HTTP
probe, samples durable on disk), then by Prometheus scraping blackbox-exporter (Debian's packages, installed here when
we are root). What is counted is requests that reached the server and CPU seconds of the probing processes, both within
the same stretch after a warm-up. `lateness`: how long after its moment each probe began, from the samples themselves.
`rows`: bytes on disk for each sealed sample. `sla`: CPU seconds for the windows of a month, from every sealed row.
`metrics`: values taken in by remote write per CPU second, beside Prometheus as the receiver of the same messages.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
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
from yunyue.catalog import Sample
from yunyue.contract.terms import Objective
from yunyue.doors.data.monitor import routes
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import Payload
from yunyue.services.monitor.grid import Grid
from yunyue.services.monitor.instances import Instance, Instances
from yunyue.services.monitor.metrics import remote
from yunyue.services.monitor.metrics.scraped import Scraped, sort
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.points.register import Points
from yunyue.services.monitor.service import service
from yunyue.store.series import Series
from yunyue.store.series.parquet import digest

Figures = dict[str, float]
MINUTE = 60_000
START_MS = 10_000
"""Probing begins so long after the first target was written down; it must not begin before the last one was."""

T0 = 1_717_171_200_000
"""2024-06-01 in Beijing."""

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
    words = [sys.executable, __file__, "--child", str(folder), str(port), str(targets), str(interval_s)]
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


def measured(port: int, pids: tuple[int, ...], seconds: float) -> tuple[float, float]:
    """Probes per CPU-second and per second, within a stretch that begins after a warm-up."""
    time.sleep(START_MS / 1000 + 5)
    before = (asked(port), cpu(*pids), time.monotonic())
    time.sleep(seconds)
    after = (asked(port), cpu(*pids), time.monotonic())
    probes = after[0] - before[0]
    return probes / (after[1] - before[1]), probes / (after[2] - before[2])


def rates(targets: int, seconds: float) -> Figures:
    """Ours and the peers' on the same server, one after the other."""
    with tempfile.TemporaryDirectory() as folder, target() as port:
        with ours(Path(folder) / "ours", port, targets, 1) as pid:
            cost, rate = measured(port, (pid,), seconds)
        found = {"ours probes/CPU-s": cost, "ours probes/s": rate}
        if not installed():
            return found
        with theirs(Path(folder), port, targets) as pids:
            cost, rate = measured(port, pids, seconds)
    found |= {"blackbox+prometheus probes/CPU-s": cost, "blackbox+prometheus probes/s": rate}
    return found | {"ratio": found["ours probes/CPU-s"] / cost}


def lateness(targets: int, seconds: float) -> Figures:
    """Of so many targets, each due once a minute, over so many seconds on one core; from the stored samples."""
    with tempfile.TemporaryDirectory() as name, target() as port:
        folder = Path(name) / "ours"
        with ours(folder, port, targets, 60) as pid:
            os.sched_setaffinity(pid, {0})
            time.sleep(seconds + START_MS / 1000)
        with sqlite3.connect(folder / "series" / "tail.sqlite") as db:
            samples = db.execute("SELECT instance, ts, ok, error FROM tail").fetchall()
    grids = {f"order-{number:05d}": Grid.of(f"order-{number:05d}", 60) for number in range(targets)}
    late = sorted((ts - grids[order].offset) % MINUTE for order, ts, _, error in samples if error != "gap")
    gaps = sum(error == "gap" for *_, error in samples)
    failed = sum(not ok and error != "gap" for *_, ok, error in samples)
    return {
        "targets": targets,
        "probes": len(late),
        "gaps": gaps,
        "failures": failed,
        "p50 ms late": late[len(late) // 2],
        "p99 ms late": late[len(late) * 99 // 100],
        "most ms late": late[-1],
    }


def month(folder: Path, samples: int) -> tuple[Series, int, float]:
    """A sealed month of samples, one a minute for as many instances as it takes; instances, bytes for a row.

    The latencies are drawn (log-normal, 13 ms, as on a provincial network); one minute in a thousand fails.
    """
    minutes = 30 * 24 * 60
    instances = max(1, samples // minutes)
    drawn = random.Random(2024)
    series = Series.open(folder)
    batch: list[Sample] = []
    sent = 0
    for minute in range(minutes):
        for number in range(instances):
            ok = drawn.random() > 0.001
            ts = T0 + minute * MINUTE + number * 60_000 // instances
            latency = int(drawn.lognormvariate(9.5, 0.3))
            batch.append(Sample(f"order-{number:05d}", "availability", ts, ok, "" if ok else "reset", latency))
        if len(batch) >= 10_000 or minute == minutes - 1:
            series.append(batch, "bench", 1, sent)
            sent += len(batch)
            batch = []
            series.seal(datetime.fromtimestamp(T0 / 1000 + minute * 60, UTC))
    series.seal(datetime.now(UTC), force=True)
    size = sum(path.stat().st_size for path in folder.glob("*.parquet"))
    return series, instances, size / sent


def rows(samples: int) -> Figures:
    """Bytes on disk for each sealed sample."""
    with tempfile.TemporaryDirectory() as folder:
        _, _, size = month(Path(folder), samples)
        assert all(digest(path) for path in Path(folder).glob("*.parquet"))
    return {"samples": samples, "bytes per sealed row": size}


def sla(samples: int) -> Figures:
    """CPU seconds for minutes, buckets and outages of a month, of every instance, from every sealed row."""
    with tempfile.TemporaryDirectory() as folder:
        series, instances, size = month(Path(folder), samples)
        before = resource.getrusage(resource.RUSAGE_SELF)
        began = time.perf_counter()
        days = series.daily("availability", T0, T0 + 30 * 24 * 60 * MINUTE)
        after = resource.getrusage(resource.RUSAGE_SELF)
        wall = time.perf_counter() - began
        total = sum(one.total for one in days)
        assert total == instances * 30 * 24 * 60, total
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "samples": total,
        "instances": instances,
        "minutes down": sum(one.bad_minutes for one in days),
        "CPU s": spent,
        "wall s": wall,
        "bytes per sealed row": size,
    }


def written(port: int, path: str, token: str, messages: list[bytes]) -> float:
    """Seconds it took to send these remote writes, one after the other."""
    began = time.monotonic()
    for body in messages:
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Encoding": "snappy",
            "Content-Type": "application/x-protobuf",
            "X-Prometheus-Remote-Write-Version": "0.1.0",
        }
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert answer.status == 204
    return time.monotonic() - began


def messages(series: int, rounds: int) -> list[bytes]:
    """So many series, a value each and a round every fifteen seconds up to now, in messages of 2,000 values."""
    chance = random.Random(1)
    names = [sort({"__name__": f"metric_{n % 50}", "host": f"h{n // 50}", "job": "bench"}) for n in range(series)]
    now = int(time.time() * 1000) - rounds * 15_000
    every = [(name, ((now + step * 15_000, chance.random()),)) for step in range(rounds) for name in names]
    return [remote.write(Scraped(tuple(every[start : start + 2_000]))) for start in range(0, len(every), 2_000)]


def door(folder: Path, port: int) -> None:
    """Our door for remote writes, until it is ended."""
    host = BenchHost(folder, Series.open(folder / "series"))
    uvicorn.run(Starlette(routes=list(routes(lambda _: host))), port=port, log_config=None, access_log=False)


def metrics(series: int, rounds: int) -> Figures:
    """Values taken in over HTTP per CPU second, by our door and by Prometheus as a receiver of the same messages."""
    given = messages(series, rounds)
    figures: Figures = {"values": float(series * rounds)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        token = Points(folder).enrol("bench", "", 1)
        (folder / "prometheus.yml").write_text("global: {}\n")
        ours = [sys.executable, __file__, "--door", str(folder), "19091"]
        theirs = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb"]
        theirs += ["--web.listen-address=127.0.0.1:19092", "--web.enable-remote-write-receiver", "--log.level=error"]
        for name, command, port, path in (
            ("ours", ours, 19091, "/monitor/v1/c/write"),
            ("prometheus", theirs, 19092, "/api/v1/write"),
        ):
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                listening(port)
                before = cpu(process.pid)
                wall = written(port, path, str(token), given)
                used = cpu(process.pid) - before
                process.terminate()
            figures |= {f"{name}: values/CPU s": series * rounds / used, f"{name}: wall s": wall}
        figures["ours: bytes/value"] = (folder / "metrics.sqlite").stat().st_size / (series * rounds)
    return figures | {"ratio": figures["ours: values/CPU s"] / figures["prometheus: values/CPU s"]}


def listening(port: int) -> None:
    """Returns once somebody listens there."""
    while True:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def main() -> None:
    """Run what is asked for and print it."""
    if sys.argv[1:2] == ["--door"]:
        door(Path(sys.argv[2]), int(sys.argv[3]))
        return
    if sys.argv[1:2] == ["--child"]:
        folder, *numbers = sys.argv[2:]
        probing(Path(folder), *map(int, numbers))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["rates", "lateness", "sla"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--targets", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--samples", type=int, default=1_000_000)
    given = parser.parse_args()
    runs = {
        "rates": lambda: rates(given.targets or 300, given.seconds or 15),
        "lateness": lambda: lateness(given.targets or 5_000, given.seconds or 90),
        "rows": lambda: rows(given.samples),
        "sla": lambda: sla(given.samples),
        "metrics": lambda: metrics(2_000, 100),
    }
    found = {name: runs[name]() for name in given.what}
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, figures in found.items():
        print(name)
        for what, figure in figures.items():
            print(f"  {what}: {figure:,.2f}")


if __name__ == "__main__":
    main()
