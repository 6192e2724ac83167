"""One request over HTTP/1.1 on a connection of its own, and the answer, read by a machine-made parser (llhttp).

A general HTTP client costs three times as much for each probe: sessions, pools, cookies, redirects, none of which a
probe wants. What comes is untrusted: the head and the body have caps, and an end that is not the announced one is
no success.
"""

import asyncio
import ssl
from dataclasses import dataclass, field

import httptools

from yunyue.services.monitor.expectation import Answer
from yunyue.services.monitor.outcome import Error, Failure, socket_error

MOST_HEAD = 16_384
"""Bytes of all header fields together."""

NO_BODY = {204, 304}


@dataclass(frozen=True, slots=True)
class Request:
    """Where to (address and port that were checked, TLS or not, the name on the certificate) and the bytes to send."""

    address: str
    port: int
    name: str
    tls: ssl.SSLContext | None
    octets: bytes
    most: int
    head_only: bool = False


@dataclass(slots=True)
class Stage:
    """How far the probe came; a timeout means another thing before the connection stands than after."""

    resolving: bool = False
    connected: bool = False
    seen: set[str] = field(default_factory=set)

    @property
    def late(self) -> Error:
        """What it means that the time is over: nobody answered for the name, no connection, or no answer on it."""
        return "resolver" if self.resolving else "read_timeout" if self.connected else "connect_timeout"


async def exchange(request: Request, stage: Stage) -> Answer:
    """The answer to one request. Raises Failure."""
    loop = asyncio.get_running_loop()
    protocol = _Reading(request, loop.create_future())
    name = request.name if request.tls else None
    try:
        transport, _ = await loop.create_connection(
            lambda: protocol, request.address, request.port, ssl=request.tls, server_hostname=name
        )
    except (OSError, EOFError) as error:
        raise Failure(socket_error(error)) from None
    stage.connected = True
    try:
        return await protocol.answer
    finally:
        transport.abort()  # a polite farewell would wait for a target that may never answer it


class _Reading(asyncio.Protocol):
    """Sends the request when connected and puts the answer, or a Failure, into its future."""

    def __init__(self, request: Request, answer: asyncio.Future[Answer]) -> None:
        self.answer = answer
        self._request = request
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._cookies: list[str] = []
        self._body = bytearray()
        self._head = self._unread = 0
        self._began = False
        self._ready = False
        self._status = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send it all; a request is small."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request.octets)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, unless we know enough."""
        if self.answer.done():
            return
        self._unread += 0 if self._ready else len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail("protocol")
        except httptools.HttpParserError:
            self._fail("truncated" if self._ready else "protocol")
        if not self._ready and self._unread > 2 * MOST_HEAD:
            self._fail("protocol")

    def connection_lost(self, exc: Exception | None) -> None:
        """The end: right only for an answer that ends with its connection."""
        if self.answer.done():
            return
        if exc is not None:
            self._fail(socket_error(exc) if isinstance(exc, OSError) else "reset")
        elif not self._ready:
            self._fail("protocol" if self._began else "reset")
        elif "content-length" in self._headers or "transfer-encoding" in self._headers:
            self._fail("truncated")
        else:
            self._done()

    def on_message_begin(self) -> None:
        """Something like HTTP came."""
        self._began = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Several fields of one name become one, as RFC 9110 has it; cookies do not."""
        if self._ready:
            return  # a trailer comes too late to say anything
        self._head += len(name) + len(value)
        if self._head > MOST_HEAD:
            self._fail("protocol")
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key == "set-cookie":
            self._cookies.append(text)
        known = self._headers.get(key)
        self._headers[key] = text if known is None else f"{known}, {text}"

    def on_headers_complete(self) -> None:
        """The head is read; 1xx is only an announcement of the head to come."""
        self._status = self._parser.get_status_code()
        self._ready = self._status >= 200
        if not self._ready:
            self._headers.clear()
        elif self._request.head_only or self._status in NO_BODY:
            self._done()

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        self._body += data
        if len(self._body) > self._request.most:
            self._fail("too_large")

    def on_message_complete(self) -> None:
        """All that was announced has come."""
        if self._ready:
            self._done()

    def _done(self) -> None:
        if not self.answer.done():
            self.answer.set_result(Answer(self._status, self._headers, bytes(self._body), tuple(self._cookies)))

    def _fail(self, error: Error) -> None:
        if not self.answer.done():
            self.answer.set_exception(Failure(error))
