"""How the transcoding door reads what it is sent and writes what it answers: bodies, pieces, ranges, refusals."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.uploads import UNREACHABLE

PIECE: Final = 4 << 20
MOST_JSON: Final = 256 << 10
MISSING: Final = ("there is no ", "the result has expired", "the link ")
log = logger("yunyue.transcode")


async def pieces(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body in pieces of some megabytes: each is synced to the disk, which small ones would wait for too often.

    An empty body is one empty piece: it asks to finish what had all its bytes when the objects were away.
    """
    held, whole = bytearray(), 0
    async for part in stream:
        held += part
        if len(held) >= PIECE:
            whole += 1
            yield bytes(held)
            held.clear()
    if held or not whole:
        yield bytes(held)


async def body_of(request: Request) -> Any:
    """The JSON that was sent, None for nothing; a response when it is not to be read."""
    held = bytearray()
    async for part in request.stream():
        held += part
        if len(held) > MOST_JSON:
            return refusal(Refused(f"the request has more than {MOST_JSON} bytes", "body"), 413)
    if not held:
        return None
    try:
        return msgspec.json.decode(bytes(held))
    except (msgspec.DecodeError, RecursionError):
        return refusal(Refused("the request is no JSON", "body"))


def fields_of(body: Any, wanted: Mapping[str, type]) -> dict[str, Any] | Refused:
    """The fields of a body. Refused: no object, a field nobody knows, a value of another kind."""
    if not isinstance(body, dict):
        return Refused("the request is no JSON object", "body", "C37")
    for name, value in body.items():
        if name not in wanted:
            return Refused(f"unknown field {name!r}", str(name), "C37")
        if not isinstance(value, wanted[name]) or isinstance(value, bool):
            return Refused(f"a value of kind {wanted[name].__name__} belongs here", str(name), "C37")
    return body


def away(error: Exception) -> Response:
    """503: the queue or the objects cannot be reached."""
    log.error("a part of transcoding is away", reason=str(error))
    if isinstance(error, QueueBroken):
        return refusal(Refused("the queue of jobs cannot be reached; try again later", "queue", "C37"), 503)
    return refusal(Refused(UNREACHABLE, "objects", "C37"))


def refusal(refused: Refused, status: int | None = None) -> Response:
    """What was refused, and why: 404 for what is not there, 503 for objects that are away, else 422."""
    chosen = status or (404 if refused.reason.startswith(MISSING) else 503 if refused.reason == UNREACHABLE else 422)
    said = {"reason": refused.reason, "field": refused.field, "clause": refused.clause}
    return JSONResponse(said, chosen, {"Cache-Control": "no-store"})


def told(said: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON that nobody keeps."""
    given = {"Cache-Control": "no-store", **(headers or {})}
    return Response(msgspec.json.encode(said), status, given, "application/json")


def number(text: str) -> int | None:
    """A number of at most 15 digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def span_of(asked: str, size: int) -> tuple[int, int] | None:
    """The part a Range header asks for; None for all of it, also where it asks for several."""
    kind, _, parts = asked.partition("=")
    first, dash, last = parts.partition("-")
    if kind != "bytes" or not dash or "," in parts:
        return None
    start, end = number(first), number(last)
    if start is None:
        return (max(size - end, 0), size) if end else None
    return start, min(end + 1, size) if end is not None else size
