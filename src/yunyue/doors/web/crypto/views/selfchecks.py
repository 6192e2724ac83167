"""The self-check: a form, the reports made so far, one of them on a page (or how far it is) and as a file."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yunyue.answer import Refused
from yunyue.doors.selfcheck_files import DOCX, XLSX, docx, xlsx
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.templatetags.words import chinese
from yunyue.doors.web.crypto.asking import FIELDS
from yunyue.doors.web.crypto.checking import Standing, begin, standing
from yunyue.doors.web.crypto.models import SelfCheck
from yunyue.doors.web.crypto.roles import CHECKERS, KEY_READERS
from yunyue.services.crypto.selfcheck.clauses import LAYERS
from yunyue.services.crypto.selfcheck.finding import LABEL, STATE_TITLES, Report
from yunyue.services.crypto.selfcheck.writing import Language, plain, read

LONGEST = 200_000
"""Characters of one field."""
NEWEST = 20


@seen_by(KEY_READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """The reports so far, and for those who may run one the form; POST begins it."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    account = account_of(request)
    if request.method != "POST":
        return _page(request, question, {}, None)
    if not account.plays(CHECKERS):
        return _page(request, question, {}, Refused(f"role {account.role} does not run self-checks", "role"), 403)
    given = {name: request.POST.get(name, "")[:LONGEST] for name in FIELDS}
    made = begin(account, question.contract, given)
    if isinstance(made, Refused):
        return _page(request, question, given, made, 422)
    return redirect(f"{reverse('crypto:report', args=[made.pk])}?contract={question.contract}")


@seen_by(KEY_READERS)
def shown(request: HttpRequest, number: int) -> HttpResponse:
    """One report, by layers, or how far it is. Raises Http404 for another department's."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    kept = _kept(question, account_of(request), number)
    values = {"asked": question, "tab": "selfcheck", "kept": kept, "label": LABEL}
    report = _report(kept)
    if report is None:
        return render(request, "crypto/running.html", {**values, "standing": standing(kept)})
    layers = [(title, [row for row in report.rows if row.item.layer == layer]) for layer, title in LAYERS.items()]
    counted = [(state, STATE_TITLES[state], count) for state, count in report.counted().items()]
    return render(request, "crypto/report.html", {**values, "layers": layers, "counted": counted})


@seen_by(KEY_READERS)
def file(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """One report as docx, xlsx or json. Raises Http404, also for one that is not there yet."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    report = _report(_kept(question, account_of(request), number))
    if report is None:
        raise Http404(str(number))
    language: Language = "zh" if chinese() else "en"
    match form:
        case "docx":
            content, kind = docx(report, language), DOCX
        case "xlsx":
            content, kind = xlsx(report, language), XLSX
        case "json":
            content, kind = json.dumps(plain(report), ensure_ascii=False, indent=1).encode(), "application/json"
        case _:
            raise Http404(form)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="self-assessment-{number}.{form}"'
    return response


def reports(contract: str, account: Account) -> list[tuple[SelfCheck, Standing]]:
    """The newest reports an account may see, and where they stand: a tenant user those of its own department."""
    found = SelfCheck.objects.filter(contract=contract).select_related("made_by")
    newest = (found.filter(tenant=account.tenant) if account.tenant else found)[:NEWEST]
    return [(one, standing(one)) for one in newest]


def _kept(question: Asked, account: Account, number: int) -> SelfCheck:
    found = SelfCheck.objects.filter(pk=number, contract=question.contract).first()
    if found is None or (account.tenant and found.tenant != account.tenant):
        raise Http404(str(number))
    return found


def _report(kept: SelfCheck) -> Report | None:
    """None while it is made."""
    return None if kept.content is None else read(kept.content, int(kept.made.timestamp() * 1000))


def _page(
    request: HttpRequest, question: Asked, given: dict[str, str], refused: Refused | None, status: int = 200
) -> HttpResponse:
    account = account_of(request)
    values = {
        "asked": question,
        "tab": "selfcheck",
        "reports": reports(question.contract, account),
        "checks": account.plays(CHECKERS),
        "given": given,
        "label": LABEL,
        "refused": refused,
    }
    return render(request, "crypto/selfcheck.html", values, status=status)
