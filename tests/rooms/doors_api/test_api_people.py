"""Accounts, proposals, registers, comments, sessions and tokens by the API: the duties of the console."""

import json
from itertools import count
from typing import Any

import pytest
from console_cast import LogIn
from django.test import Client

from yunyue.answer import Refused
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.kernel import Recorder

HERE = "/api/v1"
CONTRACT = f"{HERE}/contracts/beijing-2024"
AT = "2024-10-19T10:00:00+08:00"
numbers = count(1)


def told(client: Client, address: str, values: object, status: int, method: str = "post") -> Any:
    send = getattr(client, method)
    answer = send(address, json.dumps(values), content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if answer.content else None


def wished(**changed: str) -> dict[str, str]:
    name = f"by-api-{next(numbers)}"
    return {"account": name, "person": f"person of {name}", "role": "engineer", **changed}


def test_an_account_opened_by_one_is_let_in_by_another(own_office: Office, log_in: LogIn) -> None:
    system, security = log_in(Role.SYSTEM_ADMINISTRATOR), log_in(Role.SECURITY_ADMINISTRATOR)
    wish = wished()
    once = told(system, f"{HERE}/accounts", wish, 201)
    form = {"username": wish["account"], "password": once["password"]}
    assert Client().post("/accounts/login", form).status_code == 200
    told(security, f"{HERE}/accounts/{once['number']}/approval", {}, 204)
    assert Client().post("/accounts/login", form).status_code == 302
    listed = {one["number"]: one for one in security.get(f"{HERE}/accounts").json()}
    assert listed[once["number"]]["state"] == "active"
    assert not [one for one in listed.values() if {"password", once["password"]} & {*one, *map(str, one.values())}]
    sources = [one.fact.source for one in own_office.kernel.facts("installation")]
    assert sources == ["/api/v1", "/api/v1"]


def test_a_password_reset_by_the_api_waits_for_approval_again(own_office: Office, log_in: LogIn) -> None:
    system = log_in(Role.SYSTEM_ADMINISTRATOR)
    once = told(system, f"{HERE}/accounts", wished(), 201)
    told(log_in(Role.SECURITY_ADMINISTRATOR), f"{HERE}/accounts/{once['number']}/approval", {}, 204)
    again = told(system, f"{HERE}/accounts/{once['number']}/reset", {}, 200)
    assert again["password"] != once["password"]
    form = {"username": once["account"], "password": again["password"]}
    assert Client().post("/accounts/login", form).status_code == 200


def test_the_security_administrator_refuses_who_waits_and_closes_no_others(own_office: Office, log_in: LogIn) -> None:
    system, security = log_in(Role.SYSTEM_ADMINISTRATOR), log_in(Role.SECURITY_ADMINISTRATOR)
    number = told(system, f"{HERE}/accounts", wished(), 201)["number"]
    told(security, f"{HERE}/accounts/{number}/disabling", {}, 204)
    other = told(system, f"{HERE}/accounts", wished(), 201)["number"]
    told(security, f"{HERE}/accounts/{other}/approval", {}, 204)
    assert told(security, f"{HERE}/accounts/{other}/disabling", {}, 422)["field"] == "number"
    told(system, f"{HERE}/accounts/{other}/disabling", {}, 204)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"account": "no way"}, "username"), ({"role": "founder"}, "role"), ({"role": "tenant_user"}, "tenant")],
)
def test_a_wrong_account_is_refused_by_field(
    own_office: Office, log_in: LogIn, changed: dict[str, str], field: str
) -> None:
    given = told(log_in(Role.SYSTEM_ADMINISTRATOR), f"{HERE}/accounts", wished(**changed), 422)
    assert given["field"] == field


def test_a_session_of_long_ago_does_nothing_sensitive(own_office: Office, log_in: LogIn) -> None:
    from yunyue.doors.web.accounts.models import Account

    client = log_in(Role.SYSTEM_ADMINISTRATOR)
    account = Account.objects.get(pk=client.session["_auth_user_id"])
    account.set_password("Some-pass-phrase-99")
    account.save()
    client.force_login(account)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    assert told(client, f"{HERE}/accounts", wished(), 403)["field"] == "session"
    assert client.get(f"{HERE}/accounts").status_code == 200


