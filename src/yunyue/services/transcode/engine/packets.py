"""The times of a track's packets: how many frames there really are, where keyframes lie, whether the pace is steady.

Headers lie; packets are what a decoder will get. Reading them decodes nothing.
"""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
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
    """Presentation times in seconds, sorted, and those among them that are keyframes. `missing`: without a time."""

    times: tuple[Fraction, ...]
    keys: tuple[Fraction, ...]
    missing: int
    last: Fraction

    @property
    def count(self) -> int:
        """All packets."""
        return len(self.times) + self.missing

    @property
    def seconds(self) -> Fraction:
        """From the first frame's beginning to the last one's end."""
        return self.times[-1] + self.last - self.times[0] if self.times else Fraction(0)

    @property
    def pace(self) -> Fraction:
        """Frames a second on average; 0 for fewer than two."""
        spread = self.times[-1] - self.times[0] if len(self.times) > 1 else Fraction(0)
        return (len(self.times) - 1) / spread if spread else Fraction(0)

    @property
    def steady(self) -> bool:
        """Whether every frame lasts equally long, but for rounding."""
        if self.missing or len(self.times) < 3:
            return not self.missing
        step = 1 / self.pace
        return all(abs(later - earlier - step) <= JITTER for earlier, later in pairwise(self.times))

    def before(self, moment: Fraction) -> int:
        """How many frames begin before a moment."""
        return bisect_left(self.times, moment)


def read_packets(path: Path, stream: str, engines: Binaries, limits: MediaLimits) -> Packets | Refused:
    """Those of one stream, such as "v:0". Refused: the file cannot be read."""
    given = ["-v", "error", *safe_input(limits), "-select_streams", stream]
    given += ["-show_entries", "packet=pts,duration,flags:stream=time_base", "-of", "compact=p=0", "/in/0"]
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
        """One line of ffprobe's: pts=512|duration=512|flags=K__, or time_base=1/12800."""
        fields = dict(part.split("=", 1) for part in line.split("|") if "=" in part)
        if "time_base" in fields:
            self.base = Fraction(fields["time_base"])
        elif "D" not in fields.get("flags", "D"):
            # D: to be discarded by whoever plays it, such as frames before an edit begins.
            duration = _number(fields.get("duration")) or 0
            self.rows.append((_number(fields.get("pts")), duration, "K" in fields["flags"]))

    def packets(self) -> Packets:
        """What was heard."""
        timed = sorted((pts, duration, key) for pts, duration, key in self.rows if pts is not None)
        times = tuple(pts * self.base for pts, _, _ in timed)
        keys = tuple(pts * self.base for pts, _, key in timed if key)
        last = timed[-1][1] * self.base if timed else Fraction(0)
        if not last and len(times) > 1:
            last = times[-1] - times[-2]
        return Packets(times, keys, len(self.rows) - len(timed), last)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.lstrip("-").isdigit() else None
