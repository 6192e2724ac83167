"""From a sample to a message that arrived: real receivers, signatures checked, every attempt on record."""

import asyncio
import base64
import hashlib
import hmac
import sqlite3
from collections.abc import Awaitable, Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from monitor_servers import issuer, page, server_tls, serving
from services_cast import TestHost

from yunyue.catalog import Sample
from yunyue.services.monitor.alerts import config
from yunyue.services.monitor.alerts.ledger import Ledger, Notice
from yunyue.services.monitor.alerts.watching import Alerting
from yunyue.sla.span import milliseconds

SECRET = "0123456789abcdef"
DOWN = {"name": "down", "when": {"type": "misses", "n": 1, "m": 1}, "clear": 0}


class Receiver:
    """A web server that keeps what it is sent; `reply` answers, or cuts when empty."""

    def __init__(self, reply: bytes = page(b"{}")) -> None:
        self.reply = reply
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *fields = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
        self.got.append((line, headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write(self.reply)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(body) for _, _, body in self.got]

    @property
    def turns(self) -> list[list[tuple[str, str]]]:
        return [[(one["instance"], one["turn"]) for one in event["data"]["alerts"]] for event in self.events]


class AlertPath:
    """Alerting over a host whose clock moves when told."""

    def __init__(self, host: TestHost) -> None:
        self.host = host
        self.alerting = Alerting(host, "availability")

    async def sample(self, error: str, *instances: str, wait: float = 5) -> None:
        for instance in instances or ("o1",):
            at = milliseconds(self.host.now())
            self.alerting.observe(Sample(instance, "availability", at, not error, error, 1))
        await self.pass_(wait)

    async def pass_(self, seconds: float) -> None:
        self.host.forward(seconds)
        await self.alerting.tick()
        await self.alerting.settle()


Walk = Callable[[AlertPath], Awaitable[None]]


def told(host: TestHost, receiver: Receiver, walk: Walk, channel: dict[str, object] | None = None, **more: Any) -> None:
    async def run() -> None:
        async with serving(receiver) as port:
            made = {"type": "webhook", "name": "hook", "url": f"http://127.0.0.1:{port}/in?k=1", "secret": SECRET}
            write(host, [made | (channel or {}), *more.pop("others", [])], **more)
            await walk(AlertPath(host))

    asyncio.run(run())


def write(
    host: TestHost, channels: list[dict[str, Any]], rules: list[dict[str, Any]] | None = None, **more: Any
) -> None:
    rules = [{**DOWN, "channels": ["hook"]}] if rules is None else rules
    saved = config.save(host.folder, msgspec.json.encode({"rules": rules, "channels": channels, **more}))
    assert isinstance(saved, config.Config), saved


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    return TestHost(tmp_path)


async def down_and_up(path: AlertPath) -> None:
    await path.sample("refused")
    await path.sample("")


class TestWebhook:
    def test_an_alert_and_its_end_arrive_as_signed_cloud_events(self, host: TestHost) -> None:
        receiver = Receiver()
        told(host, receiver, down_and_up)
        assert receiver.turns == [[("o1", "firing")], [("o1", "resolved")]]
        line, headers, body = receiver.got[0]
        assert line == "POST /in?k=1 HTTP/1.1"
        assert receiver.events[0]["specversion"] == "1.0"
        assert receiver.events[0]["id"] == headers["webhook-id"]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        proof = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{proof}"

    def test_many_alerts_at_once_are_one_message(self, host: TestHost) -> None:
        receiver = Receiver()
        told(host, receiver, lambda path: path.sample("refused", *(f"o{number}" for number in range(20))))
        assert [len(turns) for turns in receiver.turns] == [20]

    def test_what_did_not_arrive_is_sent_again_ever_more_rarely_with_the_same_id(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            await path.sample("refused")
            for _ in range(20):
                await path.pass_(10)
            receiver.reply = page(b"{}")
            await path.pass_(600)

        receiver = Receiver(page(b"", "503 Busy"))
        told(host, receiver, walk)
        assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1
        assert len(receiver.got) == 8
        with sqlite3.connect(host.folder / "alerts.sqlite") as db:
            rows = db.execute("SELECT arrived, reason FROM deliveries ORDER BY number").fetchall()
        assert rows == [(0, "status 503")] * 7 + [(1, "")]

    def test_an_alert_that_was_not_sent_is_sent_after_a_restart_and_does_not_fire_twice(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            await path.sample("refused")
            receiver.reply = page(b"{}")
            again = AlertPath(host)
            await again.sample("refused", wait=60)
            await again.sample("")

        receiver = Receiver(b"")
        told(host, receiver, walk)
        assert receiver.turns[-2:] == [[("o1", "firing")], [("o1", "resolved")]]

    def test_a_silenced_alert_is_recorded_and_not_sent(self, host: TestHost) -> None:
        start = milliseconds(host.now())
        silence = {"name": "move", "start": start, "end": start + 3_600_000, "who": "user:7", "why": "the site moves"}
        receiver = Receiver()
        told(host, receiver, down_and_up, silences=[silence])
        assert receiver.got == []
        with sqlite3.connect(host.folder / "alerts.sqlite") as db:
            assert db.execute("SELECT turn, silence FROM notices").fetchall() == [
                ("firing", "move"),
                ("resolved", "move"),
            ]

    def test_a_private_address_gets_no_message_unless_private_ones_are_allowed(self, host: TestHost) -> None:
        host.allow_private = False
        receiver = Receiver()
        told(host, receiver, down_and_up)
        assert receiver.got == []
        with sqlite3.connect(host.folder / "alerts.sqlite") as db:
            assert {reason for (reason,) in db.execute("SELECT reason FROM deliveries")} == {"denied"}

    def test_rules_that_are_not_right_leave_the_former_ones_in_force(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            await path.sample("")
            config.path(host.folder).write_bytes(b'{"rules": 7}')
            await path.sample("refused")

        receiver = Receiver()
        told(host, receiver, walk)
        assert receiver.turns == [[("o1", "firing")]]


class TestRobots:
    @pytest.mark.parametrize(
        ("kind", "reply", "reason"),
        [
            ("dingtalk", b'{"errcode": 0, "errmsg": "ok"}', ""),
            ("dingtalk", b'{"errcode": 310000, "errmsg": "sign not match"}', "the robot answered [310000]"),
            ("wecom", b'{"errcode": 0}', ""),
            ("wecom", b"<html>", "the robot's answer is no JSON object"),
            ("feishu", b'{"code": 0}', ""),
            ("feishu", b'{"code": 19021}', "the robot answered [19021]"),
            ("feishu", b"{}", "the robot answered without a code"),
        ],
    )
    def test_a_robot_says_in_its_answer_whether_it_took_the_message(
        self, host: TestHost, kind: str, reply: bytes, reason: str
    ) -> None:
        told(host, Receiver(page(reply)), lambda path: path.sample("refused"), {"type": kind})
        with sqlite3.connect(host.folder / "alerts.sqlite") as db:
            assert db.execute("SELECT reason FROM deliveries").fetchall() == [(reason,)]

    def test_dingtalk_is_signed_in_its_address(self, host: TestHost) -> None:
        receiver = Receiver(page(b'{"errcode": 0}'))
        told(host, receiver, lambda path: path.sample("refused"), {"type": "dingtalk"})
        asked = parse_qs(urlsplit(receiver.got[0][0].split()[1]).query)
        stamp = asked["timestamp"][0]
        proof = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
        assert asked["sign"] == [base64.b64encode(proof).decode()]
        assert "o1 down" in receiver.events[0]["text"]["content"]

    def test_feishu_is_signed_in_its_body(self, host: TestHost) -> None:
        receiver = Receiver(page(b'{"code": 0}'))
        told(host, receiver, lambda path: path.sample("refused"), {"type": "feishu"})
        said = receiver.events[0]
        proof = hmac.new(f"{said['timestamp']}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
        assert said["sign"] == base64.b64encode(proof).decode()


class Relay:
    """An SMTP server with STARTTLS that keeps the letters it takes."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.encrypted = False

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay\r\n")
        while line := (await reader.readline()).upper():
            if line.startswith(b"STARTTLS"):
                writer.write(b"220 go\r\n")
                await writer.drain()
                await writer.start_tls(server_tls())
                self.encrypted = True
            elif line.startswith(b"DATA"):
                writer.write(b"354 go\r\n")
                self.letters.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 taken\r\n")
            else:
                writer.write(b"250-relay\r\n250 STARTTLS\r\n" if line.startswith(b"EHLO") else b"250 ok\r\n")


def test_a_letter_goes_out_encrypted(host: TestHost) -> None:
    async def run() -> None:
        async with serving(relay) as port:
            channel = {"type": "mail", "name": "hook", "server": f"localhost:{port}", "ca": issuer("Test CA").pem}
            write(host, [channel | {"sender": "cloud@example.gov.cn", "to": ["duty@example.gov.cn"]}])
            await AlertPath(host).sample("refused")

    relay = Relay()
    asyncio.run(run())
    assert relay.encrypted
    letter = message_from_bytes(relay.letters[0])
    assert letter["Subject"] == "[Yunyue] firing o1 down"
    assert b"o1 down" in bytes(letter.get_payload(decode=True))


def test_an_alert_that_goes_on_is_escalated_once_also_over_a_restart(host: TestHost) -> None:
    async def walk(path: AlertPath) -> None:
        await path.sample("refused", wait=60)
        await path.pass_(300)
        again = AlertPath(host)
        await again.sample("refused", wait=60)
        await again.sample("", wait=60)

    receiver = Receiver()
    rule = {**DOWN, "channels": ["duty"], "escalate": [{"after": 5, "channels": ["duty"]}]}
    rotas = [{"name": "duty", "turns": ["hook"], "first": "2024-06-03"}]
    told(host, receiver, walk, rules=[rule], rotas=rotas)
    assert receiver.turns == [[("o1", "firing")], [("o1", "escalated")], [("o1", "resolved")]]


class TestTheWatchedPath:
    def test_a_channel_that_is_stuck_is_an_alert_to_the_others(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            await path.sample("refused")
            await path.pass_(301)
            await path.pass_(5)
            assert path.alerting.health().stuck.keys() == {"deaf"}

        receiver = Receiver()
        deaf = {"type": "webhook", "name": "deaf", "url": "http://127.0.0.1:1/", "secret": SECRET}
        told(host, receiver, walk, others=[deaf], rules=[{**DOWN, "channels": ["deaf"]}])
        assert receiver.turns == [[("deaf", "firing")]]

    def test_a_sign_of_life_is_sent_when_nothing_else_was(self, host: TestHost) -> None:
        async def walk(path: AlertPath) -> None:
            for _ in range(25):
                await path.pass_(60)

        receiver = Receiver()
        told(host, receiver, walk, {"heartbeat": 10})
        assert receiver.turns == [[("hook", "alive")]] * 3


class TestLedger:
    @pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET at = 0"])
    @pytest.mark.parametrize("table", ["notices", "deliveries"])
    def test_its_tables_only_grow(self, tmp_path: Path, table: str, statement: str) -> None:
        ledger = Ledger(tmp_path)
        notice = Notice("down", "o1", "firing", 1, "refused", 5)
        ledger.note([("hook", notice)])
        ledger.delivered("hook", ledger.queue("hook").waiting, 6, "")
        with (
            sqlite3.connect(tmp_path / "alerts.sqlite") as db,
            pytest.raises(sqlite3.IntegrityError, match="append only"),
        ):
            db.execute(statement.format(table))

    def test_what_arrived_waits_no_longer_and_what_failed_does(self, tmp_path: Path) -> None:
        ledger = Ledger(tmp_path)
        ledger.note([("hook", Notice("down", f"o{number}", "firing", 1, "x", number)) for number in range(3)])
        first = ledger.queue("hook").waiting
        ledger.delivered("hook", first[:2], 10, "")
        ledger.delivered("hook", first[2:], 11, "timeout")
        queue = ledger.queue("hook")
        assert ([one.instance for one in queue.waiting], queue.failures, queue.last) == (["o2"], 1, 11)
