"""A real Prometheus: over data that was given to it beforehand, scraping a page of ours, and writing to us."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from points_cast import free_port, until


@dataclass(frozen=True)
class Prometheus:
    """Where it listens."""

    port: int

    def ask(self, query: str, at_ms: int) -> list[tuple[dict[str, str], float]] | float:
        """What it says at a moment."""
        asked = urlencode({"query": query, "time": f"{at_ms / 1000:.3f}"})
        with urlopen(f"http://127.0.0.1:{self.port}/api/v1/query?{asked}", timeout=20) as answer:
            said: dict[str, Any] = json.load(answer)["data"]
        if said["resultType"] == "scalar":
            return float(said["result"][1])
        return [(one["metric"], float(one["value"][1])) for one in said["result"]]

    def ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


@contextmanager
def prometheus(folder: Path, config: str, exposition: str = "") -> Iterator[Prometheus]:
    """Prometheus with this configuration, over the values of an OpenMetrics text with times."""
    assert shutil.which("prometheus"), "apt-get install prometheus; the launcher does it"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(config)
    if exposition:
        (folder / "given.txt").write_text(exposition)
        made = [
            "promtool",
            "tsdb",
            "create-blocks-from",
            "openmetrics",
            str(folder / "given.txt"),
            str(folder / "tsdb"),
        ]
        subprocess.run(made, check=True, capture_output=True)
    port = free_port()
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--storage.tsdb.retention.time=30d",
        "--log.level=error",
    ]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        there = Prometheus(port)
        until(there.ready, "Prometheus is ready")
        yield there
    finally:
        process.terminate()
        process.wait(20)
