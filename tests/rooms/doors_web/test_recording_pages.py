"""What happened is recorded, or proposed and approved, through forms; whatever is wrong changes nothing."""

import html
import re
from typing import Any

import contract_year
import pytest
from console_cast import LogIn, text
from django.test import Client
from form_cast import ASK, AT, PDF, form_of, paper, sent

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import BUSINESS, Role
from yunyue.doors.web.console.recording.documents import LARGEST
from yunyue.journal.facts import KINDS, FundsArrived, PaymentMade, RectificationOrdered
from yunyue.people.duties import recordable
from yunyue.people.proposals import proposals


def size(office: Office) -> int:
    return office.kernel.journal.head().size


def proposed(client: Client, amount: str = "1000.00") -> str:
    """Propose a payment of the second instalment; the proposal's address."""
    status, where = sent(client, "payment.made", instalment="2", amount=amount, document=paper())
    assert status == 302, where
    return where


def decide(client: Client, address: str, **values: str) -> int:
    """Decide at a proposal's page, with a fresh form."""
    form = form_of(client, address)
    plain, _, query = address.partition("?")
    return client.post(f"{plain}/decision?{query}", {"form": form, **values}).status_code


@pytest.mark.parametrize("role", sorted(BUSINESS))
def test_each_role_is_offered_what_it_may_record_and_each_form_opens(office: Office, log_in: LogIn, role: Role) -> None:
    client = log_in(role)
    page = text(client.get(f"/record{ASK}"))
    offered = set(re.findall(r'href="/record/([a-z._]+)\?', page))
    assert offered == {kind.type for kind in recordable(role)}
    for kind in offered:
        assert client.get(f"/record/{kind}{ASK}").status_code == 200, kind


@pytest.mark.parametrize("role", sorted(BUSINESS))
def test_no_role_reaches_the_form_of_what_is_not_its_own(office: Office, log_in: LogIn, role: Role) -> None:
    client = log_in(role)
    for kind in KINDS:
        if kind not in recordable(role):
            assert client.get(f"/record/{kind.type}{ASK}").status_code == 404, kind
            assert client.post(f"/record/{kind.type}{ASK}", {"at": AT}).status_code == 404, kind


def test_what_one_person_may_record_is_recorded_as_said(own_office: Office, log_in: LogIn) -> None:
    status, where = sent(log_in(Role.CLIENT_APPROVER), "funds.arrived", instalment="2")
    assert (status, where.startswith("/journal/fact/form-")) == (302, True)
    last = own_office.kernel.facts("beijing-2024")[-1].fact
    assert last.data == FundsArrived(instalment=2)
    assert last.time.isoformat() == "2024-10-19T10:00:00+08:00"


def test_the_preview_shows_before_and_after_and_records_nothing(own_office: Office, log_in: LogIn) -> None:
    before = size(own_office)
    client = log_in(Role.CLIENT_MANAGER, language="en")
    status, page = sent(client, "payment.made", "preview", instalment="2", amount="575038.32", document=paper())
    assert status == 200
    row = re.search(r"<tr>(?:(?!</tr>).)*Pay instalment 2(?:(?!</tr>).)*</tr>", page, re.DOTALL)
    assert row is not None
    assert "Open" in row[0] or "Waiting" in row[0]
    assert "Done" in row[0]
    assert size(own_office) == before


def test_the_document_of_a_preview_need_not_be_handed_in_again(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    _, page = sent(client, "payment.made", "preview", instalment="2", amount="5.00", document=paper())
    kept = re.search(r'type="hidden" name="document" value="(sha256:[0-9a-f]{64})"', page)
    assert kept is not None
    assert sent(client, "payment.made", instalment="2", amount="5.00", document=kept[1])[0] == 302


def test_a_payment_is_proposed_by_one_and_approved_by_another(own_office: Office, log_in: LogIn) -> None:
    address = proposed(log_in(Role.CLIENT_MANAGER))
    assert not any(_is_second(one.fact.data) for one in own_office.kernel.facts("beijing-2024"))
    assert decide(log_in(Role.CLIENT_APPROVER), address, decision="approve") == 302
    paid = [one.fact.data for one in own_office.kernel.facts("beijing-2024") if _is_second(one.fact.data)]
    assert [str(one.amount) for one in paid if isinstance(one, PaymentMade)] == ["1000.00"]


def _is_second(said: object) -> bool:
    return isinstance(said, PaymentMade) and said.instalment == 2


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLIENT_APPROVER])
def test_nobody_but_an_approver_approves_a_payment(own_office: Office, log_in: LogIn, role: Role) -> None:
    address = proposed(log_in(Role.CLIENT_MANAGER))
    before = size(own_office)
    form = form_of(log_in(Role.CLIENT_APPROVER), address)
    plain, _, query = address.partition("?")
    answer = log_in(role).post(f"{plain}/decision?{query}", {"form": form, "decision": "approve"})
    assert answer.status_code in (403, 409)
    assert size(own_office) == before


