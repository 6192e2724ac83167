"""Response wrapping: the answer is kept, and the asker gets a token that shows it once."""

from typing import Any, Final

import msgspec

from yunyue.services.crypto.ask import Answer, Ask, decoder_of
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.moments import rfc3339
from yunyue.services.crypto.tokens import Token, Tokens, accessor

GONE: Final = Fault("wrapping token is not valid or does not exist")
PATHS: Final = ("sys/wrapping/lookup", "sys/wrapping/unwrap", "sys/wrapping/rewrap")


class Kept(msgspec.Struct, frozen=True):
    """An answer on hold, and the path that gave it."""

    path: str
    content: dict[str, Any] | None = None
    auth: dict[str, Any] | None = None


class PointBody(msgspec.Struct):
    """A wrapping token."""

    token: str = ""


_POINT: Final = decoder_of(PointBody)


class Wrapping:
    """Wraps answers and shows them once."""

    def __init__(self, tokens: Tokens, now: Any) -> None:
        self._tokens = tokens
        self._now = now

    def wrap(self, kept: Kept, seconds: int) -> Answer:
        """A token instead of the answer."""
        now = self._now()
        token = Token(
            accessor=accessor(),
            policies=("response-wrapping",),
            made=now,
            ttl=seconds,
            uses=1,
            renewable=False,
            path="sys/wrapping/wrap",
            expires=now + seconds * 1000,
            wrapped=msgspec.json.encode(kept),
        )
        text = self._tokens.make(token)
        return Answer(
            wrap={
                "token": text,
                "accessor": token.accessor,
                "ttl": seconds,
                "creation_time": rfc3339(now),
                "creation_path": kept.path,
            }
        )

    def do(self, ask: Ask, shown: str) -> Answer | Fault:
        """Look up, unwrap or rewrap; `shown` is the token the request came with, the body may name another."""
        body = ask.read(_POINT)
        if isinstance(body, Fault):
            return body
        text = body.token or shown
        if ask.path.endswith("/lookup"):
            found = self._tokens.bearer(text)
            if found is None or not found.token.wrapped:
                return GONE
            kept = msgspec.json.decode(found.token.wrapped, type=Kept)
            made = rfc3339(found.token.made)
            return Answer({"creation_path": kept.path, "creation_time": made, "creation_ttl": found.token.ttl})
        token = self._tokens.take_wrapped(text)
        if token is None:
            return GONE
        kept = msgspec.json.decode(token.wrapped, type=Kept)
        if ask.path.endswith("/rewrap"):
            return self.wrap(kept, token.ttl)
        return Answer(kept.content, auth=kept.auth)
