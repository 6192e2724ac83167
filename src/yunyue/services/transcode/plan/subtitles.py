"""Subtitles as a file of their own: the filter that draws them opens that, and never the film."""

from yunyue.services.transcode.engine.formats import SUBTITLES as SUBTITLE_FORMATS
from yunyue.services.transcode.engine.formats import safe_input
from yunyue.services.transcode.plan.ladder import SUBTITLES
from yunyue.services.transcode.plan.package import TEXT_TRACK
from yunyue.services.transcode.plan.steps import Step
from yunyue.services.transcode.plan.work import LIMITS, PROGRESS, Work


def subtitle_steps(work: Work) -> tuple[Step, ...]:
    """The command that takes them out of the film or the file brought along; none when none are wanted."""
    wanted = work.template.subtitles
    if wanted.mode == "none":
        return ()
    clip = ["-ss", f"{float(work.stretch.seek):.6f}"] if work.stretch.seek else []
    if wanted.file:
        given = [*safe_input(LIMITS, SUBTITLE_FORMATS), *clip, "-i", f"/in/{wanted.file}", "-map", "0:s:0"]
    else:
        index = next((s.index for s in work.media.subtitles if s.language == wanted.language), None)
        chosen = index if index is not None else work.media.subtitles[0].index
        given = [*safe_input(LIMITS), *clip, "-i", "/in/film", "-map", f"0:{chosen}"]
    target = SUBTITLES if wanted.mode == "burn" else TEXT_TRACK
    return (Step("subtitles", "ffmpeg", (*PROGRESS, *given, f"/out/{target}")),)
