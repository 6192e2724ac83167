"""One server to a home folder: jobs and the closing of months must not run twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from yunyue.answer import Refused

LOCK: Final = "serve.lock"


@contextmanager
def alone(home: Path) -> Iterator[Refused | None]:
    """Holds the home folder's one place for a server; else the refusal names the process that has it.

    The system gives the place back when the process ends, however it ends.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
            reason = f"this installation is served already, by process {holder or '?'}; stop that one first"
            yield Refused(reason, str(home / LOCK))
        else:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
            yield None
    finally:
        os.close(descriptor)
