"""The self-check: a form, the reports made so far, one of them on a page and as a file."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.selfcheck_files import DOCX, XLSX, docx, xlsx
from yunyue.doors.vault import seen
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.templatetags.words import chinese
from yunyue.doors.web.crypto.asking import FIELDS, scope
from yunyue.doors.web.crypto.models import SelfCheck
from yunyue.doors.web.crypto.roles import CHECKERS, KEY_READERS
from yunyue.services.crypto.inventory import Holdings
from yunyue.services.crypto.selfcheck.check import check
from yunyue.services.crypto.selfcheck.clauses import LAYERS
from yunyue.services.crypto.selfcheck.finding import LABEL, STATE_TITLES, Report
from yunyue.services.crypto.selfcheck.reaching import Reach
from yunyue.services.crypto.selfcheck.writing import Language, plain, read
from yunyue.services.monitor.target import forbidden

LONGEST = 200_000
"""Characters of one field."""
NEWEST = 20


@seen_by(KEY_READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """The reports so far, and for those who may run one the form; POST runs it."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    account = account_of(request)
    if request.method != "POST":
        return _page(request, question, {}, None)
    if not account.plays(CHECKERS):
        return _page(request, question, {}, Refused(f"role {account.role} does not run self-checks", "role"), 403)
    given = {name: request.POST.get(name, "")[:LONGEST] for name in FIELDS}
    made = run(account, question.contract, given)
    if isinstance(made, Refused):
        return _page(request, question, given, made, 422)
    return redirect(f"{reverse('crypto:report', args=[made.pk])}?contract={question.contract}")


@seen_by(KEY_READERS)
def shown(request: HttpRequest, number: int) -> HttpResponse:
    """One report, by layers. Raises Http404 for another department's."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    kept, report = _kept(question, account_of(request), number)
    layers = [(title, [row for row in report.rows if row.item.layer == layer]) for layer, title in LAYERS.items()]
    values = {
        "asked": question,
        "tab": "selfcheck",
        "kept": kept,
        "label": LABEL,
        "layers": layers,
        "counted": [(state, STATE_TITLES[state], count) for state, count in report.counted().items()],
    }
    return render(request, "crypto/report.html", values)


@seen_by(KEY_READERS)
def file(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """One report as docx, xlsx or json. Raises Http404."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    _, report = _kept(question, account_of(request), number)
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


def run(account: Account, contract: str, given: dict[str, str]) -> SelfCheck | Refused:
    """Make a report and keep it. Refused: nothing to look at, too much, a sealed vault whose keys were asked for."""
    held = seen(office(), contract, account.tenant) if given.get("keys") else None
    if isinstance(held, Refused):
        return held
    wanted = scope(given, held if isinstance(held, Holdings) else None)
    if isinstance(wanted, Refused):
        return wanted
    allowed = office().settings.private_targets
    reach = Reach(lambda address: forbidden(address, private_allowed=allowed))
    report = check(wanted, reach, office().clock.now())
    if isinstance(report, Refused):
        return report
    return SelfCheck.objects.create(
        contract=contract, tenant=account.tenant, made_by=account, made=office().clock.now(), content=plain(report)
    )


def reports(contract: str, account: Account) -> list[SelfCheck]:
    """The newest reports an account may see: a tenant user those of its own department."""
    found = SelfCheck.objects.filter(contract=contract).select_related("made_by")
    return list((found.filter(tenant=account.tenant) if account.tenant else found)[:NEWEST])


def _kept(question: Asked, account: Account, number: int) -> tuple[SelfCheck, Report]:
    found = SelfCheck.objects.filter(pk=number, contract=question.contract).first()
    if found is None or (account.tenant and found.tenant != account.tenant):
        raise Http404(str(number))
    return found, read(found.content, int(found.made.timestamp() * 1000))


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
