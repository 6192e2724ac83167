"""A contract year in which nearly everything happens that a paper is about; the log's head over it is a real one.

Every fact is admitted as the kernel would admit it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache

from story import DOCUMENT, TERMS
from yunyue.answer import Refused
from yunyue.contract.amend import amend
from yunyue.contract.terms import Terms
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import BEIJING, Fact, Recorded, understand, write
from yunyue.journal.facts import Change
from yunyue.journal.tree import leaf_hash, root_of
from yunyue.papers.bundle import Account
from yunyue.papers.source import Source
from yunyue.settlement.admission import Known, admit
from yunyue.settlement.settle import settle
from yunyue.workdays import STATE_COUNCIL

ORIGIN = "log.example/yunyue"
ADDRESS = "https://yunyue.example/verify"

Told = tuple[str, str, str, Mapping[str, object]]
"""When ("2024-05-14" or "2024-05-14T09:05"), the fact's id, its type, its values (documents are filled in)."""

SIGNED: tuple[Told, ...] = (
    ("2024-04-11", "sign-c", "contract.signed", {"party": "client", "signed": "2024-04-11", "sealed": "2024-04-11"}),
    ("2024-04-11", "sign-p", "contract.signed", {"party": "provider", "signed": "2024-04-11", "sealed": "2024-04-11"}),
    ("2024-04-11", "copies", "copies.exchanged", {"client": 3, "provider": 3}),
    ("2024-04-11", "annex-2", "annex.attached", {"annex": 2, "sample": True}),
)
PEOPLE: tuple[Told, ...] = (
    ("2024-04-11", "staff-1p", "staff.proposed", {"person": "p-01", "post": "manager", "replaces": None}),
    ("2024-04-11", "staff-1a", "staff.checked", {"person": "p-01", "condition": 1, "met": True}),
    ("2024-04-11", "staff-1b", "staff.checked", {"person": "p-01", "condition": 2, "met": True}),
    ("2024-04-11", "staff-1w", "staff.waived", {"person": "p-01", "condition": 3}),
    ("2024-04-11", "staff-1", "staff.assigned", {"person": "p-01", "post": "manager", "replaces": None}),
    ("2024-04-11", "staff-2", "staff.assigned", {"person": "p-02", "post": "engineer", "replaces": None}),
    ("2024-04-11", "conf-1", "confidentiality.signed", {"person": "p-01"}),
    ("2024-04-25", "train-1", "training.held", {"kind": "business", "persons": ["p-01", "p-02"]}),
)
DELIVERY: tuple[Told, ...] = (
    ("2024-04-12", "ord-1", "order.placed", {"order": "os-1", "item": "os-set", "deliver_by": "2024-05-01"}),
    ("2024-04-12", "ord-2", "order.placed", {"order": "mon-1", "item": "monitor-probes", "deliver_by": "2024-04-20"}),
    ("2024-04-13", "ord-1a", "order.approved", {"order": "os-1"}),
    ("2024-04-13", "ord-2a", "order.approved", {"order": "mon-1"}),
    ("2024-04-12", "lent-1", "material.lent", {"item": "topology-map"}),
    ("2024-04-12", "lent-2", "material.lent", {"item": "asset-register"}),
    ("2024-04-18", "del-2", "service.delivered", {"order": "mon-1"}),
    ("2024-05-11", "del-1", "service.delivered", {"order": "os-1"}),
    ("2024-09-20", "ret-1", "material.returned", {"item": "topology-map"}),
    ("2024-09-21", "result-1", "results.handed_over", {"item": "operations-manual"}),
)
MONEY: tuple[Told, ...] = (
    ("2024-05-10", "funds-1", "funds.arrived", {"instalment": 1}),
    ("2024-05-13", "inv-1", "invoice.received", {"instalment": 1, "amount": "958397.20"}),
    (
        "2024-05-20",
        "acc-1",
        "notice.given",
        {"about": "account", "subject": "account-2", "by": "provider", "channel": "registered_mail"},
    ),
    ("2024-06-03", "pay-1", "payment.made", {"instalment": 1, "amount": "900000.00"}),
    ("2024-06-03T10:05", "pay-1x", "fact.corrected", {"corrects": "pay-1", "replacement": None, "reason": "录入有误"}),
    ("2024-06-03T10:10", "pay-1b", "payment.made", {"instalment": 1, "amount": "958397.20"}),
    ("2024-09-12", "inv-2", "invoice.received", {"instalment": 2, "amount": "575038.32"}),
)


