"""Score sheets: templates as they stand, the sheets given, and a sheet drafted from what a form says."""

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sheet somebody wants to give: rows by the code of their criterion; a criterion without a row lost nothing."""

    template: str
    month: str
    service: str | None
    rows: Mapping[str, Row]

    @property
    def name(self) -> str:
        """The id of the sheet: a month is scored once by a template and service."""
        return f"{self.template}-{self.month}-{self.service or 'all'}"


def sheet(known: Known, wanted: Wanted) -> ScoreGiven | Refused:
    """The sheet as a fact, counted by its template. Refused: no such template or criterion, and what draft refuses."""
    template = next((one for one in templates(known) if one.template == wanted.template), None)
    if template is None:
        return Refused(f"there is no score template {wanted.template!r}", "score.given.template", "C18")
    codes = [one.code for one in template.criteria]
    strange = next((code for code in wanted.rows if code not in codes), None)
    if strange is not None:
        reason = f"the template has no criterion {strange!r}; known: {', '.join(codes)}"
        return Refused(reason, "score.given.deductions", "C18")
    rows = [wanted.rows.get(code, Row("", "", "")) for code in codes]
    return draft(template, rows, {"score": wanted.name, "month": wanted.month, "service": wanted.service})


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