@pytest.mark.parametrize("operation", ["approval", "disabling", "reset"])
def test_an_account_that_is_not_there_is_a_404(own_office: Office, log_in: LogIn, operation: str) -> None:
    role = Role.SECURITY_ADMINISTRATOR if operation == "approval" else Role.SYSTEM_ADMINISTRATOR
    assert told(log_in(role), f"{HERE}/accounts/999999/{operation}", {}, 404)["field"] == "number"


def intended(kind: str, data: dict[str, Any], **changed: str) -> dict[str, Any]:
    return {"type": kind, "time": AT, "data": data, **changed}


def proposal_of(client: Client, office: Office) -> dict[str, Any]:
    """A payment proposed under the year's contract."""
    data = {"instalment": 2, "amount": "1.00", "document": office.kernel.objects.put(b"a slip")}
    found: dict[str, Any] = told(client, f"{CONTRACT}/proposals", intended("payment.made", data), 201)
    return found


def test_what_needs_another_waits_and_counts_once_another_agrees(own_office: Office, log_in: LogIn) -> None:
    maker, checker = log_in(Role.CLIENT_MANAGER), log_in(Role.CLIENT_APPROVER)
    put = proposal_of(maker, own_office)
    assert put["waits"]
    shown = checker.get(f"{CONTRACT}/proposals/{put['id']}").json()
    assert (shown["state"], shown["type"], shown["data"]["amount"]) == ("awaiting", "payment.made", "1.00")
    assert [one["id"] for one in checker.get(f"{CONTRACT}/proposals?state=awaiting").json()] == [put["id"]]
    refused = told(maker, f"{CONTRACT}/proposals/{put['id']}/decision", {"decision": "approve"}, 422)
    assert "whoever proposed it" in refused["reason"]
    told(checker, f"{CONTRACT}/proposals/{put['id']}/decision", {"decision": "approve"}, 204)
    fact = own_office.kernel.journal.find(f"{put['id']}-fact")
    assert fact is not None
    assert fact.fact.source == "/api/v1"
    told(checker, f"{CONTRACT}/proposals/{put['id']}/decision", {"decision": "approve"}, 422)


def test_a_proposal_is_sent_back_with_a_reason(own_office: Office, log_in: LogIn) -> None:
    maker, checker = log_in(Role.CLIENT_MANAGER), log_in(Role.CLIENT_APPROVER)
    put = proposal_of(maker, own_office)
    address = f"{CONTRACT}/proposals/{put['id']}/decision"
    assert told(checker, address, {"decision": "reject"}, 422)["field"]
    told(checker, address, {"decision": "reject", "reason": "金额有误"}, 204)
    assert checker.get(f"{CONTRACT}/proposals?state=rejected").json()[0]["decided_by"]


