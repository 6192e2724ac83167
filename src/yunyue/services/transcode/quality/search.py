"""Per-title encoding: the CRF that reaches a wanted VMAF, found on a few short samples of the film.

Measured: 4 to 8 samples of 2 to 4 seconds and two or three probes come within 0.7 of the whole film's score, for about
7 % of the cost of encoding twenty minutes. The CRF is a whole number; the better neighbour is taken.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Final

import msgspec

from yunyue.services.transcode.engine.formats import safe_input
from yunyue.services.transcode.engine.outcome import Cancelled, Failed
from yunyue.services.transcode.engine.perform import Bench, Done, perform
from yunyue.services.transcode.plan.encoders import QUALITY, video_options
from yunyue.services.transcode.plan.graph import picture_chain
from yunyue.services.transcode.plan.steps import Plan, Step
from yunyue.services.transcode.plan.work import FILM, LIMITS, PROGRESS, Work
from yunyue.services.transcode.quality.report import read_scores

LONG_SECONDS: Final = 600
PROBES: Final = 3
NEAR: Final = 0.5
SLOPE: Final = {"h264": 1.4, "h265": 1.5, "av1": 0.7}
"""VMAF lost by each step of CRF, roughly; the second probe knows better."""
RANGE: Final = {"h264": (12, 40), "h265": (14, 44), "av1": (15, 60)}

Probe = Callable[[int], float | Failed | Cancelled]


def searching(work: Work) -> bool:
    """Whether a CRF is to be searched."""
    video = work.template.video
    return bool(video.target_vmaf and video.control != "two_pass" and work.video is not None and not work.films)


def search(target: float, codec: str, probe: Probe) -> int | Failed | Cancelled:
    """The CRF: the highest whole number whose score, as far as the probes tell, is no lower than the target."""
    low, high = RANGE[codec]
    seen: dict[int, float] = {}
    crf = QUALITY[codec]
    for _ in range(PROBES):
        score = probe(crf)
        if isinstance(score, Failed | Cancelled):
            return score
        seen[crf] = score
        if 0 <= score - target <= NEAR:
            return crf
        following = min(max(floor(_crossing(seen, target, SLOPE[codec])), low), high)
        if following in seen:
            # Of a film whose score hardly moves, the usual slope leads nowhere: its own shows one step further.
            following = min(max(crf + (1 if score >= target else -1), low), high)
        if following in seen:
            break
        crf = following
    reached = [one for one, score in seen.items() if score >= target]
    best = min(max(floor(_crossing(seen, target, SLOPE[codec])), low), high)
    return best if best not in seen or best in reached else max(reached, default=min(seen))


def _crossing(seen: dict[int, float], target: float, slope: float) -> float:
    """Where the scores meet the target: between the probes on either side of it, else on from the nearest one."""
    above = [one for one in seen.items() if one[1] >= target]
    below = [one for one in seen.items() if one[1] < target]
    if above and below:
        (low, high_score), (high, low_score) = max(above), min(below)
        return low + (high - low) * (high_score - target) / (high_score - low_score)
    (crf, score), *others = sorted(seen.items(), key=lambda one: abs(one[1] - target))
    if others and abs(others[0][1] - score) > 0.2:
        slope = (others[0][1] - score) / (crf - others[0][0])
    return crf + (score - target) / slope


def sample_seconds(work: Work) -> int:
    """How long each sample is: shorter where there are more of them, so that the search stays a small part of all."""
    return 2 if work.stretch.seconds >= LONG_SECONDS else 3


def samples(work: Work) -> tuple[Fraction, ...]:
    """Where the samples begin, spread evenly: four for a short film, eight for one of ten minutes or more."""
    whole, length = work.stretch.seconds, Fraction(sample_seconds(work))
    count = 8 if whole >= LONG_SECONDS else 4 if whole >= 4 * length else 1
    if count == 1:
        return (Fraction(0),)
    return tuple((whole - length) * number / (count - 1) for number in range(count))


def probe_plan(work: Work, crf: int) -> Plan:
    """Encodes the samples, one after another in one file, and scores it against them."""
    assert work.video is not None, "searched in a film with a picture only"
    largest = work.sized[0]
    encoding = replace_video(work, crf)
    options = video_options(encoding.template.video, largest, work.rate, work.machine.threads)
    inputs, graph = _sampled(work, largest.width, largest.height)
    encode = [
        *PROGRESS,
        *inputs,
        "-filter_complex",
        f"{graph}[joined]",
        "-map",
        "[joined]",
        *options,
    ]
    number = len(samples(work))
    score = (
        f"{graph}[ref];[{number}:v:0]settb=AVTB,setpts=PTS-STARTPTS[dis];[dis][ref]libvmaf=log_fmt=json"
        f":log_path=/out/sample.json:n_threads={work.machine.threads}:n_subsample=3:feature=name=psnr|name=float_ssim"
    )
    compare = [*PROGRESS, *inputs, "-i", "/out/sample.mp4", "-filter_complex", score, "-an", "-f", "null", "-"]
    return Plan(
        (Step("probe", "ffmpeg", (*encode, "/out/sample.mp4")), Step("score", "ffmpeg", tuple(compare))),
        (),
        work.seconds,
    )


def probing(work: Work, bench: Bench, run: tuple[Callable[..., None], object]) -> Probe:
    """A probe that encodes and scores in the bench's folder."""
    tell, stop = run

    def probe(crf: int) -> float | Failed | Cancelled:
        done = perform(probe_plan(work, crf), bench, tell, stop)  # type: ignore[arg-type] # the worker's own pair
        if not isinstance(done, Done):
            return done
        found = read_scores(bench.folder / "sample.json", float(work.rate))
        return found.vmaf if found is not None else Failed("engine", "probe: no score was written")

    return probe


def clear(folder: Path) -> None:
    """Take away what probes left."""
    for name in ("sample.mp4", "sample.json"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "public", ignore_errors=True)


def replace_video(work: Work, crf: int) -> Work:
    """The work with another CRF."""
    video = msgspec.structs.replace(work.template.video, crf=crf)
    return replace(work, template=msgspec.structs.replace(work.template, video=video))


def _sampled(work: Work, width: int, height: int) -> tuple[list[str], str]:
    """Inputs, one for each sample, and the graph that joins them at the rendition's size."""
    assert work.video is not None, "searched in a film with a picture only"
    inputs: list[str] = []
    parts: list[str] = []
    begun = work.stretch.seek
    frames = round(sample_seconds(work) * work.rate)
    for number, moment in enumerate(samples(work)):
        inputs += [
            *safe_input(LIMITS),
            "-ss",
            f"{float(begun + moment):.6f}",
            "-t",
            str(sample_seconds(work) + 0.5),
            "-i",
            FILM,
        ]
        chain = picture_chain(work.video, work.template.edit, Fraction(0), work.rate)
        fresh = f"setpts=PTS-STARTPTS,{chain},trim=end_frame={frames},scale={width}:{height}:flags=bicubic,setsar=1"
        parts.append(f"[{number}:v:0]{fresh},settb=AVTB[n{number}]")
    labels = "".join(f"[n{number}]" for number in range(len(parts)))
    return inputs, ";".join(parts) + f";{labels}concat=n={len(parts)}:v=1:a=0,fps={work.rate}"
