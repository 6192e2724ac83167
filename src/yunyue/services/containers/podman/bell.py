"""Wakes the loop when another process has changed what is wanted: a datagram, which may be lost without harm."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path


def ring(path: Path, project: str) -> None:
    """Say that a project's wishes changed. Nobody there: whoever comes next looks at everything anyway."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.setblocking(False)
        bell.sendto(project.encode(), str(path))


class Listener:
    """Hears the bell for as long as it is open."""

    def __init__(self, path: Path, heard: Callable[[str], None]) -> None:
        self._path = path
        self._heard = heard
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def open(self) -> None:
        """Begin, within a running event loop."""
        self._path.unlink(missing_ok=True)
        self._socket.setblocking(False)
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self._heard(self._socket.recv(512).decode("utf-8", "replace"))

    def close(self) -> None:
        """End."""
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()
        self._path.unlink(missing_ok=True)
