"""What an engine complained of, in one line that may be shown: no paths, no addresses of its memory, no controls."""

import re
from typing import Final

LONGEST: Final = 200
_TAG: Final = re.compile(r"\[[^\]@]* @ 0x[0-9a-f]+\] ?")
_PATH: Final = re.compile(r"/(?:in|out)/\S*?(?=[:\s]|$)")
_CONTROLS: Final = re.compile(r"[^\x20-\x7e\u00a0-\uffff]+")


_DECODER: Final = re.compile(r"^\[(?!lib|Parsed|out|mp4|hls|swscaler|fc)[a-z0-9_,#:/]+ @ 0x", re.IGNORECASE)
"""Encoders, fonts and filters talk on the same stream; what they say is no complaint about the film."""


def complaints_of(errors: str) -> list[str]:
    """What readers and decoders complained of, one line as `complaint` gives it; nothing when others chatted."""
    lines = [line for line in errors.splitlines() if _DECODER.match(line)]
    return [complaint("\n".join(lines))] if lines else []


def complaint(errors: str) -> str:
    """The first thing it said went wrong; what stood in the file, such as a title, cannot break out of the line."""
    lines = [_TAG.sub("", line).strip() for line in errors.splitlines()]
    first = next((line for line in lines if line), "it said nothing")
    return _CONTROLS.sub(" ", _PATH.sub("the file", first)).replace(";", ",")[:LONGEST]
