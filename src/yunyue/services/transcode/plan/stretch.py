"""Which part of a film is taken, on the grid of its frames.

Seeking lands half a frame before the first frame that is wanted, so that rounding can never take one more or one less;
picture and sound are moved back by the same half frame. Measured: 16 of 16 clips identical by framemd5.

Where frames do not last equally long, or come out at another rate, the frame that shows at the beginning may have begun
long before: reading then starts at the keyframe before, and the filter that sets the rate finds that frame.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from yunyue.services.transcode.media import Media, VideoTrack


@dataclass(frozen=True, slots=True)
class Stretch:
    """`seek`: seconds to seek to, 0 for none; `origin`: what is then subtracted from times; `seconds`: its length.

    `frames`: so many come out, None where only the film's end tells. `whole`: nothing is cut off. `early`: reading
    begins at the keyframe before `seek`, at times below zero, and ends when nobody wants more.
    """

    seek: Fraction
    origin: Fraction
    seconds: Fraction
    frames: int | None
    whole: bool
    early: bool = False

    @property
    def sharp(self) -> "Stretch":
        """The same for what takes frames as they come, such as a copy: it begins at `seek` and ends with it."""
        return replace(self, early=False)

    def options(self) -> list[str]:
        """Given before the input."""
        if self.early:
            return ["-noaccurate_seek", "-ss", f"{float(self.seek):.6f}"] if self.seek else []
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
    if not video.steady or video.rate != rate:
        return _resampled(video, start, end, rate)
    first = _first(start - video.start, video.rate)
    until = _first(end - video.start, video.rate) if end else video.frames
    count = max(min(until, video.frames) - first, 0)
    seconds = count / video.rate
    if not first:
        return Stretch(Fraction(0), video.start, seconds, count, False)
    half = Fraction(1, 2) / video.rate
    return Stretch(video.start + first / video.rate - half, half, seconds, count, False)


def _resampled(video: VideoTrack, start: Fraction, end: Fraction, rate: Fraction) -> Stretch:
    """On the grid of the frames that come out: how many is known unless the film's own end is the end."""
    last = video.start + video.seconds
    seconds = max(min(end or last, last) - max(start, video.start), Fraction(0))
    frames = round(seconds * rate) if end and end < last else None
    if start <= video.start:
        return Stretch(Fraction(0), video.start, seconds, frames, False, early=True)
    return Stretch(start, Fraction(0), seconds, frames, False, early=True)


def _first(moment: Fraction, rate: Fraction) -> int:
    """The number of the first frame that begins at a moment or later."""
    return max(ceil(moment * rate - Fraction(1, 100)), 0)
