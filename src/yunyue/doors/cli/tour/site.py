"""Starts and stops the site the tour watches. Stopped means its process has ended and nothing listens any more."""

import subprocess
import sys
from pathlib import Path
from typing import IO

PROGRAM = Path(__file__).with_name("target.py")
PATIENCE_SECONDS = 10


class SiteFailed(Exception):
    """The site did not start."""


class Site:
    """A web server on a loopback port, up or down."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """What to probe."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Returns once it listens. Raises SiteFailed."""
        command = [sys.executable, "-I", str(PROGRAM), str(self.port)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self._process = process
        said = _first_line(process.stdout)
        if not said.isdecimal():
            self.stop()
            raise SiteFailed(f"the site to be watched did not start: {said or 'it said nothing'}")
        self.port = int(said)

    def stop(self) -> None:
        """Returns once its process has ended."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _first_line(stream: IO[str] | None) -> str:
    return stream.readline().strip() if stream is not None else ""
