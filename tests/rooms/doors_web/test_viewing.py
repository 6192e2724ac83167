"""A session seen from the front door: the gate's own rules hold for streams too."""

from datetime import timedelta

import pytest
from console_cast import LogIn
from django.conf import settings as django
from django.test import Client
from django.utils import timezone

from yunyue.doors.data.events import Viewer
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.accounts.sitting import SEEN
from yunyue.doors.web.accounts.viewing import viewer


def cookies(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def newest() -> Account:
    return Account.objects.latest("pk")


def test_an_account_is_seen_with_its_role_and_department(log_in: LogIn) -> None:
    assert viewer(cookies(log_in(Role.TENANT_USER, tenant="dept-9"))) == Viewer("tenant_user", "dept-9")
    assert viewer(cookies(log_in(Role.ENGINEER))) == Viewer("engineer")


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


def test_whoever_logged_out_is_not_seen(log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER)
    shown = cookies(client)
    client.logout()
    assert viewer(shown) is None
