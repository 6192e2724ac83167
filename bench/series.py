"""What keeping and summing samples costs: a month from summaries and exactly, bytes a row beside VictoriaMetrics.

    python bench/series.py [days|rows|month] … [--samples N] [--json]

`days`: every instance's days of a month, from summaries (the ask that squeezes them, once for everybody; a process that
has just begun; then again) and by the exact SQL, whose answers must be the same to the last minute. `rows`: the same
attempts kept by us and by VictoriaMetrics (Debian's package, installed here when we are root), as blackbox-exporter
would scrape them: whether it succeeded and how long it took. Bytes are those on disk after it merged all it has, its
index included; ours are the sealed files, and the summaries beside them. `month`: both of the same samples.
"""

import argparse
import json
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from yunyue.catalog import Sample
from yunyue.store.series import Series

Figures = dict[str, float]
MINUTE = 60_000
MINUTES = 30 * 24 * 60
T0 = 1_717_171_200_000
"""2024-06-01 in Beijing."""
END = T0 + MINUTES * MINUTE
BATCH = 5_000
"""Twenty minutes of ten million attempts a month, so that files are as large as sealing makes them."""

AGAIN = """
import sys, time
from pathlib import Path
from yunyue.store.series import Series

start, end = int(sys.argv[2]), int(sys.argv[3])
series = Series.open(Path(sys.argv[1]))
for _ in range(4):
    began = time.process_time()
    days = series.daily("availability", start, end)
    print(len(days), sum(day.bad_minutes for day in days), time.process_time() - began)
"""


def attempts(samples: int) -> Iterator[Sample]:
    """A month, an attempt a minute for as many instances as it takes, in the order in which they are made.

    Latencies are log-normal about 13 ms, as on a provincial network; one minute in a thousand fails.
    """
    instances = max(1, samples // MINUTES)
    drawn = random.Random(2024)
    for minute in range(MINUTES):
        for number in range(instances):
            ok = drawn.random() > 0.001
            ts = T0 + minute * MINUTE + number * MINUTE // instances
            latency = int(drawn.lognormvariate(9.5, 0.3))
            yield Sample(f"order-{number:05d}", "availability", ts, ok, "" if ok else "reset", latency)


def kept(folder: Path, samples: int) -> tuple[Series, int]:
    """The month, sealed and summarised; how many attempts it has."""
    series, batch, sent = Series.open(folder), list[Sample](), 0
    for one in attempts(samples):
        batch.append(one)
        if len(batch) == BATCH:
            series.append(batch, "bench", 1, sent)
            sent += len(batch)
            series.seal(datetime.fromtimestamp(one.ts / 1000, UTC))
            batch = []
    series.append(batch, "bench", 1, sent)
    series.seal(datetime.fromtimestamp(END / 1000, UTC), force=True)
    for name in series.unsummarised():
        series.summarise(name)
    return series, sent + len(batch)


def days(samples: int) -> Figures:
    """CPU milliseconds of a month from summaries, CPU seconds of the same by the exact SQL."""
    with tempfile.TemporaryDirectory() as folder:
        return _days(Path(folder), *kept(Path(folder), samples))


def _asked(folder: Path) -> list[list[str]]:
    """What a process says that has just begun and asks for the month four times."""
    words = [sys.executable, "-c", AGAIN, str(folder), str(T0), str(END)]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    return [line.split() for line in ran.stdout.splitlines()]


def _days(folder: Path, series: Series, made: int) -> Figures:
    # Whoever asks first after files have come squeezes their summaries, once for everybody; then a process begins anew.
    squeezing, *_ = _asked(folder)
    runs = _asked(folder)
    before = resource.getrusage(resource.RUSAGE_SELF)
    exact = series.daily_exactly("availability", T0, END)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert series.daily("availability", T0, END) == exact
    assert {(int(one[0]), int(one[1])) for one in runs} == {(len(exact), sum(day.bad_minutes for day in exact))}
    size = sum(path.stat().st_size for path in folder.glob("*.summary"))
    return {
        "samples": made,
        "lines of days": len(exact),
        "from summaries, squeezing them once, CPU ms": float(squeezing[2]) * 1000,
        "from summaries, first, CPU ms": float(runs[0][2]) * 1000,
        "from summaries, again, CPU ms": min(float(one[2]) for one in runs[1:]) * 1000,
        "exactly, CPU s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "bytes of summaries a row": size / made,
    }


def installed() -> bool:
    """Is VictoriaMetrics here, after an attempt to install it?"""
    if shutil.which("victoria-metrics") is None and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "victoria-metrics"]
        subprocess.run(command, env=environment, check=False, capture_output=True)
    return shutil.which("victoria-metrics") is not None


