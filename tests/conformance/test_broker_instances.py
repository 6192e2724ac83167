"""The Open Service Broker API 2.17 section by section: service instances from provisioning to deprovisioning."""

from typing import Any

import pytest
from broker_cast import APPROVER, CONTRACT, Platform

from yunyue.doors.office import Office
from yunyue.kernel import Recorder
from yunyue.orders.change import agree
from yunyue.orders.place import approve, end


class TestProvisioning:
    """Provisioning; Polling Last Operation for Service Instances."""

    def test_it_is_accepted_goes_on_until_somebody_approves_and_then_succeeds(
        self, platform: Platform, own_office: Office
    ) -> None:
        answer = platform.provision("i-1")
        assert (answer.status_code, answer.json()) == (202, {"operation": "provision"})
        polled = platform.state("i-1")
        assert polled.json()["state"] == "in progress"
        assert int(polled.headers["Retry-After"]) > 0
        approve(own_office.hosting, CONTRACT, "osb.i-1", APPROVER)
        assert platform.state("i-1").json()["state"] == "succeeded"
        assert platform.provision("i-1").status_code == 200

    def test_without_accepts_incomplete_it_is_422_async_required(self, platform: Platform) -> None:
        answer = platform.provision("i-1", wait=False)
        assert (answer.status_code, answer.json()["error"]) == (422, "AsyncRequired")
        assert platform.state("i-1").status_code == 404

    def test_the_same_request_again_is_202_while_it_goes_on(self, platform: Platform) -> None:
        platform.provision("i-1")
        again = platform.provision("i-1")
        assert (again.status_code, again.json()) == (202, {"operation": "provision"})

    def test_another_request_under_the_same_id_is_409(self, ready: Platform) -> None:
        assert ready.provision("i-1", quantity="2").status_code == 409
        assert ready.provision("i-1", target="192.0.2.2:9").status_code == 409

    def test_an_id_whose_instance_ended_is_409(self, ready: Platform) -> None:
        ready.deprovision("i-1")
        assert ready.provision("i-1").status_code == 409

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"service_id": "x", "plan_id": "y"},
            {"parameters": 7},
            {"parameters": {"quantity": "many"}},
            {"parameters": {"deliver_by": "soon"}},
        ],
    )
    def test_a_malformed_request_is_400(self, platform: Platform, body: dict[str, Any]) -> None:
        named = platform.named if "parameters" in body else {}
        answer = platform.ask("PUT", "service_instances/i-1?accepts_incomplete=true", {**named, **body})
        assert answer.status_code == 400

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000])
    def test_a_body_that_is_no_object_is_400(self, platform: Platform, content: bytes) -> None:
        address = f"/broker/{CONTRACT}/v2/service_instances/i-1?accepts_incomplete=true"
        assert platform.client.put(address, headers=platform.headers, content=content).status_code == 400

    def test_an_endless_body_is_400(self, platform: Platform) -> None:
        address = f"/broker/{CONTRACT}/v2/service_instances/i-1"
        assert platform.client.put(address, headers=platform.headers, content=b" " * 300_000).status_code == 400

    @pytest.mark.parametrize("instance", ["%2e%2e%2fx", "a b", "x" * 101, "-", "%00"])
    def test_an_id_no_order_could_bear_is_refused(self, platform: Platform, instance: str) -> None:
        assert platform.provision(instance).status_code in (400, 404)

    def test_what_the_contract_does_not_allow_is_422_with_its_clause(self, platform: Platform) -> None:
        answer = platform.provision("i-1", quantity="99999999")
        assert answer.status_code == 422
        assert "[C02]" in answer.json()["description"]
        answer = platform.provision("i-1", deliver_by="2030-01-01")
        assert "[C01]" in answer.json()["description"]

    def test_parameters_the_service_does_not_know_are_422(self, platform: Platform) -> None:
        answer = platform.provision("i-1", surprise=1)
        assert answer.status_code == 422
        assert "surprise" in answer.json()["description"]

    def test_an_order_ended_before_it_was_provided_failed(self, platform: Platform, own_office: Office) -> None:
        platform.provision("i-1")
        end(own_office.hosting, CONTRACT, "osb.i-1", "not needed", Recorder("user:9", "/tests"))
        polled = platform.state("i-1").json()
        assert (polled["state"], "not needed" in polled["description"]) == ("failed", True)

    def test_an_unknown_instance_or_operation(self, ready: Platform) -> None:
        assert ready.state("i-9").status_code == 404
        assert ready.state("i-1", "change-9").status_code == 400


