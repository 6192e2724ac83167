"""A session seen from the front door: the gate's own rules hold for streams too."""

from datetime import timedelta

import pytest
from console_cast import LogIn
from django.conf import settings as django
from django.test import Client
from django.utils import timezone
from tokens_cast import BY, CONTRACT, another_contract

from yunyue.doors.data.events import Event, Viewer
from yunyue.doors.office import Office
from yunyue.doors.web.accounts import tokens
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.accounts.sitting import BY_ITSELF, SEEN
from yunyue.doors.web.accounts.viewing import viewer


def cookies(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def newest() -> Account:
    return Account.objects.latest("pk")


def test_an_account_is_seen_with_its_role_and_department(log_in: LogIn) -> None:
    assert viewer(cookies(log_in(Role.TENANT_USER, tenant="dept-9"))) == Viewer("tenant_user", "dept-9")
    assert viewer(cookies(log_in(Role.ENGINEER))) == Viewer("engineer")


def test_a_third_party_is_told_of_the_contract_its_token_names_only(own_office: Office, log_in: LogIn) -> None:
    other = another_contract(own_office)
    client, roles = log_in(Role.THIRD_PARTY), frozenset({"third_party"})
    holder = newest()
    assert viewer(cookies(client)) == Viewer("third_party", contracts=frozenset()), "no token says which is its"
    tokens.make(holder, tokens.Asked("supervision", ("facts:read",), CONTRACT, 30), BY, holder)
    seen = viewer(cookies(client))
    assert seen is not None
    told = [seen.sees(Event("fact", {}, roles, contract=one)) for one in (CONTRACT, other, "installation")]
    assert told == [True, False, False]


@pytest.mark.parametrize("shown", [{}, {"sessionid": ""}, {"sessionid": "a" * 32}, {"sessionid": "../../etc"}])
def test_without_a_session_nobody_is_seen(shown: dict[str, str], first_password: str) -> None:
    assert viewer(shown) is None


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"must_change_password": True},
        {"password_chosen": timezone.now() - timedelta(days=django.PASSWORD_AGE_DAYS + 1)},
        {"password": "!another"},
    ],
)
def test_an_account_the_gate_would_not_let_through_is_not_seen(log_in: LogIn, change: dict[str, object]) -> None:
    client = log_in(Role.ENGINEER)
    Account.objects.filter(pk=newest().pk).update(**change)
    assert viewer(cookies(client)) is None


def test_a_session_that_nobody_used_for_too_long_is_not_seen(log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER)
    session = client.session
    session[SEEN] = int(timezone.now().timestamp()) - django.IDLE_SECONDS - 5
    session.save()
    assert viewer(cookies(client)) is None


def test_looking_on_keeps_nobody_logged_in(log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER)
    session = client.session
    session[SEEN] = before = int(timezone.now().timestamp()) - 120
    session.save()
    assert viewer(cookies(client)) == Viewer("engineer")
    assert client.session[SEEN] == before


def sat(client: Client, seconds: int) -> int:
    """A session used last so long ago; when that was."""
    session = client.session
    session[SEEN] = seen = int(timezone.now().timestamp()) - seconds
    session.save()
    return seen


def test_a_page_that_renews_itself_keeps_nobody_logged_in(office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    before = sat(client, 120)
    assert client.get("/today", headers={BY_ITSELF: "1"}).status_code == 200
    assert client.get("/api/v1/contracts", headers={BY_ITSELF: "1"}).status_code == 200
    assert client.session[SEEN] == before
    assert client.get("/today").status_code == 200
    assert client.session[SEEN] > before


def test_a_page_that_renews_itself_after_too_long_is_sent_to_log_in(office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    sat(client, django.IDLE_SECONDS + 5)
    assert client.get("/today", headers={BY_ITSELF: "1"})["Location"].startswith("/accounts/login")


def test_the_wall_display_which_nobody_touches_keeps_its_session(office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    before = sat(client, 120)
    assert client.get("/wall", headers={BY_ITSELF: "1"}).status_code == 200
    assert client.session[SEEN] > before


def test_whoever_logged_out_is_not_seen(log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER)
    shown = cookies(client)
    client.logout()
    assert viewer(shown) is None
