"""A platform that speaks the Open Service Broker API 2.17 to the broker: real accounts, tokens, services, over ASGI."""

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
from yunyue.orders.place import approve
from yunyue.store.access import Access

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
