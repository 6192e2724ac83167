"""A contract's story as text: facts, one a line, and the day it is asked about. They are admitted as real ones are.

    terms readings.A6=per_day                                  what the registered terms say otherwise
    2024-04-11 contract.signed                                 both sides, unless party= names one
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-05-27 payment.made id=p1 instalment=1 amount=958397.20 as user:7
    2024-05-28 fact.corrected corrects=p1 recorded 2024-06-30  happened on one day, recorded on another
    2024-08-01 contract.supplemented supplement=s1
    + term.end=2025-01-31                                      one line goes on in the next
    as of 2024-05-27
    known at 2024-06-01                                        the end of that day; else everything is known

Lines stand in the order they were recorded. Documents, reasons and the like are filled in. A line marked `unchecked`
is recorded although the house would refuse it: as the journal of somebody else's software might hold it.
"""

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec

from yunyue.answer import Refused
from yunyue.contract import loader
from yunyue.contract.amend import amend
from yunyue.contract.terms import Terms
from yunyue.journal.envelope import BEIJING, Fact, Recorded, understand
from yunyue.journal.facts import BY_TYPE, Change, OrderApproved, OrderPlaced, Payload
from yunyue.settlement.admission import Known, admit
from yunyue.settlement.settle import settle
from yunyue.settlement.statement import Statement
from yunyue.workdays import STATE_COUNCIL, Calendar

FOLDER = Path(__file__).parent.parent / "contracts" / "beijing-2024"
DOCUMENT = "sha256:" + "0" * 64
_DAY = r"\d{4}-\d{2}-\d{2}"
_FACT = re.compile(rf"({_DAY})(?:T(\d\d:\d\d))? ([a-z_.]+)((?: \S.*)?)")


class MalformedStory(Exception):
    """A line of a story that nobody can understand, or a fact that is refused."""

    def __init__(self, line: str, why: str) -> None:
        super().__init__(f"{line!r}: {why}")


def sample_terms() -> Terms:
    """The terms of the 2024 contract, with its sample annexes."""
    terms = loader.read({path.name: path.read_text("utf-8") for path in FOLDER.glob("*.toml")})
    assert isinstance(terms, Terms), terms
    return terms


TERMS = sample_terms()


@dataclass
class Story:
    """Terms and recorded facts, and the question asked of them."""

    terms: Terms = TERMS
    calendar: Calendar = STATE_COUNCIL
    facts: list[Recorded] = field(default_factory=list)
    as_of: date | None = None
    known_at: datetime | None = None

    def statement(self, as_of: str = "", known_at: str = "") -> Statement:
        """What settle() says, on the day the text asks about or another one ("2024-05-27")."""
        day = date.fromisoformat(as_of) if as_of else self.as_of
        assert day is not None, "the story does not say as of which day"
        moment = end_of(known_at) if known_at else self.known_at or self.all_known(day)
        return settle(self.terms, self.facts, self.calendar, day, moment)

    def all_known(self, day: date) -> datetime:
        """A moment when every fact was known and the day was over."""
        return max([end_of(day.isoformat()), *(one.recorded for one in self.facts)])


def end_of(day: str) -> datetime:
    """The last second of a day in Beijing."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), BEIJING)


def tell(text: str) -> Story:
    """The story a text tells. Raises MalformedStory."""
    story, known = Story(), Known(TERMS)
    for line in _lines(text):
        if line.startswith("terms "):
            _require(not story.facts, line, "the terms come before the facts")
            story.terms = _changed(story.terms, line)
            known = Known(story.terms)
        elif found := re.fullmatch(rf"as of ({_DAY})", line):
            _require(story.as_of is None, line, "asked already")
            story.as_of = date.fromisoformat(found[1])
        elif found := re.fullmatch(rf"known at ({_DAY})", line):
            _require(story.known_at is None, line, "asked already")
            story.known_at = end_of(found[1])
        else:
            _record(story, known, line)
    return story


def _lines(text: str) -> list[str]:
    """The lines that say something; one that begins with + goes on with the one before."""
    found: list[str] = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        if line.startswith("+ "):
            _require(bool(found), line, "there is no line before it")
            found[-1] += line[1:]
        else:
            found.append(line)
    return found


def facts_of(line: str, terms: Terms, place: int) -> list[Fact]:
    """The facts of one line (two for a signature of both sides). Raises MalformedStory."""
    return _facts(_Words.of(line), terms, place)


@dataclass
class _Words:
    """A fact's line, taken apart."""

    line: str
    at: datetime
    type: str
    values: dict[str, str]
    actor: str = "client"
    recorded: datetime | None = None
    unchecked: bool = False
    approved: bool = False

    @classmethod
    def of(cls, line: str) -> "_Words":
        found = _FACT.fullmatch(line)
        _require(found is not None, line, "a fact reads DATE TYPE field=value …")
        assert found is not None
        at = datetime.fromisoformat(f"{found[1]}T{found[2] or '10:00'}+08:00")
        words = cls(line, at, found[3], {})
        rest = iter(shlex.split(found[4]))
        for word in rest:
            words.take(word, rest)
        _require(words.type in BY_TYPE, line, f"there is no fact of type {words.type!r}")
        return words

    def take(self, word: str, rest: Iterable[str]) -> None:
        """One word after the type, with what follows it."""
        name, equals, value = word.partition("=")
        if equals:
            _require(name not in self.values, self.line, f"{name} is given twice")
            self.values[name] = value
        elif word == "unchecked":
            self.unchecked = True
        elif word == "approved" and self.type == "order.placed":
            self.approved = True
        elif word in ("as", "recorded"):
            following = next(iter(rest), "")
            _require(bool(following), self.line, f"nothing follows {word!r}")
            if word == "as":
                self.actor = following
            else:
                self.recorded = datetime.fromisoformat(f"{following}T10:00+08:00")
        else:
            raise MalformedStory(self.line, f"{word!r} means nothing here")


