"""六: below the SLA a certain compensation: the annex's ladder makes a proposal, and the client decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from yunyue.contract.terms import Named, Objective, Step
from yunyue.journal.facts import CompensationDecided, VerdictReached
from yunyue.settlement.case import Case, Known
from yunyue.settlement.compute import (
    ONE,
    as_day,
    as_money,
    days_after,
    divided,
    earliest,
    latest,
    minus,
    not_above,
    plus,
    round_half_up,
    times,
)
from yunyue.settlement.compute import rung as share_by
from yunyue.settlement.rules.instalments import percent, rounding
from yunyue.settlement.rules.late import settled_or
from yunyue.settlement.rules.scores import Scored, agreed, scored, to_negotiate
from yunyue.settlement.statement import Finding, Line, Said
from yunyue.settlement.working import Given, Working

CLAUSES = ("C18",)


PER_CENT = Said("%", " %")
POINTS = Said(" 分", " points")


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A month below a target, as a verdict or a score sheet says. `step`, `share`: the rung it stands on, if any."""

    name: str
    title: Named
    service: str
    month: str
    measured: Decimal
    target: Decimal
    unit: Said
    since: datetime
    facts: tuple[str, ...]
    step: Step | None
    share: Working | None

    @property
    def line(self) -> str:
        """The id of its line."""
        return f"compensation-{self.name}-{self.month}"


def apply(case: Case) -> Iterator[Finding]:
    """A line per objective and month that missed its target; one for each score sheet no ladder speaks of."""
    spent: dict[tuple[str, str], list[Working]] = {}
    for one in _shortfalls(case):
        if isinstance(one, Line):
            yield one
            continue
        if one.step is None or one.share is None or not _in_term(case, one.month):
            yield _negotiated(case, one)
            continue
        group = spent.setdefault((one.service, one.month), [])
        proposal = _proposal(case, one, one.share, group)
        group.append(proposal)
        yield _proposed(case, one, proposal, one.step)


def _shortfalls(case: Case) -> Sequence[Shortfall | Line]:
    """By month, then by name: first what was measured, then what was scored."""
    found: list[tuple[str, int, str, Shortfall | Line]] = []
    for known in _final_verdicts(case):
        if not known.said.met:
            found.append((known.said.month, 0, known.said.objective, _measured(case, known)))
    for sheet in scored(case):
        short = _scored(case, sheet)
        if short is not None:
            found.append((sheet.month, 1, sheet.line, short))
    return [one for *_, one in sorted(found, key=lambda row: row[:3])]


def _measured(case: Case, known: Known[VerdictReached]) -> Shortfall:
    said = known.said
    objective = case.terms.objective(said.objective)
    step = None if objective is None else rung(objective, said.measured)
    number = 0 if objective is None or step is None else objective.ladder.index(step) + 1
    return Shortfall(
        name=said.objective,
        title=Named(zh=said.objective, en=said.objective) if objective is None else objective.title,
        service="" if objective is None else objective.service,
        month=said.month,
        measured=said.measured,
        target=said.target,
        unit=PER_CENT,
        since=known.time,
        facts=(known.id, *said.rests_on),
        step=step,
        share=case.term(f"sla.objectives.{said.objective}.ladder.{number}.share") if number else None,
    )


def _scored(case: Case, sheet: Scored) -> Shortfall | Line | None:
    """None for full marks, and for a score that reaches what the annex asks for."""
    objective = agreed(case, sheet)
    if objective is None:
        return to_negotiate(case, sheet) if sheet.sheet.said.deductions else None
    if sheet.points >= objective.target:
        return None
    step = rung(objective, sheet.points)
    return Shortfall(
        name=objective.id,
        title=objective.title,
        service=objective.service,
        month=sheet.month,
        measured=sheet.points,
        target=objective.target,
        unit=POINTS,
        since=sheet.time,
        facts=sheet.facts,
        step=step,
        share=None if step is None else share_by(sheet.working, *_ladder(case, objective)),
    )


def _ladder(case: Case, objective: Objective) -> Iterator[Working]:
    for number in range(1, len(objective.ladder) + 1):
        yield case.term(f"sla.objectives.{objective.id}.ladder.{number}.below")
        yield case.term(f"sla.objectives.{objective.id}.ladder.{number}.share")


def rung(objective: Objective, measured: Decimal) -> Step | None:
    """The deepest rung of the ladder that the measured number falls below."""
    below = [step for step in objective.ladder if measured < step.below]
    return below[-1] if below else None