def test_the_same_intent_sent_twice_is_taken_once(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    data = {"about": "night alarms", "deadline": "2099-12-31", "notice": "n-9"}
    document = own_office.kernel.objects.put(b"a notice")
    wanted = intended("rectification.ordered", {**data, "document": document}, id="sent-once")
    told(client, f"{CONTRACT}/proposals", wanted, 201)
    size = own_office.kernel.journal.head().size
    assert "sent already" in told(client, f"{CONTRACT}/proposals", wanted, 422)["reason"]
    assert own_office.kernel.journal.head().size == size


@pytest.mark.parametrize(
    ("role", "kind", "data"),
    [
        (Role.SERVICE_MANAGER, "payment.made", {"instalment": 2, "amount": "1.00", "document": "sha256:" + "ab" * 32}),
        (Role.CLIENT_MANAGER, "verdict.reached", {}),
        (Role.CLIENT_MANAGER, "no.such", {}),
        (Role.CLIENT_MANAGER, "account.changed", {}),
    ],
)
def test_what_is_not_ones_duty_is_not_recorded(
    own_office: Office, log_in: LogIn, role: Role, kind: str, data: dict[str, Any]
) -> None:
    size = own_office.kernel.journal.head().size
    told(log_in(role), f"{CONTRACT}/proposals", intended(kind, data), 422)
    assert own_office.kernel.journal.head().size == size


@pytest.mark.parametrize(("time", "field"), [("2024-10-19T10:00:00", "time"), ("0001-01-02T00:00:00+00:00", "time")])
def test_a_moment_nobody_can_mean_is_refused(own_office: Office, log_in: LogIn, time: str, field: str) -> None:
    wanted = {**intended("funds.arrived", {"instalment": 2}), "time": time}
    assert told(log_in(Role.CLIENT_APPROVER), f"{CONTRACT}/proposals", wanted, 422)["field"] == field


@pytest.mark.parametrize("name", ["rectifications", "exclusions", "materials", "incidents", "scores", "dealings"])
def test_registers_are_rows_of_plain_values(office: Office, log_in: LogIn, name: str) -> None:
    rows = log_in(Role.ENGINEER).get(f"{CONTRACT}/registers/{name}").json()
    assert isinstance(rows, list)
    assert all(isinstance(row, dict) for row in rows)


def test_the_register_of_staff_is_not_for_third_parties(office: Office, log_in: LogIn) -> None:
    rows = log_in(Role.CLIENT_MANAGER).get(f"{CONTRACT}/registers/staff").json()
    assert all({"person", "post", "state", "conditions"} <= set(row) for row in rows)
    assert log_in(Role.THIRD_PARTY).get(f"{CONTRACT}/registers/staff").status_code == 401


def test_the_materials_of_both_milestones_name_their_clauses(office: Office, log_in: LogIn) -> None:
    rows = log_in(Role.CLIENT_MANAGER).get(f"{CONTRACT}/registers/materials").json()
    assert {row["milestone"] for row in rows} == {"midterm", "final"}
    assert all(row["clause"] for row in rows)


def test_a_register_that_is_not_there_is_refused_with_those_that_are(office: Office, log_in: LogIn) -> None:
    answer = log_in(Role.CLIENT_MANAGER).get(f"{CONTRACT}/registers/secrets")
    assert answer.status_code == 404
    assert "rectifications" in answer.json()["reason"]


def test_a_third_party_comments_by_the_api(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.THIRD_PARTY)
    put = told(client, f"{CONTRACT}/comments", {"about": "payment-1", "text": "复核无误"}, 201)
    (shown,) = log_in(Role.AUDIT_ADMINISTRATOR).get(f"{CONTRACT}/comments").json()
    assert (shown["id"], shown["about"], shown["text"]) == (put["id"], "payment-1", "复核无误")
    assert told(client, f"{CONTRACT}/comments", {"about": "nothing", "text": "x"}, 422)["field"] == "about"


def test_one_sees_and_ends_ones_own_sessions_only(own_office: Office, log_in: LogIn) -> None:
    mine, other = log_in(Role.ENGINEER), log_in(Role.ENGINEER)
    (seat,) = mine.get(f"{HERE}/sessions").json()
    told(other, f"{HERE}/sessions/{seat['number']}", {}, 404, "delete")
    told(mine, f"{HERE}/sessions/{seat['number']}", {}, 204, "delete")
    assert mine.get(f"{HERE}/sessions").status_code == 401
    said: Any = own_office.kernel.facts("installation")[-1].fact.data
    assert said.what == "session_ended"


def test_a_token_is_made_listed_and_revoked_by_the_api(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER)
    made = told(client, f"{HERE}/tokens", {"name": "n", "scopes": ["facts:read"], "days": 5}, 201)
    listed = client.get(f"{HERE}/tokens")
    assert [one["number"] for one in listed.json()] == [made["number"]]
    assert made["token"] not in listed.content.decode()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert Client().get(f"{HERE}/facts/payment-1", headers=bearer).status_code == 200
    told(log_in(Role.ENGINEER), f"{HERE}/tokens/{made['number']}", {}, 404, "delete")
    told(log_in(Role.SECURITY_ADMINISTRATOR), f"{HERE}/tokens/{made['number']}", {}, 204, "delete")
    assert Client().get(f"{HERE}/facts/payment-1", headers=bearer).status_code == 401


def test_the_security_administrator_makes_a_third_partys_token_by_the_api(own_office: Office, log_in: LogIn) -> None:
    from yunyue.doors.web.accounts.models import Account

    log_in(Role.THIRD_PARTY)
    holder = Account.objects.latest("pk").username
    wanted = {"name": "n", "scopes": ["facts:read"], "contract": "beijing-2024", "days": 5, "account": holder}
    security = log_in(Role.SECURITY_ADMINISTRATOR)
    assert told(security, f"{HERE}/tokens", wanted, 201)["account"] == holder
    told(log_in(Role.ENGINEER), f"{HERE}/tokens", wanted, 422)
    assert told(security, f"{HERE}/tokens", {**wanted, "account": "nobody"}, 422)["field"] == "account"


def test_a_comment_sent_again_under_its_own_id_is_taken_once(own_office: Office, log_in: LogIn) -> None:
    client, said = log_in(Role.THIRD_PARTY), {"about": "payment-1", "text": "复核无误", "id": "mine-3"}
    assert told(client, f"{CONTRACT}/comments", said, 201)["id"] == "mine-3"
    assert told(client, f"{CONTRACT}/comments", said, 422)["field"] == "form"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"scopes": ["accounts:write"]}, "scopes"),
        ({"days": 60}, "days"),
        ({"contract": ""}, "contract"),
    ],
)
def test_a_token_makes_no_token_that_may_do_more_than_itself(
    own_office: Office, log_in: LogIn, changed: dict[str, Any], field: str
) -> None:
    wanted = {"name": "n", "scopes": ["tokens:write", "facts:read"], "contract": "", "days": 30}
    own = told(log_in(Role.ENGINEER), f"{HERE}/tokens", wanted, 201)
    if field == "contract":
        from yunyue.doors.web.accounts.models import Token

        Token.objects.filter(pk=own["number"]).update(contract="beijing-2024")
    bearer = {"Authorization": f"Bearer {own['token']}"}
    asked = {"name": "m", "scopes": ["facts:read"], "contract": "", "days": 3, **changed}
    answer = Client().post(f"{HERE}/tokens", json.dumps(asked), "application/json", headers=bearer)
    assert answer.status_code == (403 if field == "contract" else 422), answer.content
    assert answer.json()["field"] == field


