"""The quality report of a result: scores, bitrate over time, distances of keyframes, loudness; data for plots."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from yunyue.host.sandbox import Box, Ended, Limits, Shown, run
from yunyue.services.transcode.engine.binaries import Binaries
from yunyue.services.transcode.engine.verify import Kept
from yunyue.services.transcode.quality.compare import SUBSAMPLE, log_name

FILE: Final = "quality.json"
LIMITS: Final = Limits(wall=3600, cpu=3600, lines=512 << 20)
_LOUD: Final = {
    "integrated": r"I:\s+(-?[\d.]+|-inf) LUFS",
    "range": r"LRA:\s+(-?[\d.]+) LU",
    "peak": r"Peak:\s+(-?[\d.]+|-inf) dBFS",
}


class Scores(Struct, frozen=True):
    """VMAF, PSNR of luma (dB) and SSIM: means, the lowest VMAF, and VMAF second by second."""

    vmaf: float
    vmaf_lowest: float
    psnr: float
    ssim: float
    over_time: tuple[float, ...]


class Quality(Struct, frozen=True, kw_only=True):
    """Of one stream. `kilobits`: each second's; `key_distances`: frames from keyframe to keyframe.

    `loudness`: LUFS, range in LU and true peak in dBFS of a sound track; None where nothing can be measured.
    """

    name: str
    kind: str
    scores: Scores | None
    kilobits: tuple[int, ...]
    key_distances: tuple[int, ...]
    loudness: dict[str, float | None] | None = None


def write_report(folder: Path, public: Path, kept: tuple[Kept, ...], engines: Binaries) -> tuple[Quality, ...]:
    """Measure what needs no source, read the scores that were written, and put both beside the result."""
    found = tuple(_quality(one, folder, engines) for one in kept)
    (public / FILE).write_bytes(msgspec.json.encode(found))
    return found


def _quality(one: Kept, folder: Path, engines: Binaries) -> Quality:
    promise = one.promise
    path = folder / promise.path
    return Quality(
        name=promise.name,
        kind=promise.kind,
        scores=read_scores(folder / log_name(promise), float(promise.rate)) if promise.kind == "video" else None,
        kilobits=_kilobits(path, "v:0" if promise.kind == "video" else "a:0", engines),
        key_distances=tuple(round((b - a) * promise.rate) for a, b in pairwise(one.keys)) if promise.rate else (),
        loudness=_loudness(path, engines) if promise.kind == "audio" else None,
    )


def read_scores(path: Path, rate: float) -> Scores | None:
    """The scores a comparison wrote; None when there was none."""
    if not path.exists():
        return None
    told: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    means = told["pooled_metrics"]
    frames = [(int(one["frameNum"]), float(one["metrics"]["vmaf"])) for one in told["frames"]]
    seconds: dict[int, list[float]] = {}
    for number, score in frames:
        seconds.setdefault(int(number / rate) if rate else 0, []).append(score)
    return Scores(
        vmaf=round(means["vmaf"]["mean"], 3),
        vmaf_lowest=round(means["vmaf"]["min"], 3),
        psnr=round(means["psnr_y"]["mean"], 3),
        ssim=round(means["float_ssim"]["mean"], 5),
        over_time=tuple(round(sum(scores) / len(scores), 2) for _, scores in sorted(seconds.items())),
    )


def _kilobits(path: Path, stream: str, engines: Binaries) -> tuple[int, ...]:
    given = ["-v", "error", "-protocol_whitelist", "file", "-select_streams", stream]
    given += ["-show_entries", "packet=pts_time,size", "-of", "csv=p=0", "/in/0"]
    bits: dict[int, int] = {}

    def hear(line: str) -> None:
        moment, _, size = line.partition(",")
        if moment.replace(".", "", 1).lstrip("-").isdigit() and size.strip(",").isdigit():
            second = max(int(float(moment)), 0)
            bits[second] = bits.get(second, 0) + int(size.strip(",")) * 8

    run(Box(engines.ffprobe, (Shown(path, "/in/0"),)), given, LIMITS, hear)
    return tuple(bits.get(second, 0) // 1000 for second in range(max(bits, default=-1) + 1))


def _loudness(path: Path, engines: Binaries) -> dict[str, float | None] | None:
    given = ["-nostdin", "-hide_banner", "-nostats", "-protocol_whitelist", "file", "-i", "/in/0", "-map", "0:a:0"]
    given += ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    told = run(Box(engines.ffmpeg, (Shown(path, "/in/0"),)), given, LIMITS)
    if not isinstance(told, Ended) or told.code:
        return None
    found = {name: re.findall(pattern, told.errors) for name, pattern in _LOUD.items()}
    return {name: _finite(values[-1]) if values else None for name, values in found.items()}


def _finite(text: str) -> float | None:
    return None if "inf" in text else float(text)


__all__ = ["FILE", "SUBSAMPLE", "Quality", "Scores", "read_scores", "write_report"]
