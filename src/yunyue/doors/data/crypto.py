"""The way into the crypto service for programs: /v1/…, as transit's clients speak it, in front of everything else.

Beside it two short addresses: /tsa for time stamps (RFC 3161, for everybody) and /fpe/<mount>/<verb>/<key> for FF1.

Raw ASGI, without routes and middleware: measured, that is two and a half times a Starlette route. Quick operations are
done at once, slow ones in threads; every answer waits until the use log has it, and one write serves all who wait.
"""

import asyncio
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from yunyue.doors.data.noting import REFUSED, STRANGER, Note, Seen, put, record_of
from yunyue.host.ciphers.locked import forbid_dumps
from yunyue.host.log import logger
from yunyue.services.crypto.errors import StorageFailed, VaultBroken
from yunyue.services.crypto.uselog import Use
from yunyue.services.crypto.vault import Reply, Request, Vault, unlogged

_log = logger("yunyue.crypto")
PREFIX: Final = "/v1/"
MOST_BYTES: Final = 4 * 1024 * 1024
THREADS: Final = max(2, os.cpu_count() or 2)
"""As many as cores: more only fight for Python's lock."""
_TOO_LARGE: Final = Reply(413, b'{"errors":["http: request body too large"]}')
_CUT_OFF: Final = Reply(400, b'{"errors":["the request ended before its body was whole; nothing was done"]}')
STAMPS: Final = "/tsa"
DIGITS: Final = "/fpe/"
QUERY: Final = b"application/timestamp-query"
_NO_STAMPS: Final = Reply(
    404, b'{"errors":["no time-stamp service here; an operator mounts it: bao secrets enable tsa"]}'
)
_NO_QUERY: Final = Reply(415, b'{"errors":["a time stamp is asked for with content type application/timestamp-query"]}')
_UNRECORDED: Final = Reply(503, b'{"errors":["this access could not be put on record, so it is not answered"]}')
_NO_NAMESPACE: Final = Reply(404, b'{"errors":["namespace not found"]}')


