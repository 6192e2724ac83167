"""A fact as it is written down: a CloudEvents 1.0 envelope in canonical JSON (RFC 8785).

Two times stand in it. `time` is when the thing happened, `recordedtime` (a CloudEvents extension) when the journal
took it in. The journal sets the second one and never lets it run backwards, so "what was known at a moment" is a
prefix of the journal, and a tree size says the same as a moment.

Canonical bytes are cheap because facts hold no floats and only ASCII keys: sorted keys and the shortest escapes are
then all that RFC 8785 asks for (checked against an independent implementation in the tests).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal

import msgspec

from yunyue.answer import Refused
from yunyue.journal.errors import NotCanonical
from yunyue.journal.facts import BY_TYPE, Key, Payload
from yunyue.journal.rules import in_words
from yunyue.money import Money, NotMoney

BEIJING = timezone(timedelta(hours=8))
"""The contract's zone. China keeps one offset and no summer time."""

MAX_BYTES = 65_535
"""An entry of a transparency log is at most this long (C2SP tlog-tiles); larger matter is stored by digest."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Actor = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]*(:[A-Za-z0-9._-]{1,64})?$(?!\n)")]
Source = Annotated[str, msgspec.Meta(pattern=r"^/[a-z0-9/_-]{1,120}$(?!\n)")]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened under a contract (`subject`), said by `actor` through `source`, at Beijing `time`."""

    id: Key
    subject: Key
    actor: Actor
    source: Source
    time: datetime
    data: Payload

    @property
    def type(self) -> str:
        """The CloudEvents type, such as "payment.made"."""
        return self.data.type

    @property
    def day(self) -> date:
        """The Beijing calendar day it happened on."""
        return self.time.date()


class Recorded(msgspec.Struct, frozen=True):
    """A fact in the journal: its place in the order of all facts (from 0) and when the journal took it in."""

    sequence: int
    recorded: datetime
    fact: Fact


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The envelope's fields, in the order of their canonical names."""

    actor: Actor
    data: msgspec.Raw
    datacontenttype: Literal["application/json"]
    id: Key
    recordedtime: Instant
    source: Source
    specversion: Literal["1.0"]
    subject: Key
    time: Instant
    type: str


class _Out(msgspec.Struct, frozen=True):
    """`_Wire` on its way out: the payload still a value, so that one pass writes the whole line."""

    actor: str
    data: Payload
    datacontenttype: str
    id: str
    recordedtime: datetime
    source: str
    specversion: str
    subject: str
    time: datetime
    type: str


def _write_special(value: Any) -> Any:
    if isinstance(value, Money):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} has no canonical form")


def _read_special(kind: type, value: Any) -> Any:
    if kind is Money:
        return Money.parse(value)
    raise NotImplementedError(f"{kind.__name__} is not read from JSON")


_ENCODER = msgspec.json.Encoder(enc_hook=_write_special, order="sorted", decimal_format="string")
_WIRE = msgspec.json.Decoder(_Wire)
_PAYLOADS = {name: msgspec.json.Decoder(kind, dec_hook=_read_special, strict=True) for name, kind in BY_TYPE.items()}


def canonical(value: Any) -> bytes:
    """The canonical JSON (RFC 8785) of a struct, mapping or list without floats."""
    return _ENCODER.encode(value)


def write(fact: Fact, recorded: datetime) -> bytes:
    """The leaf of the journal: the canonical bytes of a fact taken in at `recorded`."""
    line = _Out(
        fact.actor,
        fact.data,
        "application/json",
        fact.id,
        recorded.astimezone(BEIJING),
        fact.source,
        "1.0",
        fact.subject,
        fact.time.astimezone(BEIJING),
        fact.data.type,
    )
    return _ENCODER.encode(line)


def read(leaf: bytes, sequence: int) -> Recorded:
    """The fact in a leaf. Raises NotCanonical for bytes that no fact of ours has."""
    try:
        wire = _WIRE.decode(leaf)
        payload = _PAYLOADS[wire.type].decode(wire.data)
    except KeyError as unknown:
        raise NotCanonical(f"leaf {sequence}: unknown fact type {unknown}") from None
    except (msgspec.MsgspecError, NotMoney, ValueError) as broken:
        raise NotCanonical(f"leaf {sequence}: {broken}") from None
    fact = Fact(
        id=wire.id,
        subject=wire.subject,
        actor=wire.actor,
        source=wire.source,
        time=wire.time.astimezone(BEIJING),
        data=payload,
    )
    return Recorded(sequence, wire.recordedtime.astimezone(BEIJING), fact)


def same_submission(leaf: bytes, fact: Fact) -> bool:
    """Whether a stored leaf is this very fact: equal in every byte but the time the journal took it in."""
    stored = _WIRE.decode(leaf)
    return write(fact, stored.recordedtime) == leaf


def understand(type_name: str, values: Mapping[str, object], *, strict: bool = True) -> Payload | Refused:
    """The payload that untrusted values describe, or a refusal that names the field and the rule.

    `strict=False` also reads numbers and booleans written as text, as a command line gives them.
    """
    kind = BY_TYPE.get(type_name)
    if kind is None:
        return Refused(f"there is no fact of type {type_name!r}; known: {', '.join(sorted(BY_TYPE))}", "type")
    try:
        return msgspec.convert(dict(values), kind, dec_hook=_read_special, strict=strict)
    except (msgspec.ValidationError, NotMoney) as broken:
        rule, _, path = str(broken).partition(" - at `$.")
        field = path.rstrip("`")
        clause = kind.clauses[0] if kind.clauses else ""
        said = in_words(rule, kind, type_name, at_top=not field)
        return Refused(said, f"{type_name}.{field}" if field else type_name, clause)
