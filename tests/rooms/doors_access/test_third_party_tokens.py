"""A third party comes in with a token of its own and is kept to the contract it names, by every door."""

import re

import pytest
from console_cast import LogIn, text
from django.test import Client
from tokens_cast import BY, CONTRACT, HERE, another_contract, made

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.journal.facts import NoticeGiven
from yunyue.kernel import Happening
from yunyue.store.access import Wanted


def test_a_third_party_comes_in_with_its_token_and_sees_one_contracts_evidence(
    own_office: Office, log_in: LogIn
) -> None:
    _token, secret = made(Role.THIRD_PARTY, "facts:read", "comments:write", contract=CONTRACT)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    assert client.post("/evidence/enter", {"token": secret})["Location"] == "/evidence"
    assert "payment-1" in text(client.get("/evidence?type=payment.made"))
    page = text(client.get(f"/evidence/fact/payment-1?contract={CONTRACT}"))
    assert "Checked just now" in page
    assert "Broken" not in page
    for elsewhere in ("/statement", "/journal", "/accounts/tokens", "/accounts/security", "/staff"):
        assert client.get(elsewhere).status_code == 403, elsewhere
    assert client.get("/evidence?contract=another").status_code == 403


def test_the_session_of_a_token_ends_with_it(own_office: Office) -> None:
    from yunyue.doors.web.accounts import tokens

    token, secret = made(Role.THIRD_PARTY, "facts:read", contract=CONTRACT)
    client = Client()
    client.post("/evidence/enter", {"token": secret})
    assert client.get("/evidence").status_code == 200
    tokens.revoke(token, BY)
    assert client.get("/evidence").status_code == 302


def test_a_third_party_comments_and_the_words_are_no_part_of_the_fact(own_office: Office) -> None:
    token, secret = made(Role.THIRD_PARTY, "facts:read", "comments:write", contract=CONTRACT)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.post("/evidence/enter", {"token": secret})
    words = "付款日期与发票不符 <script>alert(1)</script>"
    answer = client.post("/evidence/comment", {"contract": CONTRACT, "about": "payment-1", "text": words})
    assert answer.status_code == 302
    page = text(client.get(answer["Location"]))
    assert "付款日期与发票不符 &lt;script&gt;" in page
    fact = own_office.kernel.facts(CONTRACT)[-1]
    assert (fact.fact.type, fact.fact.actor) == ("evidence.commented", token.account.pseudonym)
    leaf = next(iter(own_office.kernel.journal.leaves(fact.sequence, fact.sequence + 1)))
    assert "付款".encode() not in leaf


def test_a_comment_sent_twice_is_on_record_once(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.THIRD_PARTY)
    shown = re.search(r'name="form" value="([^"]+)"', text(client.get("/evidence/fact/payment-1")))
    assert shown is not None
    form = {"contract": CONTRACT, "about": "payment-1", "text": "复核无误", "form": shown[1]}
    assert client.post("/evidence/comment", form).status_code == 302
    assert client.post("/evidence/comment", form).status_code == 422
    assert client.post("/evidence/comment", {**form, "about": "funds-1"}).status_code == 422
    assert [one.fact.type for one in own_office.kernel.facts(CONTRACT)].count("evidence.commented") == 1


def test_a_token_without_that_scope_does_not_comment(own_office: Office) -> None:
    _token, secret = made(Role.THIRD_PARTY, "facts:read", contract=CONTRACT)
    client = Client()
    client.post("/evidence/enter", {"token": secret})
    size = own_office.kernel.journal.head().size
    form = {"contract": CONTRACT, "about": "payment-1", "text": "x"}
    assert client.post("/evidence/comment", form).status_code == 403
    assert own_office.kernel.journal.head().size == size


@pytest.mark.parametrize("wrong", [{"text": " "}, {"text": "x" * 4001}, {"text": "a\x00b"}, {"about": "no-such-fact"}])
def test_a_wrong_comment_is_refused_and_not_kept(own_office: Office, log_in: LogIn, wrong: dict[str, str]) -> None:
    size = own_office.kernel.journal.head().size
    form = {"contract": CONTRACT, "about": "payment-1", "text": "plain", **wrong}
    assert log_in(Role.THIRD_PARTY).post("/evidence/comment", form).status_code == 422
    assert own_office.kernel.journal.head().size == size


def test_another_roles_token_opens_no_evidence_page(own_office: Office) -> None:
    _token, secret = made()
    assert Client().post("/evidence/enter", {"token": secret}).status_code == 403


READS = ("/contracts/{}/terms", "/contracts/{}/statement", "/contracts/{}/facts", "/contracts/{}/comments")


def test_a_third_party_by_password_reaches_by_the_api_the_contract_its_token_names_only(
    own_office: Office, log_in: LogIn
) -> None:
    from yunyue.doors.web.accounts import tokens
    from yunyue.doors.web.accounts.models import Account

    other = another_contract(own_office)
    client = log_in(Role.THIRD_PARTY)
    holder = Account.objects.get(pk=client.session["_auth_user_id"])
    assert [client.get(HERE + one.format(other)).status_code for one in READS] == [404] * len(READS), "no token yet"
    token = tokens.make(holder, tokens.Asked("supervision", ("facts:read",), CONTRACT, 30), BY, holder)
    assert not isinstance(token, Refused)
    assert [client.get(HERE + one.format(CONTRACT)).status_code for one in READS] == [200] * len(READS)
    assert [client.get(HERE + one.format(other)).status_code for one in READS] == [404] * len(READS)
    assert [one["id"] for one in client.get(f"{HERE}/contracts").json()] == [CONTRACT]
    assert client.get(f"{HERE}/facts/payment-1").status_code == 200
    foreign = own_office.kernel.facts("installation")[0].fact.id
    assert client.get(f"{HERE}/facts/{foreign}").status_code == 404
    tokens.revoke(token[0], BY)
    assert client.get(f"{HERE}/contracts").json() == []