def _record(story: Story, known: Known, line: str) -> None:
    words = _Words.of(line)
    taken = words.recorded or words.at
    _require(taken >= words.at, line, "recorded before it happened")
    _require(not story.facts or taken >= story.facts[-1].recorded, line, "lines stand in the order of recording")
    for fact in _facts(words, known.terms, len(story.facts) + 1):
        refused = None if words.unchecked else admit(known, fact, taken)
        _require(refused is None, line, str(refused))
        known.add(fact)
        story.facts.append(Recorded(len(story.facts), taken, fact))


def _facts(words: _Words, terms: Terms, place: int) -> list[Fact]:
    values: dict[str, Any] = dict(words.values)
    identifier = values.pop("id", f"f{place}")
    several = [values]
    if words.type == "contract.signed" and "party" not in values:
        several = [{**values, "party": "client"}, {**values, "party": "provider"}]
    facts = []
    for index, one in enumerate(several):
        filled = _filled(BY_TYPE[words.type], one, words, terms)
        payload = understand(words.type, filled, strict=False)
        if isinstance(payload, Refused):
            raise MalformedStory(words.line, str(payload))
        name = identifier if not index else f"{identifier}b"
        facts.append(Fact(id=name, subject=terms.id, actor=words.actor, source="/case", time=words.at, data=payload))
        if words.approved:
            facts.append(msgspec.structs.replace(facts[-1], id=f"{name}ok", actor="approver", data=_approval(payload)))
    return facts


def _approval(placed: Payload) -> Payload:
    assert isinstance(placed, OrderPlaced)
    return OrderApproved(order=placed.order)


def _filled(kind: type[Payload], values: dict[str, Any], words: _Words, terms: Terms) -> dict[str, Any]:
    """The values given, and what a case need not say."""
    names = {one.name for one in msgspec.structs.fields(kind)}
    other = {name: value for name, value in values.items() if name not in names}
    filled = {name: _read(name, value) for name, value in values.items() if name in names}
    if "changes" in names and other:
        filled["changes"] = tuple(Change(path, value) for path, value in other.items())
        other = {}
    _require(not other, words.line, f"{words.type} has no {', '.join(other)}")
    day = words.at.date().isoformat()
    for name, value in {**_ALWAYS, **dict.fromkeys(_DAYS, day), **_from_terms(filled, terms)}.items():
        if name in names:
            filled.setdefault(name, value)
    return filled


def _read(name: str, value: Any) -> Any:
    if name in _TABLES or str(value).startswith("["):
        return msgspec.json.decode(value)
    return tuple(value.split(",")) if name in _LISTS else value


_ALWAYS: dict[str, Any] = {
    "document": DOCUMENT,
    "opinion": DOCUMENT,
    "evidence": DOCUMENT,
    "reason": "as agreed",
    "about": "as described",
    "tenant": "t1",
    "quantity": "1",
    "replaces": None,
    "replacement": None,
    "order": None,
    "service": None,
    "subject": None,
    "counted_minutes": 43_200,
    "excluded_minutes": 0,
    "rests_on": (),
    "sample": False,
}
_LISTS = ("persons", "rests_on", "segments", "members")
_TABLES = ("criteria", "deductions")
_DAYS = ("signed", "sealed", "effective", "client_signed", "client_sealed", "provider_signed", "provider_sealed")


def _from_terms(values: dict[str, Any], terms: Terms) -> dict[str, Any]:
    """What the contract already says of the item or objective a fact names."""
    item = terms.item(str(values.get("item")))
    objective = terms.objective(str(values.get("objective")))
    found: dict[str, Any] = {} if item is None else {"service": item.service}
    if objective is not None:
        met = str(float(str(values.get("measured", 0))) >= float(objective.target)).lower()
        target = str(objective.target)
        found |= {"service": objective.service, "method": objective.method, "target": target, "met": met}
    return found


def _changed(terms: Terms, line: str) -> Terms:
    changes = []
    for word in shlex.split(line.removeprefix("terms ")):
        path, equals, value = word.partition("=")
        _require(bool(equals), line, f"{word!r} is no path=value")
        changes.append(Change(path, value))
    amended = amend(terms, changes)
    if isinstance(amended, Refused):
        raise MalformedStory(line, str(amended))
    return amended


def _require(holds: bool, line: str, why: str) -> None:
    if not holds:
        raise MalformedStory(line, why)


def days_later(day: str, count: int) -> str:
    """The day so many days later."""
    return (date.fromisoformat(day) + timedelta(count)).isoformat()
