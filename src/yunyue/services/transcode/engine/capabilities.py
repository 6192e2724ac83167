"""What the programs can do here: their encoders and filters, asked once. A template that needs more is refused."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.host.sandbox import Box, Ended, run
from yunyue.services.transcode.engine.binaries import QUICK, find_binaries, version_of

ENCODERS: Final = {
    "h264": "libx264",
    "h265": "libx265",
    "av1": "libsvtav1",
    "aac": "aac",
    "opus": "libopus",
    "mp3": "libmp3lame",
}
"""The encoder that makes each codec we sell."""

_NAMED: Final = re.compile(r"^ [A-Z.|]{2,6} +([a-z0-9_]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """An ffmpeg: its version, and the names of its encoders and filters."""

    version: str
    encoders: frozenset[str]
    filters: frozenset[str]

    def lacking(self, codecs: tuple[str, ...], filters: tuple[str, ...]) -> tuple[str, ...]:
        """What of these it cannot do, by the encoder's or the filter's name."""
        encoders = [ENCODERS.get(codec, codec) for codec in codecs]
        missing = [name for name in encoders if name not in self.encoders]
        return (*missing, *(name for name in filters if name not in self.filters))


def capabilities() -> Capabilities | Refused:
    """Those of the ffmpeg used here."""
    found = find_binaries()
    return found if isinstance(found, Refused) else _asked(found.ffmpeg)


@cache
def _asked(ffmpeg: Path) -> Capabilities:
    return Capabilities(version_of(ffmpeg), _names(ffmpeg, "-encoders"), _names(ffmpeg, "-filters"))


def _names(ffmpeg: Path, what: str) -> frozenset[str]:
    told = run(Box(ffmpeg), ["-hide_banner", what], QUICK)
    text = told.output.decode("utf-8", "replace") if isinstance(told, Ended) else ""
    return frozenset(_NAMED.findall(text))
