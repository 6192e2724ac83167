"""One line in the log and one count for each request."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yunyue.doors.data.metrics import Metrics
from yunyue.host.log import logger

_log = logger("yunyue.access")


class Access:
    """Measures each request, counts it, and logs it without its query, body or cookies."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Around everything else."""
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        self.metrics.observe(scope["method"], scope["path"], status, seconds)
        write = _log.warning if status >= 500 else _log.info
        write(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            milliseconds=round(seconds * 1000, 1),
            request_id=scope.get("state", {}).get("request_id", ""),
        )
