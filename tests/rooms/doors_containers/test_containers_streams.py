"""What goes on over WebSocket, on a real engine behind the real front door: lines, commands, ports, and who may."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import click
import pytest
import requests
from cli_cast import CONTRACT, Terminal
from console_cast import LogIn
from containers_cast import OURS, THEIRS, order, settled, written
from containers_door import Door, by_session, by_token, ended, said
from podman_cast import Installation, deployment, service

from yunyue.doors.accesses import accesses
from yunyue.doors.cli.containers import group
from yunyue.doors.data import containers_streams
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.services.containers.project.project import Project
from yunyue.store.access.record import Wanted

LOOP = "n=0; while true; do n=$((n+1)); echo line $n; sleep 0.1; done"
TALKS = f'command: ["/bin/sh", "-c", "httpd -p 8080 -h /www; {LOOP}"]'


@pytest.fixture(scope="module")
def talking(cloud: Installation, home: Any) -> Project:
    made = order(cloud)
    cloud.apply(made, service() + deployment(replicas=1, container=TALKS))
    settled(Terminal(home), made)
    return made


@pytest.fixture
def door(open_door: str, office: Office, log_in: LogIn, talking: Project) -> Door:
    """For a person of the department, from our own pages."""
    return by_session(open_door, talking, log_in(Role.TENANT_USER, tenant=OURS))


def shell(words: str, **more: object) -> str:
    return f"exec/web-1?{urlencode([('word', '/bin/sh'), ('word', '-c'), ('word', words), *more.items()])}"


def test_lines_come_as_they_are_written(door: Door) -> None:
    async def four(socket: aiohttp.ClientWebSocketResponse) -> list[str]:
        return [json.loads((await socket.receive()).data)["text"] for _ in range(4)]

    numbers = [int(one.removeprefix("line ")) for one in door.asked("logs/web-1?tail=1", four)]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def test_lines_that_are_not_followed_end(door: Door) -> None:
    assert door.asked("logs/web-1?tail=2&follow=0", ended) == 1000


def test_a_command_is_typed_to_and_leaves_with_its_status(door: Door) -> None:
    async def talk(socket: aiohttp.ClientWebSocketResponse) -> tuple[bytes, int]:
        await socket.send_bytes(b"typed\n")
        await socket.send_str('{"end": true}')
        return await said(socket)

    assert door.asked(shell("cat; echo err >&2; exit 7"), talk) == (b"typed\nerr\n", 7)


def test_a_terminal_has_the_size_it_was_given_and_is_resized(door: Door) -> None:
    async def talk(socket: aiohttp.ClientWebSocketResponse) -> tuple[bytes, int]:
        await socket.send_str('{"rows": 44, "columns": 111}')
        await socket.send_bytes(b"stty size; exit\n")
        return await said(socket)

    words = "exec/web-1?" + urlencode({"word": "/bin/sh", "terminal": 1, "rows": 33, "columns": 99})
    text, status = door.asked(words, talk)
    assert b"44 111" in text
    assert status == 0


def test_a_command_is_on_record_and_told_to_the_project(door: Door, office: Office, cloud: Installation) -> None:
    door.asked(shell("echo on record"), said)
    found = accesses(office).search(Wanted(words="on record"), 10).records
    events = cloud.engine.events(door.project)
    assert isinstance(events, tuple)
    assert any(one.reason == "Exec" and "web-1 /bin/sh -c echo on record" in one.message for one in events)
    assert [(one.what, one.outcome, one.status) for _, one in found] == [("containers exec", "granted", 101)]


@pytest.mark.parametrize("target", ["web-1&port=8080", "service/web&port=80"])
def test_a_port_answers_over_the_connection(door: Door, target: str) -> None:
    async def talk(socket: aiohttp.ClientWebSocketResponse) -> bytes:
        await socket.send_bytes(b"GET / HTTP/1.0\r\n\r\n")
        return (await said(socket))[0]

    assert door.asked(f"forward?target={target}", talk).endswith(b"one\n")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("exec/web-1", 422),
        ("exec/ghost-1?word=ls", 422),
        ("forward?target=web-1&port=0", 422),
        ("forward?target=service/ghost&port=80", 422),
    ],
)
def test_what_is_not_there_is_refused_before_the_connection(door: Door, path: str, status: int) -> None:
    assert door.status(path) == status


STREAMS = ("logs/web-1", "exec/web-1?word=ls", "forward?target=web-1&port=8080")


@pytest.mark.parametrize("path", STREAMS)
def test_nobody_gets_in_without_a_session_or_token(door: Door, path: str) -> None:
    assert Door(door.address, door.project, {}).status(path) == 401
    assert Door(door.address, door.project, {"Authorization": "Bearer guess"}).status(path) == 401


@pytest.mark.parametrize("path", STREAMS)
def test_another_department_finds_nothing(door: Door, log_in: LogIn, path: str) -> None:
    stranger = log_in(Role.TENANT_USER, tenant=THEIRS)
    assert by_session(door.address, door.project, stranger).status(path) == 404
    assert (
        by_token(door.address, door.project, "containers:read", "containers:write", tenant=THEIRS).status(path) == 404
    )


@pytest.mark.parametrize("role", [role for role in Role if role != Role.TENANT_USER])
def test_every_other_role_is_let_into_no_stream(door: Door, log_in: LogIn, role: Role) -> None:
    guest = by_session(door.address, door.project, log_in(role))
    assert {guest.status(path) for path in STREAMS} <= {403, 404}


def test_a_page_of_another_site_cannot_use_the_session(door: Door) -> None:
    for origin in ("https://elsewhere.example", ""):
        headers = {**door.headers, "Origin": origin}
        assert Door(door.address, door.project, headers).status("exec/web-1?word=ls") == 403


def test_a_token_to_read_shows_lines_and_runs_nothing(door: Door) -> None:
    reader = by_token(door.address, door.project, "containers:read")
    assert reader.asked("logs/web-1?tail=1&follow=0", ended) == 1000
    assert reader.status("exec/web-1?word=ls") == 403
    assert by_token(door.address, door.project, "containers:write").status("logs/web-1") == 403


def test_a_member_who_only_looks_runs_nothing(door: Door, cloud: Installation, log_in: LogIn) -> None:
    made = order(cloud)
    looks = by_session(door.address, made, log_in(Role.TENANT_USER, tenant=OURS))
    assert cloud.projects.grant(made.order, "user:9999", "admin") is None
    assert looks.status("exec/web-1?word=ls") == 403


def hurried(door: Door, how: str) -> Door:
    return Door(f"{door.address}/{how}", door.project, door.headers)


def test_a_connection_nobody_uses_is_closed(door: Door) -> None:
    assert hurried(door, "brief").asked(shell("sleep 30"), ended) == 4408


def test_whoever_may_no_longer_is_turned_out(door: Door, log_in: LogIn) -> None:
    client = log_in(Role.TENANT_USER, tenant=OURS)
    mine = hurried(by_session(door.address, door.project, client), "strict")

    async def talk(socket: aiohttp.ClientWebSocketResponse) -> int:
        assert (await socket.receive()).data.startswith(b"beat")
        await asyncio.to_thread(client.logout)
        return await ended(socket)

    assert mine.asked(shell("while true; do echo beat; sleep 0.05; done"), talk) == 1008


def test_a_text_that_says_nothing_we_know_ends_the_connection(door: Door) -> None:
    async def talk(socket: aiohttp.ClientWebSocketResponse) -> int:
        await socket.send_str("resize please")
        return await ended(socket)

    assert door.asked(shell("sleep 30"), talk) == 1008


def test_an_account_has_so_many_streams_and_no_more(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers_streams, "MOST_STREAMS", 1)

    async def talk(socket: aiohttp.ClientWebSocketResponse) -> int:
        return await asyncio.to_thread(door.status, "logs/web-1")

    assert door.asked("logs/web-1", talk) == 429


class TestFromAnotherMachine:
    """The command line with --server: nothing of the platform's is on its machine."""

    @pytest.fixture
    def reach(self, door: Door, tmp_path: Any) -> list[str]:
        return by_token(door.address, door.project, "containers:read", "containers:write").words(tmp_path)

    @pytest.fixture
    def elsewhere(self, tmp_path: Any) -> Terminal:
        return Terminal(tmp_path / "elsewhere")

    def test_objects_are_applied_scaled_and_shown(
        self, elsewhere: Terminal, reach: list[str], tmp_path: Any, talking: Project
    ) -> None:
        text = deployment("other", 1)
        assert "+kind: Deployment" in elsewhere.ok("containers", "diff", "-f", written(tmp_path, text), *reach)
        done = elsewhere.json("containers", "apply", "-f", written(tmp_path, text), *reach)
        assert [one["deed"] for one in done] == ["create"]
        status = elsewhere.json("containers", "rollout", "status", "deploy", "other", "--wait", "60", *reach)
        assert status["progress"] == "complete"
        assert elsewhere.json("containers", "scale", "deploy", "other", "0", *reach)[0]["deed"] == "change"
        assert {"web", "other"} <= {one["name"] for one in elsewhere.json("containers", "get", "deploy", *reach)}
        assert elsewhere.json("containers", "restart", "deploy", "other", *reach)[0]["deed"] == "change"
        assert elsewhere.json("containers", "rollout", "undo", "deploy", "other", *reach)[0]["deed"] == "change"
        assert elsewhere.json("containers", "delete", "deploy", "other", *reach)[0]["deed"] == "delete"
        assert any(one["reason"] == "Deleted" for one in elsewhere.json("containers", "events", *reach))
        assert "web-1" in {one["replica"] for one in elsewhere.json("containers", "top", *reach)}
        assert not elsewhere.home.exists()

    def test_a_refusal_there_is_a_refusal_here(self, elsewhere: Terminal, reach: list[str], tmp_path: Any) -> None:
        found = elsewhere.refused("containers", "apply", "-f", written(tmp_path, "kind: Pod"), *reach)
        assert "kind" in found["field"]

    def test_lines_and_commands_come_over_the_wire(self, elsewhere: Terminal, reach: list[str]) -> None:
        assert elsewhere.ok("containers", "logs", "web-1", "--tail", "1", *reach).startswith("line ")
        assert elsewhere.ok("containers", "exec", *reach, "web-1", "echo", "there") == "there\n"
        assert elsewhere.run("containers", "exec", *reach, "web-1", "false").exit_code == 1

    def test_a_port_of_this_machine_leads_there(self, elsewhere: Terminal, reach: list[str]) -> None:
        program = "from yunyue.doors.cli.main import main; main()"
        words = [sys.executable, "-c", program, "containers", "port-forward", "service/web", "0:80", *reach]
        environment = {**os.environ, "YUNYUE_HOME": str(elsewhere.home), "YUNYUE_LANG": "en", "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            address = process.stdout.readline().split(" ")[1]
            assert requests.get(f"http://{address}/", timeout=10).text == "one\n"
            process.terminate()

    def test_what_is_run_from_there_is_on_record_here_and_not_there(
        self, elsewhere: Terminal, reach: list[str], office: Office
    ) -> None:
        elsewhere.ok("containers", "exec", *reach, "web-1", "echo", "from afar")
        found = accesses(office).search(Wanted(words="from afar"), 10).records
        assert [(one.door, one.what, one.actor.split(":")[0]) for _, one in found] == [
            ("stream", "containers exec", "token")
        ]
        assert not elsewhere.home.exists()

    @pytest.mark.parametrize(
        ("server", "reason"),
        [("ftp://x", "an address begins with"), ("http://127.0.0.1:9", "the platform does not answer")],
    )
    def test_an_address_nobody_is_at_is_refused(
        self, elsewhere: Terminal, reach: list[str], server: str, reason: str
    ) -> None:
        assert reason in elsewhere.refused("containers", "get", *reach[2:], "--server", server)["reason"]

    def test_a_token_is_needed(self, elsewhere: Terminal, door: Door, tmp_path: Any) -> None:
        for more in ([], ["--token-file", str(tmp_path / "none")]):
            found = elsewhere.refused("containers", "get", "--server", door.address, "--contract", CONTRACT, *more)
            assert "token" in found["reason"]

    def test_a_contract_is_needed(self, elsewhere: Terminal, reach: list[str]) -> None:
        found = elsewhere.refused("containers", "get", *reach, "--contract", "")
        assert (found["field"], "--contract" in found["reason"]) == ("contract", True)

    def test_every_command_that_works_in_a_project_works_in_one_elsewhere(self) -> None:
        """A command that is new comes with --server, or is named here with a reason."""
        own = {"base-image": "makes a file", "convert": "turns a file into another"}
        here = [name for name, taken in commands(group) if "server" not in taken]
        assert sorted(here) == sorted(own)


def commands(within: click.Group) -> Iterator[tuple[str, set[str | None]]]:
    """Every command of a group and of the groups in it, with what it takes."""
    for one in within.commands.values():
        if isinstance(one, click.Group):
            yield from commands(one)
        else:
            yield str(one.name), {param.name for param in one.params}
