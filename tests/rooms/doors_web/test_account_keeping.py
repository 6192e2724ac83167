"""One opens an account, another approves it; the three administrators are three people; each step is a fact."""

import re
import time
from itertools import count

import pytest
from console_cast import GOOD_PASSWORD, LogIn, text
from django.db import IntegrityError, transaction
from django.test import Client

from yunyue.doors.office import Office
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import ADMINISTRATORS, Role
from yunyue.host.settings import Settings
from yunyue.journal.envelope import Recorded

numbers = count(1)


def wanted(role: Role = Role.ENGINEER, **changed: str) -> dict[str, str]:
    """A form to open an account with."""
    name = f"kept-{next(numbers)}"
    return {"username": name, "person": f"staff {name}", "role": role, "tenant": "", **changed}


def open_one(client: Client, form: dict[str, str]) -> str:
    """The one-time password the page shows."""
    answer = client.post("/accounts/open", form)
    assert answer.status_code == 200, text(answer)
    found = re.search(r'<code class="once">([a-z0-9-]+)</code>', text(answer))
    assert found is not None
    return found[1]


def number_of(name: str) -> int:
    from yunyue.doors.web.accounts.models import Account

    return int(Account.objects.get(username=name).pk)


def enters(name: str, password: str) -> bool:
    return Client().post("/accounts/login", {"username": name, "password": password}).status_code == 302


def account_facts(office: Office) -> list[Recorded]:
    return [one for one in office.kernel.journal.read() if one.fact.type.startswith("account.")]


def test_what_the_system_administrator_opens_waits_for_the_security_administrator(
    own_office: Office, log_in: LogIn
) -> None:
    form = wanted()
    password = open_one(log_in(Role.SYSTEM_ADMINISTRATOR), form)
    assert not enters(form["username"], password)
    address = f"/accounts/{number_of(form['username'])}/approve"
    assert log_in(Role.SECURITY_ADMINISTRATOR).post(address, {"decision": "approve"}).status_code == 302
    assert enters(form["username"], password)


def test_a_refused_account_never_lets_anybody_in(own_office: Office, log_in: LogIn) -> None:
    form = wanted()
    password = open_one(log_in(Role.SYSTEM_ADMINISTRATOR), form)
    address = f"/accounts/{number_of(form['username'])}/approve"
    security = log_in(Role.SECURITY_ADMINISTRATOR)
    security.post(address, {"decision": "refuse"})
    assert security.post(address, {"decision": "approve"}).status_code == 422
    assert not enters(form["username"], password)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMINISTRATOR, Role.FOUNDER}))
def test_nobody_else_opens_accounts(own_office: Office, log_in: LogIn, role: Role) -> None:
    size = own_office.kernel.journal.head().size
    client = log_in(role)
    assert client.get("/accounts/all").status_code == 403
    assert client.post("/accounts/open", wanted()).status_code == 403
    assert own_office.kernel.journal.head().size == size


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMINISTRATOR}))
def test_nobody_else_approves_accounts(own_office: Office, log_in: LogIn, role: Role) -> None:
    form = wanted()
    open_one(log_in(Role.SYSTEM_ADMINISTRATOR), form)
    address = f"/accounts/{number_of(form['username'])}/approve"
    assert log_in(role).post(address, {"decision": "approve"}).status_code == 403


def test_every_step_is_a_fact_that_names_numbers_and_no_person(own_office: Office, log_in: LogIn) -> None:
    form = wanted(Role.TENANT_USER, tenant="dept-7", person="Zhang San 10086")
    open_one(log_in(Role.SYSTEM_ADMINISTRATOR), form)
    number = number_of(form["username"])
    log_in(Role.SECURITY_ADMINISTRATOR).post(f"/accounts/{number}/approve", {"decision": "approve"})
    system = log_in(Role.SYSTEM_ADMINISTRATOR)
    system.post(f"/accounts/{number}/reset")
    system.post(f"/accounts/{number}/disable")
    found = account_facts(own_office)
    assert [one.fact.type for one in found] == [
        "account.opened",
        "account.approved",
        "account.password.reset",
        "account.disabled",
    ]
    for one in found:
        leaf = next(iter(own_office.kernel.journal.leaves(one.sequence, one.sequence + 1)))
        assert f'"account":"user:{number}"'.encode() in leaf
        assert b"Zhang" not in leaf
        assert form["username"].encode() not in leaf


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": "<script>"}, "username"),
        ({"username": ""}, "username"),
        ({"person": " "}, "person"),
        ({"person": "x" * 65}, "person"),
        ({"role": "founder"}, "role"),
        ({"role": "king"}, "role"),
        ({"role": "tenant_user"}, "tenant"),
        ({"tenant": "../etc"}, "tenant"),
    ],
)
def test_a_wrong_form_is_refused_by_field_and_opens_nothing(
    own_office: Office, log_in: LogIn, changed: dict[str, str], field: str
) -> None:
    answer = log_in(Role.SYSTEM_ADMINISTRATOR).post("/accounts/open", {**wanted(), **changed})
    assert answer.status_code == 422
    assert f"<code>{field}</code>" in text(answer)
    assert account_facts(own_office) == []


