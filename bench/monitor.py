"""What monitoring costs: probes per CPU-second beside blackbox-exporter with Prometheus, lateness, rows, SLA, metrics.

    python bench/monitor.py [rates|lateness|month|metrics] … [--json] [--targets N] [--seconds S] [--samples N]

Each figure that a mark is set for is shown beside it.
`rates`: the same pages of the same local server, each asked for once a second, first by our service (schedule, HTTP
probe, samples durable on disk), then by Prometheus scraping blackbox-exporter (Debian's packages, installed here when
we are root). What is counted is requests that reached the server and CPU seconds of the probing processes, both within
the same stretch after a warm-up. `lateness`: how long after its moment each of 5,000 probes a minute began, on one
core, from the samples themselves. `month`: ten million samples, bytes a row beside VictoriaMetrics, the SLA of the
month from summaries and exactly (bench/series.py). `metrics`: values taken in by remote write per CPU second, beside
Prometheus as the receiver of the same messages.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "engines"))

import probing_ground
from probing_ground import START_MS, asked, cpu, installed, listening, ours, target, theirs

from yunyue.services.monitor.grid import Grid
from yunyue.services.monitor.metrics import remote
from yunyue.services.monitor.metrics.scraped import Scraped, sort
from yunyue.services.monitor.points.register import Points

Figures = dict[str, float]
MINUTE = 60_000

MARKS = {
    "rates": {"ratio": ("at least", 1.0)},
    "lateness": {"p99 ms late": ("at most", 1_000.0)},
    "month": {
        "ours, bytes a row": ("at most", 4.0),
        "ratio": ("at most", 0.85),
        "exactly, CPU s": ("at most", 2.5),
        "from summaries, first, CPU ms": ("at most", 50.0),
    },
}
"""What the figures are to be."""


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


def month(samples: int) -> Figures:
    """What bench/series.py says of so many samples, in a process of its own."""
    words = [sys.executable, str(Path(__file__).with_name("series.py")), "month", "--samples", str(samples), "--json"]
    found: Figures = json.loads(subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout)["month"]
    return found


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


@contextmanager
def running(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A process, ended when it is no longer needed."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def ready(port: int) -> None:
    """Returns once Prometheus says that it takes requests; it listens a while before that."""
    for _ in range(600):
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=5):
            return
        time.sleep(0.05)
    raise AssertionError("Prometheus is not ready after half a minute")


def metrics(series: int, rounds: int) -> Figures:
    """Values taken in over HTTP per CPU second, by our door and by Prometheus as a receiver of the same messages."""
    given = messages(series, rounds)
    figures: Figures = {"values": float(series * rounds)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        token = Points(folder).enrol("bench", "", 1)
        (folder / "prometheus.yml").write_text("global: {}\n")
        ours = [sys.executable, probing_ground.__file__, "door", str(folder), "19091"]
        theirs = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb"]
        theirs += ["--web.listen-address=127.0.0.1:19092", "--web.enable-remote-write-receiver", "--log.level=error"]
        for name, command, port, path in (
            ("ours", ours, 19091, "/monitor/v1/c/write"),
            ("prometheus", theirs, 19092, "/api/v1/write"),
        ):
            with running(command) as process:
                listening(port)
                if name == "prometheus":
                    ready(port)
                before = cpu(process.pid)
                wall = written(port, path, str(token), given)
                used = cpu(process.pid) - before
            figures |= {f"{name}: values/CPU s": series * rounds / used, f"{name}: wall s": wall}
        figures["ours: bytes/value"] = (folder / "metrics.sqlite").stat().st_size / (series * rounds)
    return figures | {"ratio": figures["ours: values/CPU s"] / figures["prometheus: values/CPU s"]}


def main() -> None:
    """Run what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["rates", "lateness", "month", "metrics"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--targets", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--samples", type=int, default=10_000_000)
    given = parser.parse_args()
    runs = {
        "rates": lambda: rates(given.targets or 300, given.seconds or 15),
        "lateness": lambda: lateness(given.targets or 5_000, given.seconds or 90),
        "month": lambda: month(given.samples),
        "metrics": lambda: metrics(2_000, 100),
    }
    found = {}
    for name in given.what:
        found[name] = runs[name]()
        if not given.json:
            show(name, found[name])
    if given.json:
        print(json.dumps(found, indent=2))


def show(name: str, figures: Figures) -> None:
    """The figures of one run, with what some are to be."""
    print(name)
    for what, figure in figures.items():
        way, mark = MARKS.get(name, {}).get(what, ("", 0.0))
        reached = figure >= mark if way == "at least" else figure <= mark
        said = f"  ({way} {mark:,.2f}: {'reached' if reached else 'MISSED'})" if way else ""
        print(f"  {what}: {figure:,.3f}{said}", flush=True)


if __name__ == "__main__":
    main()
