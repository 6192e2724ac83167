"""Monitoring for programs says what the console shows, to the same people, and does what they may do there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from console_cast import LogIn, _office
from contract_year import CONTRACT
from django.test import Client
from watch_cast import ORDER, OUTAGE_MINUTES, host_folder, watched

from yunyue.doors.monitor.board import Boards
from yunyue.doors.office import Office, open_office
from yunyue.doors.web.accounts.roles import Role
from yunyue.services.monitor.alerts.register import alerts
from yunyue.services.monitor.content.findings import findings

BASE = f"/api/v1/contracts/{CONTRACT}/monitor"


@pytest.fixture(scope="module")
def watched_office(told: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with a watched past, which these tests only read."""
    for office in _office(tmp_path_factory.mktemp("watched-api")):
        watched(office)
        yield office


@pytest.fixture
def office(watched_office: Office) -> Office:
    open_office(watched_office)
    return watched_office


@pytest.fixture
def changing(own_office: Office) -> Office:
    watched(own_office)
    return own_office


def got(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"{BASE}/{path}")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def sent(client: Client, method: str, path: str, body: object) -> int:
    call = {"POST": client.post, "PUT": client.put}[method]
    return call(f"{BASE}/{path}", json.dumps(body), content_type="application/json").status_code


class TestReading:
    def test_targets_are_told_with_days_and_incidents(self, office: Office, log_in: LogIn) -> None:
        (target,) = got(log_in(Role.ENGINEER), "targets")
        assert (target["order"], target["state"], len(target["days"])) == (ORDER, "up", 30)
        assert {one["id"] for one in target["incidents"]} == {"i-1", "i-2"}

    def test_results_come_newest_first(self, office: Office, log_in: LogIn) -> None:
        found = got(log_in(Role.ENGINEER), f"results/{ORDER}?limit=3")
        assert len(found) == 3
        assert found[0]["ts"] >= found[-1]["ts"]

    @pytest.mark.parametrize(("method", "count"), [("", 1), ("&method=M5", 1), ("&method=all", 6)])
    def test_budgets_are_told_by_any_method(self, office: Office, log_in: LogIn, method: str, count: int) -> None:
        path = f"budgets/monitor-availability?month=2024-10{method}"
        found = got(log_in(Role.THIRD_PARTY), path)
        assert len(found) == count
        assert sum(one["agreed"] for one in found) == (0 if "M5" in method else 1)

    def test_a_dispute_names_minutes_people_and_files(self, office: Office, log_in: LogIn) -> None:
        path = f"dispute/monitor-availability/{ORDER}?start=2024-10-18T10:00&end=2024-10-18T11:00"
        found = got(log_in(Role.CLIENT_APPROVER), path)
        assert len(found["minutes"]) == OUTAGE_MINUTES
        assert found["segments"][0]["fact"].startswith("sealed-")

    @pytest.mark.parametrize(
        ("path", "status", "field"),
        [
            ("results/none", 404, "order"),
            ("budgets/none?month=2024-10", 404, "objective"),
            ("budgets/monitor-coverage?month=1999-01", 422, "month"),
            (f"dispute/none/{ORDER}?start=2024-10-18T10:00&end=2024-10-18T11:00", 404, "objective"),
            ("dispute/monitor-coverage/none?start=2024-10-18T10:00&end=2024-10-18T11:00", 404, "order"),
            (f"dispute/monitor-coverage/{ORDER}?start=2024-10-18T11:00&end=2024-10-18T10:00", 422, "start"),
            (f"dispute/monitor-coverage/{ORDER}?start=0001-01-01T00:00&end=0001-01-01T01:00", 422, "start"),
            (f"dispute/monitor-coverage/{ORDER}?start=2024-10-01T00:00&end=2024-10-18T01:00", 422, "start"),
        ],
    )
    def test_what_cannot_be_answered_is_refused_by_field(
        self, office: Office, log_in: LogIn, path: str, status: int, field: str
    ) -> None:
        assert got(log_in(Role.CLIENT_MANAGER), path, status)["field"] == field

    @pytest.mark.parametrize("path", ["targets", "findings", "alerts", "maintenance", "points", "boards"])
    def test_a_contract_there_is_not_is_not_found(self, office: Office, log_in: LogIn, path: str) -> None:
        assert log_in(Role.CLIENT_MANAGER).get(f"/api/v1/contracts/none/monitor/{path}").status_code == 404

    def test_points_come_without_secrets(self, office: Office, log_in: LogIn) -> None:
        (point,) = got(log_in(Role.ENGINEER), "points")
        assert (point["name"], point["skew_ms"]) == ("haidian", -1500)
        assert not {"secret", "certificate"} & point.keys()

    @pytest.mark.parametrize("path", ["targets", "findings", "alerts", "boards"])
    def test_another_department_is_told_nothing(self, office: Office, log_in: LogIn, path: str) -> None:
        assert got(log_in(Role.TENANT_USER, tenant="dept-2"), path) == []
        got(log_in(Role.TENANT_USER, tenant="dept-2"), f"results/{ORDER}", 404)


