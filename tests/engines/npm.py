"""Players of streams from npm, installed on demand into a cache of the user: they serve tests only."""

import os
import shutil
import subprocess
from pathlib import Path

SHAKA, DASH = "shaka-player@5.2.12", "dashjs@5.2.1"


def installed(package: str) -> Path:
    """The folder of a package. Fails, with npm's words, when it cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "yunyue"
    name = package.rpartition("@")[0]
    folder = cache / f"npm-{package.replace('@', '-')}"
    if not folder.is_dir():
        fresh = folder.with_name(f".{folder.name}.{os.getpid()}")
        command = ["npm", "install", "--silent", "--no-save", "--ignore-scripts", "--prefix", str(fresh), package]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{package} cannot be installed: {done.stderr}"
        try:
            fresh.rename(folder)
        except OSError:
            shutil.rmtree(fresh)
    return folder / "node_modules" / name
