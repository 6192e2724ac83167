"""The sheets that were given, the form of a month's sheet, and the form of a template. Each is only proposed."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yunyue.acceptance.scores import Row, Wanted, sheet, templates
from yunyue.acceptance.scores import sheets as register
from yunyue.answer import Refused
from yunyue.contract.labels import WORDS
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, Role
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.recording import documents, ticket
from yunyue.doors.web.console.recording.labels import choice
from yunyue.doors.web.console.templatetags.words import chinese
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.tables.paging import paged
from yunyue.journal.envelope import understand
from yunyue.journal.facts import Payload, ScoreGiven, ScoreTemplateSet
from yunyue.people.duties import may_record
from yunyue.people.policy import Person
from yunyue.people.proposals import Intent, proposed, put_forward
from yunyue.settlement.admission import Known

SOURCE = "/console"
LONGEST = 20_000
SCORERS = frozenset({Role.CLIENT_MANAGER})


def _known(question: Asked) -> Known | Refused:
    return office().kernel.known(question.contract)


@seen_by(CONTRACT_READERS)
def sheets(request: HttpRequest) -> HttpResponse:
    """Every sheet, the newest month first, with what waits for approval."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    known = _known(question)
    if isinstance(known, Refused):
        return unanswered(request, known)
    found = register(known)
    if request.GET.get("as") == "excel":
        heads = [_("Sheet"), _("Month"), _("Service"), _("Template"), _("Criterion"), _("Points lost"), _("Evidence")]
        cells = [
            [one.said.score, one.said.month, one.said.service or "", one.template.title, each.criterion,
             str(each.points), " ".join(each.evidence)]
            for one in found
            for each in one.said.deductions
        ]  # fmt: skip
        return excel(f"scores-{question.contract}", heads, cells)
    waiting = proposed(office().kernel, question.contract)
    role = account_of(request).role
    values = {
        "asked": question,
        "page": paged(request, [(one, _service(one.said.service)) for one in found]),
        "templates": [(one, choice(one.pattern)) for one in templates(known)],
        "waiting": [one for one in waiting if one.kind in (ScoreGiven, ScoreTemplateSet) and one.decision is None],
        "may_score": may_record(role, ScoreGiven),
        "may_set": may_record(role, ScoreTemplateSet),
    }
    return render(request, "scores/sheets.html", values)


def _service(code: str | None) -> str:
    return "" if code is None else WORDS[code][0 if chinese() else 1]


