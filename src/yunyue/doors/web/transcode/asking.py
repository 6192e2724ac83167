"""What the forms of jobs and templates ask for, understood; the service itself judges the values."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.transcode.desk import Asked, asked_of

FIELDS: Final = ("upload", "template", "priority", "start", "end", "quality", "overrides", "callback")
LONGEST: Final = 64_000
"""Characters of one field."""
NOTHING: Final[Mapping[str, object]] = {}


def job_of(given: Mapping[str, str]) -> Asked | Refused:
    """A job as the form asks for it. Refused: the field and what is wrong with it."""
    overrides = written(given.get("overrides", ""), "overrides")
    if isinstance(overrides, Refused):
        return overrides
    clip = _clip(given)
    if isinstance(clip, Refused):
        return clip
    if clip:
        overrides = {**overrides, "clip": clip}
    if given.get("quality"):
        overrides = {**overrides, "quality_report": True}
    wanted = {name: given.get(name, "").strip() for name in ("upload", "callback")}
    template, _, version = given.get("template", "").partition("@")
    priority = given.get("priority", "").strip() or "5"
    return asked_of(
        {**wanted, "template": template, "version": version or 0, "priority": priority, "overrides": overrides}
    )


def written(text: str, field: str) -> dict[str, Any] | Refused:
    """A JSON object that was typed; {} for nothing. Refused: no JSON, where; something else than an object."""
    if not text.strip():
        return {}
    try:
        found = msgspec.json.decode(text[:LONGEST])
    except (msgspec.DecodeError, RecursionError) as broken:
        return Refused(f"not JSON: {broken}", field)
    return found if isinstance(found, dict) else Refused("a JSON object belongs here", field, "C37")


def _clip(given: Mapping[str, str]) -> dict[str, int] | Refused:
    found: dict[str, int] = {}
    for name in ("start", "end"):
        text = given.get(name, "").strip()
        if not text:
            continue
        milliseconds = _milliseconds(text)
        if milliseconds is None:
            return Refused("a moment is seconds such as 12.5, or 1:02:03", name, "C37")
        found[f"{name}_ms"] = milliseconds
    return found


def _milliseconds(text: str) -> int | None:
    """Seconds, minutes:seconds or hours:minutes:seconds."""
    total = 0.0
    parts = text.split(":")
    for part in parts:
        if len(parts) > 3 or len(part) > 9 or not part.isascii() or not part.replace(".", "", 1).isdigit():
            return None
        total = total * 60 + float(part)
    return round(total * 1000)
