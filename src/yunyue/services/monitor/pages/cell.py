"""The sandbox a browser is run in: that of any untrusted program, with what chromium cannot do without."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yunyue.host.sandbox import Box, Limits, Shown

CHROMIUM: Final = Path("/usr/lib/chromium/chromium")
"""The program itself; /usr/bin/chromium is a shell script that reads the machine's settings."""

INSIDE: Final = Path(__file__).with_name("inside.py")
_FOLDERS: Final = ("/usr/share/fonts", "/usr/share/X11", "/usr/share/chromium", "/usr/share/glib-2.0", "/etc/fonts")
MEMORY: Final = 1536 << 20
DISK: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class Cell(Box):
    """A Box with its own /proc, /dev and /tmp.

    The filter of system calls of other programs is left out, since a browser needs sockets; there is still no network
    behind them, and no file of anybody's.
    """

    def command(self, arguments: Sequence[str], seccomp: int | None = None) -> list[str]:
        """The bubblewrap command."""
        del seccomp
        given = Box.command(self, arguments)
        place = given.index("--remount-ro")
        more = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/dev/shm"]  # noqa: S108 - folders inside
        end = given.index("--") + 2
        return [*given[:place], *more, *given[place : end - 1], f"/python/bin/{self.program.name}", *given[end:]]


def cell(output: Path) -> Cell:
    """The sandbox of one visit, whose results come to the folder."""
    python = Path(sys.executable).resolve()
    shown = [Shown(Path(one), one) for one in _FOLDERS if Path(one).exists()]
    shown += [Shown(INSIDE, "/inside.py"), Shown(Path(sys.base_prefix), "/python")]
    return Cell(python, tuple(shown), output)


def limits(seconds: float) -> Limits:
    """What one visit may use: twice its time in processor seconds, and some to start and to end."""
    return Limits(wall=seconds + 15, cpu=int(2 * seconds) + 20, memory=MEMORY, processes=400, disk=DISK)


def missing() -> str:
    """Why this installation can visit no page; empty when it can."""
    return "" if CHROMIUM.exists() else "probes of kind page need chromium, which is not installed"
