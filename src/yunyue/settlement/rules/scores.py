"""六: what the client's score sheets come to, point by point, and what follows from them.

The contract ties no payment, acceptance or termination to a score, so a score alone moves none of them. Where annex 3
agrees an objective whose indicator is `score.TEMPLATE`, its ladder turns the points of that service's sheets into a
proposed compensation (C18, reading A15); without one the line names the points and leaves the sum to negotiation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from yunyue.contract.terms import Objective
from yunyue.journal.facts import Criterion, Deduction, ScoreGiven, ScoreTemplateSet
from yunyue.settlement.case import Case, Known
from yunyue.settlement.compute import FULL, ZERO, as_value, leaves_of, minus, not_above, not_below, plus, times
from yunyue.settlement.scoring import fault
from yunyue.settlement.statement import Check, Finding, Line, Said
from yunyue.settlement.working import FromFact, Working

CLAUSES: tuple[str, ...] = ()
"""It speaks for no clause alone: C18 is compensation's, C19 acceptance's."""

INDICATOR: Final = "score."


@dataclass(frozen=True, slots=True)
class Scored:
    """A sheet with the arithmetic of its points; `facts`: itself, its template, and the facts its losses rest on."""

    sheet: Known[ScoreGiven]
    title: str
    working: Working
    facts: tuple[str, ...]

    @property
    def month(self) -> str:
        """The month scored."""
        return self.sheet.said.month

    @property
    def points(self) -> Decimal:
        """What is left of 100."""
        return self.sheet.said.points

    @property
    def time(self) -> datetime:
        """When it was given."""
        return self.sheet.time

    @property
    def line(self) -> str:
        """The id of its line."""
        return f"score-{self.sheet.said.score}-{self.month}"


def apply(case: Case) -> Iterator[Finding]:
    """A check per template: which months were scored, with how many points, and which were not."""
    templates = {known.said.template: known for known in case.all(ScoreTemplateSet)}
    for name, known in templates.items():
        yield _check(case, known, [one for one in scored(case) if one.sheet.said.template == name])


def scored(case: Case) -> tuple[Scored, ...]:
    """Every sheet that counts, by month and name."""
    found = (_scored(case, known) for known in case.all(ScoreGiven))
    return tuple(sorted(found, key=lambda one: (one.month, one.sheet.said.score)))


def agreed(case: Case, sheet: Scored) -> Objective | None:
    """The objective of annex 3 that is measured by such sheets, of the same service."""
    said = sheet.sheet.said
    wanted = (INDICATOR + said.template, said.service)
    return next((one for one in case.terms.sla.objectives if (one.indicator, one.service) == wanted), None)


def to_negotiate(case: Case, sheet: Scored) -> Line:
    """The points lost, where no annex says what they cost."""
    case.reading("A15")
    service = f"（{sheet.sheet.said.service}）" if sheet.sheet.said.service else ""
    lost = 100 - sheet.points
    return Line(
        id=sheet.line,
        clause="C18",
        title=Said(f"{sheet.month} 考核：{sheet.title}{service}", f"Score of {sheet.month}: {sheet.title}"),
        payer="provider",
        amount=None,
        due=None,
        state="question",
        working=sheet.working,
        readings=("A15",),
        facts=sheet.facts,
        sentence=Said(
            f"{sheet.month} 考核得 {sheet.points} 分，扣 {lost} 分；附件未约定得分与费用的关系，是否补偿待协商。",
            f"{sheet.points} points in {sheet.month}, {lost} lost; no annex ties a sum to them: to be negotiated.",
        ),
    )


def _scored(case: Case, known: Known[ScoreGiven]) -> Scored:
    template = _template(case, known)
    lost = [_loss(known, place, template) for place in range(1, len(known.said.deductions) + 1)]
    left = minus(FULL, plus(*lost)) if lost else FULL
    working = not_below(left, ZERO) if known.said.points == 0 else left
    recorded = {one.id for group in case.facts.values() for one in group}
    evidence = (name for one in known.said.deductions for name in one.evidence if name in recorded)
    facts = dict.fromkeys((known.id, *leaves_of(working), *((template.id,) if template else ()), *evidence))
    return Scored(known, template.said.title if template else known.said.template, working, tuple(facts))


def _template(case: Case, known: Known[ScoreGiven]) -> Known[ScoreTemplateSet] | None:
    """The last of that name before the sheet which the sheet follows."""
    named = [one for one in case.all(ScoreTemplateSet) if one.said.template == known.said.template]
    before = [one for one in named if one.time <= known.time and fault(one.said, known.said.deductions) is None]
    return before[-1] if before else None


def _loss(known: Known[ScoreGiven], place: int, template: Known[ScoreTemplateSet] | None) -> Working:
    """The points of a line: counted by the template where it sets a price, else as a person set them."""
    said = known.said.deductions[place - 1]
    stated = FromFact(known.id, f"deductions.{place}.points", as_value(said.points))
    counted = None if template is None else _counted(known, place, template)
    return stated if counted is None or counted.value != stated.value else counted


def _counted(known: Known[ScoreGiven], place: int, template: Known[ScoreTemplateSet]) -> Working | None:
    said: Deduction = known.said.deductions[place - 1]
    criterion = next(one for one in template.said.criteria if one.code == said.criterion)
    path = _path(criterion)
    if template.said.pattern == "deductions" or path is None:
        return None
    count = FromFact(known.id, f"deductions.{place}.count", said.count)
    each, most = (FromFact(template.id, f"{path}.{name}", _points(criterion, name)) for name in ("each", "most"))
    return not_above(times(count, each), most)


def _path(criterion: Criterion) -> str | None:
    """Where a criterion stands in its fact; None when its code would be read as several steps."""
    return None if "." in criterion.code else f"criteria.{criterion.code}"


def _points(criterion: Criterion, name: str) -> Fraction:
    return Fraction(getattr(criterion, name))


def _check(case: Case, known: Known[ScoreTemplateSet], sheets: list[Scored]) -> Check:
    missing = [] if known.said.pattern == "milestones" else _unscored(case, known, sheets)
    marks = [(f"{one.month} {one.sheet.said.service or ''}".strip(), one.points) for one in sheets]
    zh = "；".join(f"{month} 得 {points} 分" for month, points in marks) or "尚未评分"
    en = "; ".join(f"{month}: {points} points" for month, points in marks) or "nothing scored yet"
    if missing:
        zh, en = f"{zh}；未评：{'、'.join(missing)}", f"{en}; not scored: {', '.join(missing)}"
    return Check(
        id=f"scores-{known.said.template}",
        clause="C19",
        title=Said(f"考核：{known.said.title}", f"Score sheets: {known.said.title}"),
        state="holds" if sheets and not missing else "open",
        detail=Said(f"{zh}。", f"{en[0].upper()}{en[1:]}."),
        readings=("A22",),
        facts=tuple(dict.fromkeys((known.id, *(one.sheet.id for one in sheets)))),
    )


def _unscored(case: Case, known: Known[ScoreTemplateSet], sheets: list[Scored]) -> list[str]:
    """The months that ended since the template was set, up to the day asked about, without a sheet of it."""
    term = case.terms.term
    day, there, found = max(known.day, term.start).replace(day=1), {one.month for one in sheets}, []
    while (following := _next(day)) <= case.as_of and day <= term.end:
        if f"{day:%Y-%m}" not in there:
            found.append(f"{day:%Y-%m}")
        day = following
    return found


def _next(day: date) -> date:
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
