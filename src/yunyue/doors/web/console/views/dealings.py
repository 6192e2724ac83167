"""Notices, force majeure, supplements and lent material: what both sides write to each other, with its proof."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunyue.acceptance.dealings import GROUPS, Dealing
from yunyue.acceptance.dealings import dealings as register
from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.recording.labels import choice
from yunyue.doors.web.console.templatetags.words import STATES, day
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.tables.paging import paged
from yunyue.journal import facts
from yunyue.people.duties import may_record

TITLES: Final = {
    "notice": gettext_lazy("Notices"),
    "majeure": gettext_lazy("Force majeure"),
    "supplement": gettext_lazy("Supplements"),
    "material": gettext_lazy("Lent material"),
}
RECORDED: Final = (
    *(facts.NoticeGiven, facts.MajeureBegan, facts.MajeureCertified, facts.MajeureEnded),
    *(facts.ContractSupplemented, facts.MaterialLent, facts.MaterialReturned),
)
PAPERS: Final = {"majeure": "majeure-notice", "supplement": "supplement", "material": "return-list"}
"""The paper one makes for each, where there is one."""


@seen_by(CONTRACT_READERS)
def dealings(request: HttpRequest) -> HttpResponse:
    """Every one as of a day, perhaps of one group."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    known = office().kernel.known(question.contract)
    if isinstance(known, Refused):
        return unanswered(request, known)
    group = request.GET.get("group", "")
    found = [one for one in register(known, question.as_of) if group in ("", one.group)]
    if request.GET.get("as") == "excel":
        heads = [_("Kind"), _("About"), _("Day"), _("Channel"), _("State"), _("Proof"), _("Facts")]
        return excel(f"dealings-{question.contract}", heads, [_cells(one) for one in found])
    role = account_of(request).role
    values = {
        "asked": question,
        "page": paged(request, [(one, TITLES[one.group], PAPERS.get(one.group)) for one in found]),
        "group": group,
        "groups": [(one, TITLES[one]) for one in GROUPS],
        "may": [(kind.type, kind) for kind in RECORDED if may_record(role, kind)],
    }
    return render(request, "console/dealings.html", values)


def _cells(one: Dealing) -> list[str]:
    return [
        str(TITLES[one.group]),
        one.about,
        day(one.facts[0].day),
        choice(one.channel) if one.channel else "",
        str(STATES[one.state][0]),
        " ".join(one.proofs),
        " ".join(each.id for each in one.facts),
    ]
