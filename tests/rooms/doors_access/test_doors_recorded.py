"""Every door of the served process, walked: whom it turns away is on record before the answer leaves."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession
from console_cast import SETTINGS, LogIn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

import yunyue
from yunyue.answer import Refused
from yunyue.doors import serve
from yunyue.doors.accesses import accesses
from yunyue.doors.data.app import Parts, front_door
from yunyue.doors.data.noting import DOORS, SEEN, THEMSELVES, Noting, Seen, door_of
from yunyue.doors.office import Office
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import Role
from yunyue.journal.envelope import BEIJING
from yunyue.services.containers.engines import engine_folder
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.server import Registry
from yunyue.services.containers.registry.tokens import PushTokens
from yunyue.services.crypto.service import vault_folder
from yunyue.services.crypto.vaults import close_vault, vault_at
from yunyue.store.access import Access, Wanted

CONTRACT = "beijing-2024"
OURS = {"x-yunyue-console": "1", "sec-fetch-site": "same-origin"}
UPLOADS = f"/transcode/v1/{CONTRACT}/uploads"
BROKER = {"X-Broker-API-Version": "2.17"}


@dataclass(frozen=True)
class Served:
    """The application one process serves, the office behind it, and the routes beside the console."""

    app: ASGIApp
    office: Office
    routes: tuple[BaseRoute, ...]

    def client(self) -> TestClient:
        """Somebody who asks."""
        return TestClient(self.app, base_url="http://testserver", follow_redirects=False)

    def noted(self) -> list[Access]:
        """The records there are, newest first."""
        return [one for _position, one in accesses(self.office).search(Wanted(), 500).records]


@pytest.fixture
def served(own_office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Everything, as it is served."""
    kept: list[Parts] = []

    def keeping(parts: Parts) -> ASGIApp:
        kept.append(parts)
        return front_door(parts)

    console = setup.console(SETTINGS)  # one to a process: its accounts lie beside every office of a test
    monkeypatch.setattr(setup, "console", lambda _settings: console)
    monkeypatch.setattr(serve, "front_door", keeping)
    app = serve.application(own_office)
    yield Served(app, own_office, kept[0].routes)
    close_vault(vault_folder(own_office.settings.home / "services"))


STRANGERS = {
    "films": ("GET", UPLOADS, {}, 401),
    "points": ("GET", f"/monitor/v1/{CONTRACT}/work", {}, 401),
    "events": ("GET", "/events", {}, 401),
    "broker": ("GET", f"/broker/{CONTRACT}/v2/catalog", BROKER, 401),
    "api": ("GET", f"/api/v1/contracts/{CONTRACT}/statement", {}, 401),
    "console": ("GET", "/statement", {}, 302),
}
"""By door, what a stranger asks for; the crypto service's door is tested with an open vault below."""


def test_every_door_is_one_that_notes(served: Served) -> None:
    """A new route beside the console belongs to a door of DOORS, or to one that notes for itself."""
    paths = [str(getattr(route, "path", route)) for route in served.routes]
    assert [one for one in paths if not one.startswith(THEMSELVES) and door_of({"path": one}) is None] == []
    assert {one.name for one in DOORS} < STRANGERS.keys()


LISTENING = re.compile(
    r"TCPSite|UnixSite|start_(unix_)?server|HTTPServer|\.listen\(\w*\)|uvicorn\.Config|create_server"
)
LISTENERS = {
    "doors/serve.py": "the front door: every route is one of DOORS or notes for itself",
    "doors/points.py": "points: the same routes as behind the front door",
    "services/containers/registry/server.py": "registry: see the test of its door",
    "doors/cli/containers_streams.py": "none: on the machine of who forwards a port; the stream behind it is on record",
    "doors/cli/tour/target.py": "none: a site that the tour watches; it shows a line of text",
    "services/monitor/pages/guard.py": "none: a socket in the sandbox of a page that is watched",
    "services/monitor/pages/inside.py": "none: inside the sandbox of a page that is watched",
}
"""Every place that listens: its door, or why nothing protected lies behind it."""


def test_every_place_that_listens_is_a_door_that_notes_or_says_why_not() -> None:
    root = Path(yunyue.__file__).parent
    found = {str(one.relative_to(root)) for one in root.rglob("*.py") if LISTENING.search(one.read_text())}
    assert found == LISTENERS.keys()


def test_a_stranger_turned_away_from_the_registry_is_on_record(served: Served) -> None:
    folder = engine_folder(served.office.settings.home / "services")
    store = Store(folder)
    registry = Registry(folder / "registry", Projects(store), PushTokens(store, lambda: 0), lambda: 0)

    async def asked() -> int:
        assert await registry.open_door() is None
        try:
            async with ClientSession() as session, session.get(registry.door) as answer:
                return answer.status
        finally:
            await registry.close()

    assert asyncio.run(asked()) == 401
    (one,) = served.noted()
    assert (one.door, one.outcome, one.status, one.actor, one.address) == ("registry", "refused", 401, "", "127.0.0.1")


@pytest.mark.parametrize("door", sorted(STRANGERS))
def test_a_stranger_turned_away_is_on_record(served: Served, door: str) -> None:
    verb, address, headers, status = STRANGERS[door]
    answer = served.client().request(verb, address, headers={**headers, "X-Request-ID": "r-12345678"})
    assert answer.status_code == status
    (one,) = served.noted()
    assert (one.door, one.outcome, one.status, one.actor, one.request) == (door, "refused", status, "", "r-12345678")
    assert one.address == "testclient"


