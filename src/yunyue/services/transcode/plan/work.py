"""What the parts of a plan are made from: the film, the template and what follows from both."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yunyue.services.transcode.engine.formats import PICTURES, MediaLimits, safe_input
from yunyue.services.transcode.media import AudioTrack, Media, VideoTrack
from yunyue.services.transcode.plan.geometry import Sized, edited, sizes
from yunyue.services.transcode.plan.steps import Extra, Machine
from yunyue.services.transcode.plan.stretch import Stretch, stretch_of
from yunyue.services.transcode.templates import Template

LIMITS = MediaLimits()
PROGRESS = ("-nostdin", "-hide_banner", "-v", "error", "-progress", "pipe:1", "-stats_period", "0.5", "-y")
MOST_TRACKS = 8
FILM = "/in/film"


@dataclass(frozen=True, slots=True)
class Work:
    """Everything the parts of a plan look at. `rate`: frames a second that come out.

    `part`: all of it, or, where a film is encoded in chunks, the picture or the sound alone; `begun`: where in the
    result the chunk begins, in seconds, so that what moves or is read from a clock goes on as it would have.
    """

    media: Media
    template: Template
    extras: tuple[Extra, ...]
    machine: Machine
    stretch: Stretch
    rate: Fraction
    part: Literal["all", "picture", "sound"] = "all"
    begun: Fraction = Fraction(0)

    @property
    def video(self) -> VideoTrack | None:
        """The picture, unless only sound is wanted or there is none."""
        return None if self.template.output == "audio" or self.part == "sound" else self.media.video

    @property
    def final(self) -> bool:
        """Whether what is encoded is published as it is, and not packaged or joined afterwards."""
        return self.part == "all" and self.template.output in ("mp4", "audio")

    @property
    def shown(self) -> tuple[int, int]:
        """The picture's size after the edits; no picture: nothing."""
        return edited(self.media.video, self.template.edit) if self.media.video else (0, 0)

    @property
    def sized(self) -> tuple[Sized, ...]:
        """The renditions."""
        if self.video is None:
            return ()
        return sizes(self.shown, self.template.video.renditions, self.template.video.codec)

    @property
    def sounds(self) -> tuple[AudioTrack, ...]:
        """The sound tracks that are encoded; where films are appended, the first, which they go on with."""
        found = self.media.audio
        if self.template.audio.codec == "none" or self.part == "picture" or not found:
            return ()
        first = next((one for one in found if one.default), found[0])
        return found[:MOST_TRACKS] if self.template.audio.tracks == "all" and not self.films else (first,)

    @property
    def origin(self) -> Fraction:
        """What is subtracted from times, in a command that reads the picture and these sounds."""
        base = Fraction(0)
        if self.media.jumps and not self.stretch.seek:
            starts = [one.start for one in self.sounds] + ([self.video.start] if self.video else [])
            base = min(starts, default=base)
        return self.stretch.origin - base

    @property
    def films(self) -> tuple[Extra, ...]:
        """Films to be appended."""
        return tuple(one for one in self.extras if one.kind == "film")

    @property
    def seconds(self) -> Fraction:
        """How long the result lasts."""
        return self.stretch.seconds + sum((one.seconds for one in self.films), Fraction(0))

    def brought(self, name: str) -> Extra | None:
        """The job's further file of that name."""
        return next((one for one in self.extras if one.name == name), None)

    def film_input(self) -> list[str]:
        """Options that open the film."""
        return [*safe_input(LIMITS), *self.stretch.options(), "-i", FILM]

    def picture_input(self, name: str) -> list[str]:
        """Options that open a picture."""
        return [*safe_input(LIMITS, PICTURES), "-i", f"/in/{name}"]


def work_of(media: Media, template: Template, extras: tuple[Extra, ...], machine: Machine) -> Work:
    """The same, put together."""
    rate = output_rate(media, template)
    clip = template.clip
    picture = rate if template.output != "audio" else Fraction(0)
    stretch = stretch_of(media, Fraction(clip.start_ms, 1000), Fraction(clip.end_ms, 1000), picture)
    return Work(media, template, extras, machine, stretch, rate)


def output_rate(media: Media, template: Template) -> Fraction:
    """The source's own rate, at most 60 frames a second, or what the template asks for."""
    if media.video is None:
        return Fraction(0)
    if template.video.frame_rate != "source":
        return Fraction(template.video.frame_rate)
    rate = media.video.rate
    while rate > 60:
        rate /= 2
    return rate