class GroupCommit:
    """Writes uses to the log in one thread; all that arrive while one write runs share the next."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._waiting: list[tuple[Use, asyncio.Future[VaultBroken | None]]] = []
        self._writer = ThreadPoolExecutor(1, "crypto-uses")
        self._writing = False

    def written(self, use: Use) -> "asyncio.Future[VaultBroken | None]":
        """Ends when the use is on disk (None), or could not be written (why)."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[VaultBroken | None] = loop.create_future()
        self._waiting.append((use, done))
        if not self._writing:
            self._writing = True
            # Not at once: whoever else is ready in this turn of the loop comes along.
            loop.call_soon(self._begin, loop)
        return done

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._waiting = self._waiting, []
        loop.run_in_executor(self._writer, self._write, [use for use, _ in batch]).add_done_callback(
            lambda outcome: self._end(batch, outcome.result(), loop)
        )

    def _write(self, uses: list[Use]) -> VaultBroken | None:
        try:
            self._vault.log.append(uses)
        except VaultBroken as error:
            return error
        except Exception as error:
            # Whoever waits is refused; nobody waits for ever, and the next ones are written.
            _log.exception("the use log failed in a way nobody foresaw")
            return StorageFailed(f"the use log: {type(error).__name__}")
        return None

    def _end(
        self,
        batch: list[tuple[Use, "asyncio.Future[VaultBroken | None]"]],
        outcome: VaultBroken | None,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        for _, done in batch:
            if not done.done():
                done.set_result(outcome)
        if self._waiting:
            self._begin(loop)
        else:
            self._writing = False


class CryptoDoor:
    """An ASGI application for /v1/…; whatever else comes goes on to `behind`."""

    def __init__(self, vault: Vault, behind: ASGIApp, *, harden: bool = True, note: Note | None = None) -> None:
        """`harden`: no core dumps of this process from now on. `note` puts whom it turns away on record."""
        self.vault = vault
        self._behind = behind
        self._note = note
        self._group = GroupCommit(vault)
        self._threads = ThreadPoolExecutor(THREADS, "crypto")
        if harden:
            forbid_dumps()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        path = _vault_path(scope) if scope["type"] == "http" else None
        if path is None:
            await self._behind(scope, receive, send)
            return
        reply = await self._answered(scope, path, receive)
        if reply.status in REFUSED and self._note is not None:
            known = reply.use is not None and reply.use.actor
            seen = Seen(f"crypto:{known}") if known else STRANGER
            said = record_of("crypto", scope, seen, self.vault.clock.now())
            if not await put(self._note, said, reply.status, "refused"):
                reply = _UNRECORDED
        head = [(b"content-type", reply.media.encode()), (b"cache-control", b"no-store")]
        if reply.location:
            asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            head.append((b"location", (reply.location + asked).encode()))
        if reply.status != 204:
            head.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": head})
        body = b"" if scope["method"] == "HEAD" else reply.body
        await send({"type": "http.response.body", "body": body})

    async def _answered(self, scope: Scope, path: str, receive: Receive) -> Reply:
        stamping = not scope["path"].startswith((PREFIX, DIGITS))
        if stamping and scope["method"] == "POST" and not _is_query(scope["headers"]):
            return _NO_QUERY
        reply = await self._done(scope, path, receive)
        return _NO_STAMPS if stamping and reply.status == 403 else reply

    async def _done(self, scope: Scope, path: str, receive: Receive) -> Reply:
        token, wrap_ttl, namespace = _shown(scope["headers"])
        if namespace:
            return _NO_NAMESPACE
        message = await receive()
        body = message.get("body", b"")
        while message.get("more_body"):
            if len(body) > MOST_BYTES:
                return _TOO_LARGE
            message = await receive()
            if message["type"] == "http.disconnect":
                return _CUT_OFF
            body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return _TOO_LARGE
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"))) if scope["query_string"] else {}
        job = self.vault.prepare(Request(scope["method"], path, body, token, query, wrap_ttl))
        if job.slow:
            reply = await asyncio.get_running_loop().run_in_executor(self._threads, job.run)
        else:
            reply = job.run()
        if reply.use is None:
            return reply
        error = await self._group.written(reply.use)
        return reply if error is None else unlogged(error)

    async def keep_house(self, seconds: float = 60) -> None:
        """Rotations, deletions and expiries that are due, again and again, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await loop.run_in_executor(self._threads, self.vault.keep_house)
            await asyncio.sleep(seconds)


def _vault_path(scope: Scope) -> str | None:
    """Where in the vault a request goes; None when it is for others."""
    path: str = scope["path"]
    if path.startswith(PREFIX):
        return path[len(PREFIX) :]
    if path.startswith(DIGITS):
        mount, verb, key = ("/" + path[len(DIGITS) :]).rsplit("/", 2) if path.count("/") >= 4 else ("", "", "")
        return f"{mount[1:]}/fpe/{verb}/{key}" if mount else None
    if path == STAMPS:
        # Whoever only looks gets the certificate most verifiers can read.
        return "tsa/stamp" if scope["method"] == "POST" else "tsa/stamp/p256"
    return f"tsa/stamp/{path[len(STAMPS) + 1 :]}" if path in ("/tsa/p256", "/tsa/sm2") else None


def _is_query(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.partition(b";")[0].strip().lower() == QUERY for name, value in headers)


def _shown(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, str, str]:
    """The token, how long the answer shall be wrapped, and the namespace."""
    token = wrap_ttl = namespace = ""
    for name, value in headers:
        if name == b"x-vault-token":
            token = value.decode("latin-1")
        elif name == b"authorization" and value[:7].lower() == b"bearer " and not token:
            token = value[7:].decode("latin-1")
        elif name == b"x-vault-wrap-ttl":
            wrap_ttl = value.decode("latin-1")
        elif name == b"x-vault-namespace":
            namespace = value.decode("latin-1").strip("/")
    return token, wrap_ttl, "" if namespace == "root" else namespace


class ListingProtocol(HttpToolsProtocol):
    """HTTP with the LIST verb, which the parser does not know: LIST /p becomes GET /p?list=true on its way in.

    Give it to uvicorn as `http="yunyue.doors.data.crypto:ListingProtocol"`.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._between = True
        self._held = b""

    def on_message_begin(self) -> None:
        """A request begins."""
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """A request has been read; the next bytes are another's."""
        self._between = True
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Bytes from the network."""
        if self._between and (self._held or b"LIST ".startswith(data[:5])):
            data, self._held = self._held + data, b""
            if b"\r\n" not in data and len(data) < 65_536 and b"LIST ".startswith(data[:5]):
                self._held = data
                return
            if data.startswith(b"LIST "):
                data = _as_get(data)
        super().data_received(data)


def _as_get(data: bytes) -> bytes:
    line, end, rest = data.partition(b"\r\n")
    path, space, version = line[5:].rpartition(b" ")
    mark = b"&" if b"?" in path else b"?"
    return b"GET " + path + mark + b"list=true" + space + version + end + rest