def test_a_person_has_one_account_however_it_is_written(own_office: Office, log_in: LogIn) -> None:
    system = log_in(Role.SYSTEM_ADMINISTRATOR)
    form = wanted(person="Somebody 7")
    open_one(system, form)
    answer = system.post("/accounts/open", wanted(Role.SECURITY_ADMINISTRATOR, person="SOMEBODY 7"))
    assert answer.status_code == 422
    assert "<code>person</code>" in text(answer)


@pytest.mark.parametrize("other", ["ｗ１００１-{}", " W1001-{}\u3000", "w\u200b1001-{}"])
def test_a_person_is_the_same_however_wide_spaced_or_marked(own_office: Office, log_in: LogIn, other: str) -> None:
    from yunyue.doors.web.accounts.keeping import Wanted, open_on_machine
    from yunyue.kernel import Recorder

    number = next(numbers)
    open_one(log_in(Role.SYSTEM_ADMINISTRATOR), wanted(Role.AUDIT_ADMINISTRATOR, person=f"W1001-{number}"))
    again = Wanted(f"kept-{next(numbers)}", other.format(number), Role.SECURITY_ADMINISTRATOR, "")
    refused = open_on_machine(again, Recorder("operator:test", "/cli"))
    assert getattr(refused, "field", "") == "person", refused


def test_the_space_in_a_short_chinese_name_makes_no_other_person() -> None:
    from yunyue.doors.web.accounts.models import one_way

    assert one_way("王　芳 ") == one_way("王芳") == "王芳"
    assert one_way("Wang  Fang") == "Wang Fang"


def test_a_name_is_taken_once(own_office: Office, log_in: LogIn) -> None:
    system = log_in(Role.SYSTEM_ADMINISTRATOR)
    form = wanted()
    open_one(system, form)
    assert "<code>username</code>" in text(system.post("/accounts/open", {**form, "person": "another"}))


@pytest.mark.parametrize("second", sorted(ADMINISTRATORS))
def test_the_database_itself_keeps_the_three_administrators_apart(settings: Settings, second: Role) -> None:
    from yunyue.doors.web.accounts.models import Account

    person = f"one person {second}"
    first = Account.objects.create(username=f"{person} a", person=person, role=min(ADMINISTRATORS - {second}))
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(username=f"{person} b", person=person.upper(), role=second)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=first.pk).update(opened_by=first, approved_by=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=first.pk).update(waiting=True)
    first.delete()


def test_a_tenant_user_without_a_department_cannot_be_kept(settings: Settings) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        setup.add_account(settings, "nowhere", Role.TENANT_USER)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrators_password_is_not_reset_at_the_console(
    own_office: Office, log_in: LogIn, settings: Settings, role: Role
) -> None:
    name = f"not-reset-{role}"
    password = setup.add_account(settings, name, role)
    assert log_in(Role.SYSTEM_ADMINISTRATOR).post(f"/accounts/{number_of(name)}/reset").status_code == 422
    assert enters(name, password)


def test_a_reset_password_waits_for_approval_and_ends_the_sessions(
    own_office: Office, log_in: LogIn, settings: Settings
) -> None:
    first = setup.add_account(settings, "to-reset", Role.ENGINEER)
    inside = Client()
    inside.post("/accounts/login", {"username": "to-reset", "password": first})
    assert inside.get("/accounts/password").status_code == 200
    page = text(log_in(Role.SYSTEM_ADMINISTRATOR).post(f"/accounts/{number_of('to-reset')}/reset"))
    found = re.search(r'<code class="once">([a-z0-9-]+)</code>', page)
    assert found is not None
    assert inside.get("/accounts/password").status_code == 302
    assert not enters("to-reset", found[1])