def test_the_one_who_proposed_gets_no_button_to_approve_and_may_take_it_back(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    address = proposed(client)
    assert 'value="approve"' not in text(client.get(address))
    assert decide(client, address, decision="approve") == 422
    assert decide(client, address, decision="reject", reason="a mistake") == 302
    assert proposals(own_office.kernel.facts("beijing-2024"))[0].state == "rejected"


def test_sending_back_takes_a_reason_and_shows_it(own_office: Office, log_in: LogIn) -> None:
    address = proposed(log_in(Role.CLIENT_MANAGER))
    approver = log_in(Role.CLIENT_APPROVER)
    assert decide(approver, address, decision="reject", reason="") == 422
    assert decide(approver, address, decision="reject", reason="the invoice is torn") == 302
    assert "the invoice is torn" in text(approver.get(address))


def test_the_same_form_sent_twice_records_once(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_APPROVER, language="en")
    address = f"/record/funds.arrived{ASK}"
    given = {"form": form_of(client, address), "at": AT, "step": "record", "instalment": "2"}
    assert client.post(address, given).status_code == 302
    before = size(own_office)
    again = client.post(address, given)
    assert again.status_code == 409
    assert "this form was sent already" in html.unescape(text(again))
    assert 'value="record"' not in text(again)
    assert size(own_office) == before


def test_a_stale_form_changes_nothing_and_says_so(own_office: Office, log_in: LogIn) -> None:
    address = proposed(log_in(Role.CLIENT_MANAGER))
    approver = log_in(Role.CLIENT_APPROVER, language="en")
    form = form_of(approver, address)
    assert sent(log_in(Role.CLIENT_APPROVER), "funds.arrived", instalment="2")[0] == 302
    before = size(own_office)
    plain, _, query = address.partition("?")
    answer = approver.post(f"{plain}/decision?{query}", {"form": form, "decision": "approve"})
    assert answer.status_code == 409
    assert "1 facts were recorded since" in text(answer)
    assert size(own_office) == before


def test_a_form_is_good_for_its_own_account_and_kind_only(own_office: Office, log_in: LogIn) -> None:
    mine, other = log_in(Role.CLIENT_APPROVER), log_in(Role.CLIENT_APPROVER)
    given = {"at": AT, "step": "record", "instalment": "2"}
    address = f"/record/funds.arrived{ASK}"
    before = size(own_office)
    for form in (
        form_of(other, address),
        form_of(mine, f"/record/material.lent{ASK}"),
        "",
        "made-up",
        form_of(mine, address)[:-2],
    ):
        assert mine.post(address, {**given, "form": form}).status_code == 409
    assert size(own_office) == before


def test_a_form_of_yesterday_has_expired(own_office: Office, log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from yunyue.doors.web.console.recording import ticket

    client = log_in(Role.CLIENT_APPROVER, language="en")
    monkeypatch.setattr(ticket, "SECONDS", -1)
    status, page = sent(client, "funds.arrived", instalment="2")
    assert status == 409
    assert "more than a day old" in page


def test_a_form_from_elsewhere_is_refused(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_APPROVER)
    client.handler.enforce_csrf_checks = True
    assert client.post(f"/record/funds.arrived{ASK}", {"at": AT}).status_code == 403


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("funds.arrived", {"instalment": "9"}, "funds.arrived.instalment"),
        ("funds.arrived", {"instalment": "two"}, "funds.arrived.instalment"),
        ("funds.arrived", {"instalment": "2", "at": "2031-01-01T00:00"}, "time"),
        ("funds.arrived", {"instalment": "2", "at": "noon"}, "at"),
        ("invoice.received", {"instalment": "2", "amount": "1.234"}, "invoice.received"),
        ("invoice.received", {"instalment": "2", "amount": "99999999.00"}, "invoice.received.amount"),
    ],
)
def test_what_does_not_fit_is_refused_by_field_and_records_nothing(
    own_office: Office, log_in: LogIn, kind: str, values: dict[str, str], field: str
) -> None:
    before = size(own_office)
    more: dict[str, Any] = {"document": paper()} if kind == "invoice.received" else {}
    status, page = sent(log_in(Role.CLIENT_APPROVER), kind, "record", **{**values, **more})
    assert status == 422
    assert f"<code>{field}" in page
    assert size(own_office) == before


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.pdf", "the document is empty"),
        (b"<html><script>alert(1)</script>", "scan.pdf", "documents are PDF"),
        (b"MZ\x90\x00 a program", "invoice.pdf", "documents are PDF"),
        (b"#!/bin/sh", "../../../etc/passwd", "documents are PDF"),
        (b"%PDF-" + b"0" * LARGEST, "large.pdf", "at most 20 MB"),
    ],
)
def test_a_hostile_document_is_refused_clearly(
    own_office: Office, log_in: LogIn, content: bytes, name: str, words: str
) -> None:
    before = size(own_office)
    client = log_in(Role.CLIENT_MANAGER, language="en")
    status, page = sent(client, "payment.made", instalment="2", amount="5.00", document=paper(content, name))
    assert status == 422
    assert words in page
    assert size(own_office) == before


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\x.pdf", "a\x00b.pdf", "%2e%2e%2fx", "<script>.pdf"])
def test_the_name_of_a_document_counts_for_nothing(own_office: Office, log_in: LogIn, name: str) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    status, where = sent(client, "payment.made", instalment="2", amount="5.00", document=paper(name=name))
    assert status == 302
    page = text(client.get(where))
    assert "<script>.pdf" not in page
    found = re.search(r'href="/document/(sha256:[0-9a-f]{64})"', page)
    assert found is not None
    answer = client.get(f"/document/{found[1]}")
    assert answer.content == PDF
    assert re.fullmatch(r'attachment; filename="[0-9a-f]{16}\.pdf"', answer["Content-Disposition"])
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_only_documents_that_facts_name_are_given_out(own_office: Office, log_in: LogIn) -> None:
    kernel = own_office.kernel
    hidden = kernel.objects.put(b"%PDF-1.7 of another matter")
    client = log_in(Role.CLIENT_MANAGER)
    assert client.get(f"/document/{hidden}").status_code == 404
    assert client.get("/document/..%2F..%2Fsecret-key").status_code == 404
    assert client.get("/document/sha256:00").status_code == 404


