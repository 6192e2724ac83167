"""Tokens let programs in: kept as digests, within scope, contract and time, revocable, refused clearly, each a fact."""

import json
import re
from datetime import timedelta
from typing import Any

import contract_year
import pytest
from console_cast import LogIn, text
from django.test import Client
from django.utils import timezone
from tokens_cast import BY, CONTRACT, HERE, account, call, made

from yunyue.answer import Refused
from yunyue.contract import starting_on
from yunyue.doors.accesses import accesses
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.store.access import Wanted


def test_a_token_calls_what_it_is_for(own_office: Office) -> None:
    token, secret = made()
    assert call(secret, "/contracts").status_code == 200
    assert call(secret, f"/contracts/{CONTRACT}/facts", **{"X-Forwarded-For": "203.0.113.1"}).status_code == 200
    token.refresh_from_db()
    assert token.last_used is not None
    assert token.last_address == "127.0.0.1"


def test_there_is_a_scope_for_every_operation_of_the_api(own_office: Office, log_in: LogIn) -> None:
    from yunyue.doors.web.accounts.tokens import GROUPS

    described = log_in(Role.CLIENT_MANAGER).get("/api/v1/openapi.json").json()
    tags = {tag for path in described["paths"].values() for one in path.values() for tag in one.get("tags", ())}
    assert tags
    assert tags <= set(GROUPS)


def test_only_a_digest_is_kept(own_office: Office) -> None:
    from yunyue.doors.web.accounts.models import Token

    token, secret = made()
    assert secret.startswith("yyt_")
    assert len(secret) >= 43
    assert all(secret not in str(value) for value in Token.objects.filter(pk=token.pk).values_list()[0])


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("Bearer yyt_invented", "this token is unknown"),
        ("Bearer ", "this token is unknown"),
        ("Basic dXNlcjpwYXNz", "the Authorization header says Bearer and the token"),
    ],
)
def test_what_is_no_token_is_refused_with_the_reason(own_office: Office, given: str, reason: str) -> None:
    answer = Client().get(f"{HERE}/contracts", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.json()["reason"] == reason
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert re.search("[一-鿿]", answer.json()["reason_zh"])


def test_an_expired_token_is_refused_as_expired(own_office: Office) -> None:
    token, secret = made()
    type(token).objects.filter(pk=token.pk).update(expires=timezone.now() - timedelta(seconds=1))
    assert (call(secret, "/contracts").status_code, call(secret, "/contracts").json()["reason"]) == (
        401,
        "this token is expired",
    )


def test_a_revoked_token_is_refused_from_that_moment_also_when_replayed(own_office: Office) -> None:
    from yunyue.doors.web.accounts import tokens

    token, secret = made()
    assert call(secret, "/contracts").status_code == 200
    assert tokens.revoke(token, BY) is None
    for _replay in range(2):
        assert call(secret, "/contracts").json()["reason"] == "this token is revoked"
    assert isinstance(tokens.revoke(token, BY), Refused)


def test_a_token_of_a_closed_account_lets_nobody_in(own_office: Office) -> None:
    token, secret = made()
    type(token.account).objects.filter(pk=token.account_id).update(is_active=False)
    assert call(secret, "/contracts").status_code == 401


def test_a_token_does_nothing_beyond_its_scopes(own_office: Office) -> None:
    _token, secret = made(Role.CLIENT_MANAGER, "contracts:read")
    assert call(secret, "/contracts").status_code == 200
    answer = call(secret, f"/contracts/{CONTRACT}/facts")
    assert (answer.status_code, answer.json()["reason"]) == (403, "this token is not for facts:read")


def test_reading_does_not_write(own_office: Office) -> None:
    _token, secret = made(Role.CLIENT_MANAGER, "orders:read")
    size = own_office.kernel.journal.head().size
    answer = Client().post(
        f"{HERE}/contracts/{CONTRACT}/orders", "{}", "application/json", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 403
    assert own_office.kernel.journal.head().size == size


def test_a_token_does_nothing_its_account_may_not(own_office: Office) -> None:
    _token, secret = made(Role.SYSTEM_ADMINISTRATOR, "contracts:read", "facts:read")
    assert call(secret, "/contracts").status_code == 403
    assert call(secret, "/facts/payment-1").status_code == 403


def test_a_token_for_one_contract_sees_no_other(own_office: Office) -> None:
    _token, secret = made(contract=CONTRACT)
    assert call(secret, f"/contracts/{CONTRACT}/facts").status_code == 200
    assert call(secret, "/facts/payment-1").status_code == 200
    assert [one["id"] for one in call(secret, "/contracts").json()] == [CONTRACT]
    elsewhere = own_office.kernel.facts("installation")[-1].fact.id
    assert call(secret, f"/facts/{elsewhere}").status_code == 404
    other = call(secret, "/contracts/another/facts")
    assert (other.status_code, other.json()["field"]) == (403, "contract")


def test_a_token_for_one_contract_lists_that_one(own_office: Office) -> None:
    terms = starting_on(contract_year.terms(), own_office.clock.now().date())
    own_office.kernel.register(terms, contract_year.RECORDER)
    _token, any_contract = made()
    _token, one_contract = made(contract=CONTRACT)
    assert len(call(any_contract, "/contracts").json()) == 2
    assert [one["id"] for one in call(one_contract, "/contracts").json()] == [CONTRACT]


def test_a_session_does_not_lend_its_rights_to_a_wrong_token(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    assert client.get(f"{HERE}/contracts", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_writing_by_token_needs_no_csrf_token(own_office: Office) -> None:
    _token, secret = made(Role.CLIENT_MANAGER, "contracts:write")
    day = own_office.clock.now().date().isoformat()
    answer = Client(enforce_csrf_checks=True).post(
        f"{HERE}/contracts/{CONTRACT}/suppose",
        json.dumps({"as_of": day, "supposed": []}),
        "application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 200


def test_calls_by_token_are_on_record_under_token_and_account(own_office: Office) -> None:
    token, secret = made()
    call(secret, "/facts/payment-1")
    call("yyt_wrong", "/facts/payment-1")
    found = [one for _position, one in accesses(own_office).search(Wanted(kind="evidence"), 10).records]
    assert [(one.actor, one.outcome) for one in found] == [
        ("", "refused"),
        (f"{token.pseudonym} {token.account.pseudonym}", "granted"),
    ]
    assert secret not in str(found)


def test_making_and_revoking_are_facts_with_the_state_before_and_after(own_office: Office) -> None:
    from yunyue.doors.web.accounts import tokens

    token, secret = made()
    tokens.revoke(token, BY)
    found = [one.fact.data for one in own_office.kernel.facts("installation") if one.fact.type == "account.changed"]
    said: list[Any] = list(found)
    assert [(one.what, one.about) for one in said] == [
        ("token_made", token.pseudonym),
        ("token_revoked", token.pseudonym),
    ]
    assert said[0].after == said[1].before
    assert len({said[0].before, said[0].after, said[1].after}) == 3
    assert secret not in str(said)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"scopes": ()}, "scopes"),
        ({"scopes": ("everything:write",)}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
        ({"contract": "no-such"}, "contract"),
    ],
)
def test_a_token_asked_for_wrongly_is_refused_by_field(own_office: Office, changed: dict[str, Any], field: str) -> None:
    from yunyue.doors.web.accounts import tokens

    holder = account()
    asked = tokens.Asked(**{"name": "n", "scopes": ("facts:read",), "contract": "", "days": 1, **changed})
    refused = tokens.make(holder, asked, BY, holder)
    assert isinstance(refused, Refused)
    assert refused.field == field
    assert holder.tokens.count() == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"contract": ""}, "contract"),
        ({"scopes": ("orders:write",)}, "scopes"),
        ({"scopes": ("proposals:read",)}, "scopes"),
        ({"days": 91}, "days"),
    ],
)
def test_a_third_partys_token_is_narrow(own_office: Office, changed: dict[str, Any], field: str) -> None:
    from yunyue.doors.web.accounts import tokens

    holder = account(Role.THIRD_PARTY)
    values = {"name": "n", "scopes": ("facts:read",), "contract": CONTRACT, "days": 90, **changed}
    refused = tokens.make(holder, tokens.Asked(**values), BY, holder)
    assert isinstance(refused, Refused)
    assert refused.field == field


