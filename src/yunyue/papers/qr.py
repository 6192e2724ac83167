"""The QR code of a paper: the address or text a reader checks it with."""

from io import BytesIO

import segno

from yunyue.answer import Refused


def svg(text: str) -> str | Refused:
    """The code as an SVG picture."""
    drawn = _drawn(text, "svg")
    return drawn if isinstance(drawn, Refused) else drawn.decode()


def png(text: str) -> bytes | Refused:
    """The code as a PNG picture, four dots to a module."""
    return _drawn(text, "png")


def _drawn(text: str, kind: str) -> bytes | Refused:
    try:
        code = segno.make_qr(text, error="m")
    except segno.DataOverflowError:
        return Refused("does not fit a QR code; give a shorter address", "verify_at")
    out = BytesIO()
    code.save(out, kind=kind, scale=4, border=2)
    return out.getvalue()
