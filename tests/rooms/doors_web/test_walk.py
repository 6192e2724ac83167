"""Every page and operation is walked by every role, by another tenant and by a stranger; an unlisted one fails."""

from collections.abc import Iterator

import pytest
from console_cast import LogIn
from django.test import Client
from walk import LEADING_BACK, OPERATIONS, PAGES, Way

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE, declared
from yunyue.doors.web.accounts.roles import SERVICE_READERS, Role

API = "/api/v1"
OTHER_TENANT = "dept-2"
PUT_OUT = ("/accounts/login", 401, 403)


def named(resolver: object, space: str = "") -> Iterator[tuple[str, object]]:
    """Every page by the name of its view."""
    for pattern in resolver.url_patterns:  # type: ignore[attr-defined]  # Django's two kinds share no type
        if hasattr(pattern, "url_patterns"):
            yield from named(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}", pattern.callback


def views() -> dict[str, object]:
    """The pages that are no operation of the API."""
    from django.urls import get_resolver

    operations = {f"api-1:{name}" for name in operation_names()}
    return {name: view for name, view in named(get_resolver()) if name not in operations}


def operation_names() -> set[str]:
    from yunyue.doors.api.urls import DESCRIPTION, api

    names = {str(getattr(pattern, "name", "")) for pattern in api.urls[0]}
    return names - set(DESCRIPTION)


def operations() -> set[str]:
    """What the OpenAPI description names: "GET /contracts" and so on."""
    from yunyue.doors.api.urls import api

    paths = api.get_openapi_schema()["paths"]
    return {f"{method.upper()} {path.removeprefix(API)}" for path, found in paths.items() for method in found}


def put_out(client: Client, method: str, address: str) -> bool:
    """Whether the doors do not let this visitor through: sent to the login page, 401 or 403."""
    answer = getattr(client, method)(address, content_type="application/json")
    return answer.status_code in PUT_OUT or answer.get("Location", "").startswith(PUT_OUT[0])


def may(role: Role, way: Way) -> bool:
    return role in way.who if isinstance(way.who, frozenset) else True


def test_every_page_is_listed_and_no_other(office: Office) -> None:
    assert set(views()) == set(PAGES)


def test_every_page_names_those_whom_the_list_names(office: Office) -> None:
    declarations = {name: declared(view) for name, view in views().items()}  # type: ignore[arg-type]  # any view
    assert {name: who for name, who in declarations.items() if who != PAGES[name].who} == {}


def test_every_operation_is_listed_and_no_other(office: Office) -> None:
    assert operations() == set(OPERATIONS)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_through_to_its_pages_and_no_other(own_office: Office, log_in: LogIn, role: Role) -> None:
    client = log_in(role)
    walked = {name: way for name, way in PAGES.items() if name not in LEADING_BACK}
    wrong = {name for name, way in walked.items() if put_out(client, "get", way.address) == may(role, way)}
    assert wrong == set()


@pytest.mark.parametrize("role", list(Role))
def test_no_role_sends_anything_where_it_does_not_get_through(own_office: Office, log_in: LogIn, role: Role) -> None:
    client, size = log_in(role), own_office.kernel.journal.head().size
    closed = {name: way for name, way in PAGES.items() if not may(role, way)}
    assert {name for name, way in closed.items() if not put_out(client, "post", way.address)} == set()
    assert own_office.kernel.journal.head().size == size


@pytest.mark.parametrize("role", list(Role))
def test_each_role_calls_its_operations_and_no_other(own_office: Office, log_in: LogIn, role: Role) -> None:
    client = log_in(role)
    calls = {name: (name.split()[0].lower(), f"{API}{way.address}") for name, way in OPERATIONS.items()}
    wrong = {name for name, call in calls.items() if put_out(client, *call) == may(role, OPERATIONS[name])}
    assert wrong == set()


def test_a_stranger_sees_the_doors_only(office: Office) -> None:
    for name, way in PAGES.items():
        if name not in LEADING_BACK:
            assert put_out(Client(), "get", way.address) == (way.who != ANYONE), name
    for name, way in OPERATIONS.items():
        assert put_out(Client(), name.split()[0].lower(), f"{API}{way.address}"), name


def test_nothing_shows_a_tenant_user_anything_of_another_department(office: Office, log_in: LogIn) -> None:
    client = log_in(Role.TENANT_USER, tenant=OTHER_TENANT)
    reads = [way.address for way in PAGES.values() if way.address != "/accounts/logout"]
    reads += [f"{API}{way.address}" for name, way in OPERATIONS.items() if name.startswith("GET")]
    seen = {address: client.get(address) for address in reads}
    bodies = {address: answer.content.decode("utf-8", "replace") for address, answer in seen.items()}
    shown = {
        at for at, body in bodies.items() if seen[at].status_code == 200 and ("order-1" in body or "dept-1" in body)
    }
    assert seen["/monitoring"].status_code == 200
    assert shown == set()


def test_the_list_names_roles_or_who_needs_none(office: Office) -> None:
    ways = (*PAGES.values(), *OPERATIONS.values())
    assert all(way.who in (ANYONE, ANY_ACCOUNT) or isinstance(way.who, frozenset) for way in ways)
    assert any(way.who == SERVICE_READERS for way in OPERATIONS.values())
