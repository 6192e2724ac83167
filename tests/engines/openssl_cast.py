"""The openssl program as a second opinion on what we signed."""

import subprocess
from pathlib import Path

DISTID = ("-vfyopt", "distid:1234567812345678")
"""OpenSSL verifies SM2 with another distinguishing id unless it is told ours."""


def openssl(*arguments: str, cwd: Path) -> str:
    """What it prints, errors too."""
    done = subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr
