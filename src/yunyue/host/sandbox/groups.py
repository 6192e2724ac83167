"""Control groups of the kernel around one program: memory and processes counted together, processor time metered.

RLIMIT_AS would be simpler, but it counts addresses, not memory, and ffmpeg deadlocks on it. Where this installation may
not make groups, the runner watches the memory itself and says so.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from yunyue.host.sandbox.box import Limits

ROOT: Final = Path("/sys/fs/cgroup")
_OLD: Final = {"memory": "memory.limit_in_bytes", "pids": "pids.max", "cpuacct": ""}
PATIENCE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Groups:
    """The folders of one program's groups, by controller; none when groups cannot be made here."""

    folders: dict[str, Path] = field(default_factory=dict)

    @property
    def entrances(self) -> tuple[Path, ...]:
        """The files a process writes "0" to in order to enter."""
        return tuple(folder / "cgroup.procs" for folder in self.folders.values())

    @property
    def holds_memory(self) -> bool:
        """Whether the kernel keeps the memory limit."""
        return "memory" in self.folders

    def cpu_seconds(self) -> float | None:
        """Processor time used so far by everything inside; None where nobody counts it."""
        if (folder := self.folders.get("cpuacct")) is not None:
            return int((folder / "cpuacct.usage").read_text()) / 1e9
        stat = self.folders["unified"] / "cpu.stat" if "unified" in self.folders else None
        if stat is None or not stat.exists():
            return None
        return int(stat.read_text().split("usage_usec ", 1)[1].split()[0]) / 1e6

    def out_of_memory(self) -> bool:
        """Whether the kernel ended a process of these groups for its memory."""
        for name, file in (("memory", "memory.oom_control"), ("memory", "memory.events")):
            path = self.folders[name] / file if name in self.folders else None
            if path is not None and path.exists():
                return any(line.startswith("oom_kill ") and line != "oom_kill 0" for line in _lines(path))
        return False

    def kill(self) -> None:
        """End every process inside."""
        for folder in self.folders.values():
            for line in _lines(folder / "cgroup.procs"):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(line), 9)

    def remove(self) -> None:
        """Give the groups back once they are empty."""
        until = time.monotonic() + PATIENCE
        for folder in set(self.folders.values()):
            while folder.exists() and time.monotonic() < until:
                self.kill()
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.005)


@contextlib.contextmanager
def made(limits: Limits) -> Iterator[Groups]:
    """Groups with these limits for the length of a block; what is inside at its end is ended."""
    groups = _old(limits) or _unified(limits) or Groups()
    try:
        yield groups
    finally:
        groups.remove()


def clear_dead() -> int:
    """Give back the groups of processes of ours that were killed before they could; how many."""
    places, gone = _own(), 0
    parents = [ROOT / name / places.get(name, "").lstrip("/") for name in _OLD]
    for parent in (*parents, ROOT / places.get("", "").lstrip("/")):
        for folder in parent.glob("yunyue-*-*"):
            pid = folder.name.split("-")[1]
            if pid.isdigit() and not Path(f"/proc/{pid}").exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    gone += 1
    return gone


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _old(limits: Limits) -> Groups | None:
    """Version 1: a hierarchy for each controller, as on machines that Debian 12 and containers of it run on."""
    values = {"memory": limits.memory, "pids": limits.processes, "cpuacct": 0}
    places = _own()
    folders: dict[str, Path] = {}
    name = f"yunyue-{os.getpid()}-{secrets.token_hex(8)}"
    for controller, file in _OLD.items():
        folder = ROOT / controller / places.get(controller, "").lstrip("/") / name
        if not (ROOT / controller / "cgroup.procs").exists():
            continue
        with contextlib.suppress(OSError):
            folder.mkdir()
            if file:
                (folder / file).write_text(str(values[controller]))
            folders[controller] = folder
    return Groups(folders) if folders else None


def _unified(limits: Limits) -> Groups | None:
    """Version 2: one hierarchy, when the part this process lives in was delegated to it."""
    folder = ROOT / _own().get("", "").lstrip("/") / f"yunyue-{os.getpid()}-{secrets.token_hex(8)}"
    if not (ROOT / "cgroup.controllers").exists():
        return None
    with contextlib.suppress(OSError):
        folder.mkdir()
        (folder / "memory.max").write_text(str(limits.memory))
        (folder / "memory.swap.max").write_text("0")
        (folder / "pids.max").write_text(str(limits.processes))
        return Groups({"memory": folder, "unified": folder})
    with contextlib.suppress(OSError):
        folder.rmdir()
    return None


def _own() -> dict[str, str]:
    """The group of this process in each hierarchy; "" is the unified one."""
    parts = [line.split(":", 2) for line in _lines(Path("/proc/self/cgroup"))]
    return {controller: path for _, names, path in parts for controller in names.split(",")}
