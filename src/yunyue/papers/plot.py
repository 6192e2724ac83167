"""A plot as a picture for DOCX, and in words for who cannot see it. The same plot gives the same bytes."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from yunyue.papers.paper import Plot

WIDTH: Final = 1500
HEIGHT: Final = 420
FOOT: Final = 40
GREY, INK = (110, 110, 110), (40, 40, 40)
LETTERS: Final = 18
MOST_LABELS: Final = 31


def png(plot: Plot) -> bytes:
    """The bars as a PNG; labels are digits and Latin letters."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(LETTERS)
    floor, room = HEIGHT - FOOT, HEIGHT - FOOT - 10
    step = WIDTH / max(len(plot.bars), 1)
    every = -(-len(plot.bars) // MOST_LABELS) or 1
    for index, (label, value) in enumerate(plot.bars):
        left, right = round(index * step) + 2, round((index + 1) * step) - 2
        draw.rectangle((left, floor - room * plot.height(value) // 1000, right, floor), fill=GREY)
        if index % every == 0:
            draw.text(((left + right) / 2, floor + 6), label, fill=INK, font=font, anchor="ma")
    draw.line((0, floor, WIDTH, floor), fill=INK, width=2)
    draw.text((6, 4), f"{plot.top:f}", fill=INK, font=font)
    if plot.limit is not None:
        level = floor - room * plot.height(plot.limit) // 1000
        for start in range(0, WIDTH, 24):
            draw.line((start, level, start + 12, level), fill=INK, width=2)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def said(plot: Plot) -> str:
    """The bars in words."""
    bars = "，".join(f"{label}：{value}" for label, value in plot.bars if value)
    limit = "" if plot.limit is None else f"；虚线为 {plot.limit:f}"
    return f"{plot.title}（{plot.unit}）：{bars or '均为零'}{limit}"
