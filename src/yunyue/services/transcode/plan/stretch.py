"""Which part of a film is taken, on the grid of its frames.

Seeking lands half a frame before the first frame that is wanted, so that rounding can never take one more or one less;
picture and sound are moved back by the same half frame. Measured: 16 of 16 clips identical by framemd5.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from yunyue.services.transcode.media import Media


@dataclass(frozen=True, slots=True)
class Stretch:
    """`seek`: seconds to seek to, 0 for none; `origin`: what is then subtracted from times; `seconds`: its length.

    `frames`: exact when the pace is steady and kept, else None. `whole`: nothing is cut off.
    """

    seek: Fraction
    origin: Fraction
    seconds: Fraction
    frames: int | None
    whole: bool

    def options(self) -> list[str]:
        """Given before the input."""
        given = ["-ss", f"{float(self.seek):.6f}"] if self.seek else []
        # Half a second more than is wanted: a filter that waits for the next frame gets it.
        return given if self.whole else [*given, "-t", f"{float(self.seconds) + 0.5:.6f}"]


def stretch_of(media: Media, start: Fraction, end: Fraction, rate: Fraction) -> Stretch:
    """From `start` up to `end` (0: to its end), at an output of `rate` frames a second (0: sound alone)."""
    video = media.video
    if video is None or not rate:
        last = min(end or media.seconds, media.seconds)
        return Stretch(start, Fraction(0), max(last - start, Fraction(0)), None, not start and not end)
    if not start and not end:
        kept = video.frames if video.steady and video.rate == rate else None
        return Stretch(Fraction(0), video.start, video.seconds, kept, True)
    first = _first(start - video.start, video.rate)
    until = _first(end - video.start, video.rate) if end else video.frames
    count = max(min(until, video.frames) - first, 0)
    seconds, exact = count / video.rate, count if video.steady and video.rate == rate else None
    if not first:
        return Stretch(Fraction(0), video.start, seconds, exact, False)
    half = Fraction(1, 2) / video.rate
    return Stretch(video.start + first / video.rate - half, half, seconds, exact, False)


def _first(moment: Fraction, rate: Fraction) -> int:
    """The number of the first frame that begins at a moment or later."""
    return max(ceil(moment * rate - Fraction(1, 100)), 0)
