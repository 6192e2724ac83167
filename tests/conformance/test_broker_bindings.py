"""The Open Service Broker API 2.17 section by section: binding and unbinding."""

from broker_cast import Platform
from starlette.testclient import TestClient


class TestBinding:
    """Binding; Fetching a Service Binding; Unbinding."""

    def test_it_gives_a_token_once_that_reads_and_is_revoked_by_unbinding(
        self, ready: Platform, client: TestClient
    ) -> None:
        answer = ready.bind("i-1", "b-1")
        assert answer.status_code == 201
        token = answer.json()["credentials"]["token"]
        bound = Platform(client, token)
        assert bound.get("service_instances/i-1").status_code == 200
        assert bound.provision("i-2").status_code == 403
        tail = f"service_id={ready.service}&plan_id={ready.plan}"
        assert ready.ask("DELETE", f"service_instances/i-1/service_bindings/b-1?{tail}").json() == {}
        assert bound.get("catalog").status_code == 401
        assert ready.ask("DELETE", f"service_instances/i-1/service_bindings/b-1?{tail}").status_code == 410

    def test_the_same_again_is_200_without_credentials_and_another_409(self, ready: Platform) -> None:
        ready.bind("i-1", "b-1", parameters={"a": 1})
        again = ready.bind("i-1", "b-1", parameters={"a": 1})
        assert (again.status_code, "credentials" in again.json()) == (200, False)
        assert ready.bind("i-1", "b-1", parameters={"a": 2}).status_code == 409

    def test_it_can_be_fetched_and_polled(self, ready: Platform) -> None:
        path = "service_instances/i-1/service_bindings/b-1"
        assert ready.get(path).status_code == 404
        assert ready.get(f"{path}/last_operation").status_code == 410
        ready.bind("i-1", "b-1")
        assert ready.get(path).status_code == 200
        assert ready.get(f"{path}/last_operation").json() == {"state": "succeeded"}

    def test_an_instance_that_is_not_there_yet_or_at_all_is_not_bound(self, platform: Platform) -> None:
        assert platform.bind("i-1", "b-1").status_code == 404
        platform.provision("i-1")
        assert platform.bind("i-1", "b-1").json()["error"] == "ConcurrencyError"

    def test_a_wrong_plan_or_a_missing_one_is_400(self, ready: Platform) -> None:
        assert ready.bind("i-1", "b-1", plan_id="x").status_code == 400
        assert ready.ask("DELETE", "service_instances/i-1/service_bindings/b-1").status_code == 400