def test_a_session_begun_with_a_token_calls_no_operation(own_office: Office) -> None:
    from yunyue.doors.web.accounts import tokens
    from yunyue.doors.web.accounts.models import Account

    holder = Account.objects.create(username=f"entered-{next(numbers)}", role=Role.THIRD_PARTY, password="!")
    asked = tokens.Asked("n", ("facts:read",), "beijing-2024", 7)
    made = tokens.make(holder, asked, Recorder("user:1", "/test"), holder)
    assert not isinstance(made, Refused)
    client = Client()
    assert client.post("/evidence/enter", {"token": made[1]}).status_code == 302
    for address in ("/contracts", "/facts/payment-1", "/tokens"):
        assert client.get(HERE + address).status_code == 401


def test_what_waits_for_one_today_is_what_the_console_shows(own_office: Office, log_in: LogIn) -> None:
    manager, approver = log_in(Role.CLIENT_MANAGER), log_in(Role.CLIENT_APPROVER, "en")
    before = approver.get(f"{CONTRACT}/today").json()
    put = proposal_of(manager, own_office)
    new = [one for one in approver.get(f"{CONTRACT}/today").json() if one not in before]
    assert [one["page"].partition("?")[0] for one in new] == [f"/proposals/{put['id']}"]
    assert new[0]["what"] in approver.get("/today").content.decode()
    assert new[0] not in manager.get(f"{CONTRACT}/today").json()


def test_the_first_screens_of_two_administrators_are_for_programs_too(own_office: Office, log_in: LogIn) -> None:
    state = log_in(Role.SYSTEM_ADMINISTRATOR).get(f"{HERE}/installation/state").json()
    assert {one["part"]: one["well"] for one in state["checks"]} != {}
    assert state["facts"] == own_office.kernel.journal.head().size
    security = log_in(Role.SECURITY_ADMINISTRATOR, "en")
    found = security.get(f"{HERE}/installation/grants").json()
    assert {one["why"] for one in found["risks"]} >= {"opened on the machine, approved by nobody"}
    token = {"name": "soon over", "scopes": ["facts:read"], "days": 3}
    told(security, f"{HERE}/tokens", token, 201)
    ending = security.get(f"{HERE}/installation/grants").json()["ending"]
    assert any(one["kind"] == "token" and one["name"].endswith("soon over") for one in ending)
