"""What control groups say of a project and its replicas, in either version of the kernel's interface.

Each replica's containers share a parent group, and each project's replicas another: a parent keeps counting what its
children used when they are gone, so nothing of a container's last second is lost.
"""

import contextlib
from pathlib import Path
from typing import Final

ROOT: Final = Path("/sys/fs/cgroup")


class Cgroups:
    """Reads groups by their path from the root, such as /yunyue-ab12cd/1."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self.unified = (root / "cgroup.controllers").exists()

    def processor_ns(self, path: str) -> int | None:
        """Nanoseconds of processor the group and its children ever used; None when there is no such group."""
        if not self.unified:
            return _number(self._root / "cpuacct" / path.lstrip("/") / "cpuacct.usage")
        text = _text(self._root / path.lstrip("/") / "cpu.stat")
        return next((int(line.split()[1]) * 1000 for line in text.splitlines() if line.startswith("usage_usec")), None)

    def memory(self, path: str) -> int:
        """Octets the group uses now, without the page cache that could be given back."""
        folder = self._memory(path)
        used = _number(folder / ("memory.current" if self.unified else "memory.usage_in_bytes")) or 0
        name = "inactive_file" if self.unified else "total_inactive_file"
        stat = _text(folder / "memory.stat")
        cache = next((int(line.split()[1]) for line in stat.splitlines() if line.startswith(f"{name} ")), 0)
        return max(0, used - cache)

    def peak(self, path: str) -> int:
        """The most octets the group ever used since `reset_peak`."""
        name = "memory.peak" if self.unified else "memory.max_usage_in_bytes"
        return _number(self._memory(path) / name) or 0

    def reset_peak(self, path: str) -> None:
        """Forget the peak, where the kernel can."""
        with contextlib.suppress(OSError):
            (self._memory(path) / "memory.max_usage_in_bytes").write_text("0")

    def remove(self, path: str) -> None:
        """Remove a group and the empty ones beneath it; one that is in use stays."""
        roots = [self._root] if self.unified else [one for one in self._root.iterdir() if one.is_dir()]
        for root in roots:
            folder = root / path.lstrip("/")
            for inner in sorted(folder.rglob("*/"), key=lambda one: -len(one.parts)) if folder.is_dir() else ():
                with contextlib.suppress(OSError):
                    inner.rmdir()
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _memory(self, path: str) -> Path:
        return (self._root if self.unified else self._root / "memory") / path.lstrip("/")


def _number(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdecimal() else None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
