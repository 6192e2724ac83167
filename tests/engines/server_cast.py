"""A server of the platform in a process of its own."""

import os
import subprocess
import sys

from yunyue.host.settings import Settings, environment

SERVER = """
import os, sys
from yunyue.doors.serve import serve
from yunyue.host.settings import read

refused = serve(read(os.environ), lambda address: print(address, flush=True))
sys.exit(str(refused) if refused else 0)
"""


def started(settings: Settings) -> "subprocess.Popen[str]":
    """Serves; the first line it prints is its address."""
    surroundings = {**os.environ, **environment(settings)}
    command = [sys.executable, "-c", SERVER]
    return subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