class TestFetching:
    """Fetching a Service Instance."""

    def test_it_tells_plan_and_parameters_once_it_is_there(self, ready: Platform) -> None:
        found = ready.get("service_instances/i-1").json()
        assert (found["service_id"], found["plan_id"]) == (ready.service, ready.plan)
        assert found["parameters"]["target"] == "192.0.2.1:9"
        assert found["parameters"]["quantity"] == "1"

    def test_it_is_404_before_and_after(self, platform: Platform, own_office: Office) -> None:
        platform.provision("i-1")
        assert platform.get("service_instances/i-1").status_code == 404
        approve(own_office.hosting, CONTRACT, "osb.i-1", APPROVER)
        platform.deprovision("i-1")
        assert platform.get("service_instances/i-1").status_code == 404

    def test_an_order_that_came_another_way_is_no_instance(self, platform: Platform) -> None:
        assert platform.get("service_instances/order-1").status_code == 404


class TestUpdating:
    """Updating a Service Instance."""

    def test_a_change_goes_on_until_somebody_approves(self, ready: Platform, own_office: Office) -> None:
        answer = ready.update("i-1", parameters={"quantity": "2"})
        operation = answer.json()["operation"]
        assert answer.status_code == 202
        assert ready.state("i-1", operation).json()["state"] == "in progress"
        assert agree(own_office.hosting, CONTRACT, operation, APPROVER) is None
        assert ready.state("i-1", operation).json()["state"] == "succeeded"
        assert ready.get("service_instances/i-1").json()["parameters"]["quantity"] == "2"

    def test_the_same_again_is_202_and_another_is_422_concurrency_error(self, ready: Platform) -> None:
        first = ready.update("i-1", parameters={"quantity": "2"}).json()
        assert ready.update("i-1", parameters={"quantity": "2"}).json() == first
        other = ready.update("i-1", parameters={"quantity": "3"})
        assert (other.status_code, other.json()["error"]) == (422, "ConcurrencyError")
        assert ready.get("service_instances/i-1").json()["error"] == "ConcurrencyError"

    def test_while_it_is_being_provisioned_it_is_422_concurrency_error(self, platform: Platform) -> None:
        platform.provision("i-1")
        answer = platform.update("i-1", parameters={"quantity": "2"})
        assert (answer.status_code, answer.json()["error"]) == (422, "ConcurrencyError")

    def test_without_accepts_incomplete_it_is_422_async_required(self, ready: Platform) -> None:
        answer = ready.update("i-1", wait=False, parameters={"quantity": "2"})
        assert (answer.status_code, answer.json()["error"]) == (422, "AsyncRequired")

    def test_a_change_of_nothing_is_200(self, ready: Platform) -> None:
        assert ready.update("i-1").status_code == 200
        assert ready.update("i-1", plan_id=ready.plan).json() == {}

    def test_another_plan_is_422_and_another_service_400(self, ready: Platform) -> None:
        assert ready.update("i-1", plan_id=ready.other).status_code == 422
        assert ready.ask("PATCH", "service_instances/i-1", {"service_id": "x"}).status_code == 400
        assert ready.update("i-9", parameters={"quantity": "2"}).status_code == 404

    def test_beyond_the_contract_it_is_422_and_nothing_changes(self, ready: Platform) -> None:
        answer = ready.update("i-1", parameters={"quantity": "99999999"})
        assert "[C02]" in answer.json()["description"]
        assert ready.get("service_instances/i-1").json()["parameters"]["quantity"] == "1"


class TestDeprovisioning:
    """Deprovisioning."""

    def test_it_ends_the_order_and_is_410_afterwards(self, ready: Platform, own_office: Office) -> None:
        answer = ready.deprovision("i-1")
        assert (answer.status_code, answer.json()) == (200, {})
        assert ready.deprovision("i-1").status_code == 410
        assert ready.state("i-1").status_code == 410
        kinds = [one.fact.type for one in own_office.kernel.facts(CONTRACT)][-2:]
        assert kinds == ["service.retired", "order.cancelled"]

    def test_during_provisioning_it_halts_it(self, platform: Platform) -> None:
        platform.provision("i-1")
        assert platform.deprovision("i-1").status_code == 200
        assert platform.state("i-1").json()["state"] == "failed"

    def test_an_unknown_instance_is_410_and_a_request_without_ids_400(self, ready: Platform) -> None:
        assert ready.deprovision("i-9").status_code == 410
        assert ready.ask("DELETE", "service_instances/i-1").status_code == 400
        wrong = f"service_instances/i-1?service_id={ready.service}&plan_id={ready.other}"
        assert ready.ask("DELETE", wrong).status_code == 400
