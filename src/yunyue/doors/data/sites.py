"""Other sites whose pages may use a door: those the operator named, and never with a person's session.

A browser asks before it lets a page of another site send a token, and before it shows that page an answer; without a
yes it does neither. No answer allows credentials, so a session stays within our own pages (Fetch standard, CORS).
"""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS: Final = "GET, HEAD, POST, PATCH, DELETE"
SENT: Final = "Authorization, Content-Type, Range, Upload-Offset"
SHOWN: Final = "Content-Range, Upload-Complete, Upload-Length, Upload-Offset"
REMEMBERED: Final = "600"


class Sites:
    """Before a door. Of another site than `origins` every answer stays unreadable, and nothing is let through."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        asked = Headers(scope=scope)
        allowed = asked.get("origin", "") in self._origins
        if scope["method"] == "OPTIONS":
            answer = Response(status_code=204 if allowed else 403, headers=_first(asked["origin"]) if allowed else None)
            await answer(scope, receive, send)
            return

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if allowed:
                    headers["Access-Control-Allow-Origin"] = asked["origin"]
                    headers["Access-Control-Expose-Headers"] = SHOWN
            await send(message)

        await self._app(scope, receive, said)


def _first(origin: str) -> dict[str, str]:
    """What a browser is told before it sends anything."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": SENT,
        "Access-Control-Max-Age": REMEMBERED,
        "Vary": "Origin",
    }
