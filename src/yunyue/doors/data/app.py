"""The front door: health, metrics and files are answered here, everything else by the console behind it.

Measured: Django's own asynchronous handler costs 2-4 times what its WSGI handler behind a2wsgi costs, and a Starlette
route a thirteenth of a Django one; so what is asked often is answered in front.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from yunyue.doors.data.access import Access
from yunyue.doors.data.files import Files
from yunyue.doors.data.headers import Rules
from yunyue.doors.data.health import Check, Readyz, livez
from yunyue.doors.data.metrics import CONTENT_TYPE_LATEST, Metrics, Number

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CONSOLE_THREADS: Final = 16
"""More threads than cores: a page waits for the database more than it computes."""

Lifespan = Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]


def _unnoted(app: ASGIApp) -> ASGIApp:
    return app


@contextlib.asynccontextmanager
async def _nothing_beside(_app: Starlette) -> AsyncIterator[None]:
    yield


@dataclass(frozen=True, slots=True)
class Parts:
    """What the front door needs from the house: the console, what must be ready, what is counted, what runs
    beside, and what puts accesses on record."""

    console: "WSGIApplication"
    checks: Mapping[str, Check] = field(default_factory=dict)
    numbers: Iterable[Number] = ()
    routes: tuple[BaseRoute, ...] = ()
    lifespan: Lifespan = _nothing_beside
    secure: bool = False
    provider: str = ""
    noting: Callable[[ASGIApp], ASGIApp] = _unnoted


def front_door(parts: Parts) -> ASGIApp:
    """The application one uvicorn process serves."""
    metrics = Metrics(parts.numbers)

    async def scrape(_request: Request) -> Response:
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    # a2wsgi's own types of WSGI and ASGI differ from the standard's in name only.
    console = cast(ASGIApp, WSGIMiddleware(cast(Any, parts.console), workers=CONSOLE_THREADS))
    routes = [
        Route("/livez", livez),
        Route("/readyz", Readyz(parts.checks).__call__),
        Route("/metrics", scrape),
        Mount("/static", Files()),
        *parts.routes,
        Mount("/", console),
    ]
    inside = Starlette(
        routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=1024)], lifespan=parts.lifespan
    )
    # Outside of Starlette, whose own page for an unforeseen error must carry the rules too.
    return Rules(Access(parts.noting(inside), metrics), secure=parts.secure, provider=parts.provider)
