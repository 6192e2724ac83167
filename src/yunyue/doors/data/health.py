"""Whether the process lives, and whether it may be sent work: each reason by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response


@dataclass(frozen=True, slots=True)
class Ready:
    """This part works."""

    detail: str = "ok"


@dataclass(frozen=True, slots=True)
class NotReady:
    """This part does not, and why."""

    reason: str


Check = Callable[[], Ready | NotReady]


async def livez(_request: Request) -> Response:
    """The process answers: 200."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


class Readyz:
    """200 when every part is ready, else 503; JSON with a line for each part."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        """`checks`: the parts by name."""
        self._checks = checks

    async def __call__(self, _request: Request) -> Response:
        """Ask every part."""
        answers = {name: await run_in_threadpool(ask, check) for name, check in self._checks.items()}
        ready = all(isinstance(answer, Ready) for answer in answers.values())
        parts = {
            name: {"ready": isinstance(answer, Ready), "detail": words(answer)} for name, answer in answers.items()
        }
        return Response(
            msgspec.json.encode({"ready": ready, "parts": parts}),
            status_code=200 if ready else 503,
            media_type="application/json",
            headers={"Cache-Control": "no-store"},
        )


def ask(check: Check) -> Ready | NotReady:
    """A check's answer; one that breaks is an answer too."""
    try:
        return check()
    except Exception as problem:
        # Whatever is wrong with a part, the question must be answered; the kind of fault is the reason.
        return NotReady(f"{type(problem).__name__}: {problem}")


def words(answer: Ready | NotReady) -> str:
    """What a check said."""
    match answer:
        case Ready(detail):
            return detail
        case NotReady(reason):
            return reason