def _window(month: str, days: int, good: int, bad: int) -> Told:
    start, objective = f"{month}-01T00:00:00+08:00", "monitor-availability"
    end = (date.fromisoformat(f"{month}-01") + timedelta(days)).isoformat() + "T00:00:00+08:00"
    values = {"order": "mon-1", "objective": objective, "start": start, "end": end, "segments": ["sha256:" + "c" * 64]}
    after = f"{end[:10]}T01:00"
    return after, f"win-{month}", "sample.window", {**values, "total": days * 1440, "good": good, "bad_minutes": bad}


def _verdict(month: str, day: str, measured: str, minutes: int) -> Told:
    values = {"service": "monitor", "objective": "monitor-availability", "month": month, "method": "M1"}
    met = float(measured) >= 99.9
    judged = {"measured": measured, "target": "99.9", "met": met, "counted_minutes": minutes, "excluded_minutes": 0}
    return f"{day}T02:00", f"ver-{month}", "verdict.reached", {**values, **judged, "rests_on": [f"win-{month}"]}


QUALITY: tuple[Told, ...] = (
    (
        "2024-05-14T09:05",
        "inc-1",
        "incident.opened",
        {"incident": "i-1", "order": "mon-1", "severity": 1, "about": "探测节点机房断电，探测中断"},
    ),
    ("2024-05-14T20:06", "inc-1c", "incident.closed", {"incident": "i-1"}),
    (
        "2024-05-15",
        "exc-1",
        "exclusion.requested",
        {
            "exclusion": "x-1",
            "objective": "monitor-availability",
            "start": "2024-05-14T09:00:00+08:00",
            "end": "2024-05-14T10:00:00+08:00",
            "ground": "maintenance",
            "reason": "计划内割接",
        },
    ),
    _window("2024-05", 31, 43_000, 661),
    _verdict("2024-05", "2024-06-01", "98.519", 44_640),
    (
        "2024-06-10",
        "rect-1",
        "rectification.ordered",
        {"notice": "r-1", "about": "监测告警延迟超过一分钟", "deadline": "2024-06-20"},
    ),
    ("2024-06-18", "rect-1r", "rectification.reported", {"notice": "r-1"}),
    ("2024-06-19", "rect-1v", "rectification.reviewed", {"notice": "r-1", "result": "passed"}),
    (
        "2024-06-01",
        "use-1",
        "usage.metered",
        {
            "order": "mon-1",
            "meter": "monitor.probe-10k",
            "quantity": "4.464",
            "start": "2024-05-01T00:00:00+08:00",
            "end": "2024-06-01T00:00:00+08:00",
        },
    ),
    _window("2024-06", 30, 43_200, 0),
    _verdict("2024-06", "2024-07-01", "100", 43_200),
    ("2024-09-10", "mid-1", "acceptance.held", {"milestone": "midterm", "result": "passed"}),
)
MAJEURE: tuple[Told, ...] = (
    ("2024-07-01T15:00", "maj-1", "majeure.began", {"event": "flood", "about": "特大暴雨致机房所在区域断电"}),
    (
        "2024-07-01T18:00",
        "maj-1n",
        "notice.given",
        {"about": "majeure", "subject": "flood", "by": "provider", "channel": "letter"},
    ),
    ("2024-07-10", "maj-1c", "majeure.certified", {"event": "flood"}),
    ("2024-07-11", "maj-1e", "majeure.ended", {"event": "flood"}),
)
YEAR: tuple[Told, ...] = (*SIGNED, *PEOPLE, *DELIVERY, *MONEY, *QUALITY, *MAJEURE)


