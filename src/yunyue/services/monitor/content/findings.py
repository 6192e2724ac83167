"""Findings with a life: what checks saw, when first and last, and what people judged.

Sightings lie in this service's folder; judgements are facts (`finding.judged`, `finding.accepted`), recorded like any
other fact and read here, so a finding's state is nowhere kept twice. For whoever shows them: `findings(host)`.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec

from yunyue.catalog import Host
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import FindingAccepted, FindingJudged
from yunyue.services.monitor.table import Table
from yunyue.sla.span import milliseconds

State = Literal["new", "confirmed", "false_positive", "fixed", "accepted"]
STATES: tuple[State, ...] = ("new", "confirmed", "false_positive", "fixed", "accepted")

Check = Literal[
    "structure",  # the page's structure differs from the approved baseline
    "picture",  # it looks different from the approved baseline
    "words",  # a word on a list stands there
    "foreign_link",  # a link leads to a host that is not on the list
    "mixed",  # a page over https has parts over http
    "broken_link",  # a link of the site leads nowhere
    "certificate",  # the certificate ends soon, or has ended
    "domain",  # the domain's registration ends soon, or has ended
    "icp",  # the ICP number is missing, malformed or another one
]

SCHEMA = """
CREATE TABLE IF NOT EXISTS sightings (
  finding TEXT PRIMARY KEY, instance TEXT NOT NULL, kind TEXT NOT NULL, about TEXT NOT NULL, evidence TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, times INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS sightings_of ON sightings (instance, kind);
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check saw once: `subject` tells it from other findings of the same check, `about` is for people."""

    check: Check
    subject: str
    about: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it stands. Times in ms: first and last seen, no longer seen since (`gone`, 0: still there).

    `evidence`: digests of objects. `who`, `why`, `judged` (ms): the last judgement; empty and 0 without one, or when
    it came back after it was fixed.
    """

    id: str
    order: str
    check: str
    about: str
    evidence: tuple[str, ...]
    first: int
    last: int
    times: int
    gone: int
    state: State = "new"
    who: str = ""
    why: str = ""
    judged: int = 0

    @property
    def open(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.state in ("new", "confirmed")


class Sightings:
    """What was seen, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._table = Table(folder / "findings.sqlite", SCHEMA)

    def looked(
        self, order: str, checks: Iterable[Check], seen: Sequence[Seen], at: int, evidence: tuple[str, ...]
    ) -> tuple[Finding, ...]:
        """Take in one look (ms) by these checks. The findings that are new, or came back after they were gone."""
        fresh = []
        with self._table.open() as db:
            for one in seen:
                name = identifier(order, one)
                known = db.execute("SELECT gone FROM sightings WHERE finding = ?", (name,)).fetchone()
                if known is None:
                    values = (name, order, one.check, one.about, msgspec.json.encode(evidence).decode(), at, at)
                    db.execute("INSERT INTO sightings VALUES (?,?,?,?,?,?,?,1,0)", values)
                else:
                    change = "UPDATE sightings SET last = ?, times = times + 1, gone = 0, about = ? WHERE finding = ?"
                    db.execute(change, (at, one.about, name))
                if known is None or known[0]:
                    fresh.append(name)
            _left(db, (order, at), tuple(checks), {identifier(order, one) for one in seen})
        return tuple(one for one in self.all() if one.id in fresh)

    def all(self) -> tuple[Finding, ...]:
        """Every finding as it was seen, nobody's judgement taken into account."""
        query = (
            "SELECT finding, instance, kind, about, evidence, first, last, times, gone FROM sightings ORDER BY first"
        )
        with self._table.open() as db:
            return tuple(_finding(row) for row in db.execute(query).fetchall())


def _finding(row: tuple[str, str, str, str, str, int, int, int, int]) -> Finding:
    name, order, check, about, evidence, first, last, times, gone = row
    digests = msgspec.json.decode(evidence, type=tuple[str, ...])
    return Finding(name, order, check, about, digests, first, last, times, gone)


def _left(db: sqlite3.Connection, look: tuple[str, int], checks: tuple[Check, ...], there: set[str]) -> None:
    """Mark what these checks saw of the order before and saw no longer at this look."""
    order, at = look
    for check in checks:
        query = "SELECT finding FROM sightings WHERE (instance, kind, gone) = (?, ?, 0)"
        before = {row[0] for row in db.execute(query, (order, check)).fetchall()}
        db.executemany("UPDATE sightings SET gone = ? WHERE finding = ?", [(at, one) for one in before - there])


def identifier(order: str, seen: Seen) -> str:
    """The same thing seen again has the same id."""
    said = "\n".join((order, seen.check, seen.subject))
    return f"{seen.check}-{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def findings(host: Host) -> tuple[Finding, ...]:
    """Every finding of the contract with its state, the oldest first."""
    judgements: dict[str, Fact] = {}
    for one in sorted(host.standing(FindingJudged, FindingAccepted), key=lambda fact: fact.time):
        if isinstance(one.data, FindingJudged | FindingAccepted):
            judgements[one.data.finding] = one
    return tuple(judged(one, judgements.get(one.id)) for one in Sightings(Path(host.folder)).all())


def judged(finding: Finding, fact: Fact | None) -> Finding:
    """The finding as its last judgement leaves it. What was fixed and is seen again is new; what is gone is fixed."""
    said = None if fact is None else fact.data
    if fact is not None and isinstance(said, FindingJudged | FindingAccepted):
        state: State = said.state if isinstance(said, FindingJudged) else "accepted"
        moment = milliseconds(fact.time)
        if state != "fixed" or finding.last <= moment:
            finding = replace(finding, state=state, who=fact.actor, why=said.reason, judged=moment)
    if finding.gone and finding.open:
        return replace(finding, state="fixed")
    return finding
