"""A page that does not say who may see it is seen by nobody; the others by exactly those they name."""

import pytest
from console_cast import LogIn, patterns
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import ORDERERS, SERVICE_READERS, Role
from yunyue.host.settings import Settings


def test_every_page_says_who_may_see_it(settings: Settings, first_password: str) -> None:
    from django.urls import get_resolver

    from yunyue.doors.web.accounts.gate import declared

    found = list(patterns(get_resolver()))
    assert len(found) >= 15
    assert [address for address, page in found if declared(page) is None] == []


def test_a_page_that_does_not_say_is_seen_by_nobody(office: Office, log_in: LogIn) -> None:
    from yunyue.doors.web.accounts.gate import Gate
    from yunyue.doors.web.accounts.models import Account

    def undeclared(_request: object) -> HttpResponse:
        return HttpResponse("seen")

    request = RequestFactory().get("/")
    request.user = Account(username="any", role=Role.FOUNDER)
    request.resolver_match = None
    request.session = SessionStore()
    with pytest.raises(PermissionDenied):
        Gate(lambda _: HttpResponse()).process_view(request, undeclared, (), {})


def test_nobody_invents_a_kind_of_visitor(settings: Settings, first_password: str) -> None:
    from yunyue.doors.web.accounts.gate import seen_by

    with pytest.raises(ValueError, match="everyone"):
        seen_by("everyone")


def test_who_runs_the_machine_does_not_read_the_contract(office: Office, log_in: LogIn) -> None:
    assert log_in(Role.SYSTEM_ADMINISTRATOR).get("/statement").status_code == 403
    assert Role.SYSTEM_ADMINISTRATOR not in SERVICE_READERS


def test_a_tenant_user_begins_with_its_departments_resources(office: Office, log_in: LogIn) -> None:
    assert log_in(Role.TENANT_USER).get("/")["Location"] == "/today"


@pytest.mark.parametrize("role", [role for role in Role if role not in ORDERERS])
def test_who_may_not_order_does_not(own_office: Office, log_in: LogIn, role: Role) -> None:
    before = own_office.kernel.journal.head().size
    assert log_in(role).post("/monitoring/order", {"item": "monitor-probes"}).status_code == 403
    assert own_office.kernel.journal.head().size == before


def test_the_page_for_another_role_says_whom_to_ask(office: Office, log_in: LogIn) -> None:
    page = log_in(Role.SYSTEM_ADMINISTRATOR, language="en").get("/statement").content.decode()
    assert "ask the security administrator" in page
