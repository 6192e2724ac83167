"""Looks into what was made: success is what the files hold, never an exit code.

Two of 101 odd films made ffmpeg end well with an empty output.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.services.transcode.engine.binaries import Binaries
from yunyue.services.transcode.engine.formats import MediaLimits
from yunyue.services.transcode.engine.outcome import Failed
from yunyue.services.transcode.engine.packets import Packets, read_packets
from yunyue.services.transcode.plan import Plan, Promise
from yunyue.services.transcode.plan.steps import PUBLIC

OWN: Final = MediaLimits(size=1 << 50, seconds=1 << 30, decode=1 << 62)


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise that was kept, with what was found: frames or packets, seconds, bytes, times of keyframes."""

    promise: Promise
    frames: int
    seconds: Fraction
    size: int
    keys: tuple[Fraction, ...]


def verify(plan: Plan, folder: Path, engines: Binaries, *, complained: bool) -> tuple[Kept, ...] | Failed:
    """What was made, promise by promise. `complained`: the decoder did, so frames may be missing at the end."""
    kept: list[Kept] = []
    for promise in plan.promises:
        found = _looked(promise, folder, engines, complained=complained)
        if isinstance(found, Failed):
            return found
        kept.append(found)
    return _unaligned(kept) or tuple(kept)


def _looked(promise: Promise, folder: Path, engines: Binaries, *, complained: bool) -> Kept | Failed:
    path = folder / promise.path
    if not path.exists() or not path.stat().st_size:
        return Failed("input", f"{promise.name}: nothing was made of it")
    packets = read_packets(path, "v:0" if promise.kind == "video" else "a:0", engines, OWN)
    if isinstance(packets, Refused):
        return Failed("engine", f"{promise.name}: {packets.reason}")
    if not packets.count:
        return Failed("input", f"{promise.name}: it is empty")
    if promise.folder and (wrong := _segments(folder / PUBLIC / promise.folder, packets.seconds)):
        return Failed("engine", f"{promise.name}: {wrong}")
    if promise.kind == "video" and (wrong := _short(promise, packets, complained=complained)):
        return Failed("engine", f"{promise.name}: {wrong}")
    return Kept(promise, packets.count, packets.seconds, path.stat().st_size, packets.keys)


def _short(promise: Promise, packets: Packets, *, complained: bool) -> str:
    """What is wrong with the number of frames and the length; empty: nothing."""
    if (
        promise.frames is not None
        and packets.count != promise.frames
        and not (complained and packets.count < promise.frames)
    ):
        return f"{packets.count} frames instead of {promise.frames}"
    if not promise.rate:
        return ""
    tolerance = promise.seconds / 2 if complained else (1 if promise.frames is not None else 3) / promise.rate
    if abs(packets.seconds - promise.seconds) > tolerance + Fraction(1, 1000):
        return f"{float(packets.seconds):.3f} s instead of {float(promise.seconds):.3f} s"
    return ""


def _segments(folder: Path, seconds: Fraction) -> str:
    """What is wrong with a playlist and the segments beside it; empty: nothing."""
    try:
        lines = (folder / "index.m3u8").read_text().splitlines()
    except OSError:
        return "it has no playlist"
    names = [line for line in lines if line and not line.startswith("#")]
    if "#EXT-X-ENDLIST" not in lines or not names:
        return "its playlist has no end"
    if any(not (folder / name).exists() or not (folder / name).stat().st_size for name in names):
        return "a segment is missing"
    told = sum(Fraction(line.removeprefix("#EXTINF:").split(",")[0]) for line in lines if line.startswith("#EXTINF:"))
    return "" if abs(told - seconds) < Fraction(1, 5) else f"its playlist says {float(told):.3f} s"


def _unaligned(kept: Sequence[Kept]) -> Failed | None:
    """Keyframes must lie at the same moments in every rendition, or players stall when they switch."""
    pictures = [one for one in kept if one.promise.kind == "video" and one.promise.folder]
    if len({one.keys for one in pictures}) > 1:
        return Failed("engine", "the keyframes of the renditions do not lie at the same moments")
    return None
