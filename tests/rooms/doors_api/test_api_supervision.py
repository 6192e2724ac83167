"""Score sheets, incidents, documents, the archive and providing again by the API: what the console does, no more."""

from typing import Any

import pytest
from console_cast import LogIn
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role

API = "/api/v1"
HERE = f"{API}/contracts/beijing-2024"
TEMPLATE = {
    "template": "monthly",
    "pattern": "outages",
    "title": "Monthly",
    "criteria": [
        {"code": "down", "title": "Outages", "most": "10", "each": "2"},
        {"code": "late", "title": "Reports", "most": "5", "each": "1"},
    ],
}
LOST = {"criterion": "down", "count": 3, "evidence": ["order-1-placed"]}
SHEET = {"template": "monthly", "month": "2024-05", "service": "monitor", "lost": [LOST]}
INCIDENT = {"order": "order-1", "severity": 1, "about": "down", "time": "2024-06-01T10:00:00+08:00"}


def told(client: Client, address: str, values: object, status: int) -> Any:
    answer = client.post(address, values, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def asked(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def agreed(log_in: LogIn, proposal: str) -> None:
    told(log_in(Role.CLIENT_APPROVER), f"{HERE}/proposals/{proposal}/decision", {"decision": "approve"}, 204)


@pytest.fixture
def manager(own_office: Office, log_in: LogIn) -> Client:
    """Of the client, with a template both sides agreed to."""
    client = log_in(Role.CLIENT_MANAGER)
    put = told(client, f"{HERE}/score-templates", TEMPLATE, 201)
    assert put["waits"]
    agreed(log_in, put["id"])
    return client


def test_a_sheet_is_counted_by_its_template_and_counts_once_another_agreed(manager: Client, log_in: LogIn) -> None:
    (template,) = asked(manager, f"{HERE}/score-templates")
    assert (template["template"], [one["code"] for one in template["criteria"]]) == ("monthly", ["down", "late"])
    put = told(manager, f"{HERE}/scores", SHEET, 201)
    assert put["waits"]
    assert asked(manager, f"{HERE}/registers/scores") == []
    agreed(log_in, put["id"])
    (sheet,) = asked(manager, f"{HERE}/registers/scores")
    assert (sheet["month"], sheet["points"], sheet["score"]) == ("2024-05", "94", "monthly-2024-05-monitor")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"template": "yearly"}, "there is no score template"),
        ({"month": "2025-02"}, "is no month of the term"),
        ({"month": "2024-5"}, "does not take this"),
        ({"lost": [{**LOST, "criterion": "up"}]}, "has no criterion"),
        ({"lost": [LOST, LOST]}, "stands there twice"),
        ({"lost": [{**LOST, "evidence": []}]}, "on evidence only"),
        ({"lost": [{**LOST, "evidence": ["no-such-fact"]}]}, "no fact of this contract"),
        ({"lost": [{**LOST, "points": "101"}]}, "does not take this"),
        ({"service": "a b"}, ""),
    ],
)
def test_a_sheet_that_does_not_fit_is_refused(manager: Client, change: dict[str, object], rule: str) -> None:
    assert rule in told(manager, f"{HERE}/scores", {**SHEET, **change}, 422)["reason"]


