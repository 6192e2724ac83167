"""Moments and lengths of time as transit writes and reads them."""

import re
from datetime import UTC, datetime
from typing import Final

from yunyue.services.crypto.fault import Fault

_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_SECONDS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
LONGEST: Final = 100 * 366 * 86_400


def rfc3339(milliseconds: int) -> str:
    """Such as 2026-11-23T03:27:12.546Z."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(given: object, field: str) -> int | Fault:
    """How long "24h", "90", 90 or "1h30m" is, in seconds."""
    text = str(given).strip()
    if isinstance(given, bool) or given is None:
        return Fault(f"error converting input for field {field!r}: {given!r} is no length of time")
    if text.isascii() and text.isdigit() and len(text) < 12:
        total = int(text)
    else:
        parts = _PART.findall(text)
        if not parts or "".join(number + unit for number, unit in parts) != text:
            return Fault(f"error converting input for field {field!r}: {text!r} is no length of time")
        total = sum(_milliseconds(number, unit) for number, unit in parts) // 1000
    return total if total <= LONGEST else Fault(f"error converting input for field {field!r}: longer than a century")


def _milliseconds(number: str, unit: str) -> int:
    whole, _, fraction = number.partition(".")
    scale = _SECONDS[unit]
    return int(whole) * scale + (int(fraction) * scale // 10 ** len(fraction) if fraction else 0)
