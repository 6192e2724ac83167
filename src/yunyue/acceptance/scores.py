"""Score sheets: templates as they stand, the sheets given, and a sheet drafted from what a form says."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact, understand
from yunyue.journal.facts import Criterion, Deduction, ScoreGiven, ScoreTemplateSet
from yunyue.settlement.admission import Known
from yunyue.settlement.scoring import loss, points


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that counts, with the template it was scored by."""

    said: ScoreGiven
    fact: Fact
    template: ScoreTemplateSet

    @property
    def lost(self) -> Decimal:
        """The points lost."""
        return sum((one.points for one in self.said.deductions), Decimal())


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a form: what is said of one criterion; everything in it is untrusted text."""

    count: str
    points: str
    evidence: str


def templates(known: Known) -> tuple[ScoreTemplateSet, ...]:
    """Every template as it was set last, in the order they were first set."""
    found: dict[str, ScoreTemplateSet] = {}
    for one in known.all(ScoreTemplateSet):
        found[one.template] = one
    return tuple(found.values())


def sheets(known: Known) -> tuple[Sheet, ...]:
    """Every sheet, the newest month first; each with the template that stood when it was given."""
    found = []
    for fact in known.facts(ScoreGiven):
        said = fact.data
        assert isinstance(said, ScoreGiven)
        template = template_at(known, said.template, fact)
        if template is not None:
            found.append(Sheet(said, fact, template))
    return tuple(sorted(found, key=lambda one: (one.said.month, one.said.score), reverse=True))


def template_at(known: Known, name: str, fact: Fact) -> ScoreTemplateSet | None:
    """The template of that name as it stood when a fact was recorded."""
    place = known.place(fact.id)
    before = [one for one in known.facts(ScoreTemplateSet) if known.place(one.id) < place]
    said = [one.data for one in before if isinstance(one.data, ScoreTemplateSet) and one.data.template == name]
    return said[-1] if said else None


def draft(template: ScoreTemplateSet, rows: Sequence[Row], values: dict[str, object]) -> ScoreGiven | Refused:
    """The sheet that rows say, one for each criterion; a row without loss says nothing.

    Outages and late days are counted and priced by the template, so that nobody does that arithmetic by hand.
    """
    deductions: list[Deduction] = []
    for criterion, row in zip(template.criteria, rows, strict=True):
        made = _deduction(template, criterion, row)
        if isinstance(made, Refused):
            return made
        if made is not None:
            deductions.append(made)
    said = understand(
        "score.given",
        {
            **values,
            "template": template.template,
            "deductions": tuple(deductions),
            "points": str(points(deductions)),
        },
    )
    assert isinstance(said, ScoreGiven | Refused), "the type names the kind"
    return said


def _deduction(template: ScoreTemplateSet, criterion: Criterion, row: Row) -> Deduction | Refused | None:
    field = f"score.given.deductions.{criterion.code}"
    count = int(row.count) if row.count.strip().isdecimal() and len(row.count.strip()) <= 6 else 0
    if row.count.strip() and not row.count.strip().isdecimal():
        return Refused(f"{row.count[:20]!r} is not a count", field, "C18")
    lost = loss(criterion, count)
    if template.pattern == "deductions" or row.points.strip():
        given = _points(row.points, field)
        if isinstance(given, Refused):
            return given
        lost = given
    if not lost:
        return None
    evidence = tuple(
        one.strip() for one in row.evidence.replace("，", ",").replace("\n", ",").split(",") if one.strip()
    )
    if not evidence:
        return Refused("points are lost on evidence only: name a fact or hand in a document", field, "C18")
    return Deduction(criterion.code, count, lost, evidence)


def _points(text: str, field: str) -> Decimal | Refused:
    if not text.strip():
        return Decimal()
    try:
        return Decimal(text.strip())
    except ArithmeticError:
        return Refused(f"{text[:20]!r} is not a number of points", field, "C18")