@seen_by(SCORERS)
def new(request: HttpRequest) -> HttpResponse:
    """The form of a month's sheet by a template; sent, it waits for another person."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    known = _known(question)
    if isinstance(known, Refused):
        return unanswered(request, known)
    name = request.POST.get("template") or request.GET.get("template", "")
    chosen = next((one for one in templates(known) if one.template == name), None)
    if chosen is None:
        return redirect(f"{reverse('scores:scores')}?contract={question.contract}")
    if request.method != "POST":
        return _sheet(request, question, chosen, None)
    rows = _rows(request, chosen)
    if isinstance(rows, Refused):
        return _sheet(request, question, chosen, rows)
    by_code = {one.code: row for one, row in zip(chosen.criteria, rows, strict=True)}
    month, service = request.POST.get("month", ""), request.POST.get("service") or None
    said = sheet(known, Wanted(chosen.template, month, service, by_code))
    done = said if isinstance(said, Refused) else _propose(request, question, said, chosen.template)
    return done if isinstance(done, HttpResponse) else _sheet(request, question, chosen, done)


def _rows(request: HttpRequest, chosen: ScoreTemplateSet) -> Sequence[Row] | Refused:
    """What stands in the form; a document handed in becomes evidence by its digest."""
    rows = []
    for one in chosen.criteria:
        evidence = request.POST.get(f"evidence-{one.code}", "")[:LONGEST]
        file = request.FILES.get(f"file-{one.code}")
        if file is not None:
            kept = documents.keep(file, f"score.given.deductions.{one.code}")
            if isinstance(kept, Refused):
                return kept
            evidence = f"{evidence},{kept}"
        count, points = request.POST.get(f"count-{one.code}", ""), request.POST.get(f"points-{one.code}", "")
        rows.append(Row(count[:20], points[:20], evidence))
    return rows


def _sheet(request: HttpRequest, question: Asked, chosen: ScoreTemplateSet, refused: Refused | None) -> HttpResponse:
    given = request.POST
    values = {
        "asked": question,
        "template": chosen,
        "rows": [
            (one, given.get(f"count-{one.code}", ""), given.get(f"points-{one.code}", ""),
             given.get(f"evidence-{one.code}", ""))
            for one in chosen.criteria
        ],
        "month": given.get("month", ""),
        "service": given.get("service", ""),
        "services": [(item, _service(item)) for item in _services(question)],
        "refused": refused,
        "form": ticket.issue(account_of(request), question.contract, f"score-{chosen.template}"),
    }  # fmt: skip
    return render(request, "scores/new.html", values, status=200 if refused is None else 422)


def _services(question: Asked) -> list[str]:
    return list(dict.fromkeys(item.service for item in question.terms.catalogue.items))


def _propose(request: HttpRequest, question: Asked, said: Payload, purpose: str) -> HttpResponse | Refused:
    """Put it forward under the form's own id, so that a second sending is known."""
    account: Account = account_of(request)
    good = ticket.redeem(request.POST.get("form", ""), account, question.contract, f"score-{purpose}")
    if isinstance(good, Refused):
        return good
    kernel = office().kernel
    intent = Intent(said, kernel.clock.now(), good.id)
    waits = put_forward(kernel, question.contract, intent, Person(account.pseudonym, account.role), SOURCE)
    if isinstance(waits, Refused):
        return waits
    messages.success(request, _("Proposed. It counts once another person has agreed."))
    return redirect(f"{reverse('console:proposal', args=[good.id])}?contract={question.contract}")


@seen_by(SCORERS)
def template(request: HttpRequest) -> HttpResponse:
    """The form of a template: one criterion a line. Sheets given before keep the template they were scored by."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    known = _known(question)
    if isinstance(known, Refused):
        return unanswered(request, known)
    if request.method != "POST":
        return _template(request, question, known, None)
    said = _template_said(request)
    done = said if isinstance(said, Refused) else _propose(request, question, said, "template")
    return done if isinstance(done, HttpResponse) else _template(request, question, known, done)


def _template_said(request: HttpRequest) -> Payload | Refused:
    lines = [one for one in request.POST.get("criteria", "")[:LONGEST].splitlines() if one.strip()]
    criteria = []
    for line in lines:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) not in (3, 4):
            return Refused(_("a criterion reads: code | title | most points | points for each"), "criteria", "C18")
        criteria.append({"code": parts[0], "title": parts[1], "most": parts[2], "each": (*parts, "0")[3]})
    values = {name: request.POST.get(name, "").strip() for name in ("template", "pattern", "title")}
    return understand("score.template.set", {**values, "criteria": criteria}, strict=False)


def _template(request: HttpRequest, question: Asked, known: Known, refused: Refused | None) -> HttpResponse:
    present = next((one for one in templates(known) if one.template == request.GET.get("template")), None)
    given = request.POST if request.method == "POST" else _of(present)
    patterns = [(one, choice(one)) for one in ("deductions", "outages", "milestones")]
    values = {
        "asked": question,
        "given": given,
        "patterns": patterns,
        "refused": refused,
        "form": ticket.issue(account_of(request), question.contract, "score-template"),
    }
    return render(request, "scores/template.html", values, status=200 if refused is None else 422)


def _of(present: ScoreTemplateSet | None) -> dict[str, str]:
    """A template as its form holds it; an empty one offers an example."""
    if present is None:
        return {"pattern": "deductions"}
    lines = [f"{one.code} | {one.title} | {one.most} | {one.each}" for one in present.criteria]
    return {
        "template": present.template,
        "pattern": present.pattern,
        "title": present.title,
        "criteria": "\n".join(lines),
    }
