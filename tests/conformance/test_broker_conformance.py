"""The Open Service Broker API 2.17, as its specification says it, over the platform's own front door.

Section names are those of the specification. The broker is asked over ASGI with real accounts, tokens and services.
"""

import base64
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import contract_year
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses
from yunyue.doors.data.broker.door import broker
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.kernel import Recorder
from yunyue.orders.change import agree
from yunyue.orders.place import approve, end
from yunyue.store.access import Access, Wanted

CONTRACT = contract_year.CONTRACT
APPROVER = Recorder("user:approver", "/tests")
TARGET = {"kind": "tcp", "target": "192.0.2.1:9"}
numbers = count(1)


def secret(role: Role = Role.CLIENT_MANAGER, tenant: str = "", scopes: str = "orders:read orders:write",
           contract: str = "") -> tuple[str, str]:  # fmt: skip
    """The name of a new account, and a token of it."""
    from django.utils import timezone

    from yunyue.doors.web.accounts.models import Account, Token
    from yunyue.doors.web.accounts.tokens import digest

    name = f"platform-{next(numbers)}"
    account = Account.objects.create(username=name, person=name, role=role, password="!", tenant=tenant)
    Token.objects.create(
        account=account,
        name="osb",
        digest=digest(f"yyt_{name}"),
        scopes=scopes,
        contract=contract,
        expires=timezone.now() + timedelta(days=1),
        made_by=account,
    )
    return name, f"yyt_{name}"


