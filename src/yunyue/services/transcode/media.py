"""What a file holds, as far as a plan needs to know it. Frozen; made by `engine.inspect` from the file itself."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

HDR_TRANSFERS: Final = ("smpte2084", "arib-std-b67")


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The picture. Sizes in pixels as coded; `rotation`: degrees clockwise it is shown at, 0, 90, 180 or 270.

    `rate`: frames a second; `steady` when every frame lasts equally long. `interlaced` by what the file says.
    `frames`: how many the file truly holds. `start`: seconds from the beginning of the file.
    """

    index: int
    codec: str
    width: int
    height: int
    rate: Fraction
    steady: bool
    frames: int
    start: Fraction
    seconds: Fraction
    pixel_format: str = "yuv420p"
    aspect: Fraction = Fraction(1)
    rotation: int = 0
    interlaced: bool = False
    transfer: str = ""
    primaries: str = ""
    matrix: str = ""

    @property
    def hdr(self) -> bool:
        """Whether the picture has a high dynamic range."""
        return self.transfer in HDR_TRANSFERS

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as seen: square pixels, after rotation."""
        width, height = round(self.width * self.aspect), self.height
        return (height, width) if self.rotation in (90, 270) else (width, height)


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """A sound track. `start`: seconds from the beginning of the file."""

    index: int
    codec: str
    rate: int
    channels: int
    start: Fraction
    language: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """Subtitles as text."""

    index: int
    codec: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A file: its container by ffmpeg's name, bytes, seconds, and what is in it. No video: `video` is None."""

    container: str
    size: int
    seconds: Fraction
    video: VideoTrack | None
    audio: tuple[AudioTrack, ...] = ()
    subtitles: tuple[SubtitleTrack, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def jumps(self) -> bool:
        """Whether ffmpeg counts its times from the first of the streams it uses, not from the file's beginning."""
        return self.container in ("mpegts", "mpeg", "ogg")