def test_an_incident_is_recorded_and_gone_on_with_until_it_is_closed(own_office: Office, log_in: LogIn) -> None:
    engineer = log_in(Role.ENGINEER)
    assert not told(engineer, f"{HERE}/incidents", {**INCIDENT, "incident": "i-1"}, 201)["waits"]
    course = f"{HERE}/incidents/i-1/course"
    told(engineer, course, {"step": "noted", "stage": "cause", "about": "a cable"}, 201)
    told(engineer, course, {"step": "linked", "kind": "fact", "to": "order-1-placed"}, 201)
    told(engineer, course, {"step": "closed"}, 201)
    assert "closed already" in told(engineer, course, {"step": "closed"}, 422)["reason"]
    (found,) = [one for one in asked(engineer, f"{HERE}/registers/incidents") if one["incident"] == "i-1"]
    assert (found["facts"], found["ended"] is not None) == (["order-1-placed"], True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"order": "no-such"}, "incident.opened.order"),
        ({"severity": 5}, "body.wanted.severity"),
        ({"time": "2999-01-01T00:00:00+08:00"}, "time"),
        ({"time": "2024-06-01T10:00:00"}, "time"),
        ({"about": ""}, "incident.opened.about"),
    ],
)
def test_an_incident_that_does_not_fit_is_refused(
    own_office: Office, log_in: LogIn, change: dict[str, object], field: str
) -> None:
    assert told(log_in(Role.ENGINEER), f"{HERE}/incidents", {**INCIDENT, **change}, 422)["field"] == field


def test_a_role_whose_duty_it_is_not_records_no_incident(own_office: Office, log_in: LogIn) -> None:
    told(log_in(Role.CLIENT_APPROVER), f"{HERE}/incidents", INCIDENT, 422)
    told(log_in(Role.TENANT_USER), f"{HERE}/incidents", INCIDENT, 401)


def test_a_document_handed_in_is_read_once_a_fact_names_it(own_office: Office, log_in: LogIn) -> None:
    engineer = log_in(Role.CLIENT_MANAGER)
    answer = engineer.post(f"{API}/documents", {"file": SimpleUploadedFile("../../scan.pdf", b"%PDF-1.7 a scan")})
    assert answer.status_code == 201, answer.content
    digest = answer.json()["digest"]
    assert engineer.get(f"{API}/documents/{digest}").status_code == 404, "no fact names it yet"
    sealed = {"type": "paper.sealed", "time": "2024-06-01T10:00:00+08:00"}
    told(
        engineer,
        f"{HERE}/proposals",
        {**sealed, "data": {"paper": "work-plan", "subject": None, "document": digest}},
        201,
    )
    found = engineer.get(f"{API}/documents/{digest}")
    assert (found.status_code, found.content) == (200, b"%PDF-1.7 a scan")
    assert found["Content-Disposition"].startswith("attachment; ")
    (kept,) = [one for one in asked(engineer, f"{HERE}/archive") if one["digest"] == digest]
    assert (kept["state"], kept["papers"]) == ("kept", ["work-plan"])


@pytest.mark.parametrize("content", [b"", b"MZ a program", b"<html><script>alert(1)</script>"])
def test_what_is_no_document_is_refused(own_office: Office, log_in: LogIn, content: bytes) -> None:
    file = SimpleUploadedFile("scan.pdf", content, "application/pdf")
    answer = log_in(Role.CLIENT_MANAGER).post(f"{API}/documents", {"file": file})
    assert answer.status_code == 422
    assert answer.json()["field"] == "file"


def test_an_order_that_is_delivered_or_unknown_is_not_provided_again(own_office: Office, log_in: LogIn) -> None:
    engineer = log_in(Role.ENGINEER)
    assert told(engineer, f"{HERE}/orders/order-1/provision", {}, 422)["clause"] == "C37"
    told(engineer, f"{HERE}/orders/no-such/provision", {}, 404)


def test_a_line_whose_id_has_a_slash_can_be_asked_about(manager: Client, log_in: LogIn) -> None:
    put = told(manager, f"{HERE}/proposals", SLASHED, 201)
    if put["waits"]:
        agreed(log_in, put["id"])
    assert manager.get(f"{HERE}/why/rework-a/1").status_code == 200
    assert manager.get("/statement/obligation/rework-a/1?contract=beijing-2024").status_code == 200
    assert manager.get("/statement").status_code == 200


SLASHED = {
    "type": "rectification.ordered",
    "time": "2024-06-01T10:00:00+08:00",
    "data": {"notice": "a/1", "about": "slow", "deadline": "2024-07-01", "document": "sha256:" + "0" * 64},
}
