"""Second factors: set up by their holder, asked for at each login, one lock-out with passwords, each change a fact."""

import base64
import hmac
import re
import struct
import time
from itertools import count
from typing import Any

import pytest
from console_cast import GOOD_PASSWORD, text
from django.test import Client, RequestFactory, override_settings

from yunyue.doors.accesses import accesses
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import ADMINISTRATORS, Role
from yunyue.host.settings import Settings
from yunyue.store.access import Wanted

numbers = count(1)
SECURITY = "/accounts/security"


def code_of(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows, `steps` half minutes from now (RFC 6238)."""
    moment = struct.pack(">Q", int(time.time() // 30) + steps)
    digest = hmac.new(base64.b32decode(secret), moment, "sha1").digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def holder(role: Role = Role.ENGINEER) -> Any:
    """An account whose password its holder has chosen."""
    from yunyue.doors.web.accounts.models import Account

    account = Account(username=f"holder-{next(numbers)}", role=role)
    account.set_password(GOOD_PASSWORD)
    account.save()
    return account


def enter(account: Any, password: str = GOOD_PASSWORD) -> tuple[Client, Any]:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    return client, client.post("/accounts/login", {"username": account.username, "password": password})


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set an app up: its secret, and the recovery codes shown once."""
    found = re.search(r'<code class="secret">([A-Z2-7]+)</code>', text(client.get(f"{SECURITY}/app")))
    assert found is not None
    answer = client.post(f"{SECURITY}/app", {"code": code_of(found[1])})
    assert answer.status_code == 302, text(answer)
    codes = re.findall(r"<li><code>(\d+)</code>", text(client.get(answer["Location"])))
    assert len(codes) == 10
    return found[1], codes


def changes(office: Office, account: Any) -> list[tuple[str, str]]:
    found: list[Any] = [one.fact.data for one in office.kernel.facts("installation")]
    mine = [one for one in found if one.type == "account.changed" and one.account == account.pseudonym]
    return [(one.what, (one.about or "").partition(":")[0]) for one in mine]


def test_the_second_step_asks_for_the_code_and_lets_in_with_it(own_office: Office) -> None:
    account = holder()
    secret, _codes = set_up(enter(account)[0])
    client, answer = enter(account)
    assert answer["Location"] == "/accounts/login/code"
    assert client.get("/statement").status_code == 302, "the password alone lets nobody in"
    answer = client.post("/accounts/login/code", {"code": code_of(secret, 1)})
    assert answer["Location"] == "/today"
    assert client.get("/statement").status_code == 200


def test_each_step_of_coming_in_is_on_record_under_the_account(own_office: Office) -> None:
    account = holder()
    secret, _codes = set_up(enter(account)[0])
    client, _answer = enter(account)
    client.post("/accounts/login/code", {"code": "000000"})
    client.post("/accounts/login/code", {"code": code_of(secret, 1)})
    found = accesses(own_office).search(Wanted(kind="login", actor=account.pseudonym), 3).records
    steps = [(one.what, one.about, one.outcome) for _position, one in reversed(found)]
    assert steps == [
        ("POST accounts:login", "mfa_authenticate", "granted"),
        ("POST mfa_authenticate", "", "refused"),
        ("POST mfa_authenticate", "", "granted"),
    ]


def test_a_code_works_once(own_office: Office) -> None:
    account = holder()
    secret, _codes = set_up(enter(account)[0])
    code = code_of(secret, 1)
    first, second = enter(account)[0], enter(account)[0]
    assert first.post("/accounts/login/code", {"code": code}).status_code == 302
    assert second.post("/accounts/login/code", {"code": code}).status_code == 200


def test_a_recovery_code_lets_in_once(own_office: Office) -> None:
    account = holder()
    _secret, codes = set_up(enter(account)[0])
    for expected in (302, 200):
        client, _answer = enter(account)
        assert client.post("/accounts/login/code", {"code": codes[3]}).status_code == expected


def test_recovery_codes_are_shown_once(own_office: Office) -> None:
    client, _answer = enter(holder())
    _secret, codes = set_up(client)
    page = text(client.get(f"{SECURITY}/codes"))
    assert not any(code in page for code in codes)
    assert "10 of 10 codes are left" in page
    assert client.post(f"{SECURITY}/codes/renew").status_code == 302
    new = re.findall(r"<li><code>(\d+)</code>", text(client.get(f"{SECURITY}/codes")))
    assert len(new) == 10
    assert not set(new) & set(codes)


def test_wrong_codes_close_the_name_as_wrong_passwords_do(own_office: Office, settings: Settings) -> None:
    account = holder()
    secret, _codes = set_up(enter(account)[0])
    client, _answer = enter(account)
    for _wrong in range(settings.lockout_attempts):
        assert client.post("/accounts/login/code", {"code": "000000"}).status_code == 200
    page = text(client.post("/accounts/login/code", {"code": code_of(secret, 1)}))
    assert "Too many wrong passwords or codes" in page
    assert "Too many wrong passwords or codes" in text(enter(account)[1]), "the password is closed too"


def test_the_right_password_does_not_forget_wrong_codes(own_office: Office, settings: Settings) -> None:
    account = holder()
    _secret, _codes = set_up(enter(account)[0])
    for _wrong in range(settings.lockout_attempts):
        client, answer = enter(account)
        assert answer.status_code == 302
        client.post("/accounts/login/code", {"code": "000000"})
    assert enter(account)[1].status_code == 200, "closed, although each password was right"


def test_wrong_old_passwords_where_a_new_one_is_chosen_close_the_name_too(
    own_office: Office, settings: Settings
) -> None:
    account = holder()
    client, _answer = enter(account)
    new = {"new_password1": "Another-Pass-phrase-9", "new_password2": "Another-Pass-phrase-9"}
    for _guess in range(settings.lockout_attempts):
        assert client.post("/accounts/password", {"old_password": "guess", **new}).status_code == 200
    page = client.post("/accounts/password", {"old_password": GOOD_PASSWORD, **new})
    assert "Too many wrong passwords" in text(page)
    account.refresh_from_db()
    assert account.check_password(GOOD_PASSWORD)


def test_the_lock_out_ends_by_itself_and_outlives_the_process(own_office: Office, settings: Settings) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from yunyue.doors.web.accounts import throttle
    from yunyue.doors.web.accounts.models import Strike

    for _wrong in range(settings.lockout_attempts):
        throttle.failed("Slow ")
    assert throttle.closed("slow"), "kept in the database, whatever its case"
    assert not Strike.objects.filter(name__contains="low").exists(), "the name itself is not kept"
    long_ago = timezone.now() - timedelta(minutes=settings.lockout_minutes, seconds=1)
    Strike.objects.filter(count__gte=settings.lockout_attempts).update(since=long_ago)
    assert not throttle.closed("slow")
    throttle.failed("slow")
    assert not throttle.closed("slow"), "the count begins anew"


def test_secrets_are_kept_encrypted(own_office: Office) -> None:
    from allauth.mfa.models import Authenticator

    account = holder()
    secret, codes = set_up(enter(account)[0])
    kept = str([one.data for one in Authenticator.objects.filter(user=account)])
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_factors_coming_and_going_are_facts(own_office: Office) -> None:
    account = holder()
    client, _answer = enter(account)
    set_up(client)
    assert client.post(f"{SECURITY}/app/remove").status_code == 302
    assert changes(own_office, account) == [
        ("factor_added", "totp"),
        ("factor_added", "recovery_codes"),
        ("factor_removed", "totp"),
        ("factor_removed", "recovery_codes"),
    ]


def test_a_factor_whose_fact_is_not_taken_is_not_kept(own_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.mfa.models import Authenticator

    from yunyue.answer import Refused
    from yunyue.doors.web.accounts.changes import Unrecorded
    from yunyue.kernel import Kernel

    account = holder()
    client, _answer = enter(account)
    found = re.search(r'<code class="secret">([A-Z2-7]+)</code>', text(client.get(f"{SECURITY}/app")))
    assert found is not None
    monkeypatch.setattr(Kernel, "note", lambda *_arguments: Refused("the disk is full", "journal"))
    with pytest.raises(Unrecorded):
        client.post(f"{SECURITY}/app", {"code": code_of(found[1])})
    assert not Authenticator.objects.filter(user=account).exists()


def test_a_chosen_password_is_a_fact_with_another_state_after_than_before(own_office: Office) -> None:
    account = holder()
    client, _answer = enter(account)
    form = {"old_password": GOOD_PASSWORD, "new_password1": f"{GOOD_PASSWORD}x", "new_password2": f"{GOOD_PASSWORD}x"}
    assert client.post("/accounts/password", form).status_code == 302
    said: Any = own_office.kernel.facts("installation")[-1].fact.data
    assert (said.what, said.account) == ("password_chosen", account.pseudonym)
    assert said.before != said.after


@override_settings(SECOND_FACTOR_ROLES=frozenset({"audit_administrator"}))
def test_a_role_that_needs_a_factor_sets_it_up_before_it_sees_anything(own_office: Office) -> None:
    account = holder(Role.AUDIT_ADMINISTRATOR)
    client, _answer = enter(account)
    for address in ("/audit", "/access", "/today", "/accounts/tokens"):
        assert client.get(address)["Location"] == SECURITY, address
    assert "Your role needs a second factor" in text(client.get(SECURITY))
    assert client.get("/api/v1/contracts").status_code == 401
    set_up(client)
    assert client.get("/audit").status_code == 200


@override_settings(SECOND_FACTOR_ROLES=frozenset({"audit_administrator"}))
def test_a_role_that_needs_a_factor_keeps_one(own_office: Office) -> None:
    client, _answer = enter(holder(Role.AUDIT_ADMINISTRATOR))
    set_up(client)
    assert "add another one first" in text(client.get(f"{SECURITY}/app/remove"))
    assert client.post(f"{SECURITY}/app/remove").status_code == 200
    assert client.get("/audit").status_code == 200


def test_by_default_the_three_administrators_need_a_second_factor(tmp_path: Any) -> None:
    assert set(Settings(home=tmp_path).second_factor_roles) == set(ADMINISTRATORS)


def test_an_identity_is_linked_and_unlinked_by_who_has_just_proved_to_be_there(own_office: Office) -> None:
    from allauth.core.exceptions import ReauthenticationRequired
    from allauth.socialaccount.internal.flows.connect import do_connect
    from allauth.socialaccount.models import SocialAccount, SocialLogin
    from django.contrib.sessions.backends.db import SessionStore

    from yunyue.doors.web.accounts.models import Account

    account = holder()
    asking = RequestFactory().get("/accounts/oidc/callback")
    asking.session, asking.user = SessionStore(), account
    with pytest.raises(ReauthenticationRequired):
        do_connect(asking, SocialLogin(account=SocialAccount(provider="oidc", uid="elsewhere", user=Account())))
    assert not SocialAccount.objects.filter(user=account).exists()
    linked = SocialAccount.objects.create(user=account, provider="oidc", uid="elsewhere")
    client = Client()
    client.force_login(account)
    answer = client.post(f"{SECURITY}/identities", {"account": str(linked.pk)})
    assert answer["Location"].startswith("/accounts/prove")
    assert SocialAccount.objects.filter(user=account).exists()


def test_nobody_sees_to_the_keys_of_another(own_office: Office) -> None:
    from allauth.mfa.models import Authenticator

    other = holder()
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "theirs", "credential": {}})
    client, _answer = enter(holder())
    for act in ("remove", "rename"):
        assert client.get(f"{SECURITY}/keys/{key.pk}/{act}").status_code == 404
        assert client.post(f"{SECURITY}/keys/{key.pk}/{act}", {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
    key.delete()


def test_an_invented_passkey_lets_nobody_in(own_office: Office) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    options = client.get("/accounts/login/passkey", headers={"X-Requested-With": "XMLHttpRequest"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"
    for invented in ("{}", '{"id": "x"}', "nonsense", '{"response": {"userHandle": "MQ"}}'):
        answer = client.post("/accounts/login/passkey", {"credential": invented})
        assert answer["Location"] == "/accounts/login", invented
    assert client.get("/statement").status_code == 302


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("all-lower-case-letters", "at least 4 of"),
        ("Has-upper-but-no-digit", "at least 4 of"),
        ("NoOtherCharacter7x", "at least 4 of"),
        ("Sh0rt-one", "at least 12 characters"),
    ],
)
def test_a_password_has_four_kinds_of_characters(own_office: Office, chosen: str, reason: str) -> None:
    client, _answer = enter(holder())
    form = {"old_password": GOOD_PASSWORD, "new_password1": chosen, "new_password2": chosen}
    assert reason in text(client.post("/accounts/password", form))


def test_a_password_like_the_person_is_refused(own_office: Office) -> None:
    from yunyue.doors.web.accounts.models import Account

    account = holder()
    Account.objects.filter(pk=account.pk).update(person="Zhang-Wei-100862")
    client, _answer = enter(account)
    chosen = "Zhang-Wei-100862!"
    form = {"old_password": GOOD_PASSWORD, "new_password1": chosen, "new_password2": chosen}
    assert client.post("/accounts/password", form).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("password_length", "7"), ("password_classes", "5"), ("lockout_attempts", "2"), ("idle_minutes", "0")],
)
def test_a_setting_that_would_weaken_too_much_is_refused_by_name(tmp_path: Any, name: str, value: str) -> None:
    from yunyue.answer import Refused
    from yunyue.host.settings import read

    refused = read({"YUNYUE_HOME": str(tmp_path), f"YUNYUE_{name.upper()}": value})
    assert isinstance(refused, Refused)
    assert refused.field == f"YUNYUE_{name.upper()}"
