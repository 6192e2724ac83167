"""The times of a track's packets: how many frames there really are, where keyframes lie, whether the pace is steady.

Headers lie; packets are what a decoder will get. Reading them decodes nothing.
"""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.host.sandbox import Box, Ended, Limits, Shown, run
from yunyue.services.transcode.engine.binaries import Binaries
from yunyue.services.transcode.engine.formats import MediaLimits, safe_input
from yunyue.services.transcode.engine.said import complaint

MOST_PACKETS: Final = 8_000_000
JITTER: Final = Fraction(1, 500)
"""Seconds: containers round times to milliseconds, so a steady pace wavers by one or two."""


@dataclass(frozen=True, slots=True)
class Packets:
    """Presentation times in ticks of `base` seconds, sorted, and those of keyframes. `missing`: without a time.

    `last`: how many ticks the last one lasts. Whole ticks, not fractions: a long film has a million of them.
    """

    ticks: tuple[int, ...]
    key_ticks: tuple[int, ...]
    missing: int
    last: int
    base: Fraction

    @property
    def times(self) -> tuple[Fraction, ...]:
        """Of all packets, in seconds."""
        return tuple(tick * self.base for tick in self.ticks)

    @property
    def keys(self) -> tuple[Fraction, ...]:
        """Of keyframes, in seconds."""
        return tuple(tick * self.base for tick in self.key_ticks)

    @property
    def count(self) -> int:
        """All packets."""
        return len(self.ticks) + self.missing

    @property
    def start(self) -> Fraction:
        """When the first one is shown, in seconds."""
        return self.ticks[0] * self.base if self.ticks else Fraction(0)

    @property
    def seconds(self) -> Fraction:
        """From the first frame's beginning to the last one's end."""
        return (self.ticks[-1] + self.last - self.ticks[0]) * self.base if self.ticks else Fraction(0)

    @property
    def pace(self) -> Fraction:
        """Frames a second on average; 0 for fewer than two."""
        spread = (self.ticks[-1] - self.ticks[0]) * self.base if len(self.ticks) > 1 else Fraction(0)
        return (len(self.ticks) - 1) / spread if spread else Fraction(0)

    @property
    def steady(self) -> bool:
        """Whether every frame lasts equally long, but for rounding."""
        if self.missing or len(self.ticks) < 3:
            return not self.missing
        if not self.pace:
            return False
        least, most = ceil((1 / self.pace - JITTER) / self.base), floor((1 / self.pace + JITTER) / self.base)
        return all(least <= later - earlier <= most for earlier, later in pairwise(self.ticks))

    def before(self, moment: Fraction) -> int:
        """How many frames begin before a moment."""
        return bisect_left(self.ticks, ceil(moment / self.base))


def read_packets(path: Path, stream: str, engines: Binaries, limits: MediaLimits) -> Packets | Refused:
    """Those of one stream, such as "v:0". Refused: the file cannot be read."""
    given = ["-v", "error", *safe_input(limits), "-select_streams", stream]
    given += ["-show_entries", "packet=pts,duration,flags:stream=time_base", "-of", "csv=p=0", "/in/0"]
    reading = _Reading()
    allowed = Limits(wall=1800, cpu=1800, memory=2 << 30, lines=MOST_PACKETS * 64)
    told = run(Box(engines.ffprobe, (Shown(path, "/in/0"),)), given, allowed, reading.hear)
    if not isinstance(told, Ended):
        return Refused(f"reading the file was stopped: {told.why}", "input", "C37")
    if told.code and not reading.rows:
        return Refused(f"the file cannot be read: {complaint(told.errors)}", "input", "C37")
    return reading.packets()


class _Reading:
    """Collects packets line by line; the stream's time base comes after them."""

    def __init__(self) -> None:
        self.rows: list[tuple[int | None, int, bool]] = []
        self.base = Fraction(1, 1000)

    def hear(self, line: str) -> None:
        """One line of ffprobe's: pts, duration and flags, such as 512,512,K__, or a time base such as 1/12800."""
        first, _, rest = line.partition(",")
        if "/" in first and first != "N/A":
            self.base = Fraction(first)
            return
        duration, _, flags = rest.partition(",")
        if flags and "D" not in flags:
            # D: to be discarded by whoever plays it, such as frames before an edit begins.
            self.rows.append((_number(first), _number(duration) or 0, "K" in flags))

    def packets(self) -> Packets:
        """What was heard."""
        timed = sorted((pts, duration, key) for pts, duration, key in self.rows if pts is not None)
        ticks = tuple(pts for pts, _, _ in timed)
        last = timed[-1][1] if timed else 0
        if not last and len(ticks) > 1:
            last = ticks[-1] - ticks[-2]
        keys = tuple(pts for pts, _, key in timed if key)
        return Packets(ticks, keys, len(self.rows) - len(timed), last, self.base)


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
