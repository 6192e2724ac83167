"""Turns a service month's samples into evidence and verdicts: seal, state the windows, judge, record.

Doing it again changes nothing: every fact here has an id made of what it is about. A correction of a window or a
verdict is a new fact under a new id, and comes from a person.
"""

from datetime import datetime

from yunyue.answer import Refused
from yunyue.catalog import Window
from yunyue.contract.terms import Terms
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import OrderPlaced, Payload, SampleWindow, SegmentSealed, ServiceDelivered, ServiceRetired
from yunyue.kernel.happening import Happening, Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.kernel.kernel import INSTALLATION
from yunyue.settlement.admission import Known
from yunyue.settlement.admission.moment import extended
from yunyue.sla.months import ServiceMonth, service_month
from yunyue.sla.verdict import Judged, Verdict, judge

RECORDER = Recorder("service:measure", "/kernel/measure")


def seal(hosting: Hosting, *, force: bool = False) -> tuple[SegmentSealed, ...] | Refused:
    """Seal what samples are due and record every segment the journal does not know yet; those now recorded."""
    now = hosting.kernel.clock.now()
    hosting.series.seal(now, force=force)
    recorded = {one.fact.id for one in hosting.kernel.facts(INSTALLATION)}
    happenings = [Happening(one, min(one.end, now), f"sealed-{one.segment}") for one in hosting.series.sealed()]
    new = [one for one in happenings if one.id not in recorded]
    done = hosting.kernel.note(new, RECORDER) if new else None
    return done if isinstance(done, Refused) else tuple(one.said for one in new if isinstance(one.said, SegmentSealed))


def close_month(hosting: Hosting, contract: str, name: str) -> tuple[Verdict, ...] | Refused:
    """The verdicts of a service month, recorded once the month is over.

    Refused: a month outside the term, as force majeure has extended it (C29).
    """
    terms, known = hosting.kernel.terms(contract), hosting.kernel.known(contract)
    if isinstance(terms, Refused):
        return terms
    assert isinstance(known, Known), "its terms are known"
    term = extended(known, terms, hosting.kernel.clock.now().date())
    month = service_month(term, name)
    if month is None:
        return Refused(f"{name} is no month of the term {term.start} to {term.end}", "month", "C01")
    if _moment(month.span.end) <= hosting.kernel.clock.now():
        refused = _state_windows(hosting, contract, month)
        if refused is not None:
            return refused
    return _judge(hosting, contract, terms, month)


def _state_windows(hosting: Hosting, contract: str, month: ServiceMonth) -> Refused | None:
    """Seal the month's samples and record what they say of each delivered order."""
    sealed = seal(hosting, force=True)
    known = hosting.kernel.known(contract)
    if isinstance(sealed, Refused):
        return sealed
    if isinstance(known, Refused):
        return known
    for placed in known.all(OrderPlaced):
        window = _lived(known, placed, month)
        windows = () if window is None else _windows(hosting, contract, placed, window)
        if isinstance(windows, Refused):
            return windows
        happenings = [
            Happening(one, _moment(month.span.end), f"window-{placed.order}-{one.objective}-{one.start:%Y-%m-%dT%H%M}")
            for one in windows
            if isinstance(one, SampleWindow)
        ]
        done = _record_new(hosting, contract, happenings)
        if done is not None:
            return done
    return None


def _windows(hosting: Hosting, contract: str, placed: OrderPlaced, window: Window) -> tuple[Payload, ...] | Refused:
    service = hosting.service(placed.service)
    if isinstance(service, Refused):
        return service
    return service.indicate(placed.order, window, hosting.host(contract, placed.service))


def _lived(known: Known, placed: OrderPlaced, month: ServiceMonth) -> Window | None:
    """The part of the month from the order's delivery by its service to its retirement, in whole minutes.

    None for an order that a person recorded as delivered: it runs elsewhere, and its evidence is recorded by hand.
    """
    delivered = known.find(ServiceDelivered, "order", placed.order)
    retired = known.find(ServiceRetired, "order", placed.order)
    if delivered is None or delivered.actor != f"service:{placed.service}":
        return None
    start = max(_moment(month.span.start), _minute(delivered.time))
    end = min(_moment(month.span.end), _minute(retired.time)) if retired else _moment(month.span.end)
    return Window(start, end) if start < end else None


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _judge(hosting: Hosting, contract: str, terms: Terms, month: ServiceMonth) -> tuple[Verdict, ...] | Refused:
    facts = hosting.kernel.facts(contract)
    as_of = int(hosting.kernel.clock.now().timestamp() * 1000)
    verdicts: list[Verdict] = []
    for objective in terms.sla.objectives:
        verdict = judge(objective, month, facts, as_of)
        if isinstance(verdict, Refused):
            return verdict
        verdicts.append(verdict)
    happenings = [
        Happening(one.payload(), _moment(month.span.end), f"verdict-{one.objective.id}-{month.name}")
        for one in verdicts
        if isinstance(one, Judged)
    ]
    return _record_new(hosting, contract, happenings) or tuple(verdicts)


def _record_new(hosting: Hosting, contract: str, happenings: list[Happening]) -> Refused | None:
    """Record what is not there yet: a month once closed keeps its windows and verdicts for ever."""
    known = hosting.kernel.known(contract)
    if isinstance(known, Refused):
        return known
    new = [one for one in happenings if not known.has(one.id)]
    done = hosting.kernel.record(contract, new, RECORDER) if new else None
    return done if isinstance(done, Refused) else None


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds // 1000, BEIJING)
