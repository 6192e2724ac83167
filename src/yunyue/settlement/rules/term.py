"""七: the term of service, both days included."""

from collections.abc import Iterator

from yunyue.settlement.case import Case
from yunyue.settlement.compute import as_day
from yunyue.settlement.rules.majeure import extended_end
from yunyue.settlement.statement import Check, Finding, Said

CLAUSES = ("C01",)


def apply(case: Case) -> Iterator[Finding]:
    """Where the day asked about lies in the term."""
    start, end = case.terms.term.start, as_day(extended_end(case))
    days = (end - start).days + 1
    if case.as_of < start:
        zh, en = f"尚未开始，{(start - case.as_of).days} 日后开始。", f"Starts in {(start - case.as_of).days} days."
    elif case.as_of > end:
        zh, en = f"已于 {end} 届满。", f"Ended on {end}."
    else:
        gone = (case.as_of - start).days + 1
        zh, en = f"第 {gone} 日，余 {days - gone} 日。", f"Day {gone} of {days}; {days - gone} left."
    yield Check(
        "term",
        "C01",
        Said(f"服务期限 {start} 至 {end}，共 {days} 日", f"Term {start} to {end}, {days} days"),
        "holds" if start <= case.as_of <= end else "open",
        Said(zh, en),
        (),
        (),
    )
