"""Makes the record of a request: who, which key, what, how it ended, and HMACs of request and answer."""

from functools import lru_cache
from typing import Final

from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.mac import Mac
from yunyue.host.clock import Clock
from yunyue.services.crypto.ask import Ask
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.exchange import Request
from yunyue.services.crypto.uses.record import Use

_LOG_KEY: Final = "core/log-key"


class Recorder:
    """The records of one vault."""

    def __init__(self, barrier: Barrier, clock: Clock) -> None:
        self._barrier = barrier
        self._clock = clock
        self._coder: Mac | None = None

    def forget(self) -> None:
        """Read the key of the HMACs again."""
        self._coder = None

    def use(self, ask: Ask, request: Request, reply: tuple[int, bytes], began: float) -> Use:
        """The record of a request; `reply`: the status and body it gets, `began`: the clock's monotonic seconds."""
        status, body = reply
        actor = "" if ask.bearer is None else ask.bearer.token.accessor
        name = _named(ask.operation, ask.rest[0] if ask.space else ask.path) + ask.remark
        micros = int((self._clock.monotonic() - began) * 1_000_000)
        coder = self._hmac()
        request_code = coder.code(request.body) if coder else b""
        response_code = coder.code(body) if coder else b""
        return Use(
            int(self._clock.now().timestamp() * 1000),
            ask.space,
            _text(ask.key[:200]),
            ask.version,
            name,
            ask.items,
            actor,
            status,
            micros,
            request_code,
            response_code,
        )

    def _hmac(self) -> Mac | None:
        """What makes the log's HMACs; None while sealed."""
        if self._coder is None and not self._barrier.sealed:
            found = self._barrier.read(_LOG_KEY)
            if found is None:
                found = random_octets(32)
                self._barrier.write(_LOG_KEY, found)
            self._coder = Mac("sha2-256", found)
        return None if self._barrier.sealed else self._coder


@lru_cache(maxsize=1024)
def _named(operation: str, what: str) -> str:
    """An operation as the log names it; the same few again and again."""
    return _text(f"{operation} {what[:100]}")


def _text(given: str) -> str:
    """As any database can hold it."""
    return given.replace("\0", "\ufffd")