def test_nobody_makes_tokens_for_others_but_the_security_administrator_for_third_parties(own_office: Office) -> None:
    from yunyue.doors.web.accounts import tokens

    security, other, third = account(Role.SECURITY_ADMINISTRATOR), account(), account(Role.THIRD_PARTY)
    asked = tokens.Asked("n", ("facts:read",), CONTRACT, 7)
    assert isinstance(tokens.make(other, asked, BY, security), Refused)
    assert isinstance(tokens.make(third, asked, BY, other), Refused)
    assert not isinstance(tokens.make(third, asked, BY, security), Refused)


def test_the_page_shows_a_new_token_once_and_revokes_it(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER, language="en")
    form = {"name": "collector", "scopes": ["facts:read"], "contract": "", "days": "30"}
    page = text(client.post("/accounts/tokens/make", form))
    found = re.search(r'<code class="once">(yyt_[\w-]+)</code>', page)
    assert found is not None
    assert call(found[1], "/facts/payment-1").status_code == 200
    listed = text(client.get("/accounts/tokens"))
    assert "collector" in listed
    assert found[1] not in listed
    number = re.search(r"/accounts/tokens/(\d+)/revoke", listed)
    assert number is not None
    assert log_in(Role.ENGINEER).post(f"/accounts/tokens/{number[1]}/revoke").status_code == 404
    assert client.post(f"/accounts/tokens/{number[1]}/revoke").status_code == 302
    assert call(found[1], "/facts/payment-1").status_code == 401


def test_making_a_token_asks_to_prove_oneself_when_that_was_long_ago(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0, "reauthenticated": True}]
    session.save()
    from yunyue.doors.web.accounts.models import Account

    holder = Account.objects.get(pk=session["_auth_user_id"])
    holder.set_password("Known-pass-phrase-77")
    holder.save()
    client.force_login(holder)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    form = {"name": "kept", "scopes": ["facts:read"], "contract": "", "days": "30"}
    answer = client.post("/accounts/tokens/make", form)
    assert answer["Location"].startswith("/accounts/prove")
    assert holder.tokens.count() == 0
    page = text(client.post(answer["Location"], {"password": "Known-pass-phrase-77"}))
    assert "yyt_" in page, "what was sent is kept and done"
    assert holder.tokens.count() == 1


def test_guessing_tokens_closes_the_address_for_a_while(own_office: Office) -> None:
    _token, secret = made(Role.THIRD_PARTY, "facts:read", contract=CONTRACT)
    for _guess in range(own_office.settings.lockout_attempts):
        Client().post("/evidence/enter", {"token": "yyt_guess"}, REMOTE_ADDR="192.0.2.77")
    assert Client().post("/evidence/enter", {"token": secret}, REMOTE_ADDR="192.0.2.77").status_code == 403
    assert Client().post("/evidence/enter", {"token": secret}, REMOTE_ADDR="192.0.2.78").status_code == 302