def test_a_stranger_turned_away_from_the_vault_is_on_record(served: Served) -> None:
    folder = vault_folder(served.office.settings.home / "services")
    vault = vault_at(folder, served.office.clock, development=False)
    assert not isinstance(vault.opening.initialise(1, 1), Refused)
    answer = served.client().get("/v1/transit/keys/a", headers={"X-Vault-Token": "s.unknown"})
    assert answer.status_code == 403
    (one,) = served.noted()
    assert (one.door, one.outcome, one.what, one.actor) == ("crypto", "refused", "GET v1/transit/keys/a", "")
    assert "s.unknown" not in repr(one)


def test_a_film_handed_in_is_on_record_with_who_and_its_pieces_are_not(served: Served, log_in: LogIn) -> None:
    client = served.client()
    session = log_in(Role.TENANT_USER)
    client.cookies.set("sessionid", session.cookies["sessionid"].value)
    made = client.post(UPLOADS, json={"label": "film", "size": 4}, headers=OURS)
    assert made.status_code == 201, made.text
    name = made.json()["id"]
    piece = client.patch(f"{UPLOADS}/{name}", content=b"film", headers={**OURS, "Upload-Offset": "0"})
    assert piece.status_code == 200
    (one,) = served.noted()
    assert (one.door, one.outcome, one.what, one.contract) == (
        "films",
        "granted",
        "POST transcode/v1/uploads",
        CONTRACT,
    )
    assert (one.actor, one.role, one.tenant) == (f"user:{session.session['_auth_user_id']}", "tenant_user", "dept-1")


def test_a_department_that_asks_for_anothers_film_is_refused_and_on_record(served: Served, log_in: LogIn) -> None:
    ours, theirs = served.client(), served.client()
    ours.cookies.set("sessionid", log_in(Role.TENANT_USER).cookies["sessionid"].value)
    theirs.cookies.set("sessionid", log_in(Role.TENANT_USER, tenant="dept-2").cookies["sessionid"].value)
    name = ours.post(UPLOADS, json={"label": "film", "size": 4}, headers=OURS).json()["id"]
    assert theirs.get(f"{UPLOADS}/{name}", headers=OURS).status_code == 404
    newest = served.noted()[0]
    assert (newest.outcome, newest.status, newest.about, newest.tenant) == ("refused", 404, name, "dept-2")


@pytest.mark.parametrize("address", ["/orders/order-1", f"/api/v1/contracts/{CONTRACT}/orders/order-1"])
def test_a_department_that_asks_for_anothers_order_is_refused_and_on_record(
    served: Served, log_in: LogIn, address: str
) -> None:
    client = served.client()
    client.cookies.set("sessionid", log_in(Role.TENANT_USER, tenant="dept-9").cookies["sessionid"].value)
    assert client.get(address).status_code == 404
    (one,) = served.noted()
    assert (one.outcome, one.status, one.tenant) == ("refused", 404, "dept-9")


def test_a_role_that_may_not_is_on_record_by_name(served: Served, log_in: LogIn) -> None:
    client = served.client()
    session = log_in(Role.ENGINEER)
    client.cookies.set("sessionid", session.cookies["sessionid"].value)
    assert client.get(UPLOADS).status_code == 403
    (one,) = served.noted()
    assert (one.door, one.outcome, one.role) == ("films", "refused", "engineer")
    assert one.actor == f"user:{session.session['_auth_user_id']}"


def said(_request: Request) -> Response:
    return Response("film", headers={"X-Said": "1"})


def hidden(request: Request) -> Response:
    request.scope[SEEN] = Seen("user:7", "tenant_user", "dept-1")
    return Response("nothing", 404)


def noting(endpoint: Callable[[Request], Response], note: Callable[[Access], Refused | None]) -> TestClient:
    routes = [Route(path, endpoint, methods=["GET", "PATCH"]) for path in ("/events", "/transcode/files/c1/{link}/x")]
    app = Noting(Starlette(routes=routes), note, lambda: datetime(2024, 5, 1, tzinfo=BEIJING))
    return TestClient(app)


def test_what_cannot_be_put_on_record_is_not_answered() -> None:
    answer = noting(said, lambda _record: Refused("the disk is full")).get("/events")
    assert (answer.status_code, answer.headers.get("x-said")) == (503, None)
    assert "not answered" in answer.text


def test_a_stream_that_cannot_be_put_on_record_ends() -> None:
    async def forever() -> "object":
        while True:
            yield b": alive\n\n"
            await asyncio.sleep(0)

    def stream(_request: Request) -> Response:
        return StreamingResponse(forever())  # type: ignore[arg-type]  # an async generator of bytes

    assert noting(stream, lambda _record: Refused("the disk is full")).get("/events").status_code == 503


def test_a_link_is_a_secret_and_not_in_the_record() -> None:
    kept: list[Access] = []
    client = noting(hidden, lambda record: kept.append(record))
    assert client.get("/transcode/files/c1/a-secret-link-of-thirty-letters/x").status_code == 404
    (one,) = kept
    assert (one.outcome, one.actor, one.tenant) == ("refused", "user:7", "dept-1")
    assert "secret" not in repr(one)


def test_what_is_read_by_a_link_is_not_on_record_piece_by_piece() -> None:
    kept: list[Access] = []
    assert noting(said, lambda record: kept.append(record)).get("/transcode/files/c1/link/x").status_code == 200
    assert kept == []
