"""Signed links: whoever has one may read one job's result until it expires, and nothing else.

The signature stands in the path, not in a query, so that the relative names inside playlists carry it along.
"""

import hashlib
import hmac
from typing import Final

from yunyue.answer import Refused

LONGEST_SECONDS: Final = 7 * 86_400
_LENGTH: Final = 32


def link(secret: bytes, job: str, expires: int) -> str:
    """What stands before a file's own path: "<expires>-<signature>/<job>". `expires`: seconds since 1970."""
    return f"{expires}-{_signature(secret, job, expires)}/{job}"


def opened(secret: bytes, given: str, job: str, now: int) -> Refused | None:
    """None when the link holds at `now` (s since 1970). Refused: forged or expired."""
    expires, _, signature = given.partition("-")
    if not expires.isascii() or not expires.isdigit() or len(expires) > 12:
        return Refused("the link is not one of ours", "link", "C37")
    if not hmac.compare_digest(signature.encode(), _signature(secret, job, int(expires)).encode()):
        return Refused("the link is not one of ours", "link", "C37")
    if now >= int(expires):
        return Refused("the link has expired; ask for a new one", "link", "C37")
    return None


def _signature(secret: bytes, job: str, expires: int) -> str:
    return hmac.new(secret, f"transcode-link\n{job}\n{expires}".encode(), hashlib.sha256).hexdigest()[:_LENGTH]
