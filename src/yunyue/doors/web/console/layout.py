"""What every page shows around itself: where one can go, whose contract it is, whether it is a sample."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yunyue.contract import Terms
from yunyue.doors.office import office
from yunyue.doors.web.access.entering import SESSION
from yunyue.doors.web.access.reaching import reached
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import (
    ACCOUNT_CHECKERS,
    AUDITORS,
    BUSINESS,
    CONTRACT_READERS,
    EVIDENCE_READERS,
    OPENERS,
    SERVICE_READERS,
    STAFF_READERS,
    STATUS_KEEPERS,
    THIRD_PARTIES,
    Role,
)
from yunyue.doors.web.console.whereabouts import section_of


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    page: str
    title: Any
    roles: frozenset[Role]


PLACES: Final = (
    Place("console:today", _("To decide"), BUSINESS),
    Place("console:today", _("My resources"), frozenset({Role.TENANT_USER})),
    Place("console:overview", _("Overview"), CONTRACT_READERS),
    Place("console:statement", _("Statement"), CONTRACT_READERS),
    Place("console:kinds", _("Record"), BUSINESS),
    Place("console:proposals", _("Proposals"), CONTRACT_READERS),
    Place("console:payments", _("Payments"), CONTRACT_READERS),
    Place("console:acceptance", _("Acceptance"), CONTRACT_READERS),
    Place("console:rectifications", _("Rework"), CONTRACT_READERS),
    Place("console:staff", _("Staff"), STAFF_READERS),
    Place("console:exclusions", _("Exclusions"), CONTRACT_READERS),
    Place("console:dealings", _("Notices and supplements"), CONTRACT_READERS),
    Place("scores:scores", _("Score sheets"), CONTRACT_READERS),
    Place("archive:papers", _("Papers"), CONTRACT_READERS),
    Place("archive:archive", _("Archive"), STAFF_READERS),
    Place("console:journal", _("Facts"), CONTRACT_READERS),
    Place("orders:orders", _("Orders"), SERVICE_READERS),
    Place("tickets:tickets", _("Tickets"), SERVICE_READERS),
    Place("monitor:wall", _("Monitoring"), SERVICE_READERS),
    Place("monitor:targets", _("Targets"), SERVICE_READERS),
    Place("monitor:status-pages", _("Public status"), STATUS_KEEPERS),
    Place("monitor:names", _("Proven names"), STATUS_KEEPERS),
    Place("containers:projects", _("Containers"), SERVICE_READERS),
    Place("crypto:keys", _("Cryptography"), SERVICE_READERS),
    Place("transcode:jobs", _("Video transcoding"), SERVICE_READERS),
    Place("access:evidence", _("Evidence"), EVIDENCE_READERS),
    Place("access:audit", _("State of the record"), AUDITORS),
    Place("access:records", _("Access records"), AUDITORS),
    Place("access:system", _("State of the installation"), OPENERS),
    Place("access:security", _("Who may come in"), ACCOUNT_CHECKERS),
    Place("accounts:accounts", _("Accounts"), OPENERS),
    Place("accounts:approvals", _("Account approvals"), ACCOUNT_CHECKERS),
    Place("accounts:tokens", _("Tokens for programs"), frozenset(Role) - THIRD_PARTIES),
)

ENTRIES: Final = frozenset(place.page for place in PLACES)
LISTED: Final = ENTRIES - {"console:today", "console:overview", "console:kinds"}
"""Pages one filters, whose filter one may keep under a name."""
GROUPS: Final = (
    ("contract", _("Contract")),
    ("services", _("Services")),
    ("administration", _("Administration")),
)
"""The navigation's sections, in order."""
SERVICES: Final = frozenset({"orders", "tickets", "monitor", "crypto", "transcode", "containers"})
ADMINISTRATION: Final = frozenset({"accounts", "access"})
THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "theme"


@dataclass(frozen=True, slots=True)
class Section:
    """The places of one group that somebody may go to."""

    title: Any
    places: tuple[Place, ...]


def layout(request: HttpRequest) -> dict[str, Any]:
    """The frame's values; only the essentials before login."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or account.must_change_password:
        return {"sections": (), "contracts": (), "theme": theme_of(request)}
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "sections": _sections(account) if SESSION not in request.session else (),
        "here": here,
        "current": section_of(here, ENTRIES),
        "listed": here in LISTED,
        "contracts": _contracts(account) if account.plays(CONTRACT_READERS) else (),
        "founder": account.role == Role.FOUNDER,
        "role": account.get_role_display(),
        "theme": theme_of(request),
    }


def theme_of(request: HttpRequest) -> str:
    """The colours this browser chose; "auto" follows its system, also when the cookie says nonsense."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def group_of(place: Place) -> str:
    """Which section of the navigation a place stands in, by the area its page belongs to."""
    area = place.page.partition(":")[0]
    if area in SERVICES:
        return "services"
    return "administration" if area in ADMINISTRATION else "contract"


def _sections(account: Account) -> list[Section]:
    places = [place for place in PLACES if account.plays(place.roles)]
    grouped = [Section(title, tuple(one for one in places if group_of(one) == group)) for group, title in GROUPS]
    return [section for section in grouped if section.places]


def _contracts(account: Account) -> list[Terms]:
    kernel = office().kernel
    found = [kernel.registered_terms(contract) for contract in reached(account, kernel.contracts())]
    return [terms for terms in found if isinstance(terms, Terms)]
