"""六 and 九(三): the client holds acceptances; what falls short is reworked within the time the client sets."""

from collections.abc import Iterator
from typing import Literal

from yunyue.journal.facts import AcceptanceHeld, RectificationOrdered, RectificationReported, RectificationReviewed
from yunyue.settlement.case import Case, Known
from yunyue.settlement.statement import Check, Finding, Obligation, Said

CLAUSES = ("C13", "C19")

MILESTONES = {"midterm": Said("中期验收", "Mid-term acceptance"), "final": Said("最终验收", "Final acceptance")}


def apply(case: Case) -> Iterator[Finding]:
    """A check per milestone; an obligation per order to rework."""
    for milestone, title in MILESTONES.items():
        yield _milestone(case, milestone, title)
    for known in case.all(RectificationOrdered):
        yield _rework(case, known)


def _milestone(case: Case, milestone: str, title: Said) -> Check:
    case.reading("A22")
    held = [known for known in case.all(AcceptanceHeld) if known.said.milestone == milestone]
    passed = [known for known in held if known.said.result == "passed"]
    failures = len(held) - len(passed)
    if passed:
        zh, en = f"{passed[0].day} 合格。", f"Passed on {passed[0].day}."
    elif held:
        zh, en = f"不合格 {failures} 次。", f"Failures so far: {failures}."
    else:
        zh, en = "尚未举行。", "Not held yet."
    return Check(
        f"acceptance-{milestone}",
        "C19",
        title,
        "holds" if passed else "broken" if failures else "open",
        Said(zh, en),
        ("A22",),
        tuple(known.id for known in held),
    )


def _rework(case: Case, ordered: Known[RectificationOrdered]) -> Obligation:
    notice = ordered.said.notice
    case.reading("A14")
    reports = [known for known in case.all(RectificationReported) if known.said.notice == notice]
    reviews = [known for known in case.all(RectificationReviewed) if known.said.notice == notice]
    done = _done(reports, reviews)
    deadline = ordered.leaf("deadline")
    return Obligation(
        id=f"rework-{notice}",
        clause="C13",
        who="provider",
        title=Said(f"整改：{ordered.said.about}", f"Rework: {ordered.said.about}"),
        due=ordered.said.deadline,
        gates=(),
        payable=None,
        late_from=ordered.said.deadline,
        done=None if done is None else done.day,
        state=_state(case, ordered, done),
        working=deadline,
        readings=("A14",),
        facts=(ordered.id, *(known.id for known in (*reports, *reviews))),
    )


def _done(
    reports: list[Known[RectificationReported]], reviews: list[Known[RectificationReviewed]]
) -> Known[RectificationReported] | None:
    """The last report, unless a review after it found that the rework falls short."""
    if not reports:
        return None
    last = reports[-1]
    rejected = any(known.said.result == "failed" and known.time >= last.time for known in reviews)
    return None if rejected else last


def _state(
    case: Case, ordered: Known[RectificationOrdered], done: Known[RectificationReported] | None
) -> Literal["open", "late", "done", "done_late"]:
    if done is not None:
        return "done_late" if done.day > ordered.said.deadline else "done"
    return "late" if case.as_of > ordered.said.deadline else "open"
