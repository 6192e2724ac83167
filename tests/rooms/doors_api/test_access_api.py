"""The access records by the API: the audit administrator searches, proves and checks; nobody else, and on record."""

import json
from typing import Any

import pytest
from console_cast import LogIn
from django.test import Client

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses, seal_accesses
from yunyue.doors.office import Office
from yunyue.doors.web.accounts import tokens
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
from yunyue.journal.facts import StaffConsented
from yunyue.kernel import Happening, Recorder
from yunyue.store.access import Wanted

CONTRACT = "beijing-2024"
HERE = "/api/v1/access"
FACT = "/journal/fact/payment-1"
DAY = "2000-01-01"


def got(client: Client, address: str = "", status: int = 200) -> Any:
    answer = client.get(f"{HERE}{address}")
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


def token_for(log_in: LogIn, role: Role, scope: str, contract: str = "") -> str:
    account = Account.objects.get(pk=log_in(role).session["_auth_user_id"])
    asked = tokens.Asked("records", (scope,), contract, 7)
    made = tokens.make(account, asked, Recorder(account.pseudonym, "/test"), account)
    assert isinstance(made, tuple)
    return made[1]


def by_token(secret: str) -> int:
    return Client().get(HERE, headers={"Authorization": f"Bearer {secret}"}).status_code


def test_records_are_searched_by_person_object_outcome_and_day(own_office: Office, log_in: LogIn) -> None:
    reader = log_in(Role.CLIENT_MANAGER)
    reader.get(FACT)
    log_in(Role.SYSTEM_ADMINISTRATOR).get("/staff")
    auditor, who = log_in(Role.AUDIT_ADMINISTRATOR), f"user:{reader.session['_auth_user_id']}"
    found = got(auditor, f"?words=payment-1&actor={who}&kind=evidence&since={DAY}")
    (one,) = found["records"]
    assert (found["total"], one["actor"], one["what"], one["about"]) == (1, who, "GET console:fact", "payment-1")
    assert [one["what"] for one in got(auditor, "?outcome=refused")["records"]] == ["GET console:staff"]
    assert got(auditor, f"?until={DAY}") == {"records": [], "total": 0}


def test_the_state_of_the_record_is_what_the_auditors_page_shows(own_office: Office, log_in: LogIn) -> None:
    turned_away = log_in(Role.SYSTEM_ADMINISTRATOR)
    turned_away.get("/staff")
    auditor = log_in(Role.AUDIT_ADMINISTRATOR, language="en")
    found = got(auditor, "/state")
    head = own_office.kernel.journal.head()
    assert (found["facts"], found["root"], found["broken"]) == (head.size, head.root.hex(), "")
    who = f"user:{turned_away.session['_auth_user_id']}"
    assert found["turned_away"] == [{"actor": who, "address": "127.0.0.1", "times": 1}]
    assert [one["what"] for one in found["kept"]] == ["Journal", "Access records"]
    page = auditor.get("/audit").content.decode()
    assert all(str(found[one]) in page for one in ("facts", "root", "records", "segments"))


def test_what_an_operator_recorded_past_another_person_is_odd_whoever_it_names(
    own_office: Office, log_in: LogIn
) -> None:
    kernel, at = own_office.kernel, own_office.clock.now()
    said = StaffConsented(person="p9", change="assignment", document="sha256:" + "0" * 64)
    for number, source in enumerate(("/cli", "/console")):
        happening = Happening(said, at, f"consent-{number}")
        assert not isinstance(kernel.record(CONTRACT, [happening], Recorder("client:1", source)), Refused)
    (odd,) = got(log_in(Role.AUDIT_ADMINISTRATOR, language="en"), "/state")["odd"]
    assert (odd["id"], odd["actor"], odd["source"]) == ("consent-0", "client:1", "/cli")
    assert odd["why"] == "recorded on the machine without a second person"


def test_a_day_is_counted_whole_in_beijing(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.CLIENT_MANAGER).get(FACT)
    auditor = log_in(Role.AUDIT_ADMINISTRATOR)
    day = got(auditor, "?kind=evidence")["records"][0]["moment"][:10]
    assert got(auditor, f"?kind=evidence&since={day}&until={day}")["total"] == 1


