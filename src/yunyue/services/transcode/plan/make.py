"""Puts a plan together, or says why there is none."""

from dataclasses import replace
from fractions import Fraction
from typing import Final, assert_never

from yunyue.answer import Refused
from yunyue.services.transcode.media import Media
from yunyue.services.transcode.plan.ladder import encode_promises, encode_steps, measure_loudness
from yunyue.services.transcode.plan.package import MASTER, package_steps, packaged
from yunyue.services.transcode.plan.pictures import picture_steps
from yunyue.services.transcode.plan.steps import PUBLIC, Extra, Machine, Plan, Promise, Step
from yunyue.services.transcode.plan.subtitles import subtitle_steps
from yunyue.services.transcode.plan.work import PROGRESS, Work, work_of
from yunyue.services.transcode.templates import Template

PLAIN_MACHINE: Final = Machine()
REMUXABLE: Final = {"h264": "h264", "hevc": "h265", "av1": "av1"}
REMUXABLE_SOUND: Final = {"aac": "aac", "mp3": "mp3", "ac3": "ac3", "eac3": "eac3", "opus": "opus", "flac": "flac"}


def make_plan(
    media: Media, template: Template, extras: tuple[Extra, ...] = (), machine: Machine = PLAIN_MACHINE
) -> Plan | Refused:
    """The plan. Refused: the film has not what the template needs; a file is missing; a cut outside the film."""
    work = make_work(media, template, extras, machine)
    return work if isinstance(work, Refused) else plan_of(work)


def make_work(
    media: Media, template: Template, extras: tuple[Extra, ...] = (), machine: Machine = PLAIN_MACHINE
) -> Work | Refused:
    """What a plan is made from, once everything was found to fit. Refused as `make_plan`."""
    work = work_of(media, template, extras, machine)
    return _unfit(work) or work


def plan_of(work: Work) -> Plan:
    """The plan of one command line, one worker, the whole film."""
    template, media = work.template, work.media
    pictures = picture_steps(work)
    match template.output:
        case "hls-dash" | "hls-ts":
            promises = packaged(encode_promises(work), template.encryption.scheme)
            made = (*encode_steps(work), *package_steps(work, promises))
        case "mp4" | "audio":
            promises, made = encode_promises(work), encode_steps(work)
        case "remux":
            promises, made = _remuxed(work), (_remux(work),)
        case "pictures":
            promises, made = (), ()
        case _:
            assert_never(template.output)
    steps = (*subtitle_steps(work), *measure_loudness(work), *made, *pictures)
    own = MASTER if template.encryption.scheme == "aes-128" else ""
    return Plan(steps, promises, work.seconds, media.notes, own)


def _unfit(work: Work) -> Refused | None:
    template, media = work.template, work.media
    if work.stretch.seconds <= 0:
        return Refused("the clip begins after the film has ended", "template.clip.start_ms", "C37")
    if template.output == "audio" and not media.audio:
        return Refused("the film has no sound", "template.output", "C37")
    if template.output == "pictures" and media.video is None:
        return Refused("the film has no picture", "template.output", "C37")
    if media.video is not None and media.video.hdr and template.edit.tone_map == "never":
        return Refused("the film is HDR and the template does not allow tone mapping", "template.edit.tone_map", "C37")
    if template.output == "remux":
        return _not_remuxable(work)
    if media.video is None and not work.sounds:
        return Refused("nothing would be left: no picture, and no sound is wanted", "template.audio.codec", "C37")
    return _missing(work)


def _not_remuxable(work: Work) -> Refused | None:
    video = work.media.video
    found = [video.codec] if video is not None and video.codec not in REMUXABLE else []
    found += [one.codec for one in work.media.audio if one.codec not in REMUXABLE_SOUND]
    if found:
        return Refused(f"{found[0]} does not go into an MP4 as it is", "template.output", "C37")
    return None


def _missing(work: Work) -> Refused | None:
    template = work.template
    for mark in template.watermarks:
        if mark.image and work.brought(mark.image) is None:
            return Refused(f"the job brings no file {mark.image!r}", "template.watermarks", "C37")
        if mark.text and not work.machine.font:
            return Refused("there is no font on this machine; install fonts-noto-cjk", "template.watermarks", "C37")
    wanted = template.subtitles
    if wanted.mode != "none":
        if wanted.file and work.brought(wanted.file) is None:
            return Refused(f"the job brings no file {wanted.file!r}", "template.subtitles.file", "C37")
        if not wanted.file and not work.media.subtitles:
            return Refused("the film has no subtitles as text", "template.subtitles.mode", "C37")
    return None


def _remux(work: Work) -> Step:
    sharp = replace(work, stretch=work.stretch.sharp)
    given = [*PROGRESS, "-fflags", "+genpts", *sharp.film_input(), "-map", "0:v:0?", "-map", "0:a?", "-c", "copy"]
    given += ["-map_chapters", "-1", "-movflags", "+faststart", "-fflags", "+bitexact"]
    if work.media.video is not None and work.media.video.codec == "hevc":
        given += ["-tag:v", "hvc1"]
    return Step("remux", "ffmpeg", (*given, f"/out/{PUBLIC}/film.mp4"), weight=10, seconds=work.stretch.seconds)


def _remuxed(work: Work) -> tuple[Promise, ...]:
    video, seconds, path = work.media.video, work.stretch.seconds, f"{PUBLIC}/film.mp4"
    if video is None:
        return (Promise("film", "audio", path, REMUXABLE_SOUND[work.media.audio[0].codec], seconds),)
    whole = video.frames if work.stretch.whole else None
    codec, size = REMUXABLE[video.codec], (video.width, video.height)
    rate = Fraction(0) if not video.steady else video.rate
    return (Promise("film", "video", path, codec, seconds, "", *size, rate, whole),)
