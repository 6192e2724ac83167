"""What a fact says, as rows of a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from yunyue.acceptance.archive import digests
from yunyue.doors.web.console.recording.labels import FIELDS, choice
from yunyue.doors.web.console.templatetags.words import day, yuan
from yunyue.host.clock import BEIJING
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import Change, Payload
from yunyue.money import Money

DIGESTS: Final = ("sha256:", "sm3:")


@dataclass(frozen=True, slots=True)
class Row:
    """A field in words; `digest` where the value is a document."""

    title: str
    text: str
    digest: str = ""


def rows(said: Payload) -> list[Row]:
    """The fields of a fact."""
    return [_row(one.name, getattr(said, one.name)) for one in msgspec.structs.fields(said)]


def documents(said: Payload) -> set[str]:
    """The digests of the documents a fact names."""
    return set(digests(said))


def documents_of(facts: Iterable[Recorded]) -> set[str]:
    """The digests of every document of these facts."""
    return {digest for one in facts for digest in documents(one.fact.data)}


def _row(name: str, value: object) -> Row:
    title = str(FIELDS.get(name, name))
    if isinstance(value, str) and value.startswith(DIGESTS):
        return Row(title, value, value)
    return Row(title, _text(value))


def _text(value: object) -> str:
    match value:
        case None:
            return "—"
        case bool():
            return choice(str(value).lower())
        case Money():
            return yuan(value)
        case datetime():
            return day(value.astimezone(BEIJING))
        case tuple():
            return "; ".join(map(_part, value))
        case _:
            return choice(str(value))


def _part(one: object) -> str:
    """A row inside a fact, in a line."""
    match one:
        case Change():
            return f"{one.path} = {one.value}"
        case msgspec.Struct():
            values = (getattr(one, field.name) for field in msgspec.structs.fields(one))
            return " | ".join(
                ", ".join(map(str, value)) if isinstance(value, tuple) else str(value) for value in values
            )
        case _:
            return str(one)