@contextmanager
def victoria(folder: Path) -> Iterator[str]:
    """The address of a fresh VictoriaMetrics."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["victoria-metrics", f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "-retentionPeriod=100y"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            _ask(f"{address}/health")
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("VictoriaMetrics does not answer")


def _ask(address: str, body: bytes | None = None) -> bytes:
    with urllib.request.urlopen(address, data=body, timeout=300) as answer:
        return bytes(answer.read())


def _lines(batch: list[Sample]) -> bytes:
    """As blackbox-exporter names them: seconds as it writes them, six digits after the point."""
    found = []
    for one in batch:
        found.append(f'probe_success{{instance="{one.instance}"}} {int(one.ok)} {one.ts}')
        found.append(f'probe_duration_seconds{{instance="{one.instance}"}} {one.latency_us / 1e6:.6f} {one.ts}')
    return "\n".join(found).encode()


def theirs(folder: Path, samples: int) -> int:
    """Bytes VictoriaMetrics keeps of the same attempts."""
    with victoria(folder) as address:
        batch: list[Sample] = []
        for one in attempts(samples):
            batch.append(one)
            if len(batch) == BATCH:
                _ask(f"{address}/api/v1/import/prometheus", _lines(batch))
                batch = []
        if batch:
            _ask(f"{address}/api/v1/import/prometheus", _lines(batch))
        _ask(f"{address}/internal/force_flush")
        _ask(f"{address}/internal/force_merge")
        _settled(folder)
    return _size(folder)


def _settled(folder: Path) -> None:
    """Until merging no longer changes what lies on the disk."""
    last, same = -1, 0
    while same < 5:
        time.sleep(1)
        size = _size(folder)
        last, same = size, same + 1 if size == last else 0


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("**/*") if path.is_file())


def rows(samples: int) -> Figures:
    """Bytes a row, ours and theirs."""
    with tempfile.TemporaryDirectory() as folder:
        series, made = kept(Path(folder), samples)
        series.close()
        return _rows(Path(folder), samples, made)


def _rows(folder: Path, samples: int, made: int) -> Figures:
    assert installed(), "VictoriaMetrics cannot be installed: apt-get install victoria-metrics"
    ours = sum(one.stat().st_size for one in folder.glob("seg-*.parquet"))
    sums = sum(one.stat().st_size for one in folder.glob("*.summary"))
    with tempfile.TemporaryDirectory() as place:
        other = theirs(Path(place), samples)
    return {
        "samples": made,
        "ours, bytes a row": ours / made,
        "our summaries, bytes a row": sums / made,
        "VictoriaMetrics, bytes a row": other / made,
        "ratio": ours / other,
    }


def month(samples: int) -> Figures:
    """Both of the same samples, which take the longest to make."""
    with tempfile.TemporaryDirectory() as folder:
        series, made = kept(Path(folder), samples)
        found = _days(Path(folder), series, made)
        series.close()
        return found | _rows(Path(folder), samples, made)


def main() -> None:
    """Run what was asked for and say it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", nargs="*", default=["days", "rows"], choices=["days", "rows", "month"])
    parser.add_argument("--samples", type=int, default=10_000_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    measures = {"days": days, "rows": rows, "month": month}
    found = {one: measures[one](chosen.samples) for one in chosen.what}
    if chosen.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(name)
        for what, value in figures.items():
            print(f"  {what:32} {value:,.3f}")


if __name__ == "__main__":
    main()
