"""Alerts that outlast what could lose them: silences, full disks, relays that hang, rules and targets taken out."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from monitor_servers import hangs, page, serving
from services_cast import TestHost, order
from test_monitor_alert_path import DOWN, SECRET, AlertPath, Receiver, told, write

from yunyue.answer import Refused
from yunyue.catalog import Sample
from yunyue.services.monitor.alerts import config, send
from yunyue.services.monitor.alerts.ledger import Ledger, Notice
from yunyue.services.monitor.alerts.register import alerts
from yunyue.services.monitor.metrics.store import close_stores, store
from yunyue.services.monitor.service import service
from yunyue.sla.span import milliseconds

MAIL = {
    "type": "mail",
    "name": "letters",
    "security": "none",
    "sender": "cloud@example.gov.cn",
    "to": ["duty@example.gov.cn"],
}


@pytest.fixture
def host(tmp_path: Path) -> Any:
    made = TestHost(tmp_path)
    yield made
    close_stores([made.folder])


def sample(host: TestHost, error: str) -> Sample:
    return Sample("o1", "availability", milliseconds(host.now()), not error, error, 1)


def silence(host: TestHost, minutes: int) -> dict[str, object]:
    start = milliseconds(host.now())
    return {"name": "move", "start": start, "end": start + minutes * 60_000, "who": "user:7", "why": "the site moves"}


class TestSilence:
    def test_an_alert_that_outlasts_its_silence_is_told_when_it_is_over(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            await path.sample("refused")
            assert receiver.got == []
            await path.pass_(60)
            await path.sample("refused")
            await path.sample("")

        receiver = Receiver()
        told(host, receiver, walk, silences=[silence(host, 1)])
        assert receiver.turns == [[("o1", "firing")], [("o1", "resolved")]]
        assert len(alerts(host.folder)) == 1, "it is the same alert"

    def test_it_is_told_once_also_when_the_platform_starts_anew_meanwhile(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            await path.sample("refused")
            again = AlertPath(host)
            await again.sample("refused", wait=60)
            await again.sample("refused")
            third = AlertPath(host)
            await third.sample("refused")

        receiver = Receiver()
        told(host, receiver, walk, silences=[silence(host, 1)])
        assert receiver.turns == [[("o1", "firing")]]

    def test_one_that_is_over_before_its_silence_is_never_told(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            await path.sample("refused")
            await path.sample("")
            await path.pass_(60)
            await path.sample("")

        receiver = Receiver()
        told(host, receiver, walk, silences=[silence(host, 1)])
        assert receiver.got == []

    def test_no_step_of_an_escalation_is_taken_in_it(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            for _ in range(8):
                await path.sample("refused", wait=60)

        receiver = Receiver()
        rule = {**DOWN, "channels": ["hook"], "escalate": [{"after": 2, "channels": ["hook"]}]}
        told(host, receiver, walk, silences=[silence(host, 5)], rules=[rule])
        assert receiver.turns == [[("o1", "firing")], [("o1", "escalated")]]


def test_an_alert_that_could_not_be_written_down_is_told_once_the_disk_takes_it(
    host: TestHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_ledger: Ledger, _notices: Sequence[tuple[str, Notice]]) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async def walk(path: AlertPath) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Ledger, "note", full)
            with pytest.raises(sqlite3.OperationalError):
                await path.sample("refused")
        await path.sample("refused")

    receiver = Receiver()
    told(host, receiver, walk)
    assert receiver.turns == [[("o1", "firing")]]


def test_metrics_that_cannot_be_read_stop_no_other_rule(host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(store(host.folder), "select", damaged)
    receiver = Receiver()
    metrics = {"name": "load", "when": {"type": "promql", "query": "load > 5"}, "channels": ["hook"]}
    told(host, receiver, lambda path: path.sample("refused"), rules=[metrics, {**DOWN, "channels": ["hook"]}])
    assert receiver.turns == [[("o1", "firing")]]


class TestRelay:
    def test_one_that_hangs_holds_up_no_other_channel(self, host: TestHost) -> None:
        async def run() -> None:
            async with serving(hangs) as deaf, serving(receiver) as port:
                hook = {"type": "webhook", "name": "hook", "url": f"http://127.0.0.1:{port}/", "secret": SECRET}
                mail = MAIL | {"server": f"127.0.0.1:{deaf}"}
                write(host, [hook, mail], [{**DOWN, "channels": ["hook", "letters"]}])
                path = AlertPath(host)
                for error in ("refused", ""):
                    await self.observed(path, error)
                await path.alerting.close()

        receiver = Receiver(page(b"{}"))
        asyncio.run(run())
        assert receiver.turns == [[("o1", "firing")], [("o1", "resolved")]]

    async def observed(self, path: AlertPath, error: str) -> None:
        """As `sample` does, but for waiting until the relay is done, which would take its ten seconds."""
        path.alerting.observe(sample(path.host, error))
        path.host.forward(5)
        await path.alerting.tick()
        await path.alerting._sending["hook"]

    def test_one_that_says_a_byte_now_and_then_is_cut_off(
        self, host: TestHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while not reader.at_eof():
                writer.write(b"2")
                await asyncio.wait((asyncio.ensure_future(reader.read(1)),), timeout=0.02)

        async def run() -> None:
            async with serving(drips) as port:
                write(host, [MAIL | {"server": f"127.0.0.1:{port}"}], [{**DOWN, "channels": ["letters"]}])
                async with asyncio.timeout(8):
                    await AlertPath(host).sample("refused")

        monkeypatch.setattr(send, "LONGEST_S", 0.2)
        asyncio.run(run())
        assert Ledger(host.folder).queue("letters").failures == 1

    def test_a_channel_whose_certificates_are_none_is_refused(self, host: TestHost) -> None:
        made = {"channels": [MAIL | {"server": "mail.example.gov.cn", "ca": "-----BEGIN"}]}
        refused = config.save(host.folder, msgspec.json.encode(made))
        assert isinstance(refused, Refused)
        assert "PEM" in refused.reason


class TestGone:
    def test_an_alert_of_a_target_that_was_retired_is_over(self, host: TestHost) -> None:
        service.provision(order("o1"), host)

        async def walk(path: AlertPath) -> None:
            await path.sample("refused")
            service.retire("o1", host)
            await path.pass_(5)

        receiver = Receiver()
        told(host, receiver, walk)
        assert receiver.turns == [[("o1", "firing")], [("o1", "resolved")]]

    def test_an_alert_of_a_rule_that_was_taken_out_is_over(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            await path.sample("refused")
            config.save(host.folder, msgspec.json.encode({"channels": [MAIL | {"server": "127.0.0.1:9"}]}))
            await path.pass_(5)

        told(host, Receiver(), walk)
        (alert,) = alerts(host.folder)
        assert alert.over


def test_a_message_whose_arrival_cannot_be_written_down_is_not_sent_every_few_seconds(
    host: TestHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async def walk(path: AlertPath) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Ledger, "delivered", full)
            for _ in range(10):
                await path.sample("refused")
        await path.pass_(300)

    receiver = Receiver()
    told(host, receiver, walk)
    assert len(receiver.got) == 2