class Platform:
    """A platform that speaks to the broker as the specification has it."""

    def __init__(self, client: TestClient, token: str) -> None:
        self.client = client
        self.headers = {"X-Broker-API-Version": "2.17", "Authorization": f"Bearer {token}"}
        self.catalog = self.get("catalog").json()
        offering = next(one for one in self.catalog["services"] if one["name"] == "yunyue-monitor")
        self.service = offering["id"]
        self.plan = next(one["id"] for one in offering["plans"] if one["name"] == "monitor-site")
        self.other = next(one["id"] for one in offering["plans"] if one["name"] != "monitor-site")
        self.named = {"service_id": self.service, "plan_id": self.plan}

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        address = f"/broker/{CONTRACT}/v2/{path}"
        return self.client.request(method, address, headers={**self.headers, **more.pop("headers", {})}, json=body)

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def provision(self, instance: str, *, wait: bool = True, **parameters: Any) -> Any:
        body = {**self.named, "context": {"platform": "kubernetes", "namespace": "dept-9"}}
        body["parameters"] = {**TARGET, **parameters}
        return self.ask("PUT", f"service_instances/{instance}{'?accepts_incomplete=true' if wait else ''}", body)

    def update(self, instance: str, *, wait: bool = True, **body: Any) -> Any:
        path = f"service_instances/{instance}{'?accepts_incomplete=true' if wait else ''}"
        return self.ask("PATCH", path, {"service_id": self.service, **body})

    def deprovision(self, instance: str) -> Any:
        tail = f"service_id={self.service}&plan_id={self.plan}&accepts_incomplete=true"
        return self.ask("DELETE", f"service_instances/{instance}?{tail}")

    def state(self, instance: str, operation: str = "provision") -> Any:
        return self.get(f"service_instances/{instance}/last_operation?operation={operation}")

    def bind(self, instance: str, binding: str, **body: Any) -> Any:
        return self.ask("PUT", f"service_instances/{instance}/service_bindings/{binding}", {**self.named, **body})


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Asks whatever office is open when a request comes."""
    with TestClient(Starlette(routes=[_Later()])) as client:  # type: ignore[list-item]  # a route of our own kind
        yield client


def _note(record: Access) -> Refused | None:
    from yunyue.doors.office import office

    return accesses(office()).note(record)


class _Later:
    """A route that makes the broker of the office that is open now."""

    def matches(self, scope: Any) -> Any:
        from yunyue.doors.office import office

        self.mount = broker(office().hosting, _note)
        return self.mount.matches(scope)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        await self.mount.handle(scope, receive, send)


@pytest.fixture
def platform(own_office: Office, client: TestClient) -> Platform:
    return Platform(client, secret()[1])


@pytest.fixture
def ready(platform: Platform, own_office: Office) -> Platform:
    """A platform with an approved instance "i-1"."""
    assert platform.provision("i-1").status_code == 202
    assert approve(own_office.hosting, CONTRACT, "osb.i-1", APPROVER) is None
    return platform


class TestVersionAndAuthentication:
    """API Version Header; Platform to Service Broker Authentication; Request Identity."""

    @pytest.mark.parametrize("version", [None, "", "two", "1.0", "2.12", "3.0", "2", "2.17.1"])
    def test_a_version_that_is_not_spoken_is_412(self, platform: Platform, version: str | None) -> None:
        if version is None:
            platform.headers.pop("X-Broker-API-Version")
        else:
            platform.headers["X-Broker-API-Version"] = version
        answer = platform.get("catalog")
        assert answer.status_code == 412
        assert answer.json()["description"]

    @pytest.mark.parametrize("version", ["2.13", "2.16", "2.17", "2.18"])
    def test_every_version_from_2_13_on_is_spoken(self, platform: Platform, version: str) -> None:
        platform.headers["X-Broker-API-Version"] = version
        assert platform.get("catalog").status_code == 200

    @pytest.mark.parametrize("credentials", ["", "Bearer", "Bearer yyt_wrong", "Basic !!", "Basic YTpi", "Digest x"])
    def test_unknown_credentials_are_401_and_say_what_is_asked_for(self, platform: Platform, credentials: str) -> None:
        platform.headers["Authorization"] = credentials
        answer = platform.get("catalog")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")

    def test_a_token_is_the_password_of_basic_beside_its_accounts_name(
        self, own_office: Office, platform: Platform
    ) -> None:
        name, token = secret()
        for user, status in ((name, 200), ("somebody", 401)):
            packed = base64.b64encode(f"{user}:{token}".encode()).decode()
            platform.headers["Authorization"] = f"Basic {packed}"
            assert platform.get("catalog").status_code == status

    def test_the_request_identity_comes_back(self, platform: Platform) -> None:
        answer = platform.ask("GET", "catalog", headers={"X-Broker-API-Request-Identity": "a-1"})
        assert answer.headers["X-Broker-API-Request-Identity"] == "a-1"

    @pytest.mark.parametrize(
        ("role", "scopes", "contract"),
        [
            (Role.CLIENT_MANAGER, "orders:read", ""),
            (Role.CLIENT_APPROVER, "orders:read orders:write", ""),
            (Role.ENGINEER, "orders:read orders:write", ""),
            (Role.AUDIT_ADMINISTRATOR, "orders:read orders:write", ""),
        ],
    )
    def test_who_may_not_order_does_not_order_here_either(
        self, own_office: Office, client: TestClient, role: Role, scopes: str, contract: str
    ) -> None:
        platform = Platform(client, secret(role, scopes=scopes, contract=contract)[1])
        assert platform.provision("i-1").status_code == 403
        assert platform.deprovision("i-1").status_code == 403

    def test_a_token_of_another_contract_or_scope_reads_nothing(self, own_office: Office, platform: Platform) -> None:
        for token in (secret(contract="other")[1], secret(scopes="facts:read")[1]):
            platform.headers["Authorization"] = f"Bearer {token}"
            assert platform.get("catalog").status_code == 403


class TestCatalog:
    """Catalog Management."""

    def test_names_are_cli_friendly_and_unique_and_ids_never_repeat(self, platform: Platform) -> None:
        services = platform.catalog["services"]
        plans = [plan for one in services for plan in one["plans"]]
        names = [one["name"] for one in services]
        assert len(set(names)) == len(names) > 0
        assert all(re.fullmatch(r"[A-Za-z0-9.-]+", one) for one in (*names, *(plan["name"] for plan in plans)))
        ids = [one["id"] for one in (*services, *plans)]
        assert len(set(ids)) == len(ids)

    def test_every_offering_and_plan_has_the_required_fields(self, platform: Platform) -> None:
        for offering in platform.catalog["services"]:
            assert offering.keys() >= {"name", "id", "description", "bindable", "plans"}
            assert offering["plans"]
            for plan in offering["plans"]:
                assert all(plan[name] for name in ("id", "name", "description"))
                assert plan["free"] is False

    def test_schemas_name_their_version_refer_to_nothing_outside_and_are_small(self, platform: Platform) -> None:
        for offering in platform.catalog["services"]:
            for plan in offering["plans"]:
                schema = plan["schemas"]["service_instance"]["create"]["parameters"]
                assert schema["$schema"].startswith("https://json-schema.org/")
                assert schema["properties"].keys() > {"quantity", "deliver_by"}
                text = json.dumps(schema)
                assert len(text) < 64 * 1024
                assert all(one.startswith("#/") for one in re.findall(r'"\$ref": "([^"]+)"', text))

    def test_ids_stay_the_same(self, platform: Platform) -> None:
        assert platform.get("catalog").json() == platform.catalog

    def test_an_address_that_there_is_not_is_404_in_json(self, platform: Platform) -> None:
        assert platform.get("nothing").status_code == 404
        assert platform.get("nothing").json()["description"]


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


class TestTenants:
    """A department sees and touches its own instances only."""

    def test_an_instance_of_another_department_is_not_there(self, ready: Platform, client: TestClient) -> None:
        stranger = Platform(client, secret(Role.TENANT_USER, tenant="dept-1")[1])
        assert stranger.get("service_instances/i-1").status_code == 404
        assert stranger.state("i-1").status_code == 404
        assert stranger.provision("i-1").status_code == 409
        assert stranger.bind("i-1", "b-1").status_code == 404
        assert stranger.update("i-1", parameters={"quantity": "2"}).status_code == 404

    def test_an_account_of_a_department_orders_for_it_only(self, own_office: Office, client: TestClient) -> None:
        mine = Platform(client, secret(Role.TENANT_USER, tenant="dept-1")[1])
        assert mine.provision("i-1").status_code == 202
        placed = own_office.kernel.facts(CONTRACT)[-1].fact.data
        assert getattr(placed, "tenant", "") == "dept-1"


class TestAccessRecords:
    def test_a_call_and_a_refused_one_are_on_record(self, platform: Platform, own_office: Office) -> None:
        assert platform.provision("i-1").status_code == 202
        headers = {"X-Broker-API-Version": "2.17"}
        assert platform.client.get(f"/broker/{CONTRACT}/v2/catalog", headers=headers).status_code == 401
        found = [one for _at, one in accesses(own_office).search(Wanted(), 10).records]
        told = {(one.door, one.what, one.about, one.outcome, one.actor != "") for one in found}
        assert ("broker", "PUT service_instances", "i-1", "granted", True) in told
        assert ("broker", "GET catalog", "", "refused", False) in told
