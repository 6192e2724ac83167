"""Has a page visited in the sandbox, and makes of what came back an outcome, a waterfall and a picture."""

import asyncio
import base64
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final, Literal

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate

from yunyue.host.sandbox import Ended, Stopped, run
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Error, Failure, NotMade
from yunyue.services.monitor.pages.cell import CHROMIUM, cell, limits
from yunyue.services.monitor.pages.guard import Guard
from yunyue.services.monitor.pages.raw import Raw, sighted
from yunyue.services.monitor.pages.sight import Sight
from yunyue.services.monitor.target import Target

WIDTH: Final = 1280
HEIGHT: Final = 800
GRACE_SECONDS: Final = 10
LARGEST_STORY: Final = 32 << 20
LARGEST_PICTURE: Final = 32 << 20

ERRORS: Final[dict[str, Error]] = {
    "net::ERR_CERT_DATE_INVALID": "tls_expired",
    "net::ERR_CERT_COMMON_NAME_INVALID": "tls_hostname",
    "net::ERR_CERT_AUTHORITY_INVALID": "tls_untrusted",
    "net::ERR_TOO_MANY_REDIRECTS": "redirect_loop",
    "net::ERR_CONNECTION_RESET": "reset",
    "net::ERR_CONNECTION_CLOSED": "reset",
    "net::ERR_EMPTY_RESPONSE": "reset",
    "net::ERR_CONTENT_LENGTH_MISMATCH": "truncated",
    "net::ERR_INCOMPLETE_CHUNKED_ENCODING": "truncated",
    "net::ERR_TIMED_OUT": "read_timeout",
    "net::ERR_HTTP_RESPONSE_CODE_FAILURE": "status",
    "net::ERR_ABORTED": "protocol",
}
"""How chromium's words for a failed navigation are ours; of those not listed, TLS and certificates are told apart."""


@dataclass(frozen=True, slots=True)
class Visited:
    """How a visit ended: `error` is empty for a page that was loaded, whatever its status."""

    sight: Sight
    error: Error | Literal[""]


async def visit(target: Target, seconds: float, network: Network, trusted: bytes = b"") -> Visited:
    """Look at a page. `trusted`: the certificate (DER) that is taken for good because it was verified before.

    Raises Failure (too_large) and NotMade: the browser broke, or was ended for what it used.
    """
    with tempfile.TemporaryDirectory(prefix="yunyue-page-") as folder:
        place = Path(folder)
        guard = Guard(network)
        asked = {
            "url": target.url,
            "seconds": seconds,
            "grace": GRACE_SECONDS,
            "width": WIDTH,
            "height": HEIGHT,
            "chromium": str(CHROMIUM),
            "trusted_key": _key(trusted) if trusted else "",
        }
        async with guard.listening(place / "guard"):
            ended = await _in_thread(partial(_run, place, seconds, msgspec.json.encode(asked).decode()))
        if guard.over:
            raise Failure("too_large")
        if isinstance(ended, Stopped):
            raise NotMade(f"the browser was ended: {ended.why}")
        return _visited(_story(place, ended), guard, target, place)


def _run(place: Path, seconds: float, request: str, stop: Event) -> Ended | Stopped:
    outside = cell(place)
    return run(outside, ("-I", "-S", "/inside.py", request), limits(seconds), stop=stop)


async def _in_thread(work: Callable[[Event], Ended | Stopped]) -> Ended | Stopped:
    """The work's end; when we are cancelled, the browser is ended too and waited for."""
    stop = Event()
    running = asyncio.get_running_loop().run_in_executor(None, work, stop)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait((running,))
        raise


def _story(place: Path, ended: Ended) -> Raw:
    """What the program inside wrote. It is read as carefully as the page itself. Raises NotMade; Failure (too_large)
    for a page that made more of itself than may be told.
    """
    path = place / "visit.json"
    if path.is_file() and not path.is_symlink() and path.stat().st_size > LARGEST_STORY:
        raise Failure("too_large")
    if not path.is_file() or path.is_symlink():
        raise NotMade(f"the browser said nothing: {ended.errors[-300:]}")
    try:
        return msgspec.json.decode(path.read_bytes(), type=Raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotMade(f"the browser's story cannot be read: {error}") from None


def _visited(raw: Raw, guard: Guard, target: Target, place: Path) -> Visited:
    sight = sighted(raw, guard, target.url, _picture(place / "picture.png"))
    if raw.crashed:
        raise NotMade("the page broke the browser")
    if raw.error:
        return Visited(sight, guard.refused(target.host, target.port) or _named(raw.error))
    if raw.late:
        return Visited(sight, "read_timeout" if guard.size else "connect_timeout")
    return Visited(sight, "")


def _picture(path: Path) -> bytes:
    good = path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST_PICTURE
    return path.read_bytes() if good else b""


def _named(error: str) -> Error:
    if error in ERRORS:
        return ERRORS[error]
    if error.startswith("net::ERR_CERT_"):
        return "tls_untrusted"
    return "tls" if error.startswith("net::ERR_SSL_") else "protocol"


def _key(certificate: bytes) -> str:
    """The digest of the certificate's key, as chromium is told to trust it."""
    key = load_der_x509_certificate(certificate).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()
