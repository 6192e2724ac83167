"""What every answer carries: a request id, and rules that keep a browser from doing what no page of ours asks for."""

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yunyue.host.randomness import token

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # the style sheet's small icons are data: images
        "media-src 'self' blob:",  # a player feeds a stream to the browser through a blob: address
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
RULES: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
REQUEST_ID: Final = "X-Request-ID"
GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Rules:
    """Adds the rules and the request id, also for who is behind; an id a proxy gave is kept if it is a plain one."""

    def __init__(self, app: ASGIApp, secure: bool = False, provider: str = "") -> None:
        """`secure`: people come over TLS, and shall keep doing so. `provider`: where a form may lead to log in, too."""
        self.app = app
        self.rules = {**RULES, **({"Strict-Transport-Security": "max-age=31536000"} if secure else {})}
        if provider:
            policy = POLICY.replace("form-action 'self'", f"form-action 'self' {provider}")
            self.rules["Content-Security-Policy"] = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        identifier = given if GIVEN_ID.fullmatch(given) else token()[:22]
        scope.setdefault("state", {})["request_id"] = identifier
        named = REQUEST_ID.lower().encode()
        others = [(name, value) for name, value in scope["headers"] if name != named]
        scope["headers"] = [*others, (named, identifier.encode())]

        async def with_rules(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = identifier
                for name, value in self.rules.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, with_rules)
