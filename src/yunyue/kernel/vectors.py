"""Runs checked input and output pairs of the contract through the same functions the rules and the SLA use.

A pair is {"id", "clause", "fn", "input": {…}, "expected": …}; amounts and percentages are text, days are ISO 8601,
counts are whole numbers. What comes out is compared exactly, text with text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from yunyue.contract.terms import Named, Term, Terms
from yunyue.journal.envelope import BEIJING
from yunyue.money import Money, NotMoney, NotWhole, in_words, split
from yunyue.settlement.compute import as_day, as_money, as_value, plus_workdays
from yunyue.settlement.rules.late import penalty
from yunyue.settlement.rules.majeure import certificate_due
from yunyue.settlement.rules.termination import acceptance_failed, penalty_share, reached, refund_and_share
from yunyue.settlement.spans import Span
from yunyue.settlement.working import Given
from yunyue.sla.evidence import Evidence
from yunyue.sla.methods import bad_stretches
from yunyue.sla.months import MINUTES_OF_A_DAY, allowed_minutes, service_months
from yunyue.sla.span import Span as Stretch
from yunyue.sla.span import milliseconds
from yunyue.workdays import Calendar, NoNotice, OutOfReach

MOST_DAYS = 366_000
"""No deadline of a contract is longer; a larger count is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A pair that does not hold: its id, the clause, what it expects and what came out, or why nothing did."""

    id: str
    clause: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.id} [{self.clause}]: expected {self.expected}, found {self.found}"


class _Malformed(Exception):
    """A pair that cannot be read."""


@dataclass(frozen=True, slots=True)
class _Input:
    """The input of a pair with the contract and calendar it is asked under; each reader raises _Malformed."""

    values: Mapping[str, object]
    terms: Terms
    calendar: Calendar

    def text(self, name: str) -> str:
        return str(self._read(name, str))

    def truth(self, name: str) -> bool:
        return bool(self._read(name, bool))

    def count(self, name: str) -> int:
        found = int(self._read(name, int))
        if isinstance(self.values[name], bool) or abs(found) > MOST_DAYS:
            raise _Malformed(f"input.{name} must be a whole number, at most {MOST_DAYS}")
        return found

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise _Malformed(f"input.{name} must be a day such as 2024-04-11") from None

    def money(self, name: str) -> Money:
        try:
            return Money.parse(self.text(name))
        except NotMoney as wrong:
            raise _Malformed(f"input.{name}: {wrong}") from None

    def decimal(self, name: str) -> Decimal:
        return _decimal(self.text(name), f"input.{name}")

    def given(self, name: str) -> Given:
        """An amount, a day or a count as a leaf."""
        found = self.values.get(name)
        if isinstance(found, int):
            return Given(name, self.count(name))
        text = self.text(name)
        return Given(name, as_value(self.day(name) if text[4:5] == "-" else self.money(name)))

    def rate(self, path: str) -> Given:
        """A penalty rate of the contract."""
        return Given(path, as_value(getattr(self.terms.penalties, path)))

    def _read(self, name: str, kind: type[str | bool | int]) -> Any:
        if name not in self.values:
            raise _Malformed(f"input.{name} is missing")
        if not isinstance(self.values[name], kind):
            raise _Malformed(f"input.{name} must be {kind.__name__}, not {type(self.values[name]).__name__}")
        return self.values[name]


def check(vectors: Sequence[object], terms: Terms, calendar: Calendar) -> tuple[Difference, ...]:
    """Every pair that does not hold, in order; none when all do. A pair nobody can read is a difference too."""
    found = (_difference(place, vector, terms, calendar) for place, vector in enumerate(vectors, start=1))
    return tuple(one for one in found if one is not None)


def _difference(place: int, vector: object, terms: Terms, calendar: Calendar) -> Difference | None:
    if not isinstance(vector, dict):
        return Difference(f"#{place}", "", "a pair", "no table")
    name, clause = str(vector.get("id", f"#{place}")), str(vector.get("clause", ""))
    if "expected" not in vector:
        return Difference(name, clause, "nothing: `expected` is missing", "a malformed pair")
    expected = _shown(vector["expected"])
    try:
        found = _shown(_run(vector, terms, calendar))
    except (_Malformed, NoNotice, OutOfReach, NotWhole, NotMoney, OverflowError) as wrong:
        return Difference(name, clause, expected, f"nothing: {wrong}")
    return None if found == expected else Difference(name, clause, expected, found)


def _run(vector: Mapping[str, object], terms: Terms, calendar: Calendar) -> object:
    name, values = vector.get("fn"), vector.get("input")
    function = FUNCTIONS.get(name) if isinstance(name, str) else None
    if function is None:
        raise _Malformed(f"there is no function {name!r}; known: {', '.join(FUNCTIONS)}")
    if not isinstance(values, dict):
        raise _Malformed("input must be a table")
    return function(_Input(values, terms, calendar))


def _shown(value: object) -> str:
    """A value as text, so that 1 and "1" and true stay apart."""
    match value:
        case Money() | Decimal() | date():
            return f'"{value}"'
        case str():
            return f'"{value}"'
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return f"[{', '.join(_shown(one) for one in value)}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_shown(value[key])}' for key in sorted(value, key=str))}}}"
        case _:
            return str(value)


def _decimal(text: str, where: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise _Malformed(f"{where} must be a decimal as text") from None
    if not found.is_finite() or abs(found) > 10**12:
        raise _Malformed(f"{where} must be a decimal of at most 10^12")
    return found


def _shares(asked: _Input) -> tuple[Money, ...]:
    ratios = asked.values.get("ratios")
    if not isinstance(ratios, list) or not all(isinstance(one, str) for one in ratios):
        raise _Malformed("input.ratios must be a list of decimals as text")
    return split(asked.money("total"), [Fraction(_decimal(one, "input.ratios")) for one in ratios])


def _added(asked: _Input) -> date:
    return as_day(plus_workdays(asked.given("from"), asked.given("n"), asked.calendar))


def _term(asked: _Input) -> dict[str, int]:
    start, end = asked.day("start"), asked.day("end")
    months = service_months(Term(start=start, end=end, place=Named(zh="北京市", en="Beijing")))
    return {
        "calendar_days_inclusive": (end - start).days + 1,
        "workdays": asked.calendar.between(start, end),
        "service_months": len(months),
        "first_month_days": months[0].days if months else 0,
    }


def _delay(asked: _Input) -> Money:
    return as_money(penalty([(asked.given("total"), asked.given("days"))], asked.rate("provider_daily"), False, "A6"))


def _interest(asked: _Input) -> Money:
    return as_money(penalty([(asked.given("unpaid"), asked.given("days"))], asked.rate("client_daily"), False, "A6"))


def _tenth(asked: _Input) -> Money:
    return as_money(penalty_share(asked.given("total"), asked.rate("termination_share"), "A6"))


def _claim(asked: _Input) -> Money:
    """The daily penalty is a line of its own (reading A7): the days late change nothing here."""
    asked.count("delay_days")
    total = Given("price.total", as_value(asked.terms.price.total))
    return as_money(refund_and_share([asked.given("paid")], total, asked.rate("termination_share"), "A6"))


def _accepted(asked: _Input) -> bool:
    limit = asked.terms.penalties.failed_acceptances
    return acceptance_failed(asked.count("failed_acceptances"), asked.truth("refused_rework"), limit)


def _late_days(asked: _Input) -> int:
    return Span(asked.given("due"), asked.given("paid")).days


def _certificate(asked: _Input) -> date:
    days = Given("majeure.certificate_days", asked.terms.majeure.certificate_days)
    return as_day(certificate_due(asked.given("occurred"), days))


def _allowed(asked: _Input) -> Decimal:
    allowed = allowed_minutes(asked.count("days") * MINUTES_OF_A_DAY, asked.decimal("target"))
    return allowed.quantize(Decimal("0.001"))


def _outage(asked: _Input) -> int:
    """The minutes of an outage within one day that count by method M1."""
    start, end = _moment(asked, "start"), _moment(asked, "end")
    if end < start:
        raise _Malformed("input.end lies before input.start")
    return sum(one.minutes for one in bad_stretches("M1", Evidence(outages=(Stretch(start, end),))))


def _moment(asked: _Input, name: str) -> int:
    try:
        return milliseconds(datetime.combine(date(2024, 6, 1), time.fromisoformat(asked.text(name)), BEIJING))
    except ValueError:
        raise _Malformed(f"input.{name} must be a time such as 00:00:59") from None


FUNCTIONS: Mapping[str, Callable[[_Input], object]] = {
    "amount_in_words": lambda asked: in_words(asked.money("amount")),
    "split": _shares,
    "add_workdays": _added,
    "term": _term,
    "provider_delay_penalty": _delay,
    "buyer_may_terminate_for_delay": lambda asked: reached(
        asked.count("days"), asked.terms.penalties.provider_days, "以上"
    ),
    "termination_penalty": _tenth,
    "buyer_termination_claim": _claim,
    "buyer_may_terminate_acceptance": _accepted,
    "payer_late_interest": _interest,
    "provider_may_terminate_for_nonpayment": lambda asked: reached(
        asked.count("days"), asked.terms.penalties.client_days, "超过"
    ),
    "payer_late_days": _late_days,
    "fm_certificate_due": _certificate,
    "allowed_downtime_minutes": _allowed,
    "outage_minutes": _outage,
}
"""What a pair may ask for, by its name."""
