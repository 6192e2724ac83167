"""Who calls the broker: an API token, as Bearer or as the password of Basic beside its account's name.

Django is imported late: this door is built before the console is configured in some processes.
"""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from yunyue.answer import Refused
from yunyue.doors.data.broker.answers import FORBIDDEN, UNKNOWN, Answer, error
from yunyue.journal.facts import OrderCancelled, OrderChangeAsked, OrderPlaced, Payload
from yunyue.kernel import Recorder
from yunyue.people.duties import may_through

if TYPE_CHECKING:
    from yunyue.doors.web.accounts.models import Token

Act = Literal["read", "order", "change", "end"]

KINDS: dict[Act, type[Payload]] = {"order": OrderPlaced, "change": OrderChangeAsked, "end": OrderCancelled}
"""What an act records; whose duty that is may do it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An account that calls through a token; `tenant` is "" where it belongs to no department."""

    token: "Token"
    address: str

    @property
    def tenant(self) -> str:
        """The department whose instances it sees; every one where this is ""."""
        return self.token.account.tenant

    @property
    def recorder(self) -> Recorder:
        """On whose behalf facts are recorded."""
        return Recorder(self.token.account.pseudonym, "/broker")

    def refused(self, contract: str, act: Act) -> Answer | None:
        """None when it may do this; else the answer that says why not."""
        scope = "orders:read" if act == "read" else "orders:write"
        if self.token.contract not in ("", contract):
            return error(FORBIDDEN, f"this token is for contract {self.token.contract} only")
        if scope not in self.token.granted:
            return error(FORBIDDEN, f"this token is not for {scope}")
        role = self.token.account.role
        if act != "read" and not may_through(role, KINDS[act], "orders"):
            return error(FORBIDDEN, f"{KINDS[act].type} is not recorded by role {role}")
        return None


def caller(authorization: str, address: str) -> Caller | Answer:
    """Who shows these credentials; 401 with what is asked for where nobody known does."""
    from yunyue.doors.web.accounts import tokens

    name, secret = _credentials(authorization)
    if not secret:
        return _unknown("credentials are needed: a token as Bearer, or as the password of Basic")
    found = tokens.bearer(secret)
    if isinstance(found, Refused):
        return _unknown(found.reason)
    if name is not None and name != found.account.username:
        return _unknown("the name is not that of the token's account")
    tokens.used(found, address)
    return Caller(found, address)


def _credentials(authorization: str) -> tuple[str | None, str]:
    """Name (None for Bearer) and secret; an empty secret for anything else."""
    scheme, _, value = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return None, value.strip()
        case "basic":
            try:
                name, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return None, ""
            return name, secret
        case _:
            return None, ""


def _unknown(why: str) -> Answer:
    return Answer(UNKNOWN, {"description": why}, {"WWW-Authenticate": 'Basic realm="yunyue"'})


@contextmanager
def connections() -> Iterator[None]:
    """A thread's database connections, given back when they are old, as Django does around a request of its own."""
    from django.db import close_old_connections

    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
