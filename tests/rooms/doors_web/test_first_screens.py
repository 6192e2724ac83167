"""Each role's first screen shows what that role wants to see first, and what is another's not at all."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from console_cast import LogIn, text
from form_cast import paper, sent

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.console.screens import PARTS
from yunyue.journal.facts import TicketOpened
from yunyue.kernel import Happening, Recorder
from yunyue.services.monitor.alerts.ledger import Ledger, Notice
from yunyue.sla.span import milliseconds

CONTRACT = "beijing-2024"
WANTED = {
    Role.CLIENT_MANAGER: ("h-tasks", "h-money", "h-next", "h-owed", "h-red", "h-gaps"),
    Role.CLIENT_APPROVER: ("h-tasks", "h-money", "h-missing", "h-next"),
    Role.SERVICE_MANAGER: ("h-tasks", "h-burn", "h-rework", "h-gaps"),
    Role.ENGINEER: ("h-tasks", "h-queue", "h-alarms"),
    Role.TENANT_USER: ("h-resources", "h-tickets"),
    Role.SYSTEM_ADMINISTRATOR: ("h-health", "h-requests"),
    Role.SECURITY_ADMINISTRATOR: ("h-risks", "h-expiring"),
    Role.AUDIT_ADMINISTRATOR: ("h-chain", "h-odd", "h-kept"),
}


def ticket(office: Office, name: str, tenant: str, about: str) -> None:
    """A ticket of a department, opened now."""
    said = TicketOpened(ticket=name, severity=1, about=about, order=None, tenant=tenant)
    now = office.kernel.clock.now()
    done = office.kernel.record(CONTRACT, [Happening(said, now, name)], Recorder("user:77", "/tests"))
    assert not hasattr(done, "reason"), done


@pytest.mark.parametrize("role", WANTED, ids=str)
def test_a_role_sees_what_it_wants_first(office: Office, log_in: LogIn, role: Role) -> None:
    page = text(log_in(role).get("/today", follow=True))
    assert [one for one in WANTED[role] if f'id="{one}"' not in page] == []


def test_money_is_not_what_an_engineer_begins_with(office: Office, log_in: LogIn) -> None:
    page = text(log_in(Role.ENGINEER).get("/today"))
    assert "h-money" not in page
    assert "h-owed" not in page


def test_every_role_of_both_sides_has_its_parts(office: Office) -> None:
    from yunyue.doors.web.accounts.roles import BUSINESS

    assert set(PARTS) == BUSINESS


def test_the_approver_sees_which_documents_the_next_acceptance_lacks(office: Office, log_in: LogIn) -> None:
    page = text(log_in(Role.CLIENT_APPROVER, language="en").get("/today"))
    assert "Documents the next acceptance lacks" in page
    assert "Final" in page, "the mid-term acceptance passed, so the final one is next"
    part = page.partition('id="h-missing"')[2].partition("</section>")[0]
    assert "no hand-over yet" in part


def test_the_service_managers_clocks_of_rework_run(own_office: Office, log_in: LogIn) -> None:
    manager, provider = log_in(Role.CLIENT_MANAGER), log_in(Role.SERVICE_MANAGER, language="en")
    order: dict[str, Any] = {"notice": "n-1", "about": "slow probes", "deadline": "2024-10-25", "document": paper()}
    assert sent(manager, "rectification.ordered", **order)[0] == 302
    part = text(provider.get("/today")).partition('id="h-rework"')[2].partition("</section>")[0]
    assert "slow probes" in part
    assert "5 days" in part


def test_the_burn_down_is_a_part_of_the_page_of_budgets(office: Office, log_in: LogIn) -> None:
    client = log_in(Role.SERVICE_MANAGER)
    whole = client.get(f"/monitor/budget?contract={CONTRACT}")
    part = client.get(f"/monitor/budget?contract={CONTRACT}", HTTP_HX_REQUEST="true")
    assert "<html" in text(whole)
    assert "<html" not in text(part)
    assert "<table" in text(part)
    assert f'hx-get="/monitor/budget?contract={CONTRACT}"' in text(client.get("/today"))


def test_an_engineer_sees_the_tickets_that_run_out_first(own_office: Office, log_in: LogIn) -> None:
    ticket(own_office, "t-1", "dept-1", "the site is down")
    page = text(log_in(Role.ENGINEER, language="en").get("/today"))
    assert "the site is down" in page.partition('id="h-queue"')[2].partition("</section>")[0]


def test_an_engineer_sees_the_alarms_that_sound(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER, language="en")
    assert "No alarm sounds." in text(client.get("/today"))
    folder = Path(own_office.hosting.host(CONTRACT, "monitor").folder)
    folder.mkdir(parents=True, exist_ok=True)
    at = milliseconds(own_office.kernel.clock.now())
    Ledger(folder).note([("duty", Notice("portal-down", "order-1", "firing", 1, "3 of the last 5 failed", at))])
    assert "3 of the last 5 failed" in text(client.get("/today"))
    Ledger(folder).note([("duty", Notice("portal-down", "order-1", "resolved", 1, "well again", at + 60_000))])
    assert "3 of the last 5 failed" not in text(client.get("/today"))


def test_a_department_begins_with_its_own_resources_and_tickets(own_office: Office, log_in: LogIn) -> None:
    ticket(own_office, "t-1", "dept-1", "our site is down")
    ticket(own_office, "t-2", "dept-2", "their site is down")
    page = text(log_in(Role.TENANT_USER, language="en", tenant="dept-1").get("/today"))
    assert "/orders/order-1?" in page
    assert 'href="/monitor?contract=beijing-2024"' in page, "the service that runs is one click away"
    assert "/orders/new?" in page
    assert "/tickets/new?" in page
    assert "our site is down" in page
    assert "their site is down" not in page
    other = text(log_in(Role.TENANT_USER, language="en", tenant="dept-3").get("/today"))
    assert "/orders/order-1" not in other
    assert "Your department has no service yet." in other


@pytest.mark.parametrize(
    ("share", "shown"), [("98.999999", "98.999"), ("98.710648", "98.710"), ("99.9", "99.9"), ("100", "100")]
)
def test_a_share_is_cut_and_never_rounded_up_to_its_target(office: Office, share: str, shown: str) -> None:
    from yunyue.doors.web.console.templatetags.words import shortly

    assert str(shortly(Decimal(share))) == shown


def test_a_third_party_whose_token_expired_is_told_how_to_be_let_in(office: Office, log_in: LogIn) -> None:
    from yunyue.doors.web.accounts.models import Account, Token

    client = log_in(Role.THIRD_PARTY, language="en")
    account = Account.objects.latest("pk")
    over = {"expires": datetime(2024, 1, 1, tzinfo=UTC), "scopes": "facts:read", "contract": CONTRACT}
    Token.objects.create(account=account, name="old", digest=f"{account.pk:064}", made_by=account, **over)
    answer = client.get("/today", follow=True)
    assert answer.status_code == 200
    assert "Ask the security administrator for a token" in text(answer)
