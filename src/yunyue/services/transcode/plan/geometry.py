"""How large each rendition is: never larger than the source, even sides, square pixels."""

from dataclasses import dataclass
from fractions import Fraction

from yunyue.services.transcode.media import VideoTrack
from yunyue.services.transcode.templates import Crop, Edit, Rendition

RATES = ((360, 800), (480, 1400), (720, 2800), (1080, 5000), (1440, 9000), (2160, 16000), (4320, 40000))
"""Kilobits by short edge that H.264 is capped at when the template names none."""
SHARE = {"h264": Fraction(1), "h265": Fraction(3, 5), "av1": Fraction(1, 2)}


@dataclass(frozen=True, slots=True)
class Sized:
    """A rendition in pixels."""

    width: int
    height: int
    kilobits: int

    @property
    def name(self) -> str:
        """Such as 720p."""
        return f"{min(self.width, self.height)}p"


def edited(video: VideoTrack, edit: Edit) -> tuple[int, int]:
    """Width and height after rotation and cropping."""
    width, height = video.shown
    if edit.rotate in (90, 270):
        width, height = height, width
    left, top, right, bottom = cut(edit.crop, width, height)
    return width - left - right, height - top - bottom


def cut(crop: Crop, width: int, height: int) -> tuple[int, int, int, int]:
    """Pixels cut off at left, top, right and bottom, even so that colours stay in place."""
    sides = ((crop.left, width), (crop.top, height), (crop.right, width), (crop.bottom, height))
    left, top, right, bottom = (share * whole // 2000 * 2 for share, whole in sides)
    return left, top, right, bottom


def sizes(shown: tuple[int, int], renditions: tuple[Rendition, ...], codec: str) -> tuple[Sized, ...]:
    """The renditions that are made, largest first; of those above the source one remains, in the source's size."""
    found: dict[int, Sized] = {}
    short = min(shown) // 2 * 2
    for one in sorted(renditions, key=lambda rendition: -rendition.short_edge):
        edge = max(min(one.short_edge, short), 2)
        width, height = _scaled(shown, edge)
        rate = one.kilobits if one.kilobits and edge == one.short_edge else _rate(edge, codec)
        found.setdefault(edge, Sized(width, height, rate))
    return tuple(found.values())


def _scaled(shown: tuple[int, int], edge: int) -> tuple[int, int]:
    width, height = shown
    if width >= height:
        return max(round(Fraction(width * edge, height) / 2) * 2, 2), edge
    return edge, max(round(Fraction(height * edge, width) / 2) * 2, 2)


def _rate(edge: int, codec: str) -> int:
    wanted = next((rate for most, rate in RATES if edge <= most), RATES[-1][1])
    return int(wanted * SHARE[codec])
