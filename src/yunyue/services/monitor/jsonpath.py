"""A place in a JSON document: the part of RFC 9535 that names one place ($.a, $['a'], $[0]), and $.a[*].b for all.

Filters, slices and descent (..) are refused: an assertion that may look anywhere in a stranger's document has no bound.
"""

import re
from functools import lru_cache
from typing import Any

_STEP = re.compile(r"\.([A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff-]*)|\[(\d{1,9})\]|\['([^']*)'\]|\[(\*)\]")
MOST_STEPS = 32

Step = str | int | None
"""A name, an index, or None for every member."""


@lru_cache(maxsize=1024)
def steps(path: str) -> tuple[Step, ...]:
    """The path taken apart. Raises ValueError."""
    if not path.startswith("$"):
        raise ValueError("a JSON path begins with $")
    found: list[Step] = []
    place = 1
    while place < len(path):
        match = _STEP.match(path, place)
        if match is None or len(found) == MOST_STEPS:
            raise ValueError(
                f"at {path[place : place + 20]!r}: write .name, ['name'], [0] or [*], {MOST_STEPS} at most"
            )
        name, index, quoted, every = match.groups()
        found.append(None if every else int(index) if index else quoted if quoted is not None else name)
        place = match.end()
    return tuple(found)


def find(path: str, document: Any) -> list[Any]:
    """What stands at the path; empty when nothing does."""
    found = [document]
    for step in steps(path):
        found = [inner for one in found for inner in _into(one, step)]
    return found


def _into(value: Any, step: Step) -> list[Any]:
    match value, step:
        case dict(), str() if step in value:
            return [value[step]]
        case list(), int() if step < len(value):
            return [value[step]]
        case list(), None:
            return list(value)
        case dict(), None:
            return list(value.values())
        case _:
            return []
