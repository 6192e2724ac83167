"""How much of a page looks otherwise than approved: the share of pixels that changed visibly, and where."""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops

VISIBLE: Final = 32
"""A pixel changed when one of its colours did by more than so much of 255; less is how browsers smooth letters."""

MOST_PIXELS: Final = 1280 * 3000


class NoPicture(Exception):
    """The bytes are no PNG of a size we take."""


@dataclass(frozen=True, slots=True)
class Change:
    """`permille` of the pixels changed, rounded up; `shown`: the new picture with what changed in red (PNG)."""

    permille: int
    shown: bytes


def compare(approved: bytes, now: bytes) -> Change:
    """Two PNGs; where one is larger, what it has more counts as changed. Raises NoPicture."""
    before, after = _opened(approved), _opened(now)
    size = (max(before.width, after.width), max(before.height, after.height))
    before, after = (_on_canvas(one, size) for one in (before, after))
    apart = ImageChops.difference(before, after)
    strongest = ImageChops.lighter(ImageChops.lighter(*apart.split()[:2]), apart.split()[2])
    mask = strongest.point([0] * (VISIBLE + 1) + [255] * (255 - VISIBLE))
    changed = mask.histogram()[255]
    after.paste((255, 0, 0), mask=mask.point([0] + [160] * 255))
    shown = io.BytesIO()
    after.save(shown, "PNG", optimize=False)
    return Change(-(-changed * 1000 // (size[0] * size[1])), shown.getvalue())


def _opened(png: bytes) -> Image.Image:
    try:
        found = Image.open(io.BytesIO(png), formats=("PNG",))
        if found.width * found.height > MOST_PIXELS:
            raise NoPicture(f"{found.width} × {found.height} pixels are too many")
        return found.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise NoPicture(str(error)) from None


def _on_canvas(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """On a ground no page has, so that what one picture has more is a change."""
    if picture.size == size:
        return picture
    canvas = Image.new("RGB", size, (255, 0, 255))
    canvas.paste(picture)
    return canvas
