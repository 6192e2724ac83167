"""四 and 五: who works on the contract, under which conditions, and how they may change."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from yunyue.contract.terms import StaffCondition
from yunyue.journal.facts import (
    ConfidentialitySigned,
    LeavingReported,
    Payload,
    StaffAssigned,
    StaffChecked,
    StaffConsented,
    StaffFileConsulted,
    StaffLeft,
    StaffRejected,
    StaffWaived,
    TrainingHeld,
)
from yunyue.settlement.case import Case, Known
from yunyue.settlement.rules.signing import signing_day
from yunyue.settlement.statement import Check, Finding, Said

CLAUSES = ("C20", "C21", "C22", "C23", "C24", "C25")

TRAININGS = ("business", "skills", "confidentiality")


def active(case: Case) -> dict[str, Known[StaffAssigned]]:
    """Who is at their post on the day asked about, by pseudonym."""
    at_post = {known.said.person: known for known in case.all(StaffAssigned)}
    for left in case.all(StaffLeft):
        assigned = at_post.get(left.said.person)
        if assigned is not None and left.time >= assigned.time:
            del at_post[left.said.person]
    return at_post


def managers(steps: Iterable[Payload]) -> tuple[str, ...]:
    """Who is service manager after these assignments and leavings, in the order they happened.

    Leaving, another post, and a new manager in one's place end it.
    """
    there: dict[str, None] = {}
    for step in steps:
        if isinstance(step, StaffAssigned | StaffLeft):
            there.pop(step.person, None)
        if isinstance(step, StaffAssigned) and step.post == "manager":
            there.pop(step.replaces or "", None)
            there[step.person] = None
    return tuple(there)


def apply(case: Case) -> Iterator[Finding]:
    """Checks of the people at their posts, of the manager, of changes, files, trainings and undertakings."""
    people = active(case)
    for person, assigned in sorted(people.items()):
        yield _conditions(case, person, assigned)
    yield _one_manager(case, people)
    yield from _manager_changes(case)
    yield from _rejected(case, people)
    yield _files(case)
    yield _trainings(case)
    yield from _leavings(case)
    yield _undertakings(case, people)


def _conditions(case: Case, person: str, assigned: Known[StaffAssigned]) -> Check:
    missing = [one for one in case.terms.staff_conditions if not _met(case, person, one)]
    evidence = [k.id for k in case.all(StaffChecked) if k.said.person == person]
    waivers = [k.id for k in case.all(StaffWaived) if k.said.person == person]
    zh = "、".join(f"第 {one.number} 项" for one in missing)
    en = ", ".join(str(one.number) for one in missing)
    return Check(
        f"staff-{person}",
        "C20",
        Said(f"人员 {person} 的 {len(case.terms.staff_conditions)} 项条件", f"Conditions of {person}"),
        "open" if missing else "holds",
        Said(
            f"尚未核验或不符：{zh}。" if missing else "均已核验。",
            f"Not shown: {en}." if missing else "All shown.",
        ),
        ("A24",),
        (assigned.id, *evidence, *waivers),
    )


def _met(case: Case, person: str, condition: StaffCondition) -> bool:
    """The last check of the condition says so, or it is soft and waived in writing (A24)."""
    checks = [k for k in case.all(StaffChecked) if (k.said.person, k.said.condition) == (person, condition.number)]
    if checks and checks[-1].said.met:
        return True
    if not condition.soft or case.reading("A24") == "hard":
        return False
    return any((k.said.person, k.said.condition) == (person, condition.number) for k in case.all(StaffWaived))


def _one_manager(case: Case, people: dict[str, Known[StaffAssigned]]) -> Check:
    steps = sorted((*case.all(StaffAssigned), *case.all(StaffLeft)), key=attrgetter("time"))
    found = sorted(managers(one.said for one in steps))
    started = signing_day(case) is not None
    state = "holds" if len(found) == 1 else "broken" if started and found else "open"
    return Check(
        "one-manager",
        "C21",
        Said("服务经理有且仅有一名", "Exactly one service manager"),
        state,  # type: ignore[arg-type]  # one of the three literals above
        Said(f"现任：{'、'.join(found) or '无'}。", f"At post: {', '.join(found) or 'nobody'}."),
        (),
        tuple(people[person].id for person in found),
    )


def _manager_changes(case: Case) -> Iterator[Check]:
    """Each change of manager needs the client's consent, given before or on the day, also if no name is replaced."""
    last = None
    for known in case.all(StaffAssigned):
        if known.said.post != "manager":
            continue
        before, last = known.said.replaces or last, known.said.person
        if before is None or before == last:
            continue
        consent = _consent(case, known.said.person, "assignment", known)
        yield Check(
            f"manager-change-{known.said.person}",
            "C21",
            Said(
                f"服务经理由 {before} 更换为 {known.said.person} 经甲方同意",
                f"Change of manager from {before} to {known.said.person} has the client's consent",
            ),
            "holds" if consent else "broken",
            Said(
                f"{consent.day} 同意。" if consent else "未见事先同意。",
                f"Given on {consent.day}." if consent else "No consent beforehand.",
            ),
            (),
            (known.id, *((consent.id,) if consent else ())),
        )


