"""What a builder makes: the body of a paper, and what each kind of paper asks to be given."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from yunyue.answer import Refused
from yunyue.contract.terms import Terms
from yunyue.journal.facts import Party
from yunyue.papers.paper import Section
from yunyue.papers.source import Source
from yunyue.settlement.statement import Finding, Line, Obligation, Question, Right, Said
from yunyue.settlement.working import FromTerm, Op, Working

Given = Mapping[str, str]
"""What the writer of a paper says besides the facts, such as which instalment it is about."""


@dataclass(frozen=True, slots=True)
class Body:
    """Who writes to whom about what, the sections, and what they rest on: findings of the statement, and further facts.

    `by` is None for a paper of both sides. `about` distinguishes papers of one kind: "1", "2024-05", "" where
    a contract has one only. `readings` are those the text mentions besides the findings';
    `sample`: the text itself shows terms of a sample annex (what the findings' figures rest on is found without it).
    """

    by: Party | None
    to: str
    about: str
    sections: tuple[Section, ...]
    findings: tuple[Finding, ...] = ()
    facts: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    sample: bool = False

    def rests_on(self) -> tuple[str, ...]:
        """The ids of all facts, each once."""
        return cited(*(one.facts for one in self.findings), self.facts)

    def read_as(self) -> tuple[str, ...]:
        """The ids of all readings, each once, in their order."""
        used = {one for finding in self.findings for one in _readings(finding)} | set(self.readings)
        return tuple(sorted(used, key=lambda one: int(one[1:])))

    def shows_sample(self, terms: Terms) -> bool:
        """Whether anything on the paper comes from a sample annex."""
        workings = [one.working for one in self.findings if isinstance(one, Line | Obligation | Right)]
        return self.sample or any(from_sample(working, terms) for working in workings)


@dataclass(frozen=True, slots=True)
class Need:
    """Something to be given: its key, what it is, whether the paper cannot be made without it, by which clause."""

    key: str
    title: Said
    required: bool = True
    clause: str = ""


Build = Callable[[Source, Given], Body | Refused]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper: its code, title, clauses, what it needs, and what builds it."""

    code: str
    title: Said
    clauses: tuple[str, ...]
    needs: tuple[Need, ...]
    build: Build

    def fault(self, given: Given) -> Refused | None:
        """Why these particulars do not do: one is missing, unknown or too long."""
        known = {need.key: need for need in self.needs}
        for key, value in given.items():
            if key not in known:
                return Refused(f"{self.code} asks for {', '.join(known) or 'nothing'}, not for {key!r}", key)
            if len(value) > LONGEST:
                return Refused(f"more than {LONGEST} characters", key)
        for need in self.needs:
            if need.required and not given.get(need.key, "").strip():
                return Refused(f"{self.code} needs it: {need.title.en}", need.key, need.clause)
        return None


LONGEST = 2000


def cited(*groups: Iterable[str]) -> tuple[str, ...]:
    """The ids of all groups, each once."""
    return tuple(dict.fromkeys(one for group in groups for one in group))


def from_sample(working: Working | None, terms: Terms) -> bool:
    """Whether a figure rests on a term of a sample annex."""
    match working:
        case FromTerm(path=path):
            return (path.startswith("catalogue.") and terms.catalogue.sample) or (
                path.startswith("sla.") and terms.sla.sample
            )
        case Op(args=args):
            return any(from_sample(arg, terms) for arg in args)
        case _:
            return False


def _readings(finding: Finding) -> tuple[str, ...]:
    return (finding.reading,) if isinstance(finding, Question) else finding.readings
