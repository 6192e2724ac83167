"""Long films in chunks: where they are cut, how one chunk is encoded, how chunks and sound become one film again.

Cut on the grid of segments of what comes out; each chunk is read from the keyframe before it, so that the filter that
sets the rate has the frame that shows at the seam, however long ago it began, and gives just so many frames: nothing is
lost or doubled. Marks and subtitles see the time in the whole result. Sound is encoded once, whole: it has no seams.
Chunks are MP4: measured, MKV adds 80 ms at every join.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from yunyue.services.transcode.plan.encoders import key_frames
from yunyue.services.transcode.plan.ladder import encode_promises, encode_steps, measure_loudness
from yunyue.services.transcode.plan.package import MASTER, package_steps, packaged
from yunyue.services.transcode.plan.pictures import picture_steps
from yunyue.services.transcode.plan.steps import PUBLIC, Plan, Promise, Step
from yunyue.services.transcode.plan.stretch import Stretch
from yunyue.services.transcode.plan.subtitles import subtitle_steps
from yunyue.services.transcode.plan.work import PROGRESS, Work
from yunyue.services.transcode.templates import Template

LISTED: Final = ("-protocol_whitelist", "file", "-format_whitelist", "concat,mov", "-f", "concat", "-safe", "0")
"""Of our own making and inside the sandbox: the one place where a list of files is read."""


DIVISIBLE: Final = ("hls-dash", "hls-ts", "mp4")


def in_one_piece(template: Template, *, appended: bool) -> str:
    """Why a film is encoded in one piece, however long it is; empty: it need not be. `appended`: other films follow."""
    if template.output not in DIVISIBLE:
        return "no picture is encoded"
    if template.video.control == "two_pass":
        # A chunk's own two passes would give each chunk the same share, where quiet parts shall pay for busy ones.
        return "the second pass shares the bits out over the whole film"
    return "the films are put one after another while they are encoded" if appended else ""


def told_whole(work: Work) -> tuple[str, ...]:
    """What a result says of a long film that was not divided."""
    why = in_one_piece(work.template, appended=bool(work.films)) if work.video is not None else ""
    encoded = work.template.output in DIVISIBLE
    return (f"it was encoded in one piece: {why}",) if why and encoded else ()


def divisible(work: Work) -> bool:
    """Whether a film can be encoded in chunks."""
    return work.video is not None and not in_one_piece(work.template, appended=bool(work.films))


def grid(work: Work) -> int:
    """How many frames come out; where only the film's end tells, to within one or two."""
    return work.stretch.frames if work.stretch.frames is not None else round(work.stretch.seconds * work.rate)


def cuts(work: Work, seconds: int) -> tuple[tuple[int, int], ...]:
    """First frame and number of frames of each chunk: whole segments, of about so many seconds, none tiny."""
    whole = grid(work)
    segment = key_frames(work.template.video, work.rate) * (
        work.template.segment_seconds // work.template.video.key_seconds
    )
    size = max(round(seconds * work.rate / segment), 1) * segment
    firsts = list(range(0, whole, size))
    if len(firsts) > 1 and whole - firsts[-1] < size // 3:
        firsts.pop()
    return tuple((first, end - first) for first, end in zip(firsts, [*firsts[1:], whole], strict=True))


def chunk_plan(work: Work, first: int, frames: int, *, last: bool = False) -> Plan:
    """Encodes all renditions of one chunk; the last one holds what there is, where only the film's end tells."""
    stretch = chunk_stretch(work, first, frames)
    if last and work.stretch.frames is None:
        stretch = replace(stretch, frames=None)
    piece = replace(work, stretch=stretch, part="picture", begun=first / work.rate)
    drawn = subtitle_steps(work) if work.template.subtitles.mode == "burn" else ()
    return Plan((*drawn, *encode_steps(piece)), encode_promises(piece), stretch.seconds)


def chunk_stretch(work: Work, first: int, frames: int) -> Stretch:
    """The chunk's place in the film."""
    video = work.media.video
    assert video is not None, "asked of a divisible film only"
    begin = work.stretch.seek + work.stretch.origin if work.stretch.seek else video.start
    seconds = frames / work.rate
    if not first and not work.stretch.seek:
        return Stretch(Fraction(0), video.start, seconds, frames, whole=False, early=True)
    return Stretch(begin + first / work.rate, Fraction(0), seconds, frames, whole=False, early=True)


def sound_plan(work: Work) -> Plan:
    """Encodes every sound track."""
    whole = replace(work, part="sound")
    return Plan((*measure_loudness(whole), *encode_steps(whole)), encode_promises(whole), work.stretch.seconds)


def joined_plan(work: Work, chunks: Sequence[tuple[int, int]]) -> Plan:
    """Joins what chunks and sound gave, packages it, and adds the pictures."""
    pieces = replace(work, part="picture")
    pictures = encode_promises(pieces)
    sounds = encode_promises(replace(work, part="sound")) if work.sounds else ()
    joins = tuple(_join(work, one, chunks) for one in pictures)
    if work.template.output == "mp4":
        promises = encode_promises(work)
        made = tuple(_muxed(one, two, sounds) for one, two in zip(pictures, promises, strict=True))
    else:
        promises = packaged((*pictures, *sounds), work.template.encryption.scheme)
        made = package_steps(work, promises)
    own = MASTER if work.template.encryption.scheme == "aes-128" else ""
    mode, compared = work.template.subtitles.mode, work.template.quality_report
    shown = subtitle_steps(work) if mode == "webvtt" or (mode == "burn" and compared) else ()
    steps = (*shown, *joins, *made, *picture_steps(work))
    notes = (*work.media.notes, f"it was encoded in {len(chunks)} pieces")
    return Plan(steps, promises, work.seconds, notes, own)


def chunk_path(promise: Promise, number: int) -> str:
    """Where a chunk of a rendition lies in the folder of the job that joins it."""
    return f"chunks/{number}/{promise.path}"


def _join(work: Work, promise: Promise, chunks: Sequence[tuple[int, int]]) -> Step:
    lines = ["ffconcat version 1.0"]
    for number, (_, frames) in enumerate(chunks):
        length = f"{float(frames / work.rate):.6f}"
        lines += [f"file {chunk_path(promise, number)}", f"duration {length}"]
    name = f"list-{promise.name}.txt"
    given = [*PROGRESS, *LISTED, "-i", f"/out/{name}", "-map", "0:v:0", "-c", "copy", "-fflags", "+bitexact"]
    given += ["-video_track_timescale", str(_timescale(work.rate)), "-map_metadata", "-1", f"/out/{promise.path}"]
    return Step(f"join-{promise.name}", "ffmpeg", tuple(given), 2, writes={name: "\n".join([*lines, ""]).encode()})


def _timescale(rate: Fraction) -> int:
    return rate.numerator if rate.numerator >= 10_000 else rate.numerator * 1000


def _muxed(picture: Promise, final: Promise, sounds: Sequence[Promise]) -> Step:
    given = [*PROGRESS, "-i", f"/out/{picture.path}"]
    for one in sounds:
        given += ["-i", f"/out/{one.path}"]
    for number in range(len(sounds) + 1):
        given += ["-map", f"{number}:0"]
    given += ["-c", "copy", "-movflags", "+faststart", "-fflags", "+bitexact", "-map_metadata", "-1"]
    assert final.path.startswith(f"{PUBLIC}/"), "an MP4 is published as it is"
    return Step(f"mux-{final.name}", "ffmpeg", (*given, f"/out/{final.path}"), 2)
