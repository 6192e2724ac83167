"""Runs a program in its box until it ends, is asked to stop, or has used what it may."""

import contextlib
import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import IO, Final, Literal, TypeVar

import psutil

from yunyue.host.sandbox.box import Box, Limits
from yunyue.host.sandbox.groups import Groups, made
from yunyue.host.sandbox.seccomp import filter_program

Why = Literal["asked", "wall", "cpu", "memory", "disk", "output", "idle"]
Hearing = Callable[[str], None]
T = TypeVar("T")

TICK: Final = 0.1
LOOK_AT_DISK: Final = 0.5
KEPT_ERRORS: Final = 64 << 10
IDLE_SHARE: Final = 0.002
"""Of a processor: what waits only tells the time now and then; the slowest work on a crowded machine uses more."""
_TOO_MUCH_CPU: Final = (128 + 24, 128 + 9)
_TOO_LARGE: Final = 128 + 25

# Entering the groups and setting the limits is done by a shell that then becomes the sandbox: work between fork and
# exec in a process with threads may hang for ever.
_ENTER: Final = (
    'for one in $1; do echo 0 > "$one" || exit 97; done;'
    ' ulimit -c 0; ulimit -t "$2"; ulimit -f "$3"; ulimit -n "$4"; shift 4; exec "$@"'
)


class NoSandbox(Exception):
    """This machine cannot build the sandbox, and nothing is run without it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """It ended by itself, with this exit code. `cpu`: seconds of all its processes, None where nobody counts them."""

    code: int
    output: bytes
    errors: str
    wall: float
    cpu: float | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """It was ended from outside: asked to, or for what it used too much of."""

    why: Why
    errors: str
    wall: float
    cpu: float | None


def run(
    box: Box, arguments: Sequence[str], limits: Limits, hear: Hearing | None = None, stop: Event | None = None
) -> Ended | Stopped:
    """Run to the end. `hear` gets each line of standard output, which is else returned. Raises NoSandbox."""
    with made(limits) as groups, _filter() as seccomp:
        started = time.monotonic()
        process = _start(box.command(arguments, seccomp), limits, groups, seccomp)
        watch = _Watch(process, box.output, limits, groups)
        try:
            why = watch.until_end(hear, stop)
        finally:
            _end(process, groups)
        return _told(watch, why, time.monotonic() - started)


class _Watch:
    """What a running program prints and uses."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path | None, limits: Limits, groups: Groups) -> None:
        self.process = process
        self.groups = groups
        self.said = bytearray()
        self.complaints = bytearray()
        self._output = output
        self._limits = limits
        self._started = self._looked = time.monotonic()
        self._heard = 0
        self._line = b""
        self._worked: tuple[float, float] = (self._started, 0.0)

    def until_end(self, hear: Hearing | None, stop: Event | None) -> Why | None:
        """Why it has to be ended; None when it ended by itself."""
        with selectors.DefaultSelector() as selector:
            for stream in (self.process.stdout, self.process.stderr):
                if stream is not None:
                    os.set_blocking(stream.fileno(), False)
                    selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select(TICK):
                    self._take(selector, key.fileobj, hear)
                if why := self._over(stop):
                    return why
        return self._outlasting(stop)

    def _outlasting(self, stop: Event | None) -> Why | None:
        """Both streams are closed; the program may still run."""
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(TICK)
                return None
            if why := self._over(stop):
                return why

    def _take(self, selector: selectors.BaseSelector, stream: object, hear: Hearing | None) -> None:
        assert stream is self.process.stdout or stream is self.process.stderr
        file: IO[bytes] = stream  # type: ignore[assignment] # the assertion above says which two they are
        try:
            part = os.read(file.fileno(), 1 << 16)
        except BlockingIOError:
            return  # it was said to be ready and is not; that is no end
        if not part:
            selector.unregister(file)
        elif stream is self.process.stderr:
            self.complaints += part
            del self.complaints[:-KEPT_ERRORS]
        else:
            self._heard += len(part)
            self._hear(part, hear)

    def _hear(self, part: bytes, hear: Hearing | None) -> None:
        if hear is None:
            self.said += part
            return
        *lines, self._line = (self._line + part).split(b"\n")
        for line in lines:
            hear(line.decode("utf-8", "replace"))

    def _over(self, stop: Event | None) -> Why | None:
        now = time.monotonic()
        if stop is not None and stop.is_set():
            return "asked"
        if now - self._started > self._limits.wall:
            return "wall"
        if self._heard > self._limits.lines:
            return "output"
        if now - self._looked > LOOK_AT_DISK:
            self._looked = now
            return self._used_up()
        return None

    def _used_up(self) -> Why | None:
        if self._output is not None and _size(self._output) > self._limits.disk:
            return "disk"
        if not self.groups.holds_memory and _resident(self.process.pid) > self._limits.memory:
            return "memory"
        return "idle" if self._limits.idle and self._idle() else None

    def _idle(self) -> bool:
        """Whether it used next to no processor time since the last look, one limit ago."""
        since, before = self._worked
        if self._looked - since < self._limits.idle:
            return False
        used = _used(self.process.pid, self.groups)
        self._worked = (self._looked, used)
        return 0 <= used - before < IDLE_SHARE * (self._looked - since)


def _start(command: list[str], limits: Limits, groups: Groups, seccomp: int | None) -> subprocess.Popen[bytes]:
    entrances = " ".join(str(path) for path in groups.entrances)
    blocks = max(1, limits.disk // 512)
    given = ["/bin/sh", "-c", _ENTER, "sandbox", entrances, str(limits.cpu), str(blocks), str(limits.open_files)]
    return subprocess.Popen(
        [*given, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=() if seccomp is None else (seccomp,),
        env={},
        cwd="/",
    )


def _end(process: subprocess.Popen[bytes], groups: Groups) -> None:
    """End it if it still runs: the outer process takes the namespace, and all that lives in it, with it."""
    if process.poll() is None:
        process.kill()
        groups.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _told(watch: _Watch, why: Why | None, wall: float) -> Ended | Stopped:
    errors = watch.complaints.decode("utf-8", "replace").strip()
    cpu, code = watch.groups.cpu_seconds() if watch.groups.folders else None, watch.process.returncode
    if why is None and watch.groups.out_of_memory():
        why = "memory"
    if why is None and code == _TOO_LARGE:
        why = "disk"
    if why is None and code in _TOO_MUCH_CPU:
        why = "cpu"
    if why is not None:
        return Stopped(why, errors, wall, cpu)
    if errors.startswith("bwrap: ") or code == 97:
        raise NoSandbox(errors or "the control groups could not be entered")
    return Ended(code, bytes(watch.said), errors, wall, cpu)


@contextlib.contextmanager
def _filter() -> Iterator[int | None]:
    """A descriptor that holds the filter of system calls."""
    program = filter_program()
    if program is None:
        yield None
        return
    descriptor = os.memfd_create("filter")
    try:
        os.write(descriptor, program)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
    return total


def _used(pid: int, groups: Groups) -> float:
    """Processor seconds of a process and all below it that still run."""
    counted = groups.cpu_seconds() if groups.folders else None
    if counted is not None:
        return counted
    return sum((times.user + times.system for times in _of_all(pid, psutil.Process.cpu_times)), 0.0)


def _resident(pid: int) -> int:
    return sum(memory.rss for memory in _of_all(pid, psutil.Process.memory_info))


def _of_all(pid: int, ask: Callable[[psutil.Process], T]) -> Iterator[T]:
    """What a process and all below it answer; those that end meanwhile do not."""
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(pid)
        for one in (parent, *parent.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                yield ask(one)
