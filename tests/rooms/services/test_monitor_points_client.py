"""How a probe point takes the platform's answers: what is sent again, what is not, and what is never believed."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from monitor_servers import Behaviour, answers, hangs, page, resets, serving
from points_cast import LiveHost, platform
from services_cast import order

from yunyue.services.monitor.points import agent as agents
from yunyue.services.monitor.points import client as module
from yunyue.services.monitor.points.agent import Agent
from yunyue.services.monitor.points.client import Away, Client, NotTaken
from yunyue.services.monitor.points.config import Config
from yunyue.services.monitor.points.ingest import at_point, take
from yunyue.services.monitor.points.register import Points
from yunyue.services.monitor.points.spool import Spool
from yunyue.services.monitor.points.wire import Batch, Receipt, Taken, Work
from yunyue.services.monitor.service import service

BATCH = Batch(epoch=1, seq=0, clock=1)


def config(folder: Path, port: int) -> Config:
    (folder / "token").write_text("secret\n")
    return Config(
        platform=f"http://127.0.0.1:{port}", contract="c1", folder=str(folder), token_file=str(folder / "token")
    )


def sent(folder: Path, behave: Behaviour, what: str = "send") -> object:
    async def both() -> object:
        async with serving(behave) as port:
            client = Client(config(folder, port))
            match what:
                case "send":
                    return await client.send(BATCH)
                case "work":
                    return await client.work()
                case _:
                    await client.measure(b"x")
                    return "taken"

    return asyncio.run(both())


def test_a_receipt_is_believed_and_measures_the_clocks(tmp_path: Path) -> None:
    assert sent(tmp_path, answers(page(msgspec.json.encode(Receipt(3, 5))))) == Receipt(3, 5)


def test_the_token_is_shown_and_read_anew_each_time(tmp_path: Path) -> None:
    seen: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(page(msgspec.json.encode(Work((), 5))))

    async def both() -> None:
        async with serving(behave) as port:
            client = Client(config(tmp_path, port))
            await client.work()
            (tmp_path / "token").write_text("fresh")
            await client.work()

    asyncio.run(both())
    assert b"Authorization: Bearer secret\r\n" in seen[0]
    assert b"Authorization: Bearer fresh\r\n" in seen[1]


@pytest.mark.parametrize(
    "status", ["401 No", "403 No", "404 No", "408 Late", "409 Odd", "429 Slow", "500 Broken", "503 Full"]
)
def test_what_may_be_well_later_is_sent_again(tmp_path: Path, status: str) -> None:
    with pytest.raises(Away, match=status[:3]):
        sent(tmp_path, answers(page(b"why", status)))


@pytest.mark.parametrize("status", ["400 Bad", "413 Large", "422 Odd"])
def test_what_will_never_be_taken_is_told_apart(tmp_path: Path, status: str) -> None:
    with pytest.raises(NotTaken, match="why"):
        sent(tmp_path, answers(page(b"why", status)), "measure")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"next": "x", "now": 1}'])
@pytest.mark.parametrize("what", ["send", "work"])
def test_an_answer_that_cannot_be_read_acknowledges_nothing(tmp_path: Path, body: bytes, what: str) -> None:
    with pytest.raises(Away, match="cannot be read"):
        sent(tmp_path, answers(page(body)), what)


@pytest.mark.parametrize("behave", [hangs, resets])
def test_a_platform_that_hangs_or_cuts_is_away(
    tmp_path: Path, behave: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.2)
    with pytest.raises(Away):
        sent(tmp_path, behave)


def test_a_token_that_is_gone_is_away_and_nothing_is_lost(tmp_path: Path) -> None:
    asked = config(tmp_path, 1)
    (tmp_path / "token").unlink()
    with pytest.raises(Away, match="token"):
        asyncio.run(Client(asked).send(BATCH))


def test_metrics_need_no_word_in_return(tmp_path: Path) -> None:
    assert sent(tmp_path, answers(page(b"", "204 Taken")), "measure") == "taken"


class TestEpoch:
    """The disk of a point was replaced, and it began anew while its clock stood in the past."""

    def test_what_such_a_queue_holds_is_taken_under_an_epoch_of_today(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(agents, "SEND_S", 0.01)
        host = LiveHost(tmp_path)
        service.provision(order("o1", kind="http", target="http://127.0.0.1:9/", points="a", interval_s=60), host)
        token = Points(host.folder).enrol("a", "", 1)
        (known,) = Points(host.folder).all()
        taken = take(known, Batch(epoch=module.now_ms() - 60_000, seq=0, clock=module.now_ms()), host)
        assert isinstance(taken, Receipt)

        async def send(port: int) -> None:
            made = config(tmp_path, port)
            (tmp_path / "token").write_text(str(token))
            agent = Agent(made, Client(made), Spool(tmp_path, 5))
            agent.spool.found([Taken("o1", module.now_ms(), 0, "reset", 7)], 0, "boot")
            sending = asyncio.create_task(agent._send())
            async with asyncio.timeout(10):
                while agent.spool.held:
                    await asyncio.sleep(0.01)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

        with platform(host) as port:
            asyncio.run(send(port))
        assert [(one.indicator, one.error) for one in host.samples()] == [(at_point("a"), "reset")]

    def test_one_of_which_something_was_taken_keeps_its_epoch(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path, 5)
        spool.found([Taken("o1", 1, 0, "", 7), Taken("o1", 2, 0, "", 7)], 0, "boot")
        spool.acknowledged(1)
        assert not spool.renew(9)
        assert spool.epoch == 5
