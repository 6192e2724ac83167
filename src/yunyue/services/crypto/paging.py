"""Long lists in parts: names after a given one, at most so many, as transit's clients ask with `after` and `limit`."""

from collections.abc import Mapping
from typing import Any

import msgspec

from yunyue.services.crypto.ask import Answer
from yunyue.services.crypto.fault import NOT_FOUND, Fault


def paged(whole: Answer, query: Mapping[str, str]) -> Answer | Fault:
    """The part of a list that is asked for, in the order of names; without `after` and `limit` all of it.

    A `limit` of 0 or less is none. Fault: a limit that is no number; nothing left, as an empty list is answered.
    """
    after, limit = query.get("after", ""), query.get("limit", "")
    if whole.content is None or not (after or limit):
        return whole
    try:
        most = int(limit or 0)
    except ValueError:
        return Fault(f"error converting input for field 'limit': {limit!r} is no number")
    names = sorted(name for name in whole.content["keys"] if name > after)
    shown = names[:most] if most > 0 else names
    if not shown:
        return NOT_FOUND
    content = {name: _within(value, shown) for name, value in whole.content.items()}
    beside = content if whole.beside else whole.beside
    return msgspec.structs.replace(whole, content=content, beside=beside)


def _within(value: Any, shown: list[str]) -> Any:
    """A list of names, or what is told of each, cut to those shown."""
    return {name: value[name] for name in shown} if isinstance(value, Mapping) else shown