def test_the_console_shows_a_third_party_by_password_its_contract_only(own_office: Office, log_in: LogIn) -> None:
    from yunyue.doors.web.accounts import tokens
    from yunyue.doors.web.accounts.models import Account

    other = another_contract(own_office)
    client = log_in(Role.THIRD_PARTY)
    holder = Account.objects.get(pk=client.session["_auth_user_id"])
    tokens.make(holder, tokens.Asked("supervision", ("facts:read",), CONTRACT, 30), BY, holder)
    assert client.get(f"/statement?contract={CONTRACT}").status_code == 200
    assert client.get(f"/statement?contract={other}").status_code == 400
    assert client.get(f"/evidence?contract={other}").status_code == 404
    assert other not in text(client.get("/evidence"))


def test_no_door_shows_a_third_party_a_fact_or_a_document_of_another_contract(
    own_office: Office, log_in: LogIn
) -> None:
    from yunyue.doors.web.accounts import tokens
    from yunyue.doors.web.accounts.models import Account

    other, kernel = another_contract(own_office), own_office.kernel
    digest = kernel.objects.put(b"%PDF-1.7 of the other contract")
    assert isinstance(digest, str)
    said = NoticeGiven(about="other", subject="s", by="client", channel="letter", document=digest)
    kept = kernel.record(other, [Happening(said, kernel.clock.now(), "notice-there")], BY)
    assert not isinstance(kept, Refused), kept
    pages = ("/journal/fact/notice-there", f"/document/{digest}")
    doors = [*pages, f"{HERE}/facts/notice-there", f"{HERE}/documents/{digest}"]
    client = log_in(Role.THIRD_PARTY)
    holder = Account.objects.get(pk=client.session["_auth_user_id"])
    tokens.make(holder, tokens.Asked("supervision", ("facts:read",), CONTRACT, 30), BY, holder)
    assert [client.get(one).status_code for one in doors] == [404] * len(doors)
    assert client.post("/journal/fact/notice-there/verify").status_code == 404
    refused = accesses(own_office).search(Wanted(actor=holder.pseudonym, outcome="refused"), 20).records
    assert len(refused) == len(doors) + 1, "each of them is on record as a refusal"
    tokens.make(holder, tokens.Asked("supervision there", ("facts:read",), other, 30), BY, holder)
    assert [client.get(one).status_code for one in doors] == [200] * len(doors)


def test_a_third_party_that_asks_for_another_contract_is_refused_and_on_record(
    own_office: Office, log_in: LogIn
) -> None:
    from yunyue.doors.web.accounts import tokens
    from yunyue.doors.web.accounts.models import Account

    other = another_contract(own_office)
    client = log_in(Role.THIRD_PARTY)
    holder = Account.objects.get(pk=client.session["_auth_user_id"])
    tokens.make(holder, tokens.Asked("supervision", ("facts:read",), CONTRACT, 30), BY, holder)
    for address in (f"/?contract={other}", f"/statement?contract={other}", f"{HERE}/contracts/{other}/statement"):
        client.get(address)
    refused = accesses(own_office).search(Wanted(actor=holder.pseudonym, outcome="refused"), 20).records
    assert {one.contract for _position, one in refused} == {other}
    asked = ["GET api-1:statement", "GET console:overview", "GET console:statement"]
    assert sorted(one.what for _position, one in refused) == asked


def test_what_was_kept_while_one_proved_oneself_goes_through_the_gate_and_on_record(
    own_office: Office, log_in: LogIn
) -> None:
    from yunyue.doors.web.accounts.models import Account

    client = log_in(Role.CLIENT_MANAGER)
    holder = Account.objects.get(pk=client.session["_auth_user_id"])
    holder.set_password("Known-pass-phrase-77")
    holder.save()
    client.force_login(holder)
    question = client.post("/accounts/tokens/make", {"name": "n", "scopes": ["contracts:read"], "days": "30"})
    assert question["Location"].startswith("/accounts/prove")
    client.post(question["Location"], {"password": "Known-pass-phrase-77"})
    granted = [one for _at, one in accesses(own_office).search(Wanted(kind="personal"), 10).records]
    assert ("POST accounts:make-token", "granted") in [(one.what, one.outcome) for one in granted]


def test_a_page_resumed_by_an_account_whose_role_changed_meanwhile_is_refused(
    own_office: Office, log_in: LogIn
) -> None:
    from yunyue.doors.web.accounts.models import Account

    client = log_in(Role.SYSTEM_ADMINISTRATOR)
    holder = Account.objects.get(pk=client.session["_auth_user_id"])
    holder.set_password("Known-pass-phrase-77")
    holder.save()
    client.force_login(holder)
    form = {"username": "newcomer", "person": "A", "role": "engineer", "tenant": ""}
    question = client.post("/accounts/open", form)
    assert question["Location"].startswith("/accounts/prove")
    Account.objects.filter(pk=holder.pk).update(role=Role.ENGINEER)
    assert client.post(question["Location"], {"password": "Known-pass-phrase-77"}).status_code == 403
    assert not Account.objects.filter(username="newcomer").exists()
    (refused,) = [one for _at, one in accesses(own_office).search(Wanted(outcome="refused"), 10).records]
    assert refused.what == "POST accounts:open"