def recorded(told: Sequence[Told], terms: Terms = TERMS) -> list[Recorded]:
    """The facts as the journal would hold them, in order of time. Raises AssertionError for one that is refused."""
    known, found = Known(terms), list[Recorded]()
    for when, identifier, kind, values in sorted(told, key=lambda one: one[0] if "T" in one[0] else f"{one[0]}T10:00"):
        at = datetime.fromisoformat(when) if "T" in when else datetime.combine(date.fromisoformat(when), time(10))
        at = at.replace(tzinfo=BEIJING)
        payload = understand(kind, _filled(kind, values, terms), strict=False)
        assert not isinstance(payload, Refused), f"{identifier}: {payload}"
        actor = ACTORS.get(kind, "client")
        fact = Fact(id=identifier, subject=terms.id, actor=actor, source="/case", time=at, data=payload)
        refused = admit(known, fact, at)
        assert refused is None, f"{identifier}: {refused}"
        known.add(fact)
        found.append(Recorded(len(found), at, fact))
    return found


ACTORS = {"exclusion.requested": "provider", "order.approved": "approver", "order.change.approved": "approver"}
_NAMES = {"acceptance.held": "opinion", "staff.checked": "evidence"}
_DOCUMENTED = [
    "annex.attached",
    "confidentiality.signed",
    "contract.supplemented",
    "contract.terminated",
    "invoice.received",
    "leaving.reported",
    "majeure.certified",
    "material.returned",
    "notice.given",
    "payment.made",
    "progress.confirmed",
    "rectification.ordered",
    "rectification.reported",
    "results.handed_over",
    "rework.refused",
    "staff.consented",
    "staff.waived",
    "sum.settled",
    "training.held",
    "breach.confirmed",
    "claim.raised",
]


def _filled(kind: str, values: Mapping[str, object], terms: Terms) -> dict[str, object]:
    filled = dict(values)
    if kind in _NAMES or kind in _DOCUMENTED:
        filled.setdefault(_NAMES.get(kind, "document"), DOCUMENT)
    if kind == "order.placed":
        item = terms.item(str(values["item"]))
        assert item is not None
        filled = {"service": item.service, "quantity": "1", "tenant": "t1", **filled}
    return filled


def source_of(
    told: Sequence[Told], as_of: str, *, terms: Terms = TERMS, verify_at: str = ADDRESS, cut: bool = True
) -> Source:
    """The source as of a day: the journal then held what had happened by its end (or everything told)."""
    facts = recorded([one for one in told if not cut or one[0][:10] <= as_of], terms)
    end = datetime.combine(date.fromisoformat(as_of), time(23, 59, 59), BEIJING)
    known_at = max([end, *(one.recorded for one in facts)])
    statement = settle(terms, facts, STATE_COUNCIL, date.fromisoformat(as_of), known_at)
    source = Source.of(Account(statement, terms, STATE_COUNCIL), facts, head_over(facts), verify_at)
    assert not isinstance(source, Refused), source
    return source


def head_over(facts: Sequence[Recorded]) -> Checkpoint:
    """The head of the log that holds exactly these facts."""
    leaves = [leaf_hash(write(one.fact, one.recorded)) for one in facts]
    return Checkpoint(ORIGIN, len(leaves), root_of(leaves))


@cache
def year(as_of: str = "2024-10-15") -> Source:
    """The year as it stood on a day."""
    return source_of(YEAR, as_of)


@cache
def failed() -> Source:
    """A year in which the operating system never came, and the client may end the contract."""
    late = [one for one in (*SIGNED, *DELIVERY, *MONEY) if one[1] not in ("del-1", "acc-1")]
    return source_of(late, "2024-07-31")


def changed(**paths: str) -> Terms:
    """The terms with other values, dots written as two underscores: changed(price__total="1.00")."""
    found = amend(TERMS, [Change(path.replace("__", "."), value) for path, value in paths.items()])
    assert isinstance(found, Terms), found
    return found
