"""What a builder makes: the body of a paper, and what each kind of paper asks to be given."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from yunyue.answer import Refused
from yunyue.contract.terms import Terms
from yunyue.journal.facts import Party
from yunyue.papers.paper import Section
from yunyue.papers.source import Source
from yunyue.settlement.statement import Line, Said
from yunyue.settlement.working import FromTerm, Op, Working

Given = Mapping[str, str]
"""What the writer of a paper says besides the facts, such as which instalment it is about."""


@dataclass(frozen=True, slots=True)
class Body:
    """Who writes to whom about what, the sections, the ids of the facts they rest on, whether a sample annex is used.

    `about` distinguishes papers of one kind: "1", "2024-05", "" where a contract has one only.
    """

    by: Party
    to: str
    about: str
    sections: tuple[Section, ...]
    facts: tuple[str, ...]
    sample: bool = False


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


def any_sample(lines: Iterable[Line], terms: Terms) -> bool:
    """Whether any of these lines rests on a sample annex."""
    return any(from_sample(line.working, terms) for line in lines)