def _consent(
    case: Case, person: str, change: str, at: Known[StaffAssigned] | Known[StaffLeft]
) -> Known[StaffConsented] | None:
    given = (k for k in case.all(StaffConsented) if (k.said.person, k.said.change) == (person, change))
    return next((known for known in given if known.day <= at.day), None)


def _rejected(case: Case, people: dict[str, Known[StaffAssigned]]) -> Iterator[Check]:
    """A rejected person leaves; coming back takes the client's consent, given after the rejection."""
    for known in case.all(StaffRejected):
        person = known.said.person
        agreed = any(
            k.said.person == person and k.said.change == "assignment" and k.time > known.time
            for k in case.all(StaffConsented)
        )
        still = person in people and not agreed
        yield Check(
            f"rejected-{person}",
            "C22",
            Said(f"甲方不认可的人员 {person} 已更换", f"Rejected {person} has been replaced"),
            "open" if still else "holds",
            Said(
                "尚在岗，须更换。" if still else "不在岗，或甲方其后已同意。",
                "Still at post." if still else "Not at post, or agreed since.",
            ),
            (),
            (known.id,),
        )


def _files(case: Case) -> Check:
    looks = case.all(StaffFileConsulted)
    return Check(
        "staff-files",
        "C23",
        Said("甲方可随时查阅人员档案，查阅留痕", "The client may consult staff files at any time; it is logged"),
        "holds",
        Said(f"已查阅 {len(looks)} 次。", f"Consulted {len(looks)} times."),
        (),
        tuple(known.id for known in looks),
    )


def _trainings(case: Case) -> Check:
    held = {known.said.kind for known in case.all(TrainingHeld)}
    names = {"business": "业务", "skills": "技能", "confidentiality": "保密"}
    missing = [kind for kind in TRAININGS if kind not in held]
    return Check(
        "trainings",
        "C24",
        Said("业务、技能、保密培训", "Business, skills and confidentiality trainings"),
        "open" if missing else "holds",
        Said(
            f"尚未举行：{'、'.join(names[kind] for kind in missing)}培训。" if missing else "均已举行。",
            f"Not held: {', '.join(missing)}." if missing else "All held.",
        ),
        (),
        tuple(known.id for known in case.all(TrainingHeld)),
    )


def _leavings(case: Case) -> Iterator[Check]:
    """Leaving is reported and agreed first."""
    for left in case.all(StaffLeft):
        reports = [k for k in case.all(LeavingReported) if k.said.person == left.said.person and k.time <= left.time]
        consent = _consent(case, left.said.person, "leaving", left)
        good = bool(reports) and consent is not None
        yield Check(
            f"leaving-{left.said.person}",
            "C24",
            Said(
                f"人员 {left.said.person} 离岗前已报告并经同意",
                f"Leaving of {left.said.person} was reported and agreed first",
            ),
            "holds" if good else "broken",
            Said(
                "已报告并同意。" if good else "未见事先报告与同意。",
                "Reported and agreed." if good else "Not reported and agreed beforehand.",
            ),
            (),
            (left.id, *(known.id for known in reports), *((consent.id,) if consent else ())),
        )


def _undertakings(case: Case, people: dict[str, Known[StaffAssigned]]) -> Check:
    """五(三)7 has no end date: an undertaking once signed holds for ever, also after the person leaves."""
    signed = {known.said.person for known in case.all(ConfidentialitySigned)}
    missing = sorted(set(people) - signed)
    return Check(
        "confidentiality",
        "C25",
        Said("保密义务：合同期内及期满后均有效，无截止日", "Confidentiality, during and after, with no end date"),
        "open" if missing else "holds",
        Said(
            f"尚未签署承诺：{'、'.join(missing)}。" if missing else "在岗人员均已签署。",
            f"Not signed: {', '.join(missing)}." if missing else "Signed by everybody at post.",
        ),
        (),
        tuple(known.id for known in case.all(ConfidentialitySigned)),
    )
