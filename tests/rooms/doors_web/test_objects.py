"""Every object of a department that can be asked for by name is another department's secret; an unlisted one fails."""

import json
import re
from pathlib import Path

import pytest
from console_cast import LogIn
from django.test import Client
from walk import OPERATIONS, PAGES
from walk_objects import BODIES, ELSEWHERE, NO_OBJECTS
from walk_objects import OPERATIONS as ASKED_BY_API
from walk_objects import PAGES as ASKED

from yunyue.doors.monitor.board import Board, Boards, Note
from yunyue.doors.monitor.status import Page, Pages, Shown
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE
from yunyue.doors.web.accounts.roles import Role
from yunyue.journal.facts import TicketOpened
from yunyue.kernel import Happening, Recorder

CONTRACT = "beijing-2024"
OURS, THEIRS = "dept-1", "dept-2"
ROOMS = Path(__file__).parents[1]
EVERY = {**ASKED, **ASKED_BY_API}


@pytest.fixture
def full(own_office: Office) -> Office:
    """An office in which the department "dept-1" has an order, a ticket, a dashboard and a public page."""
    said = TicketOpened(ticket="ours", severity=2, about="slow", tenant=OURS, order=None)
    now = own_office.kernel.clock.now()
    done = own_office.kernel.record(CONTRACT, [Happening(said, now, "ours-opened")], Recorder("user:77", "/tests"))
    assert not hasattr(done, "reason"), done
    folder = Path(own_office.hosting.host(CONTRACT, "monitor").folder)
    folder.mkdir(parents=True, exist_ok=True)
    Boards(folder).keep(Board(name="ours", title="ours", panels=(Note(title="n", text="ours"),), tenant=OURS), OURS)
    Pages(folder).open(Page(slug="ours-page", tenant=OURS, title="ours", targets=(Shown("order-1", "site"),)))
    return own_office


def folder_of(office: Office) -> Path:
    return Path(office.hosting.host(CONTRACT, "monitor").folder)


def asked(client: Client, name: str) -> int:
    """The status of the answer."""
    method, address = EVERY[name]
    if method == "get":
        return int(client.get(address).status_code)
    body = json.dumps(BODIES.get(name, {}))
    return int(getattr(client, method)(address, data=body, content_type="application/json").status_code)


def reached_by_departments(who: object) -> bool:
    return who in (ANY_ACCOUNT, ANYONE) or (isinstance(who, frozenset) and Role.TENANT_USER in who)


def pages_with_a_name() -> set[str]:
    """The pages with an object in their address that a department's account reaches."""
    from django.urls import get_resolver

    patterns = {name for name, at in _addresses(get_resolver()) if "<" in at}
    return {name for name, way in PAGES.items() if name in patterns and reached_by_departments(way.who)}


def _addresses(resolver: object, space: str = "", before: str = "") -> list[tuple[str, str]]:
    found = []
    for pattern in resolver.url_patterns:  # type: ignore[attr-defined]  # Django's two kinds share no type
        at = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            found += _addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, at)
        else:
            found.append((f"{space}{pattern.name}", at))
    return found


def operations_with_a_name() -> set[str]:
    named = {name for name in OPERATIONS if set(re.findall(r"{(\w+)}", name)) - {"contract"}}
    return {name for name in named if reached_by_departments(OPERATIONS[name].who)}


def test_every_object_a_department_can_ask_for_is_listed(office: Office) -> None:
    listed = set(EVERY) | set(ELSEWHERE) | NO_OBJECTS
    assert (pages_with_a_name() | operations_with_a_name()) - listed == set()
    assert listed - (pages_with_a_name() | operations_with_a_name()) == set()


@pytest.mark.parametrize("test", sorted(set(ELSEWHERE.values())))
def test_what_another_room_shows_it_does_show(test: str) -> None:
    file, _, name = test.partition("::")
    assert f"def {name}(" in (ROOMS / file).read_text("utf-8")


@pytest.mark.parametrize("name", sorted(EVERY))
def test_another_departments_object_is_as_if_it_were_not(full: Office, log_in: LogIn, name: str) -> None:
    size = full.kernel.journal.head().size
    assert asked(log_in(Role.TENANT_USER, tenant=THEIRS), name) == 404
    assert full.kernel.journal.head().size == size
    assert len(Boards(folder_of(full)).all()) == len(Pages(folder_of(full)).all()) == 1


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"monitor:picture"}))
def test_ones_own_object_is_there(full: Office, log_in: LogIn, name: str) -> None:
    """So the 404 above is said of an object that there is."""
    assert asked(log_in(Role.TENANT_USER, tenant=OURS), name) not in (401, 403, 404)


def put(client: Client, path: str, body: object) -> int:
    address = f"/api/v1/contracts/{CONTRACT}/monitor/{path}"
    return int(client.put(address, json.dumps(body), content_type="application/json").status_code)


def test_nobody_writes_over_a_board(full: Office, log_in: LogIn) -> None:
    board = {"title": "theirs", "panels": [{"kind": "note", "title": "n", "text": "theirs"}], "name": "ours"}
    client = log_in(Role.TENANT_USER, tenant=THEIRS)
    assert {put(client, "boards/ours", {**board, "tenant": tenant}) for tenant in (OURS, THEIRS)} <= {403, 404, 422}
    (kept,) = Boards(folder_of(full)).all()
    assert (kept.title, kept.tenant) == ("ours", OURS)


def test_nobody_writes_over_a_page(full: Office, log_in: LogIn) -> None:
    page = {"slug": "ours-page", "title": "theirs", "targets": [{"order": "order-1", "name": "x"}]}
    client = log_in(Role.TENANT_USER, tenant=THEIRS)
    assert {put(client, "status/ours-page", {**page, "tenant": tenant}) for tenant in (OURS, THEIRS)} <= {403, 404, 422}
    (kept,) = Pages(folder_of(full)).all()
    assert (kept.title, kept.tenant) == ("ours", OURS)


def test_nobody_revokes_the_token_of_another(full: Office, log_in: LogIn) -> None:
    mine, other = log_in(Role.TENANT_USER), log_in(Role.TENANT_USER, tenant=THEIRS)
    wish = {"name": "report", "scopes": ["facts:read"], "days": 30}
    made = mine.post("/api/v1/tokens", json.dumps(wish), content_type="application/json").json()
    number = made["number"]
    assert other.post(f"/accounts/tokens/{number}/revoke").status_code in (403, 404)
    assert other.delete(f"/api/v1/tokens/{number}").status_code in (403, 404)
    assert mine.delete(f"/api/v1/tokens/{number}").status_code in (200, 204)
