"""十一: force majeure: notify, certify within 14 days, extend the term by its effect, negotiate after 60 days."""

from collections.abc import Iterator
from datetime import timedelta

from yunyue.journal.facts import MajeureBegan, MajeureCertified, MajeureEnded, NoticeGiven
from yunyue.settlement.case import Case, Known
from yunyue.settlement.compute import ONE, as_day, plus_days
from yunyue.settlement.rules.account import counts_as_written
from yunyue.settlement.spans import Span, length, union
from yunyue.settlement.statement import Check, Finding, Obligation, Question, Said
from yunyue.settlement.working import Working

CLAUSES = ("C28", "C29", "C30", "C31")


def effect_spans(case: Case) -> list[Span]:
    """The days force majeure bore on performance, each once; an event without an end still runs."""
    return case.remember("majeure", _effect_spans)  # type: ignore[no-any-return]  # the memory holds any value


def _effect_spans(case: Case) -> list[Span]:
    return union(Span(known.at(), _end(case, known)) for known in case.all(MajeureBegan))


def _end(case: Case, began: Known[MajeureBegan]) -> Working:
    ended = next((k for k in case.all(MajeureEnded) if k.said.event == began.said.event), None)
    return ended.at() if ended else case.until


def extended_end(case: Case) -> Working:
    """The last day of the term, later by the days of effect (C29)."""
    spans = _extending(case)
    end = case.term("term.end")
    return plus_days(end, length(spans)) if spans else end


def _extending(case: Case) -> list[Span]:
    """What began while the term, as extended so far, still ran: afterwards there is nothing left to extend."""
    end, spans = case.terms.term.end, []
    for span in effect_spans(case):
        if as_day(span.start) <= end:
            spans.append(span)
            end += timedelta(span.days)
    return spans


def certificate_due(occurred: Working, days: Working) -> Working:
    """十一(二): the certificate is due so many days after the event, the first day not counted."""
    return plus_days(occurred, days)


def apply(case: Case) -> Iterator[Finding]:
    """Per event: the notice, the certificate, the end's notice, and whether it is time to negotiate."""
    for began in case.all(MajeureBegan):
        yield _notice(case, began, "majeure", "C28")
        yield _certificate(case, began)
        if any(known.said.event == began.said.event for known in case.all(MajeureEnded)):
            yield _notice(case, began, "majeure_end", "C30")
        yield from _negotiation(case, began)
    if spans := _extending(case):
        yield _extension(case, spans)


def _notice(case: Case, began: Known[MajeureBegan], about: str, clause: str) -> Check:
    given = next(
        (
            k
            for k in case.all(NoticeGiven)
            if k.said.about == about and k.said.subject == began.said.event and counts_as_written(case, k)
        ),
        None,
    )
    ended = about == "majeure_end"
    what = Said("不可抗力结束的通知", "Notice of its end") if ended else Said("不可抗力的通知", "Notice of the event")
    return Check(
        f"{about}-notice-{began.said.event}",
        clause,
        what,
        "holds" if given else "open",
        Said(
            f"{given.day} 已以书面通知。" if given else "尚无书面通知记录。",
            f"Given on {given.day}." if given else "No written notice on record.",
        ),
        ("A17",),
        (began.id, *((given.id,) if given else ())),
    )


def _certificate(case: Case, began: Known[MajeureBegan]) -> Obligation:
    due = certificate_due(began.at(), case.term("majeure.certificate_days"))
    shown = next((k for k in case.all(MajeureCertified) if k.said.event == began.said.event), None)
    if shown is not None:
        state = "done_late" if shown.day > as_day(due) else "done"
    else:
        state = "late" if case.as_of > as_day(due) else "open"
    return Obligation(
        id=f"majeure-certificate-{began.said.event}",
        clause="C28",
        who="provider",
        title=Said("提交不可抗力证明", "Bring the certificate of force majeure"),
        due=as_day(due),
        gates=(),
        payable=None,
        late_from=as_day(due),
        done=None if shown is None else shown.day,
        state=state,  # type: ignore[arg-type]  # one of the four literals above
        working=due,
        readings=(),
        facts=(began.id, *((shown.id,) if shown else ())),
    )


def _negotiation(case: Case, began: Known[MajeureBegan]) -> Iterator[Question]:
    """超过 60 days: with the first day left out (A16), from the 61st day after the event."""
    start = plus_days(began.at(), case.term("majeure.negotiate_after_days"))
    if case.reading("A16") == "exclude_first":
        start = plus_days(start, ONE)
    if as_day(_end(case, began)) >= as_day(start):
        text = Said(
            f"不可抗力影响自 {start.value} 起已超过 {case.terms.majeure.negotiate_after_days} 日，双方应协商后续履行。",
            f"The effect has lasted more than {case.terms.majeure.negotiate_after_days} days since {start.value}: "
            "the parties negotiate.",
        )
        yield Question(f"majeure-negotiate-{began.said.event}", "C31", "A16", text, (began.id,))


def _extension(case: Case, spans: list[Span]) -> Check:
    end = extended_end(case)
    return Check(
        "majeure-extension",
        "C29",
        Said("服务期限因不可抗力顺延", "Term extended by force majeure"),
        "holds",
        Said(
            f"影响 {length(spans).value} 日，期限顺延至 {end.value}。",
            f"{length(spans).value} days of effect: the term runs to {end.value}.",
        ),
        (),
        tuple(known.id for known in case.all(MajeureBegan)),
    )
