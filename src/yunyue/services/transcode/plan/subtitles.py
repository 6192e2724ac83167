"""Subtitles as a file of their own: the filter that draws them opens that, and never the film."""

from typing import Final

from yunyue.services.transcode.engine.formats import SUBTITLES as SUBTITLE_FORMATS
from yunyue.services.transcode.engine.formats import safe_input
from yunyue.services.transcode.media import Media
from yunyue.services.transcode.plan.ladder import SUBTITLES
from yunyue.services.transcode.plan.package import TEXT_TRACK
from yunyue.services.transcode.plan.steps import Plan, Step
from yunyue.services.transcode.plan.work import LIMITS, PROGRESS, Work
from yunyue.services.transcode.templates import Subtitles

TAKEN_OUT: Final = "film+subtitles.ass"
"""No file of a job's can be called so: its name would hold a plus."""


def subtitle_steps(work: Work) -> tuple[Step, ...]:
    """The command that takes them out of the film or the file brought along; none when none are wanted."""
    wanted = work.template.subtitles
    if wanted.mode == "none":
        return ()
    clip = ["-ss", f"{float(work.stretch.seek):.6f}"] if work.stretch.seek else []
    file = wanted.file or (TAKEN_OUT if work.brought(TAKEN_OUT) is not None else "")
    if file:
        given = [*safe_input(LIMITS, SUBTITLE_FORMATS), *clip, "-i", f"/in/{file}", "-map", "0:s:0"]
    else:
        given = _own(work.media, wanted, clip)
    target = SUBTITLES if wanted.mode == "burn" else TEXT_TRACK
    return (Step("subtitles", "ffmpeg", (*PROGRESS, *given, f"/out/{target}")),)


def taken_out(media: Media, wanted: Subtitles) -> Plan:
    """Takes the film's own subtitles out once, for all chunks: each would read the whole film for them."""
    given = (*PROGRESS, *_own(media, wanted, []), f"/out/{TAKEN_OUT}")
    return Plan((Step("subtitles", "ffmpeg", given),), (), media.seconds)


def _own(media: Media, wanted: Subtitles, clip: list[str]) -> list[str]:
    index = next((s.index for s in media.subtitles if s.language == wanted.language), None)
    chosen = index if index is not None else media.subtitles[0].index
    return [*safe_input(LIMITS), *clip, "-i", "/in/film", "-map", f"0:{chosen}"]
