"""One of each paper, made from a year in which there is something for it to say."""

from functools import cache

from paper_work import worked
from paper_year import failed, year

from yunyue.answer import Refused
from yunyue.papers.paper import Paper
from yunyue.papers.source import Source
from yunyue.papers.write import make

GIVEN: dict[str, dict[str, str]] = {
    "work-plan": {},
    "service-report": {"service": "monitor", "month": "2024-05"},
    "change-sheet": {"order": "os-1"},
    "cancellation-sheet": {"order": "os-1"},
    "score-sheet": {"score": "s-1"},
    "staff-list": {},
    "staff-change": {"person": "p-02", "change": "leaving", "replaces": "p-03", "day": "2024-11-01", "reason": "调岗"},
    "confidentiality-undertaking": {"person": "p-01"},
    "order-sheet": {"order": "os-1"},
    "incident-report": {"incident": "i-1"},
    "minutes": {"topic": "六月服务例会"},
    "monthly-report": {"month": "2024-05"},
    "monitoring-report": {"month": "2024-05"},
    "rectification-notice": {"notice": "r-1"},
    "rectification-report": {"notice": "r-1"},
    "rectification-review": {"notice": "r-1"},
    "acceptance-application": {"milestone": "final"},
    "acceptance-opinion": {"milestone": "midterm"},
    "payment-application": {"instalment": "2"},
    "account-change": {"reason": "开户行撤并"},
    "penalty-calculation": {},
    "sla-compensation": {"month": "2024-05"},
    "settlement-statement": {},
    "majeure-notice": {"event": "flood"},
    "majeure-certificate-request": {"event": "flood"},
    "majeure-end": {"event": "flood"},
    "supplement": {
        "supplement": "s1",
        "effective": "2024-11-01",
        "changes": "term.end=2025-01-31\nreadings.A6=per_day",
    },
    "termination-notice": {"ground": "C12"},
    "return-list": {},
    "archive-index": {},
}
"""What each paper is given; a kind without an entry here fails the tests that go through all kinds."""


def source_for(code: str) -> Source:
    """The year in which this paper has something to say."""
    if code in ("change-sheet", "cancellation-sheet", "score-sheet", "incident-report"):
        return worked()
    return failed() if code == "termination-notice" else year()


@cache
def paper(code: str) -> Paper:
    """The paper as a value."""
    found = make(code, source_for(code), GIVEN[code])
    assert not isinstance(found, Refused), f"{code}: {found}"
    return found


def built(code: str, source: Source, **given: str) -> Paper:
    """A paper that is not refused."""
    found = make(code, source, given)
    assert not isinstance(found, Refused), f"{code}: {found}"
    return found


def refused(code: str, source: Source, **given: str) -> Refused:
    """The refusal of a paper that must not be made."""
    found = make(code, source, given)
    assert isinstance(found, Refused), f"{code} was made"
    return found
