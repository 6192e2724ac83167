"""From when until when a certificate holds: what was asked, the role's limits, and those tuned for the mount."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.moments import seconds
from yunyue.services.crypto.pki.records import Records

LAST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What was asked and set: lengths in seconds or text, 0 for nothing; `not_after` in RFC 3339."""

    ttl: int | str
    not_after: str
    usual: int | str = 0
    most: int | str = 0
    before: int | str = 30


def lifetime(records: Records, wanted: Lifetime) -> tuple[datetime, datetime, tuple[str, ...]] | Fault:
    """Begin, end, and a warning when less was given than asked for, as transit does."""
    lengths = [seconds(one, "ttl") for one in (wanted.ttl, wanted.usual, wanted.most, wanted.before)]
    numbers = [one for one in lengths if isinstance(one, int)]
    if len(numbers) < len(lengths):
        return next(one for one in lengths if isinstance(one, Fault))
    asked, usual, limit, before = numbers
    now = datetime.fromtimestamp(records.now() // 1000, UTC)
    begins = now - timedelta(seconds=before)
    if wanted.not_after:
        if asked:
            return Fault("either ttl or not_after should be provided, but not both")
        return _until(wanted.not_after, begins)
    usual_here, most_here = records.limits
    most = limit or most_here
    length = asked or usual or min(usual_here, most)
    warnings = () if length <= most else (f"TTL of {length}s is greater than the maximum of {most}s; it was shortened",)
    return begins, min(now + timedelta(seconds=min(length, most)), LAST), warnings


def _until(text: str, begins: datetime) -> tuple[datetime, datetime, tuple[str, ...]] | Fault:
    try:
        ends = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return Fault(f"not_after: {text!r} is no moment such as 2030-01-02T15:04:05Z")
    ends = ends if ends.tzinfo else ends.replace(tzinfo=UTC)
    return Fault("not_after lies before the certificate begins") if ends <= begins else (begins, ends, ())