def test_only_what_could_have_been_handed_in_is_taken_as_a_document(own_office: Office, log_in: LogIn) -> None:
    terms = own_office.kernel.facts("beijing-2024")[0].fact.data
    digest = str(getattr(terms, "terms"))  # noqa: B009  # the field of another kind of fact than the type says
    status, page = sent(log_in(Role.CLIENT_MANAGER), "payment.made", instalment="2", amount="5.00", document=digest)
    assert status == 422
    assert "<code>document</code>" in page


SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"


def test_script_in_a_text_field_is_shown_as_text_everywhere(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    status, where = sent(
        client, "rectification.ordered", notice="n-x", about=SCRIPT, deadline="2024-11-20", document=paper()
    )
    assert status == 302, where
    assert any(isinstance(one.fact.data, RectificationOrdered) for one in own_office.kernel.facts("beijing-2024"))
    pages = ("/today", "/rectifications", "/statement", "/", "/journal", where, "/record/rectification.reported")
    for role in (Role.CLIENT_MANAGER, Role.SERVICE_MANAGER):
        reader = log_in(role)
        for page in pages:
            shown = text(reader.get(page))
            assert "<script>alert" not in shown, page
            assert "<img src=x" not in shown, page
    assert "&lt;script&gt;alert" in text(client.get("/rectifications"))


def test_script_in_every_field_of_every_form_comes_back_escaped(own_office: Office, log_in: LogIn) -> None:
    before = size(own_office)
    for role in sorted(BUSINESS):
        client = log_in(role)
        for kind in recordable(role):
            address = f"/record/{kind.type}{ASK}"
            values = dict.fromkeys((*kind.__struct_fields__, "at", "step"), SCRIPT)
            for answer in (client.get(address, {**values, "contract": "beijing-2024"}), client.post(address, values)):
                assert answer.status_code in (200, 409, 422), kind
                assert "<script>alert" not in text(answer), kind
                assert "<img src=x" not in text(answer), kind
    assert size(own_office) == before


def test_a_consent_is_given_from_the_register_of_staff(own_office: Office, log_in: LogIn) -> None:
    provider, manager = log_in(Role.SERVICE_MANAGER), log_in(Role.CLIENT_MANAGER)
    assert sent(provider, "staff.assigned", person="p-1", post="manager", replaces="")[0] == 422
    assert sent(provider, "staff.proposed", person="p-1", post="manager", replaces="")[0] == 302
    page = text(manager.get("/staff"))
    assert "/record/staff.consented?" in page
    assert sent(provider, "staff.assigned", person="p-1", post="manager", replaces="")[0] == 422
    assert sent(manager, "staff.consented", person="p-1", change="assignment", document=paper())[0] == 302
    assert sent(provider, "staff.assigned", person="p-1", post="manager", replaces="")[0] == 302


def test_the_papers_of_the_staff_are_not_for_a_third_party(own_office: Office, log_in: LogIn) -> None:
    sent(log_in(Role.SERVICE_MANAGER), "confidentiality.signed", person="p-1", document=paper(b"%PDF-1.7 signed"))
    digest = own_office.kernel.objects.put(b"%PDF-1.7 signed")
    assert log_in(Role.CLIENT_MANAGER).get(f"/document/{digest}").status_code == 200
    assert log_in(Role.THIRD_PARTY).get(f"/document/{digest}").status_code == 404
    assert contract_year.CONTRACT in own_office.kernel.contracts()
