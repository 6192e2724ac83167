"""六: below the SLA a certain compensation: the annex's ladder makes a proposal, and the client decides."""

from collections.abc import Iterator
from datetime import date, timedelta

from yunyue.contract.terms import Objective, Step
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
from yunyue.settlement.rules.instalments import percent, rounding
from yunyue.settlement.rules.late import settled_or
from yunyue.settlement.statement import Finding, Line, Said
from yunyue.settlement.working import Given, Working

CLAUSES = ("C18",)


def apply(case: Case) -> Iterator[Finding]:
    """A line per objective and month that missed its target."""
    spent: dict[tuple[str, str], list[Working]] = {}
    for known in _final_verdicts(case):
        if known.said.met:
            continue
        objective = case.terms.objective(known.said.objective)
        step = None if objective is None else rung(objective, known)
        if objective is None or step is None or not _in_term(case, known.said.month):
            yield _negotiated(case, known)
            continue
        group = spent.setdefault((objective.service, known.said.month), [])
        proposal = _proposal(case, known, objective, step, group)
        group.append(proposal)
        yield _proposed(case, known, proposal, step)


def rung(objective: Objective, known: Known[VerdictReached]) -> Step | None:
    """The deepest rung of the ladder that the measured percentage falls below."""
    below = [step for step in objective.ladder if known.said.measured < step.below]
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


def _proposal(
    case: Case, known: Known[VerdictReached], objective: Objective, step: Step, spent: list[Working]
) -> Working:
    """The rung's share of the month's fee, together with earlier ones of the month not above that fee."""
    fee = month_fee(case, objective.service, known.said.month)
    number = objective.ladder.index(step) + 1
    share = case.term(f"sla.objectives.{objective.id}.ladder.{number}.share")
    proposal = round_half_up(times(fee, share), rounding(case))
    return not_above(proposal, minus(fee, plus(*spent))) if spent else proposal


def _proposed(case: Case, known: Known[VerdictReached], proposal: Working, step: Step) -> Line:
    identifier = _identifier(known)
    decided = next((k for k in reversed(case.all(CompensationDecided)) if _same(k, known)), None)
    amount = as_money(proposal)
    case.reading("A15")
    proposed = amount
    if decided is None:
        state, working = "proposed", proposal
        ending = Said("，由甲方决定", "; the client decides")
    else:
        amount = decided.said.amount
        working = proposal if amount == proposed else decided.leaf("amount")
        state = settled_or(case, identifier, amount, False)
        ending = Said(f"，甲方于 {decided.day} 决定 {amount.grouped()} 元", f"; the client decided {amount.grouped()}")
    said = known.said
    return Line(
        id=identifier,
        clause="C18",
        title=Said(f"{said.month} SLA 补偿：{said.objective}", f"SLA compensation {said.month}: {said.objective}"),
        payer="provider",
        amount=amount,
        due=None,
        state=state,  # type: ignore[arg-type]  # "proposed", or one of settled_or's three
        working=working,
        readings=("A6", "A15"),
        facts=(known.id, *((decided.id,) if decided else ()), *said.rests_on),
        sentence=Said(
            f"{said.month} 实测 {said.measured}% 低于 {step.below}%（目标 {said.target}%），"
            f"按当月服务费的 {percent(step.share)}% 提议补偿 {proposed.grouped()} 元{ending.zh}。",
            f"{said.measured} % in {said.month}, below {step.below} % (target {said.target} %): "
            f"{percent(step.share)} % of the month's fee, {proposed.grouped()}{ending.en}.",
        ),
    )


def _negotiated(case: Case, known: Known[VerdictReached]) -> Line:
    case.reading("A15")
    said = known.said
    return Line(
        id=_identifier(known),
        clause="C18",
        title=Said(f"{said.month} SLA 补偿：{said.objective}", f"SLA compensation {said.month}: {said.objective}"),
        payer="provider",
        amount=None,
        due=None,
        state="question",
        working=None,
        readings=("A15",),
        facts=(known.id, *said.rests_on),
        sentence=Said(
            f"{said.month} 实测 {said.measured}% 低于目标 {said.target}%；附件未定阶梯，补偿待协商。",
            f"{said.measured} % in {said.month}, below {said.target} %; no ladder applies: to be negotiated.",
        ),
    )


def _identifier(known: Known[VerdictReached]) -> str:
    return f"compensation-{known.said.objective}-{known.said.month}"


def _same(decided: Known[CompensationDecided], known: Known[VerdictReached]) -> bool:
    """A decision is about the verdict that stood then: a later verdict is a new proposal."""
    same = decided.said.objective == known.said.objective and decided.said.month == known.said.month
    return same and decided.time >= known.time
