"""What an engine complained of, in one line that may be shown: no paths, no addresses of its memory, no controls."""

import re
from typing import Final

LONGEST: Final = 200
_TAG: Final = re.compile(r"\[[^\]@]* @ 0x[0-9a-f]+\] ?")
_PATH: Final = re.compile(r"/(?:in|out)/\S*?(?=[:\s]|$)")
_CONTROLS: Final = re.compile(r"[^\x20-\x7e\u00a0-\uffff]+")


def complaint(errors: str) -> str:
    """The first thing it said went wrong; what stood in the file, such as a title, cannot break out of the line."""
    lines = [_TAG.sub("", line).strip() for line in errors.splitlines()]
    first = next((line for line in lines if line), "it said nothing")
    return _CONTROLS.sub(" ", _PATH.sub("the file", first)).replace(";", ",")[:LONGEST]
