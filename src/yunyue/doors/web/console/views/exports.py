"""The statement and the facts as Excel tables."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.sheets import KIND, table
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.templatetags.words import STATES, day, fact_title, party, said
from yunyue.doors.web.console.views.journal import found, wanted
from yunyue.journal.envelope import Recorded, canonical
from yunyue.settlement.statement import Line


@seen_by(CONTRACT_READERS)
def statement(request: HttpRequest) -> HttpResponse:
    """The lines of a statement."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    made = question.statement()
    if isinstance(made, Refused):
        return unanswered(request, made)
    heads = [_("Clause"), _("Title"), _("Payer"), _("Amount"), _("Due"), _("State"), _("Reason"), _("Facts")]
    rows = [_line(line) for line in made.lines]
    return excel(f"statement-{question.contract}-{made.as_of}", heads, rows)


@seen_by(CONTRACT_READERS)
def facts(request: HttpRequest) -> HttpResponse:
    """The facts a journal page shows, all its pages."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    heads = [_("No."), _("Happened"), _("Recorded"), _("Type"), _("Title"), _("Id"), _("By"), _("Content")]
    rows = [_fact(one) for one in found(question, wanted(request))]
    return excel(f"facts-{question.contract}", heads, rows)


def _line(line: Line) -> list[str]:
    return [
        line.clause,
        said(line.title),
        party(line.payer),
        "" if line.amount is None else str(line.amount),
        day(line.due),
        str(STATES[line.state][0]),
        said(line.sentence),
        " ".join(line.facts),
    ]


def _fact(one: Recorded) -> list[str]:
    return [
        str(one.sequence),
        day(one.fact.time),
        day(one.recorded),
        one.fact.type,
        fact_title(one.fact.type),
        one.fact.id,
        one.fact.actor,
        canonical(one.fact.data).decode("utf-8"),
    ]


def excel(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """A table as a file to download."""
    response = HttpResponse(table(heads, rows), content_type=KIND)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
