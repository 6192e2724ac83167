"""A tenant user sees its own department's orders, targets and samples, on every page and operation, and no other's."""

import json

import pytest
from console_cast import LogIn, text

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.monitor.watching import targets

OURS, THEIRS = "dept-1", "dept-2"
WANTED = {"item": "monitor-probes", "kind": "tcp", "target": "127.0.0.1:9", "interval_s": "30"}


def test_a_tenant_user_orders_for_its_own_department_whatever_the_form_says(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.TENANT_USER, tenant=THEIRS)
    assert client.post("/monitoring/order", {**WANTED, "tenant": OURS}).status_code == 302
    assert targets("beijing-2024")[0].order.tenant == THEIRS


def test_a_tenant_user_orders_for_its_own_department_only_by_the_api(own_office: Office, log_in: LogIn) -> None:
    wish = {
        "service": "monitor",
        "item": "monitor-probes",
        "quantity": "1",
        "tenant": OURS,
        "deliver_by": "2024-11-01",
        "parameters": {"kind": "tcp", "target": "127.0.0.1:9"},
    }
    size = own_office.kernel.journal.head().size
    answer = log_in(Role.TENANT_USER, tenant=THEIRS).post(
        "/api/v1/contracts/beijing-2024/orders", json.dumps(wish), content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer.json()["field"] == "tenant"
    assert own_office.kernel.journal.head().size == size


def test_an_order_for_no_department_is_refused(own_office: Office, log_in: LogIn) -> None:
    answer = log_in(Role.CLIENT_MANAGER).post("/monitoring/order", WANTED)
    assert answer.status_code == 422
    assert "order.placed.tenant" in text(answer)


def test_ones_own_targets_are_there(office: Office, log_in: LogIn) -> None:
    client = log_in(Role.TENANT_USER, tenant=OURS)
    assert "order-1" in text(client.get("/monitoring"))
    assert client.get("/monitoring/latency/order-1").status_code == 200


def test_the_verdicts_over_all_departments_are_not_a_tenants(office: Office, log_in: LogIn) -> None:
    assert "98.711" not in text(log_in(Role.TENANT_USER, tenant=OURS).get("/monitoring"))
    assert "98.711" in text(log_in(Role.CLIENT_MANAGER).get("/monitoring"))


@pytest.mark.parametrize("address", ["/monitoring/latency/order-1", "/monitoring/latency/order-2"])
def test_the_samples_of_another_department_are_as_if_they_were_not(office: Office, log_in: LogIn, address: str) -> None:
    assert log_in(Role.TENANT_USER, tenant=THEIRS).get(address).status_code == 404