def test_nobody_disables_themselves(own_office: Office, settings: Settings) -> None:
    once = setup.add_account(settings, "self-closing", Role.SYSTEM_ADMINISTRATOR)
    client = Client()
    client.post("/accounts/login", {"username": "self-closing", "password": once})
    changed = {"old_password": once, "new_password1": GOOD_PASSWORD, "new_password2": GOOD_PASSWORD}
    assert client.post("/accounts/password", changed).status_code == 302
    assert client.post(f"/accounts/{number_of('self-closing')}/disable").status_code == 422


def test_the_one_time_administrator_opens_accounts_that_may_log_in_at_once(own_office: Office, log_in: LogIn) -> None:
    form = wanted()
    assert enters(form["username"], open_one(log_in(Role.FOUNDER), form))


def test_no_administrator_takes_out_alone_who_watches_over_it(own_office: Office, log_in: LogIn) -> None:
    form = wanted(Role.AUDIT_ADMINISTRATOR)
    open_one(log_in(Role.FOUNDER), form)
    watching = number_of(form["username"])
    system = log_in(Role.SYSTEM_ADMINISTRATOR, "en")
    answer = system.post(f"/accounts/{watching}/disable")
    assert answer.status_code == 422
    assert "closed on the machine" in text(answer)
    assert f"/accounts/{watching}/disable" not in text(system.get("/accounts/all"))
    own = "/api/v1/accounts"
    assert system.post(f"{own}/{watching}/disabling", {}, "application/json").status_code == 422
    assert [one["state"] for one in system.get(own).json() if one["number"] == watching] == ["active"]


def test_a_disabled_account_is_out_at_once(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER)
    number = int(client.session["_auth_user_id"])
    log_in(Role.SYSTEM_ADMINISTRATOR).post(f"/accounts/{number}/disable")
    assert client.get("/statement")["Location"].startswith("/accounts/login")


def test_a_session_unused_for_half_an_hour_ends(office: Office, log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER)
    assert client.get("/statement").status_code == 200
    session = client.session
    session["seen"] = int(time.time()) - 30 * 60 - 5
    session.save()
    assert client.get("/statement")["Location"].startswith("/accounts/login")
    assert client.get("/statement")["Location"].startswith("/accounts/login")


def test_one_ends_another_session_of_ones_own(office: Office, settings: Settings) -> None:
    once = setup.add_account(settings, "two-seats", Role.ENGINEER)
    here, there = Client(), Client()
    here.post("/accounts/login", {"username": "two-seats", "password": once})
    changed = {"old_password": once, "new_password1": GOOD_PASSWORD, "new_password2": GOOD_PASSWORD}
    here.post("/accounts/password", changed)
    there.post("/accounts/login", {"username": "two-seats", "password": GOOD_PASSWORD})
    assert there.get("/statement").status_code == 200
    seats = re.findall(r"/accounts/sessions/(\d+)/end", text(here.get("/accounts/sessions")))
    assert len(seats) == 1
    assert here.post(f"/accounts/sessions/{seats[0]}/end").status_code == 302
    assert there.get("/statement").status_code == 302
    assert here.get("/statement").status_code == 200


def test_nobody_ends_the_session_of_another(office: Office, log_in: LogIn) -> None:
    from yunyue.doors.web.accounts.models import Seat

    other = log_in(Role.ENGINEER)
    seat = Seat.objects.get(session=other.session.session_key)
    assert log_in(Role.SYSTEM_ADMINISTRATOR).post(f"/accounts/sessions/{seat.pk}/end").status_code == 404
    assert other.get("/statement").status_code == 200


def test_the_last_passwords_are_not_chosen_again(office: Office, settings: Settings) -> None:
    present = setup.add_account(settings, "remembering", Role.ENGINEER)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.post("/accounts/login", {"username": "remembering", "password": present})
    for chosen in (f"{GOOD_PASSWORD}-1", f"{GOOD_PASSWORD}-2"):
        given = {"old_password": present, "new_password1": chosen, "new_password2": chosen}
        assert client.post("/accounts/password", given).status_code == 302
        present = chosen
    first = f"{GOOD_PASSWORD}-1"
    answer = client.post(
        "/accounts/password", {"old_password": present, "new_password1": first, "new_password2": first}
    )
    assert "none of the last 5" in text(answer)


def test_an_old_password_is_replaced_first(office: Office, log_in: LogIn) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from yunyue.doors.web.accounts.models import Account

    client = log_in(Role.ENGINEER)
    number = client.session["_auth_user_id"]
    Account.objects.filter(pk=number).update(password_chosen=timezone.now() - timedelta(days=89))
    assert client.get("/statement").status_code == 200
    Account.objects.filter(pk=number).update(password_chosen=timezone.now() - timedelta(days=91))
    assert client.get("/statement")["Location"] == "/accounts/password"