def test_pages_follow_each_other_newest_first(own_office: Office, log_in: LogIn) -> None:
    for _ in range(3):
        log_in(Role.CLIENT_MANAGER).get(FACT)
    auditor = log_in(Role.AUDIT_ADMINISTRATOR)
    pages = [got(auditor, f"?kind=evidence&limit=1&after={after}")["records"][0]["position"] for after in range(3)]
    assert pages == sorted(pages, reverse=True)
    assert len(set(pages)) == 3


def test_the_search_is_a_record_itself(own_office: Office, log_in: LogIn) -> None:
    auditor = log_in(Role.AUDIT_ADMINISTRATOR)
    got(auditor)
    (one,) = got(auditor, "?kind=access")["records"]
    assert (one["door"], one["what"], one["outcome"]) == ("api", "GET api-1:access_records", "granted")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDIT_ADMINISTRATOR}))
@pytest.mark.parametrize("path", ["", "/0", "/faults", "/state"])
def test_everybody_else_is_refused_alike_and_on_record(
    own_office: Office, log_in: LogIn, role: Role, path: str
) -> None:
    assert log_in(role).get(f"{HERE}{path}").status_code == 401
    ((_position, one),) = accesses(own_office).search(Wanted(kind="access"), 9).records
    assert (one.role, one.outcome, one.door) == (role, "refused", "api")


def test_a_token_is_for_the_records_by_its_role_scope_and_all_contracts(own_office: Office, log_in: LogIn) -> None:
    auditor = Role.AUDIT_ADMINISTRATOR
    assert by_token(token_for(log_in, auditor, "access:read")) == 200
    assert by_token(token_for(log_in, auditor, "facts:read")) == 403
    assert by_token(token_for(log_in, auditor, "access:read", "beijing-2024")) == 403
    assert by_token(token_for(log_in, Role.SECURITY_ADMINISTRATOR, "access:read")) == 403
    assert by_token("yyt_nobody") == 401
    outcomes = [one.outcome for _position, one in accesses(own_office).search(Wanted(kind="access"), 9).records]
    assert outcomes == ["refused"] * 4 + ["granted"]


def test_a_sealed_record_is_proven_up_to_the_journal(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.CLIENT_MANAGER).get(FACT)
    auditor = log_in(Role.AUDIT_ADMINISTRATOR)
    assert "not sealed yet" in got(auditor, "/0", 409)["reason"]
    seal_accesses(own_office, force=True)
    found = got(auditor, "/0")
    assert (found["holds"], found["sealed"], found["record"]["about"]) == (True, True, "payment-1")
    assert json.loads(found["leaf"])["about"] == "payment-1"
    assert got(auditor, "/999999", 404)["reason"] == "no such record"


def test_faults_are_named(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.CLIENT_MANAGER).get(FACT)
    seal_accesses(own_office, force=True)
    auditor = log_in(Role.AUDIT_ADMINISTRATOR)
    assert got(auditor, "/faults") == []
    next((own_office.settings.home / "access").glob("*.parquet")).write_bytes(b"gone")
    assert "cannot be read" in got(auditor, "/faults")[0]["reason"]


@pytest.mark.parametrize(
    "query",
    ["kind=nonsense", "role=king", "outcome=maybe", "since=soon", "since=1999-12-31", "until=9999-12-31", "limit=0",
     "limit=1001", "after=-1", f"after={2**64}", f"words={'x' * 101}"],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_its_field(own_office: Office, log_in: LogIn, query: str) -> None:
    assert query.partition("=")[0] in got(log_in(Role.AUDIT_ADMINISTRATOR), f"?{query}", 422)["field"]


def test_words_that_no_record_can_hold_find_nothing(own_office: Office, log_in: LogIn) -> None:
    assert got(log_in(Role.AUDIT_ADMINISTRATOR), "?words=%00%27--&actor=%00")["total"] == 0
