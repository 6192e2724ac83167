"""Answers of the broker: a status and a JSON object, errors with the codes the protocol names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from yunyue.answer import Refused

OK: Final = 200
CREATED: Final = 201
ACCEPTED: Final = 202
BAD: Final = 400
UNKNOWN: Final = 401
FORBIDDEN: Final = 403
MISSING: Final = 404
CONFLICT: Final = 409
GONE: Final = 410
VERSION: Final = 412
UNPROCESSABLE: Final = 422
UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True)
class Answer:
    """What the broker says; `headers` beside those every answer has."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def error(status: int, description: str, code: str = "") -> Answer:
    """An error the user may read; `code` is one of the protocol's own, such as "AsyncRequired"."""
    return Answer(status, {"error": code, "description": description} if code else {"description": description})


def refusal(refused: Refused, status: int = UNPROCESSABLE) -> Answer:
    """Why the contract does not allow it: field, rule and clause in one sentence."""
    clause = f" [{refused.clause}]" if refused.clause else ""
    return error(status, f"{refused.field}: {refused.reason}{clause}" if refused.field else refused.reason)


ASYNC_REQUIRED: Final = error(
    UNPROCESSABLE, "This plan requires client support for asynchronous service operations.", "AsyncRequired"
)
BUSY: Final = error(UNPROCESSABLE, "Another operation on this instance is in progress.", "ConcurrencyError")
