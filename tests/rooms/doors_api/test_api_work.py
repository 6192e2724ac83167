"""Orders, tickets and papers by the API: what the console does, refused where the console refuses."""

import csv
import io
from typing import Any

import pytest
from console_cast import LogIn
from django.test import Client

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role

HERE = "/api/v1/contracts/beijing-2024"
WISH = {
    "service": "monitor",
    "item": "monitor-site",
    "quantity": "2",
    "tenant": "dept-1",
    "deliver_by": "2024-12-01",
    "parameters": {"kind": "tcp", "target": "192.0.2.1:9"},
}


def asked(client: Client, address: str, status: int = 200) -> Any:
    answer = client.get(HERE + address)
    assert answer.status_code == status, answer.content
    return answer.json()


def told(client: Client, address: str, values: object, status: int) -> Any:
    answer = client.post(HERE + address, values, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def ordered(log_in: LogIn) -> str:
    order: str = told(log_in(Role.CLIENT_MANAGER), "/orders", WISH, 201)["order"]
    told(log_in(Role.CLIENT_APPROVER), f"/orders/{order}/approval", {}, 204)
    return order


def test_an_order_is_placed_approved_changed_and_ended(own_office: Office, log_in: LogIn) -> None:
    order, manager = ordered(log_in), log_in(Role.CLIENT_MANAGER)
    change = told(manager, f"/orders/{order}/changes", {"reason": "more", "quantity": "3"}, 201)["change"]
    assert asked(manager, f"/orders/{order}")["waiting"] == [change]
    told(log_in(Role.CLIENT_APPROVER), f"/changes/{change}/approval", {}, 204)
    found = asked(manager, f"/orders/{order}")
    assert (found["quantity"], found["state"], found["waiting"]) == ("3", "delivered", [])
    told(manager, f"/orders/{order}/end", {"reason": "not needed"}, 204)
    assert asked(manager, f"/orders/{order}")["state"] == "cancelled"
    assert told(manager, f"/orders/{order}/end", {"reason": "again"}, 422)["clause"] == "C37"


def test_an_order_that_ended_is_not_approved_afterwards(own_office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    order = told(manager, "/orders", WISH, 201)["order"]
    told(manager, f"/orders/{order}/end", {"reason": "not needed"}, 204)
    found = told(log_in(Role.CLIENT_APPROVER), f"/orders/{order}/approval", {}, 422)
    assert (found["field"], found["clause"]) == ("order.approved.order", "C37")
    assert asked(manager, f"/orders/{order}")["state"] == "cancelled"


def test_what_is_left_goes_down_with_every_order(own_office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    before = asked(manager, "/budget")
    ordered(log_in)
    after = asked(manager, "/budget")
    item = next(one for one in after["items"] if one["item"] == "monitor-site")
    assert float(after["free"]) == pytest.approx(float(before["free"]) - 2 * float(item["unit_price"]))


def test_a_change_beyond_the_contract_is_422_with_its_clause(own_office: Office, log_in: LogIn) -> None:
    order, manager = ordered(log_in), log_in(Role.CLIENT_MANAGER)
    assert told(manager, f"/orders/{order}/changes", {"reason": "x", "quantity": "9999999"}, 422)["clause"] == "C02"
    late = {"reason": "x", "deliver_by": "2030-01-01"}
    assert told(manager, f"/orders/{order}/changes", late, 422)["clause"] == "C01"


def test_an_order_of_another_department_is_as_if_it_were_not(own_office: Office, log_in: LogIn) -> None:
    order, stranger = ordered(log_in), log_in(Role.TENANT_USER, tenant="dept-9")
    asked(stranger, f"/orders/{order}", 404)
    told(stranger, f"/orders/{order}/changes", {"reason": "x", "quantity": "1"}, 404)
    assert asked(stranger, "/orders") == []


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.SERVICE_MANAGER, Role.AUDIT_ADMINISTRATOR, Role.THIRD_PARTY])
def test_who_may_not_order_changes_and_ends_nothing(own_office: Office, log_in: LogIn, role: Role) -> None:
    order, size = ordered(log_in), own_office.kernel.journal.head().size
    client = log_in(role)
    told(client, f"/orders/{order}/changes", {"reason": "x", "quantity": "1"}, 401)
    told(client, f"/orders/{order}/end", {"reason": "x"}, 401)
    assert own_office.kernel.journal.head().size == size


def test_cost_and_usage_come_as_focus(office: Office, log_in: LogIn) -> None:
    answer = log_in(Role.AUDIT_ADMINISTRATOR).get(f"{HERE}/focus.csv")
    found = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert found[0]["ChargeCategory"] == "Purchase"
    assert (answer["X-Unpriced-Meters"], found[0]["x_UnpricedMeters"]) == ("", "")
    assert log_in(Role.AUDIT_ADMINISTRATOR).get(f"{HERE}/focus.parquet").content[:4] == b"PAR1"


def test_a_ticket_is_opened_answered_solved_and_closed(own_office: Office, log_in: LogIn) -> None:
    department, engineer = log_in(Role.TENANT_USER), log_in(Role.ENGINEER)
    ticket = told(department, "/tickets", {"severity": 1, "about": "nothing answers"}, 201)["ticket"]
    for client, kind in ((engineer, "answered"), (engineer, "resolved"), (department, "closed")):
        told(client, f"/tickets/{ticket}/steps", {"kind": f"ticket.{kind}", "text": "done"}, 204)
    found = asked(engineer, f"/tickets/{ticket}")
    assert (found["state"], found["tenant"], found["response"]["state"]) == ("closed", "dept-1", "done")
    assert found["response"]["allowed_s"] == 600


def test_a_department_opens_no_ticket_about_an_order_of_another(own_office: Office, log_in: LogIn) -> None:
    order, stranger = ordered(log_in), log_in(Role.TENANT_USER, tenant="dept-9")
    size = own_office.kernel.journal.head().size
    wanted = {"severity": 1, "about": "is it there?"}
    refused = told(stranger, "/tickets", {**wanted, "order": order}, 422)
    unknown = told(stranger, "/tickets", {**wanted, "order": "order-nobody-has"}, 422)
    assert refused["reason"].replace(order, "order-nobody-has") == unknown["reason"]
    assert own_office.kernel.journal.head().size == size
    told(log_in(Role.TENANT_USER), "/tickets", {**wanted, "order": order}, 201)


def test_what_is_sent_again_under_the_senders_own_id_is_taken_once(own_office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    assert told(manager, "/orders", {**WISH, "id": "mine-1"}, 201)["order"] == "mine-1"
    told(manager, "/tickets", {"severity": 4, "about": "how?", "id": "mine-2"}, 201)
    size = own_office.kernel.journal.head().size
    told(manager, "/orders", {**WISH, "id": "mine-1"}, 422)
    told(manager, "/tickets", {"severity": 4, "about": "how?", "id": "mine-2"}, 422)
    assert own_office.kernel.journal.head().size == size


def test_a_ticket_tells_its_steps_and_a_third_party_no_notes(own_office: Office, log_in: LogIn) -> None:
    engineer = log_in(Role.ENGINEER)
    ticket = told(log_in(Role.TENANT_USER), "/tickets", {"severity": 1, "about": "nothing answers"}, 201)["ticket"]
    told(engineer, f"/tickets/{ticket}/steps", {"kind": "ticket.answered", "text": "looking"}, 204)
    (step,) = asked(engineer, f"/tickets/{ticket}")["steps"]
    assert (step["type"], step["text"]) == ("ticket.answered", "looking")
    (step,) = asked(log_in(Role.THIRD_PARTY), f"/tickets/{ticket}")["steps"]
    assert (step["type"], step["text"]) == ("ticket.answered", "")


def test_steps_of_another_role_state_or_department_are_refused(own_office: Office, log_in: LogIn) -> None:
    department = log_in(Role.TENANT_USER)
    ticket = told(department, "/tickets", {"severity": 4, "about": "how?"}, 201)["ticket"]
    step = f"/tickets/{ticket}/steps"
    told(department, step, {"kind": "ticket.answered", "text": "x"}, 403)
    told(log_in(Role.ENGINEER), step, {"kind": "ticket.resolved", "text": "x"}, 422)
    told(log_in(Role.ENGINEER), step, {"kind": "ticket.escalated", "text": "x"}, 422)
    told(log_in(Role.TENANT_USER, tenant="dept-9"), step, {"kind": "ticket.commented", "text": "x"}, 404)
    told(log_in(Role.THIRD_PARTY), step, {"kind": "ticket.commented", "text": "x"}, 403)
    assert asked(log_in(Role.TENANT_USER, tenant="dept-9"), "/tickets") == []


def test_a_paper_is_made_as_pdf_or_docx_and_refused_with_its_reason(office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    assert manager.get(f"{HERE}/papers/settlement-statement.pdf").content.startswith(b"%PDF")
    assert manager.get(f"{HERE}/papers/order-sheet.docx?order=order-1").content.startswith(b"PK")
    assert asked(manager, "/papers/order-sheet.pdf", 422)["field"] == "order"
    assert asked(manager, "/papers/nothing.pdf", 422)["field"] == "code"
    codes = {one["code"] for one in manager.get("/api/v1/papers").json()}
    assert {"work-plan", "change-sheet", "score-sheet", "archive-index"} <= codes


def test_a_third_party_makes_no_papers(office: Office, log_in: LogIn) -> None:
    asked(log_in(Role.THIRD_PARTY), "/papers/staff-list.pdf", 401)
