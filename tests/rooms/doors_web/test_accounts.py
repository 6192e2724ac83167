"""People log in with a password used once, choose their own, and are kept out when they guess."""

import os
import stat
from itertools import pairwise

import pytest
from console_cast import GOOD_PASSWORD, LogIn
from django.test import Client

from yunyue.doors.office import Office
from yunyue.doors.web import setup
from yunyue.doors.web.accounts import throttle
from yunyue.doors.web.accounts.roles import ADMINISTRATORS, Role
from yunyue.host.settings import Settings


def enter(client: Client, username: str, password: str) -> int:
    """Fill in the login page; the status of the answer."""
    return client.post("/accounts/login", {"username": username, "password": password}).status_code


def test_a_page_asks_to_log_in_first_and_then_comes_back_to_it(office: Office) -> None:
    answer = Client().get("/statement?as_of=2024-05-24")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login?next=/statement%3Fas_of%3D2024-05-24"


def test_the_one_time_password_lets_in_and_must_be_changed_at_once(
    office: Office, settings: Settings, first_password: str
) -> None:
    from yunyue.doors.web.accounts.models import Account

    Account.objects.filter(username="admin").update(is_active=True)  # another test may have retired it
    client = Client()
    assert enter(client, "admin", first_password) == 302
    assert client.get("/statement")["Location"] == "/accounts/password"
    changed = {"old_password": first_password, "new_password1": GOOD_PASSWORD, "new_password2": GOOD_PASSWORD}
    assert client.post("/accounts/password", changed)["Location"] == "/today"
    assert client.get("/statement").status_code == 200
    assert enter(Client(), "admin", first_password) == 200
    assert enter(Client(), "admin", GOOD_PASSWORD) == 302


def test_a_second_start_gives_no_second_password(settings: Settings, first_password: str) -> None:
    assert setup.ensure_administrator(settings) is None


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("short", "at least 12 characters"),
        ("123456789012345", "entirely numeric"),
        ("password1234", "too common"),
    ],
)
def test_a_weak_password_is_refused_with_the_rule(settings: Settings, office: Office, chosen: str, reason: str) -> None:
    name = f"weak-{len(chosen)}-{chosen[:2]}"
    once = setup.add_account(settings, name, Role.ENGINEER)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    enter(client, name, once)
    answer = client.post("/accounts/password", {"old_password": once, "new_password1": chosen, "new_password2": chosen})
    assert reason in answer.content.decode()
    assert client.get("/")["Location"] == "/accounts/password"


def test_the_old_password_is_no_new_one(settings: Settings, office: Office) -> None:
    once = setup.add_account(settings, "unchanged", Role.ENGINEER)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    enter(client, "unchanged", once)
    answer = client.post("/accounts/password", {"old_password": once, "new_password1": once, "new_password2": once})
    assert "The new password is the old one." in answer.content.decode()


def test_wrong_passwords_close_a_name_for_a_while_even_to_the_right_one(settings: Settings, office: Office) -> None:
    right = setup.add_account(settings, "guessed", Role.ENGINEER)
    for _ in range(settings.lockout_attempts):
        assert enter(Client(), "guessed", "wrong") == 200
    answer = Client(HTTP_ACCEPT_LANGUAGE="en").post("/accounts/login", {"username": "GUESSED", "password": right})
    assert "Too many wrong passwords" in answer.content.decode()


def test_a_right_password_forgets_the_wrong_ones(settings: Settings, office: Office) -> None:
    right = setup.add_account(settings, "clumsy", Role.ENGINEER)
    for _ in range(settings.lockout_attempts - 1):
        enter(Client(), "clumsy", "wrong")
    assert enter(Client(), "clumsy", right) == 302
    assert not throttle.closed("clumsy")
    assert enter(Client(), "clumsy", "wrong") == 200
    assert enter(Client(), "clumsy", right) == 302


def test_the_one_time_administrator_retires_once_the_three_administrators_exist(settings: Settings) -> None:
    from yunyue.doors.web.accounts.models import Account

    Account.objects.filter(role__in=ADMINISTRATORS).update(is_active=False)
    founder = Account.objects.create(username="founder-to-retire", role=Role.FOUNDER)
    active = []
    for role in sorted(ADMINISTRATORS):
        setup.add_account(settings, f"three-{role}", role)
        founder.refresh_from_db()
        active.append(founder.is_active)
    assert active == [True, True, False]
    assert all(earlier >= later for earlier, later in pairwise(active))
    Account.objects.filter(username="admin").update(is_active=True)
    Account.objects.filter(username__startswith="three-").update(is_active=False)


def test_logging_out_needs_a_form_and_ends_the_session(office: Office, log_in: LogIn) -> None:
    client = log_in()
    assert client.get("/accounts/logout").status_code == 405
    assert client.post("/accounts/logout").status_code == 302
    assert client.get("/").status_code == 302


def test_a_form_from_elsewhere_is_refused(office: Office, settings: Settings) -> None:
    client = Client(enforce_csrf_checks=True)
    assert enter(client, "admin", "anything") == 403


def test_a_login_does_not_lead_to_another_site(settings: Settings, office: Office) -> None:
    once = setup.add_account(settings, "led-away", Role.ENGINEER)
    given = {"username": "led-away", "password": once, "next": "https://elsewhere.example/"}
    assert Client().post("/accounts/login", given)["Location"] == "/today"


def test_passwords_are_kept_as_salted_hashes(settings: Settings) -> None:
    from yunyue.doors.web.accounts.models import Account

    once = setup.add_account(settings, "hashed", Role.ENGINEER)
    kept = Account.objects.get(username="hashed").password
    assert once not in kept
    assert kept.startswith("pbkdf2_sha256$")


def test_the_secret_and_the_accounts_are_for_their_owner_only(settings: Settings, first_password: str) -> None:
    for name in ("secret-key", "accounts.sqlite"):
        assert stat.S_IMODE(os.stat(settings.home / name).st_mode) == 0o600, name
    assert stat.S_IMODE(os.stat(settings.home).st_mode) & 0o077 == 0


def test_a_second_home_in_one_process_is_refused(settings: Settings, first_password: str) -> None:
    with pytest.raises(setup.ConfiguredOtherwise):
        setup.configure(Settings(home=settings.home / "another"))


def test_the_tables_match_the_models(settings: Settings, first_password: str) -> None:
    from django.core.management import call_command

    assert setup.unapplied(settings) == ()
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
