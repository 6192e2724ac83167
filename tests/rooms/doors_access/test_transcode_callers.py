"""Who is let in at the door for films: a department's user by token or session, within what each is for."""

from itertools import count
from typing import Any

import pytest
from console_cast import LogIn

from yunyue.answer import Refused
from yunyue.doors.data.transcode import Asker, Turned
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.kernel import Recorder

BY = Recorder("user:1", "/test")
BOTH = ("transcode:read", "transcode:write")
OURS = {"x-yunyue-console": "1", "sec-fetch-site": "same-origin"}
numbers = count(1)


def token(role: Role = Role.TENANT_USER, scopes: tuple[str, ...] = BOTH, contract: str = "") -> str:
    """The secret of a token of a new account."""
    from yunyue.doors.web.accounts import tokens
    from yunyue.doors.web.accounts.models import Account

    tenant = "dept-1" if role == Role.TENANT_USER else ""
    name = f"films-{next(numbers)}"
    holder = Account.objects.create(username=name, role=role, tenant=tenant, password="!")
    found = tokens.make(holder, tokens.Asked("films", scopes, contract, 30), BY, holder)
    assert not isinstance(found, Refused), found
    return found[1]


def asked(secret: str = "", act: str = "read", contract: str = "beijing-2024", **cookies: str) -> Asker | Turned:
    from yunyue.doors.data.transcode_callers import caller

    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    return caller(headers, cookies, act, contract)


def by_session(client: Any, act: str, headers: dict[str, str]) -> Asker | Turned:
    from yunyue.doors.data.transcode_callers import caller

    return caller(headers, {name: one.value for name, one in client.cookies.items()}, act, "beijing-2024")


def status(found: Asker | Turned) -> int:
    return found.status if isinstance(found, Turned) else 200


@pytest.mark.parametrize("act", ["read", "write"])
def test_a_token_of_a_departments_user_hands_in_films_for_that_department(office: Office, act: str) -> None:
    assert asked(token(), act) == Asker("dept-1")


def test_a_token_for_reading_does_not_write(office: Office) -> None:
    secret = token(scopes=("transcode:read",))
    assert asked(secret, "read") == Asker("dept-1")
    assert status(asked(secret, "write")) == 403


def test_a_token_for_something_else_does_neither(office: Office) -> None:
    assert status(asked(token(scopes=("orders:read",)))) == 403


def test_a_token_for_one_contract_is_not_for_another(office: Office) -> None:
    secret = token(contract="beijing-2024")
    assert asked(secret) == Asker("dept-1")
    assert status(asked(secret, contract="other")) == 403


@pytest.mark.parametrize("role", [one for one in Role if one not in (Role.TENANT_USER, Role.FOUNDER)])
def test_no_other_role_hands_in_films(office: Office, log_in: LogIn, role: Role) -> None:
    assert status(by_session(log_in(role), "read", OURS)) == 403


@pytest.mark.parametrize("secret", ["yyt_nonsense", "x", "yyt_" + "a" * 43])
def test_an_unknown_token_is_nobody(office: Office, secret: str) -> None:
    assert status(asked(secret)) == 401


def test_nobody_is_turned_away(office: Office) -> None:
    assert status(asked()) == 401
    assert status(asked(sessionid="forged")) == 401


def test_a_session_reads_and_writes_from_our_own_pages(office: Office, log_in: LogIn) -> None:
    client = log_in(Role.TENANT_USER)
    assert by_session(client, "read", {}) == Asker("dept-1")
    assert by_session(client, "write", OURS) == Asker("dept-1")


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "same-origin"}, {"x-yunyue-console": "1", "sec-fetch-site": "cross-site"}]
)
def test_a_page_of_another_site_writes_nothing_with_a_session(
    office: Office, log_in: LogIn, headers: dict[str, str]
) -> None:
    assert status(by_session(log_in(Role.TENANT_USER), "write", headers)) == 403
