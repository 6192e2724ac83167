"""Commands that compare a rendition with its source, frame by frame: VMAF, PSNR and SSIM in one pass."""

from dataclasses import replace
from typing import Final

from yunyue.services.transcode.plan.ladder import mark_texts, picture_graph
from yunyue.services.transcode.plan.steps import Promise, Step
from yunyue.services.transcode.plan.work import PROGRESS, Work

SUBSAMPLE: Final = 3
"""Every third frame is scored: a third of the cost, and the mean moves by less than a tenth."""


def log_name(promise: Promise) -> str:
    """Where the scores of a rendition are written, in the job's folder."""
    return f"scores-{promise.name}.json"


def compare_step(work: Work, promise: Promise) -> Step:
    """The source as it was edited, beside the rendition scaled up to it, as a viewer at full screen sees both."""
    picture = replace(work, part="picture")
    graph, inputs = picture_graph(picture)
    width, height = (side // 2 * 2 for side in work.shown)
    number = 1 + len(inputs) // len(work.picture_input("")) if inputs else 1
    end = f"trim=end_frame={work.stretch.frames}," if work.stretch.frames is not None else ""
    # Both at the same frames, whatever an edit list or a time base would make of them.
    fit = f"scale={width}:{height}:flags=bicubic,setsar=1,format=yuv420p,settb=AVTB"
    shown = f"[base]{end}{fit},setpts=PTS-STARTPTS[ref]"
    seen = f"[{number}:v:0]{fit},setpts=PTS-STARTPTS[dis]"
    score = (
        f"[dis][ref]libvmaf=log_fmt=json:log_path=/out/{log_name(promise)}:n_threads={work.machine.threads}"
        f":n_subsample={SUBSAMPLE}:feature=name=psnr|name=float_ssim:shortest=1"
    )
    given = [*PROGRESS, *work.film_input(), *inputs, "-i", f"/out/{promise.path}"]
    given += ["-filter_complex", ";".join((graph, shown, seen, score)), "-an", "-f", "null", "-"]
    return Step(f"compare-{promise.name}", "ffmpeg", tuple(given), weight=60, writes=mark_texts(work))


def compare_steps(work: Work, promises: tuple[Promise, ...]) -> tuple[Step, ...]:
    """One for each rendition, when the template asks for the report."""
    if not work.template.quality_report or work.films or work.video is None:
        return ()
    return tuple(compare_step(work, one) for one in promises if one.kind == "video")
