"""A form for any kind of fact, made from the shape of the fact itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.utils.translation import gettext as _
from msgspec import inspect

from yunyue.contract.terms import Terms
from yunyue.doors.web.console.recording.labels import FIELDS, choice
from yunyue.doors.web.console.templatetags.words import said
from yunyue.host.clock import BEIJING
from yunyue.journal import facts
from yunyue.journal.facts import Change, Payload
from yunyue.settlement.admission import Known

Kind = Literal["text", "lines", "day", "moment", "number", "money", "choice", "file"]

NAMES_KEPT: Final = frozenset({"digest"})
"""Fields that name a document that is kept already, and hand in none."""

MOST_OFFERED: Final = 200
"""So many known ids are offered in a list; with more the id is typed."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: how it is filled in, and what may be chosen where only some things will do."""

    name: str
    title: str
    kind: Kind
    required: bool
    value: str
    choices: tuple[tuple[str, str], ...]
    hint: str = ""


def fields(kind: type[Payload], known: Known, given: dict[str, str]) -> list[Field]:
    """The fields of a kind of fact, holding what was given."""
    shape = inspect.type_info(kind)
    assert isinstance(shape, inspect.StructType)
    return [_field(kind, one, known, given) for one in shape.fields]


def understood(kind: type[Payload], given: dict[str, str]) -> dict[str, object]:
    """What a form says, as the fact's own values; an empty field that may be empty says nothing."""
    shape = inspect.type_info(kind)
    assert isinstance(shape, inspect.StructType)
    return {one.name: _value(one, given.get(one.name, "").strip()) for one in shape.fields}


def _value(field: inspect.Field, text: str) -> object:
    bare, optional = _bare(field.type)
    if not text and optional:
        return None
    match bare:
        case inspect.VarTupleType(item_type=inspect.StructType() as row):
            return [_row(row, line) for line in text.splitlines() if line.strip()]
        case inspect.VarTupleType():
            return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
        case inspect.DateTimeType():
            return _moment(text)
        case _:
            return text


def _moment(text: str) -> str:
    """A browser leaves seconds and zone out; what cannot be read is left for the fact's own refusal."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).isoformat()


def _row(row: inspect.StructType, line: str) -> dict[str, object]:
    """A line as a row: a changed term reads path = value, any other row has its fields between upright strokes."""
    if row.cls is Change:
        path, _equals, value = line.partition("=")
        return {"path": path.strip(), "value": value.strip()}
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != len(row.fields):
        return {"": line}
    return {
        one.name: part.replace("，", ",").split(",") if isinstance(one.type, inspect.VarTupleType) else part
        for one, part in zip(row.fields, parts, strict=True)
    }


def _field(kind: type[Payload], field: inspect.Field, known: Known, given: dict[str, str]) -> Field:
    bare, optional = _bare(field.type)
    offered = _offered(kind, field.name, bare, known)
    if optional and offered:
        offered = (("", "—"), *offered)
    return Field(
        name=field.name,
        title=str(FIELDS.get(field.name, field.name)),
        kind="choice" if offered else "text" if field.name in NAMES_KEPT else _kind(bare),
        required=not optional,
        value=given.get(field.name, "" if offered else _new(kind, field.name, known)),
        choices=offered,
    )


def _bare(kind: inspect.Type) -> tuple[inspect.Type, bool]:
    """The type without its notes, and whether it may be left out."""
    optional = False
    while isinstance(kind, inspect.Metadata | inspect.UnionType):
        if isinstance(kind, inspect.Metadata):
            kind = kind.type
        else:
            optional = any(isinstance(one, inspect.NoneType) for one in kind.types)
            kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return kind, optional


def _kind(bare: inspect.Type) -> Kind:
    match bare:
        case inspect.StrType(pattern=str(pattern)) if "sha256" in pattern:
            return "file"
        case inspect.StrType(max_length=int(longest)) if longest >= 2000:
            return "lines"
        case inspect.VarTupleType(item_type=inspect.StructType()):
            return "lines"
        case inspect.DateType():
            return "day"
        case inspect.DateTimeType():
            return "moment"
        case inspect.IntType() | inspect.DecimalType():
            return "number"
        case inspect.CustomType() | inspect.DataclassType():
            return "money"
        case _:
            return "text"


REFERENCES: Final[dict[str, tuple[type[Payload], ...]]] = {
    "notice": (facts.RectificationOrdered,),
    "exclusion": (facts.ExclusionRequested,),
    "event": (facts.MajeureBegan,),
    "breach": (facts.BreachConfirmed,),
    "incident": (facts.IncidentOpened,),
    "hold": (facts.HoldPlaced,),
    "order": (facts.OrderPlaced,),
}
"""Fields that name what an earlier fact made; the fact that makes it chooses a new id instead."""


def _offered(kind: type[Payload], name: str, bare: inspect.Type, known: Known) -> tuple[tuple[str, str], ...]:
    match bare:
        case inspect.LiteralType(values):
            return tuple((str(value), choice(str(value))) for value in values)
        case inspect.BoolType():
            return (("true", str(_("Yes"))), ("false", str(_("No"))))
        case _:
            return _from_terms(name, known.terms) or _from_facts(kind, name, known)


def _from_terms(name: str, terms: Terms) -> tuple[tuple[str, str], ...]:
    match name:
        case "instalment":
            return tuple((str(one.number), f"{one.number} · ¥{one.amount.grouped()}") for one in terms.instalments)
        case "objective":
            return tuple((one.id, said(one.title)) for one in terms.sla.objectives)
        case "condition":
            return tuple((str(one.number), f"{one.number} · {said(one.title)}") for one in terms.staff_conditions)
        case _:
            return ()


def _from_facts(kind: type[Payload], name: str, known: Known) -> tuple[tuple[str, str], ...]:
    sources = REFERENCES.get(name, ())
    if not sources or kind in sources:
        return ()
    found = [fact.data for source in sources for fact in known.facts(source)]
    if not found or len(found) > MOST_OFFERED:
        return ()
    return tuple((key, f"{key} · {_about(one)}") for one in found if (key := str(getattr(one, name))))


def _about(said: Any) -> str:
    return str(getattr(said, "about", "") or getattr(said, "item", "") or getattr(said, "objective", ""))[:60]


def _new(kind: type[Payload], name: str, known: Known) -> str:
    """An id nobody has used yet, for what this fact makes."""
    if kind not in REFERENCES.get(name, ()) and (kind, name) not in MAKES:
        return ""
    taken = {str(getattr(fact.data, name)) for fact in known.facts(kind)}
    number = len(taken) + 1
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


MAKES: Final = {
    (facts.ContractSupplemented, "supplement"),
    (facts.ClaimRaised, "claim"),
    (facts.DisputeMoved, "dispute"),
    (facts.NoticeGiven, "subject"),
}
"""Ids that a fact makes without anything else pointing at them."""
