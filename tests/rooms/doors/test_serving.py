"""One process serves everything, says what is ready, and what breaks beside the doors is begun again."""

import asyncio
import os
import signal
import socket
import urllib.request
from pathlib import Path

import contract_year
import pytest
from server_cast import started

from yunyue.answer import Refused
from yunyue.catalog import Registry, Service
from yunyue.doors import background, office
from yunyue.doors.alone import alone
from yunyue.doors.background import watched
from yunyue.doors.opening import close_parts, discovered, open_parts
from yunyue.doors.serve import bind, numbers
from yunyue.host.settings import Settings


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_stopped_and_a_second_start_keeps_its_home(
    tmp_path: Path, number: signal.Signals
) -> None:
    settings = Settings(home=tmp_path / "home", port=0, log_level="warning")
    for _ in range(2):
        process = started(settings)
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{address}/readyz", timeout=30) as answer:
            assert answer.status == 200
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
        assert (process.returncode, told) == (0, "")
    key = (settings.home / "secret-key").read_text()
    assert len(key) > 60


def test_a_taken_port_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = bind(Settings(home=tmp_path, port=taken.getsockname()[1]))
    assert isinstance(refused, Refused)
    assert refused.field == "port"
    assert "YUNYUE_PORT" in refused.reason


def test_an_address_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    refused = bind(Settings(home=tmp_path, bind="203.0.113.77", port=0))
    assert isinstance(refused, Refused)
    assert "203.0.113.77" in refused.reason


def test_an_answer_waits_for_no_acknowledgement_of_its_reader(tmp_path: Path) -> None:
    async def nagle_is_off(listening: socket.socket) -> bool:
        """Whether a connection the server takes sends each part at once."""
        off = asyncio.get_running_loop().create_future()

        class Taken(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                taken = transport.get_extra_info("socket")
                off.set_result(bool(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))

        server = await asyncio.get_running_loop().create_server(Taken, sock=listening)
        async with server:
            _reader, writer = await asyncio.open_connection(*listening.getsockname())
            writer.close()
            return bool(await off)

    listening = bind(Settings(home=tmp_path, port=0))
    assert isinstance(listening, socket.socket)
    assert asyncio.run(nagle_is_off(listening))


def test_a_taken_port_stops_the_start_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = started(Settings(home=tmp_path / "home", port=taken.getsockname()[1]))
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "cannot listen" in told
    assert not (tmp_path / "home").exists()


def test_the_installed_services_are_found_and_have_the_verbs() -> None:
    registry = discovered()
    assert isinstance(registry, Registry)
    assert "monitor" in registry.services
    assert all(isinstance(service, Service) for service in registry.services.values())


def test_what_is_opened_can_be_closed_and_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        opened = open_parts(Settings(home=tmp_path))
        assert isinstance(opened, office.Office)
        assert opened.kernel.journal.head().size == 0
        close_parts(opened)


def test_a_door_before_the_office_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_open", [])
    with pytest.raises(office.NotOpen):
        office.office()


def test_a_task_that_breaks_is_begun_again_until_it_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AGAIN_SECONDS", 0)
    begun: list[int] = []

    async def breaks() -> None:
        begun.append(1)
        if len(begun) < 3:
            raise LookupError("broken")
        await asyncio.Event().wait()

    async def run() -> None:
        task = asyncio.create_task(watched("breaks", breaks))
        while len(begun) < 3:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert len(begun) == 3


def test_facts_are_counted_by_type_and_each_once(tmp_path: Path) -> None:
    kernel = contract_year.tell(Settings(home=tmp_path))
    told = open_parts(kernel.settings, kernel.clock)
    assert isinstance(told, office.Office)
    facts = next(number for number in numbers(told) if number.name == "yunyue_facts")
    for _ in range(2):
        counted = facts.read()
        assert counted["contract.signed"] == 2
        assert sum(counted.values()) == len(contract_year.story()) + 1
    close_parts(told)
    kernel.close()


def test_a_home_has_one_server_and_its_place_is_free_again_when_that_ends(tmp_path: Path) -> None:
    with alone(tmp_path) as first:
        assert first is None
        with alone(tmp_path) as second:
            assert isinstance(second, Refused)
            assert f"process {os.getpid()};" in second.reason
            assert second.field == str(tmp_path / "serve.lock")
    with alone(tmp_path) as third:
        assert third is None


def test_a_killed_server_leaves_its_place_free(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", port=0, log_level="warning")
    process = started(settings)
    assert process.stdout is not None
    process.stdout.readline()
    with alone(settings.home) as other:
        assert isinstance(other, Refused)
        assert f"process {process.pid};" in other.reason
    process.kill()
    process.communicate(timeout=60)
    with alone(settings.home) as other:
        assert other is None