class TestActing:
    def test_a_finding_is_judged_by_who_may(self, changing: Office, log_in: LogIn) -> None:
        finding = findings(changing.hosting.host(CONTRACT, "monitor"))[0].id
        said = {"state": "accepted", "reason": "until spring"}
        assert sent(log_in(Role.ENGINEER), "POST", f"findings/{finding}/judgement", said) == 422
        assert sent(log_in(Role.CLIENT_APPROVER), "POST", f"findings/{finding}/judgement", said) == 204
        assert sent(log_in(Role.ENGINEER), "POST", "findings/none/judgement", said) == 404
        (judged,) = [o for o in findings(changing.hosting.host(CONTRACT, "monitor")) if o.id == finding]
        assert judged.state == "accepted"

    def test_an_alert_is_taken_on_once(self, changing: Office, log_in: LogIn) -> None:
        (alert,) = alerts(host_folder(changing))
        path = f"alerts/{alert.number}/acknowledgement"
        assert sent(log_in(Role.ENGINEER), "POST", path, {"why": "on it"}) == 204
        assert sent(log_in(Role.ENGINEER), "POST", path, {}) == 422
        assert sent(log_in(Role.ENGINEER), "POST", "alerts/999/acknowledgement", {}) == 404

    def test_boards_are_kept_and_deleted(self, changing: Office, log_in: LogIn) -> None:
        client = log_in(Role.SERVICE_MANAGER)
        board = {"title": "T", "panels": [{"type": "wall", "title": "all"}]}
        assert sent(client, "PUT", "boards/ops", board) == 200
        assert [one["name"] for one in got(client, "boards")] == ["ops"]
        assert sent(client, "PUT", "boards/ops", {"title": ""}) == 422
        assert client.delete(f"{BASE}/boards/ops").status_code == 204
        assert client.delete(f"{BASE}/boards/ops").status_code == 404
        assert Boards(host_folder(changing)).all() == ()

    def test_a_status_page_is_opened_and_closed(self, changing: Office, log_in: LogIn) -> None:
        client = log_in(Role.TENANT_USER)
        page = {"title": "T", "tenant": "dept-9", "targets": [{"order": ORDER, "name": "Portal"}]}
        assert sent(client, "PUT", "status/dept-one", page) == 200
        assert Client().get("/status/dept-one").status_code == 200
        assert sent(client, "PUT", "status/x", page) == 422
        (listed,) = got(client, "status")
        assert (listed["slug"], listed["tenant"], listed["targets"][0]["name"]) == ("dept-one", "dept-1", "Portal")
        assert got(log_in(Role.CLIENT_MANAGER), "status") == [listed]
        assert got(log_in(Role.TENANT_USER, tenant="dept-2"), "status") == []
        assert log_in(Role.TENANT_USER, tenant="dept-2").delete(f"{BASE}/status/dept-one").status_code == 404
        assert client.delete(f"{BASE}/status/dept-one").status_code == 204
        assert Client().get("/status/dept-one").status_code == 404


class TestNames:
    def test_a_tenant_user_is_told_the_word_of_their_own_department(self, office: Office, log_in: LogIn) -> None:
        path = "names/www.example.gov.cn?tenant="
        mine = got(log_in(Role.TENANT_USER), path + "somebody-else")
        assert mine["word"].startswith("yunyue-proof=")
        assert mine["dns"] == "_yunyue-challenge.www.example.gov.cn TXT"
        assert not mine["proven"]
        others = got(log_in(Role.CLIENT_MANAGER), path + "somebody-else")
        assert others["word"] != mine["word"]

    def test_addresses_and_nobodys_names_are_refused(self, office: Office, log_in: LogIn) -> None:
        manager = log_in(Role.CLIENT_MANAGER)
        assert got(manager, "names/10.1.2.3?tenant=bureau", 422)["field"] == "name"
        assert got(manager, "names/www.example.gov.cn", 422)["field"] == "tenant"
        got(log_in(Role.ENGINEER), "names/www.example.gov.cn?tenant=bureau", 401)

    def test_what_is_not_published_is_not_proven(self, changing: Office, log_in: LogIn) -> None:
        said = {"means": "http", "tenant": "bureau"}
        assert sent(log_in(Role.CLIENT_MANAGER), "POST", "names/www.yunyue.invalid/proof", said) == 422
