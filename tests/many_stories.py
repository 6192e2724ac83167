"""Stories nobody thought of: facts of every kind that bears on money, on any day, under any readings."""

from datetime import date, timedelta

from hypothesis import strategies as st

from story import MalformedStory, Story, tell
from yunyue.contract.readings import READINGS

_NOUGHTS = "0" * 64
_KINDS = (
    "contract.signed",
    "funds.arrived instalment={one}",
    "invoice.received instalment={one} amount={whole}",
    "invoice.received instalment={one} amount={some}.07",
    "payment.made instalment={one} amount={whole}",
    "payment.made instalment={one} amount={some}.33",
    "progress.confirmed instalment={one}",
    "acceptance.held milestone={milestone} result=passed",
    "acceptance.held milestone={milestone} result=failed",
    "rework.refused milestone={milestone}",
    "order.placed order=o{three} item={item} deliver_by={deadline}",
    "order.placed order=o{three} item={item} deliver_by={deadline} approved",
    "order.approved order=o{three} as user:2",
    "service.delivered order=o{three}",
    "order.cancelled order=o{three}",
    "majeure.began event=e{two}",
    "majeure.ended event=e{two}",
    "breach.confirmed breach=b{two} by=provider instalment={one}",
    "breach.cured breach=b{two}",
    "notice.given about=account subject=n{two} by=provider channel=letter",
    "verdict.reached objective=monitor-{objective} month={month} measured=9{five}.5",
    "compensation.decided objective=monitor-{objective} month={month} decision=amended amount={some}.00",
    "score.template.set template=t{two} pattern=outages title=T"
    ' criteria=\'[{{"code":"down","title":"D","most":"30","each":"7"}}]\'',
    "score.given score=s{ten} template=t{two} month={month} service=monitor points=93"
    ' deductions=\'[{{"criterion":"down","count":1,"points":"7","evidence":["sha256:' + _NOUGHTS + "\"]}}]'",
    "contract.terminated by=client ground=C12",
    "contract.terminated by=client ground=C14",
    "contract.terminated by=provider ground=C16",
    "contract.supplemented supplement=s{two} readings.A6=per_day",
    "fact.corrected corrects=f{ten}",
)
_WHOLE = {1: "958397.20", 2: "575038.32", 3: "383358.88"}
_FIRST = date(2024, 4, 11)


@st.composite
def _line(draw: st.DrawFn, day: date) -> str:
    one = draw(st.integers(1, 3))
    words = draw(st.sampled_from(_KINDS)).format(
        one=one,
        whole=_WHOLE[one],
        some=draw(st.integers(1, 400_000)),
        two=draw(st.integers(1, 2)),
        three=draw(st.integers(1, 3)),
        five=draw(st.integers(5, 9)),
        ten=draw(st.integers(1, 10)),
        milestone=draw(st.sampled_from(("midterm", "final"))),
        item=draw(st.sampled_from(("os-set", "scan-run", "monitor-site"))),
        objective=draw(st.sampled_from(("availability", "alerts"))),
        month=draw(st.sampled_from(("2024-04", "2024-06", "2025-01"))),
        deadline=draw(st.dates(_FIRST, date(2024, 12, 31))),
    )
    return f"{day} {words}"


@st.composite
def readings(draw: st.DrawFn) -> str:
    """The first line of a story: the choices of its readings."""
    chosen = [f"readings.{one.id}={draw(st.sampled_from(one.choices)).key}" for one in READINGS]
    extra = " penalties.daily_cap=0.01" if "readings.A8=capped" in chosen else ""
    return f"terms cover_date=2024-04-10 {' '.join(chosen)}{extra}"


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A story whose facts were all admitted; the day it asks about lies anywhere in it or after it."""
    days = sorted(draw(st.lists(st.integers(0, 330), min_size=3, max_size=14)))
    lines = [draw(readings())]
    for offset in days:
        line = draw(_line(_FIRST + timedelta(offset)))
        if _admitted("\n".join([*lines, line])):
            lines.append(line)
    lines.append(f"as of {_FIRST + timedelta(draw(st.integers(0, 420)))}")
    return tell("\n".join(lines))


def _admitted(text: str) -> bool:
    try:
        tell(text)
    except MalformedStory:
        return False
    return True
