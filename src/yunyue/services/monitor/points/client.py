"""How a probe point speaks to the platform: what to do, outcomes, metrics. Whatever fails is tried again later."""

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import msgspec

from yunyue.services.monitor.expectation import Answer
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.points.clock import Skew
from yunyue.services.monitor.points.config import Config
from yunyue.services.monitor.points.wire import Batch, Receipt, Work
from yunyue.services.monitor.probes.exchange import Request, Stage, exchange
from yunyue.services.monitor.probes.http import write

SECONDS: Final = 20.0
MOST_ANSWER: Final = 16 << 20


class Away(Exception):
    """The platform was not reached, or answered what we cannot use; what was to be sent is kept."""


class NotTaken(Exception):
    """The platform read the message and will never take it, so sending it again is in vain."""


def now_ms() -> int:
    """This machine's time."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Client:
    """The way to the platform, and how its clock and ours differ."""

    config: Config
    skew: Skew = field(default_factory=Skew)
    _tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self._tls = self.config.tls()

    async def work(self) -> Work:
        """What there is to do. Raises Away."""
        sent = now_ms()
        body = await self._ask("GET", "work", b"", ())
        try:
            work = msgspec.json.decode(body, type=Work)
        except (msgspec.DecodeError, ValueError) as error:
            raise Away(f"the platform's word cannot be read: {error}") from None
        self.skew.exchanged(sent, work.now, now_ms())
        return work

    async def send(self, batch: Batch) -> Receipt:
        """Send outcomes; they are durable there when this returns. Raises Away, NotTaken."""
        sent = now_ms()
        body = await self._ask("POST", "samples", msgspec.json.encode(batch), (("Content-Type", "application/json"),))
        try:
            receipt = msgspec.json.decode(body, type=Receipt)
        except msgspec.DecodeError as error:
            raise Away(f"the platform's receipt cannot be read: {error}") from None
        self.skew.exchanged(sent, receipt.now, now_ms())
        return receipt

    async def measure(self, message: bytes) -> None:
        """Send metrics, as Prometheus' remote write does. Raises Away, NotTaken."""
        headers = (
            ("Content-Type", "application/x-protobuf"),
            ("Content-Encoding", "snappy"),
            ("X-Prometheus-Remote-Write-Version", "0.1.0"),
        )
        await self._ask("POST", "write", message, headers)

    async def _ask(self, method: str, path: str, body: bytes, headers: tuple[tuple[str, str], ...]) -> bytes:
        target = self.config.target(path)
        try:
            token = self.config.token
        except OSError as error:
            raise Away(f"the token cannot be read: {error.strerror}") from None
        shown = (("Authorization", f"Bearer {token}"),) if token else ()
        written = write(target, method, (*headers, *shown), body)
        name = urlsplit(target.url).hostname or ""
        try:
            async with asyncio.timeout(SECONDS):
                request = Request(target.host, target.port, name, self._tls, written, MOST_ANSWER)
                answer = await exchange(request, Stage())
        except TimeoutError:
            raise Away("timeout") from None
        except Failure as failure:
            raise Away(failure.error) from None
        return _good(answer)


def _good(answer: Answer) -> bytes:
    """4xx says that the message is at fault, but for those that say who we are or that it is too early."""
    said = answer.body[:300].decode("utf-8", "replace")
    if 200 <= answer.status <= 299:
        return answer.body
    if 400 <= answer.status <= 499 and answer.status not in (401, 403, 404, 408, 409, 425, 429):
        raise NotTaken(f"status {answer.status}: {said}")
    raise Away(f"status {answer.status}: {said}")
