"""Watermarks and burnt-in subtitles: statements of the filter graph, drawn once, before the picture is scaled."""

from dataclasses import dataclass

from yunyue.services.transcode.plan.steps import Extra
from yunyue.services.transcode.templates import Watermark

TURN_SECONDS = 10
CORNERS = ("top-left", "top-right", "bottom-right", "bottom-left")


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture that is drawn on, in pixels, and the font inside the sandbox."""

    width: int
    height: int
    font: str


def text_name(number: int) -> str:
    """The file a text is read from: what stands in it can then be nothing but text."""
    return f"mark-{number}.txt"


def text_mark(mark: Watermark, number: int, canvas: Canvas) -> str:
    """A filter that writes a text."""
    size = max(canvas.height * mark.height // 1000, 8)
    across, down = _place(mark, canvas, ("w", "h", "tw", "th"))
    return (
        f"drawtext=textfile=/out/{text_name(number)}:expansion=none:fontfile={canvas.font}:fontsize={size}"
        f":fontcolor=white@{mark.opacity / 100:.2f}:borderw=1:bordercolor=black@{mark.opacity / 200:.2f}"
        f":x='{across}':y='{down}'"
    )


def image_mark(mark: Watermark, source: str, label: str, canvas: Canvas, extra: Extra) -> tuple[str, str]:
    """The statement that prepares the picture at [label], and the overlay filter."""
    high = max(canvas.height * mark.height // 1000, 2)
    wide = max(round(extra.width * high / max(extra.height, 1)), 2)
    across, down = _place(mark, canvas, ("W", "H", "w", "h"))
    prepared = f"{source}format=rgba,scale={wide}:{high},colorchannelmixer=aa={mark.opacity / 100:.2f}[{label}]"
    return prepared, f"overlay=x='{across}':y='{down}':eof_action=repeat:format=yuv420,format=yuv420p"


def _place(mark: Watermark, canvas: Canvas, names: tuple[str, str, str, str]) -> tuple[str, str]:
    """Expressions of the corner; a moving mark goes round clockwise."""
    margin = canvas.height * mark.margin // 1000
    begun = CORNERS.index(mark.corner)
    places = [_corner(CORNERS[(begun + step) % 4], margin, names) for step in range(4)]
    if not mark.moving:
        return places[0]
    return _turning([across for across, _ in places]), _turning([down for _, down in places])


def _corner(corner: str, margin: int, names: tuple[str, str, str, str]) -> tuple[str, str]:
    wide, high, own_wide, own_high = names
    across = str(margin) if corner.endswith("left") else f"{wide}-{own_wide}-{margin}"
    down = str(margin) if corner.startswith("top") else f"{high}-{own_high}-{margin}"
    return across, down


def _turning(places: list[str]) -> str:
    turn = f"mod(floor(t/{TURN_SECONDS}),4)"
    first, second, third, fourth = places
    return f"if(eq({turn},0),{first},if(eq({turn},1),{second},if(eq({turn},2),{third},{fourth})))"
