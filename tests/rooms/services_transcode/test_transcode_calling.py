"""Callbacks: what is posted, how it is signed, when it is tried again, and where it never goes."""

import contextlib
import hashlib
import hmac
import http.server
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from films import Films
from services_cast import TestHost
from transcode_cast import Moved, desk_at, ended, place_at, submitted, working

from yunyue.answer import Refused
from yunyue.catalog import Order
from yunyue.services.transcode import calling
from yunyue.services.transcode.calling import PAUSES_MS, Caller, checked_address
from yunyue.services.transcode.desk import Asked, Desk
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.service import Transcode


@dataclass
class Hook:
    """A tenant's server: what it was sent, and what it answers."""

    answers: list[int]
    sent: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook([200])

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.sent.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(made.answers.pop(0) if len(made.answers) > 1 else made.answers[0])
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.address = f"http://127.0.0.1:{server.server_address[1]}/hook?x=1"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return place_at(tmp_path / "place")


@pytest.fixture
def desk(here: Place, tmp_path: Path, hook: Hook) -> Desk:
    return desk_at(here, tmp_path, callback=hook.address)


def caller(desk: Desk) -> Caller:
    return Caller(desk.place, desk.host)


def done(desk: Desk, films: Films, name: str = "plain") -> str:
    with working(desk.place):
        return ended(desk, submitted(desk, films.path(name), template="remux-mp4").id).id


def test_the_end_of_a_job_is_posted_signed_once(films: Films, desk: Desk, hook: Hook) -> None:
    job = done(desk, films)
    assert caller(desk).due() == 1
    assert caller(desk).due() == 0
    headers, body = hook.sent[0]
    said = json.loads(body)
    assert (said["specversion"], said["type"], said["subject"]) == ("1.0", "cn.yunyue.transcode.done", job)
    assert said["data"]["seconds"] == 2.0
    assert headers["content-type"] == "application/cloudevents+json"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = b64encode(hmac.new(desk.callback_secret().encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"


def test_another_tenant_has_another_secret(desk: Desk, tmp_path: Path) -> None:
    other = desk_at(desk.place, tmp_path, "others")
    assert other.callback_secret() != desk.callback_secret()
    assert desk.callback_secret() == desk.callback_secret()


def test_a_server_in_trouble_is_tried_again_ever_more_rarely(films: Films, desk: Desk, hook: Hook) -> None:
    hook.answers = [500, 503, 200]
    done(desk, films)
    clock = desk.place.queue.now
    assert isinstance(clock, Moved)
    assert caller(desk).due() == 0
    assert caller(desk).due() == 0
    assert len(hook.sent) == 1, "not before its time"
    clock.at += PAUSES_MS[0]
    assert caller(desk).due() == 0
    clock.at += PAUSES_MS[1]
    assert caller(desk).due() == 1
    assert len({headers["webhook-id"] for headers, _ in hook.sent}) == 1, "the receiver can tell it is the same"


def test_after_a_day_it_is_given_up_and_said_so(films: Films, desk: Desk, hook: Hook) -> None:
    hook.answers = [500]
    done(desk, films)
    clock = desk.place.queue.now
    assert isinstance(clock, Moved)
    for pause in (*PAUSES_MS, 0, 0):
        caller(desk).due()
        clock.at += pause
    assert len(hook.sent) == len(PAUSES_MS) + 1
    with desk.place.queue.database.transaction() as hand:
        assert hand.run("SELECT state, reason FROM calls") == [("given up", "status 500")]


def test_a_private_address_is_not_called_unless_the_operator_allows_it(films: Films, desk: Desk, hook: Hook) -> None:
    host = desk.host
    assert isinstance(host, TestHost)
    host.allow_private = False
    done(desk, films)
    assert caller(desk).due() == 0
    assert hook.sent == []


@pytest.mark.parametrize("name", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "localhost"])
def test_inside_addresses_are_named_and_refused(name: str) -> None:
    address, reason = checked_address(name, 80, allowed=False)
    assert address == ""
    assert reason


def test_a_name_that_does_not_resolve_is_tried_again(films: Films, here: Place, tmp_path: Path) -> None:
    desk = desk_at(here, tmp_path, "third", callback="https://nowhere.invalid/x")
    done(desk, films)
    assert caller(desk).due() == 0
    with here.queue.database.transaction() as hand:
        assert hand.run("SELECT state, reason FROM calls") == [("waiting", "the name does not resolve")]


@pytest.mark.parametrize(
    "address",
    [
        "http://hook.example:99999/x",
        "http://hook.example:0/x",
        "http://[::1/x",
        "ftp://hook.example/x",
        "https:///x",
        "http://user:secret@hook.example/x",
        "http://回调.example/x",
        "http://hook.example/片",
        "http://hook.example/a b",
        "http://hook.example/a\r\nX-Header: 1",
    ],
)
def test_an_address_that_cannot_be_called_is_refused_before_the_job_is_queued(desk: Desk, address: str) -> None:
    refused = desk.submit(Asked(upload="u", callback=address))
    assert isinstance(refused, Refused)
    assert refused.field == "callback"
    assert desk.jobs() == ()


def test_an_order_with_an_address_that_cannot_be_called_is_refused(desk: Desk) -> None:
    order = Order("o2", "transcode", Decimal(1), "second", {"callback": "http://hook.example:99999/x"})
    refused = Transcode().provision(order, desk.host)
    assert isinstance(refused, Refused)
    assert refused.field == "parameters.callback"


def test_an_address_kept_from_before_that_cannot_be_called_holds_up_nobody_elses(films: Films, desk: Desk) -> None:
    done(desk, films)
    with desk.place.queue.database.transaction() as hand:
        said = "INSERT INTO calls SELECT 'x', job, 'another', ?, body, 0, 0, 'waiting', '' FROM calls"
        hand.run(said, ("http://回调.example:99999/x",))
    assert caller(desk).due() == 1
    with desk.place.queue.database.transaction() as hand:
        ((state, tries),) = hand.run("SELECT state, tries FROM calls WHERE id = 'x'")
    assert (state, tries) == ("waiting", 1)


def test_a_server_that_drips_its_answer_is_given_up_in_time(
    films: Films, here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "LONGEST", 0.3)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                while not over.wait(0.02):
                    connection.sendall(b"H")

        thread = threading.Thread(target=drip)
        thread.start()
        desk = desk_at(here, tmp_path, "dripped", callback=f"http://127.0.0.1:{server.getsockname()[1]}/")
        done(desk, films)
        assert caller(desk).due() == 0
        over.set()
        thread.join()
    with here.queue.database.transaction() as hand:
        assert hand.run("SELECT state FROM calls") == [("waiting",)]


def test_the_first_call_that_does_not_arrive_puts_off_the_tenants_others(films: Films, desk: Desk, hook: Hook) -> None:
    for _ in range(3):
        done(desk, films)
    hook.answers = [500]
    assert caller(desk).due() == 0
    assert len(hook.sent) == 1
    hook.answers = [200]
    assert caller(desk).due() == 2