def month_fee(case: Case, service: str, month: str) -> Working:
    """A service's price for a month: its catalogue amounts by days of the month within the term, to the fen."""
    first, last = _month(month)
    inside = plus(days_after(latest(case.term("term.start"), first), earliest(case.term("term.end"), last)), ONE)
    whole = plus(days_after(case.term("term.start"), case.term("term.end")), ONE)
    items = [item for item in case.terms.catalogue.items if item.service == service]
    price = plus(*(case.term(f"catalogue.items.{item.code}.amount") for item in items))
    return round_half_up(times(price, divided(inside, whole)), rounding(case))


def _in_term(case: Case, month: str) -> bool:
    """Whether the price covers a day of the month; a month that force majeure added has no fee of its own."""
    first, last = _month(month)
    return case.terms.term.start <= as_day(last) and as_day(first) <= case.terms.term.end


def _final_verdicts(case: Case) -> list[Known[VerdictReached]]:
    """The last verdict of each objective and month: a later one replaces it, and both stay in the journal."""
    last: dict[tuple[str, str], Known[VerdictReached]] = {}
    for known in case.all(VerdictReached):
        last[(known.said.objective, known.said.month)] = known
    return [last[key] for key in sorted(last, key=lambda key: (key[1], key[0]))]


def _month(month: str) -> tuple[Given, Given]:
    year, number = (int(part) for part in month.split("-"))
    first = date(year, number, 1)
    last = (first + timedelta(31)).replace(day=1) - timedelta(1)
    return Given(f"month.{month}.first", first), Given(f"month.{month}.last", last)


def _proposal(case: Case, one: Shortfall, share: Working, spent: list[Working]) -> Working:
    """The rung's share of the month's fee, together with earlier ones of the month not above that fee."""
    fee = month_fee(case, one.service, one.month)
    proposal = round_half_up(times(fee, share), rounding(case))
    return not_above(proposal, minus(fee, plus(*spent))) if spent else proposal


def _proposed(case: Case, one: Shortfall, proposal: Working, step: Step) -> Line:
    decided = next((k for k in reversed(case.all(CompensationDecided)) if _same(k, one)), None)
    amount = as_money(proposal)
    case.reading("A15")
    proposed = amount
    if decided is None:
        state, working = "proposed", proposal
        ending = Said("，由甲方决定", "; the client decides")
    else:
        amount = decided.said.amount
        working = proposal if amount == proposed else decided.leaf("amount")
        state = settled_or(case, one.line, amount, False)
        ending = Said(f"，甲方于 {decided.day} 决定 {amount.grouped()} 元", f"; the client decided {amount.grouped()}")
    zh, en = one.unit.zh, one.unit.en
    return Line(
        id=one.line,
        clause="C18",
        title=_title(one),
        payer="provider",
        amount=amount,
        due=None,
        state=state,  # type: ignore[arg-type]  # "proposed", or one of settled_or's three
        working=working,
        readings=("A6", "A15"),
        facts=(one.facts[0], *((decided.id,) if decided else ()), *one.facts[1:]),
        sentence=Said(
            f"{one.month} 实测 {one.measured}{zh}低于 {step.below}{zh}（目标 {one.target}{zh}），"
            f"按当月服务费的 {percent(step.share)}% 提议补偿 {proposed.grouped()} 元{ending.zh}。",
            f"{one.measured}{en} in {one.month}, below {step.below}{en} (target {one.target}{en}): "
            f"{percent(step.share)} % of the month's fee, {proposed.grouped()}{ending.en}.",
        ),
    )


def _title(one: Shortfall) -> Said:
    if one.unit is POINTS:
        return Said(f"{one.month} 考核补偿：{one.title.zh}", f"Compensation by score {one.month}: {one.title.en}")
    return Said(f"{one.month} SLA 补偿：{one.title.zh}", f"SLA compensation {one.month}: {one.title.en}")


def _negotiated(case: Case, one: Shortfall) -> Line:
    zh, en = one.unit.zh, one.unit.en
    case.reading("A15")
    return Line(
        id=one.line,
        clause="C18",
        title=_title(one),
        payer="provider",
        amount=None,
        due=None,
        state="question",
        working=None,
        readings=("A15",),
        facts=one.facts,
        sentence=Said(
            f"{one.month} 实测 {one.measured}{zh}低于目标 {one.target}{zh}；附件未定阶梯，补偿待协商。",
            f"{one.measured}{en} in {one.month}, below {one.target}{en}; no ladder applies: to be negotiated.",
        ),
    )


def _same(decided: Known[CompensationDecided], one: Shortfall) -> bool:
    """A decision is about the verdict that stood then: a later verdict is a new proposal."""
    same = decided.said.objective == one.name and decided.said.month == one.month
    return same and decided.time >= one.since
