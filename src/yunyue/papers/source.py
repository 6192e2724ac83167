"""What papers are made from: a statement with its terms, calendar and facts, and the head of the log they lie in."""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from yunyue.answer import Refused
from yunyue.contract import document
from yunyue.contract.readings import BY_ID
from yunyue.contract.terms import Term, Terms
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import Recorded, canonical, write
from yunyue.journal.facts import ContractSupplemented, Payload
from yunyue.journal.tree import leaf_hash
from yunyue.papers.bundle import Account
from yunyue.papers.paper import Cited, Proof
from yunyue.settlement import exhibit
from yunyue.settlement.case import Case, Known, sort
from yunyue.settlement.compute import as_day
from yunyue.settlement.rules.majeure import extended_end
from yunyue.settlement.rules.supplements import amended
from yunyue.settlement.statement import Statement

P = TypeVar("P", bound=Payload)

_DIGEST = re.compile(r"(sha256|sm3):[0-9a-f]{64}")

SCHEME = "yunyue-verify:"
"""What the QR code begins with where no address was given."""


@dataclass(frozen=True, slots=True)
class Source:
    """`terms` are those in force on the statement's day; `recorded` every fact the statement knew, by its id."""

    registered: Terms
    terms: Terms
    statement: Statement
    head: Checkpoint
    verify_at: str
    recorded: Mapping[str, Recorded]
    case: Case

    def objective(self, name: str) -> str:
        """The title of an objective; its id where the terms have it no more."""
        found = self.terms.objective(name)
        return name if found is None else found.title.zh

    @classmethod
    def of(
        cls, account: Account, facts: Sequence[Recorded], head: Checkpoint, verify_at: str = ""
    ) -> "Source | Refused":
        """Refuses supposed facts, other terms or calendar than the statement names, a head that does not cover it.

        `facts` in journal order, those of other contracts are left out; `verify_at` is the address printed as QR code.
        Raises SupplementBroken for a recorded supplement that does not fit.
        """
        statement = account.statement
        refused = _fault(account, head)
        if refused is not None:
            return refused
        case = sort(account.terms, facts, account.calendar, statement.as_of, statement.known_at)
        if case.size != statement.facts_known:
            return Refused(f"the statement knew {statement.facts_known} records, these are {case.size}", "facts")
        supplements = [known.said for known in case.all(ContractSupplemented)]
        terms = amended(account.terms, supplements, statement.as_of) if supplements else account.terms
        case.terms = terms
        known = {one.fact.id: one for one in facts if one.sequence < case.size and one.fact.subject == terms.id}
        return cls(account.terms, terms, statement, head, verify_at, known, case)

    @property
    def term(self) -> Term:
        """The term, to the day by which force majeure has extended it (C29)."""
        return msgspec.structs.replace(self.terms.term, end=as_day(extended_end(self.case)))

    def all(self, kind: type[P]) -> list[Known[P]]:
        """Facts of a kind that count, in the order they happened."""
        return self.case.all(kind)

    def standing(self) -> tuple[str, ...]:
        """The ids of every fact that counts, in journal order."""
        counted = [known.id for group in self.case.facts.values() for known in group]
        return tuple(sorted(counted, key=lambda one: self.recorded[one].sequence))

    def find(self, kind: type[P], **fields: object) -> Known[P] | None:
        """The last fact of a kind whose payload has these values; None when there is none."""
        found = [one for one in self.all(kind) if all(getattr(one.said, name) == fields[name] for name in fields)]
        return found[-1] if found else None

    def digest(self) -> str:
        """SHA-256 of the statement in canonical form, as the manifest of its bundle names it."""
        return sha256(canonical(exhibit.to_plain(self.statement))).hexdigest()

    def leaf(self, fact: str) -> str:
        """The hash of a fact's leaf in the log (RFC 9162, SHA-256, hex). Raises KeyError."""
        return self.cited(fact).digest

    def cited(self, fact: str) -> Cited:
        """A fact as an appendix names it. Raises KeyError."""
        return cite(self.recorded[fact])

    def prove(self, code: str, facts: Iterable[str], readings: Iterable[str]) -> Proof | Refused:
        """The proof of a paper that rests on these facts and readings; refuses a fact the journal does not hold."""
        wanted = set(facts)
        missing = sorted(wanted - self.recorded.keys())
        if missing:
            return Refused(f"not in the journal: {', '.join(missing[:10])}", "facts")
        cited = sorted((self.cited(one) for one in wanted), key=lambda one: one.sequence)
        digest, root = self.digest(), b64encode(self.head.root).decode()
        return Proof(
            self.head.origin,
            self.head.size,
            root,
            digest,
            self._link(code, digest, root),
            tuple(cited),
            tuple((one, _choice(one, self.terms.readings[one])) for one in readings),
        )

    def _link(self, code: str, digest: str, root: str) -> str:
        named = {
            "log": self.head.origin,
            "size": self.head.size,
            "root": root,
            "contract": self.terms.id,
            "paper": code,
            "as_of": self.statement.as_of.isoformat(),
            "statement": digest,
        }
        start = self.verify_at or SCHEME
        return f"{start}{'&' if '?' in start else '?'}{urlencode(named)}"


def _fault(account: Account, head: Checkpoint) -> Refused | None:
    statement = account.statement
    if statement.supposed:
        return Refused("a statement with supposed facts makes no paper", "statement.supposed")
    if document.digest(account.terms) != statement.terms_digest:
        return Refused("not the terms the statement names", "terms")
    if account.calendar.digest() != statement.calendar_digest:
        return Refused("not the calendar the statement names", "calendar")
    if head.size < statement.facts_known:
        return Refused(f"covers {head.size} records, the statement rests on {statement.facts_known}", "head.size")
    return None


def cite(one: Recorded) -> Cited:
    """A fact with the hash of its leaf and the documents it names."""
    fact = one.fact
    digest = leaf_hash(write(fact, one.recorded)).hex()
    return Cited(one.sequence, fact.id, type(fact.data).title_zh, fact.day, digest, documents(fact.data))


def documents(said: Payload) -> tuple[str, ...]:
    """The digests of files that a payload names, in the order of its fields."""
    values: list[Any] = []
    for field in msgspec.structs.fields(said):
        value = getattr(said, field.name)
        values += value if isinstance(value, tuple) else [value]
    return tuple(one for one in values if isinstance(one, str) and _DIGEST.fullmatch(one))


def _choice(identifier: str, chosen: str) -> str:
    reading = BY_ID[identifier]
    choice = next(one for one in reading.choices if one.key == chosen)
    return f"{reading.zh} {choice.zh}"
