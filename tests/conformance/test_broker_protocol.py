"""The Open Service Broker API 2.17 section by section: what every call needs, the catalog, tenants, records."""

import base64
import json
import re

import pytest
from broker_cast import CONTRACT, Platform, secret
from starlette.testclient import TestClient

from yunyue.doors.accesses import accesses
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.store.access import Wanted


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
