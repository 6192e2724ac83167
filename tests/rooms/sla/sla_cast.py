"""The people and facts that the tests of exclusions and verdicts share."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from yunyue.contract.terms import Method, Named, Objective, Term
from yunyue.journal.envelope import BEIJING, Fact, Recorded
from yunyue.journal.facts import ExclusionApproved, ExclusionRequested, Payload, SampleWindow
from yunyue.sla.months import ServiceMonth, service_month

TERM = Term(start=date(2024, 4, 11), end=date(2024, 12, 31), place=Named(zh="北京", en="Beijing"))
ENGINEER = "engineer:li"
APPROVER = "approver:wu"


def month(name: str = "2024-06") -> ServiceMonth:
    found = service_month(TERM, name)
    assert found is not None
    return found


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def objective(method: Method = "M1") -> Objective:
    return Objective(
        id="monitor-availability",
        service="monitor",
        title=Named(zh="可用性", en="Availability"),
        indicator="availability",
        method=method,
        target=Decimal("99.9"),
        ladder=(),
    )


class Record:
    """A journal in a list: every fact gets the next number and an id that says it."""

    def __init__(self) -> None:
        self.facts: list[Recorded] = []

    def add(self, data: Payload, actor: str = "system", time: str = "2024-06-01T00:00") -> str:
        identifier = f"f{len(self.facts)}"
        fact = Fact(id=identifier, subject="c", actor=actor, source="/test", time=beijing(time), data=data)
        self.facts.append(Recorded(len(self.facts), beijing("2024-07-01T00:00"), fact))
        return identifier

    def window(self, start: str, end: str, counts: tuple[int, int, int], order: str = "o1", of: str = "") -> str:
        """`counts`: attempts, good ones, bad minutes."""
        total, good, bad = counts
        return self.add(
            SampleWindow(
                order=order,
                objective=of or objective().id,
                start=beijing(start),
                end=beijing(end),
                total=total,
                good=good,
                bad_minutes=bad,
                segments=(),
            )
        )

    def request(self, name: str, start: str, end: str, ground: str = "maintenance", of: str = "") -> str:
        return self.add(
            ExclusionRequested(
                exclusion=name,
                objective=of or objective().id,
                start=beijing(start),
                end=beijing(end),
                ground=ground,  # type: ignore[arg-type] # the tests name the three grounds as text
                reason="planned",
            ),
            ENGINEER,
        )

    def approve(self, name: str, actor: str = APPROVER) -> str:
        return self.add(ExclusionApproved(exclusion=name), actor)

    def good_month(self, order: str = "o1") -> list[str]:
        """A window a day through June, all good."""
        day = beijing("2024-06-01T00:00")
        found = []
        for _ in range(30):
            following = day + timedelta(days=1)
            found.append(self.window(f"{day:%Y-%m-%dT%H:%M}", f"{following:%Y-%m-%dT%H:%M}", (1440, 1440, 0), order))
            day = following
        return found
