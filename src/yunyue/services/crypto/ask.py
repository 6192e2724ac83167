"""A request to the crypto service on its way through, and the answer."""

from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.tokens import Bearer

T = TypeVar("T")
MOST_ITEMS: Final = 10_000


@dataclass(slots=True)
class Ask:
    """What is asked. `rest`: the path's segments below the mount; `understood`: the body as its engine read it.

    Space, key, version and items are noted for the use log on the way; `remark`: what the status alone does not say,
    one of those in `uses.record`.

    Not frozen: it lives for one request, in one thread at a time, and gathers what the log is told at its end.
    """

    operation: str
    path: str
    rest: list[str]
    query: Mapping[str, str]
    body: bytes
    bearer: Bearer | None = None
    wrap_seconds: int = 0
    space: str = ""
    key: str = ""
    version: int = 0
    items: int = 1
    remark: str = ""
    understood: Any = None

    def read(self, decoder: msgspec.json.Decoder[T]) -> T | Fault:
        """The body in the shape of an operation; text is read as numbers and booleans too, as the CLI sends it."""
        try:
            return decoder.decode(self.body or b"{}")
        except msgspec.ValidationError as error:
            return self._without_nulls(decoder) or Fault(f"error converting input: {error}")
        except (msgspec.DecodeError, RecursionError) as error:
            return Fault(f"failed to decode JSON input: {error}")

    def _without_nulls(self, decoder: msgspec.json.Decoder[T]) -> T | None:
        """The body once more, when the fields that are null are left out: clients write null for "not said"."""
        if b"null" not in self.body:
            return None
        try:
            return decoder.decode(msgspec.json.encode(_pruned(msgspec.json.decode(self.body))))
        except (msgspec.MsgspecError, RecursionError):
            return None

    def fields(self) -> dict[str, Any] | Fault:
        """The body as an object of anything."""
        return self.read(_ANYTHING)


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What is answered: `content` under "data" (nothing for None and 204), `beside` at the top level too."""

    content: Mapping[str, Any] | None = None
    status: int = 200
    auth: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    beside: Mapping[str, Any] = msgspec.field(default_factory=dict)
    bare: bool = False
    wrap: Mapping[str, Any] | None = None
    raw: bytes = b""
    media: str = "application/json"
    partly: bool = False
    """Whether some of it was done, whatever the status says."""


DONE: Final = Answer(status=204)
_NO_LINES: Final = str.maketrans("", "", "\r\n")
_ANYTHING: Final = msgspec.json.Decoder(dict[str, Any])


def _pruned(content: Any) -> Any:
    """Objects without their null fields, however deep."""
    if isinstance(content, list):
        return [_pruned(one) for one in content]
    if isinstance(content, dict):
        return {name: _pruned(value) for name, value in content.items() if value is not None}
    return content


def decoder_of(kind: type[T]) -> msgspec.json.Decoder[T]:
    """Reads bodies of that shape, taking "1" and "true" for what they mean."""
    return msgspec.json.Decoder(kind, strict=False)


def octets(text: str) -> bytes | Fault:
    """What a Base64 text stands for. Ends of lines are passed over, as transit does: programs wrap long texts."""
    try:
        return a2b_base64(text.encode(), strict_mode=True) if text else b""
    except (NotBase64, UnicodeEncodeError):
        joined = text.translate(_NO_LINES)
        return octets(joined) if joined != text else Fault(f"illegal base64 data at input byte {_first_wrong(text)}")


def _first_wrong(text: str) -> int:
    """Where a text stops being Base64, as Go's decoder counts."""
    plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    wrong = (place for place, letter in enumerate(text) if letter not in plain)
    return next(wrong, len(text) // 4 * 4)


def base64(content: bytes) -> str:
    """Base64 with padding, on one line."""
    return b2a_base64(content, newline=False).decode()
