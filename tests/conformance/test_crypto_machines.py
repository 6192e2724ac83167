"""Several machines share one vault in PostgreSQL: one serves, the others stand by and take over."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from crypto_cast import Desk, b64
from crypto_stores_cast import Store, shared
from postgres import Cluster, postgres
from starlette.types import Message

from yunyue.doors.data.crypto import CryptoDoor
from yunyue.services.crypto.store.lead import Lead
from yunyue.services.crypto.uselog import Use

__all__ = ["postgres", "shared"]
pytestmark = pytest.mark.engine("postgresql")
LATER = timedelta(seconds=2)
DAY_MS = 86_400_000
USE = Use(1, "space", "key", 2, "update encrypt", 3, "accessor", 200, 4, b"\x01", b"\x02")


class TestSeveralMachines:
    def two(self, shared: Store) -> tuple[Desk, Desk]:
        """The one that serves, and one that stands by, both open."""
        first = shared.desk("http://one").make()
        second = shared.desk("http://two")
        second.root, second.parts = first.root, first.parts
        second("PUT", "sys/unseal", {"key": second.parts[0].hex()})
        return first, second

    def end(self, *desks: Desk) -> None:
        for desk in desks:
            desk.vault.close()

    def test_one_serves_and_the_other_points_to_it(self, shared: Store) -> None:
        first, second = self.two(shared)
        assert first("GET", "sys/health").status == 200
        health = second("GET", "sys/health")
        assert (health.status, health.json["standby"], health.json["sealed"]) == (429, True, False)
        assert second("GET", "sys/health?standbyok=true").status == 200
        assert second("GET", "sys/health?standbycode=299").status == 299
        leader = second("GET", "sys/leader").json
        assert (leader["ha_enabled"], leader["is_self"], leader["leader_address"]) == (True, False, "http://one")
        assert first("GET", "sys/leader").json["is_self"] is True
        reply = second.reply("POST", "transit/encrypt/k", {"plaintext": b64("x")})
        assert (reply.status, reply.location) == (307, "http://one")
        self.end(first, second)

    def test_the_door_sends_clients_to_the_one_that_serves(self, shared: Store) -> None:
        first, second = self.two(shared)
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"{}", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        async def nobody(*given: object) -> None:
            raise AssertionError(given)

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/transit/keys",
            "query_string": b"list=true",
            "headers": [],
        }
        asyncio.run(CryptoDoor(second.vault, nobody, harden=False)(scope, receive, send))
        assert sent[0]["status"] == 307
        assert (b"location", b"http://one/v1/transit/keys?list=true") in sent[0]["headers"]
        self.end(first, second)

    def test_the_other_takes_over_when_the_first_ends(self, shared: Store) -> None:
        first, second = self.two(shared)
        first.key("k")
        sealed = first.encrypt("k")
        size, _ = first.vault.log.head()
        first.vault.close()
        second.clock.move(LATER)
        assert second.decrypt("k", sealed).data["plaintext"] == b64("text")
        assert second("GET", "sys/health").status == 200
        assert second.vault.log.head()[0] > size
        assert second.vault.log.faults() == []
        self.end(second)

    def test_a_machine_that_lost_the_lead_writes_nothing(self, shared: Store) -> None:
        first, second = self.two(shared)
        first.key("k")
        # The first one's connection that holds the lead breaks, as when its network fails for a while.
        assert first.vault.lead is not None
        assert first.vault.lead._connection is not None
        first.vault.lead._connection.close()
        # The server notices the end of a connection after some milliseconds.
        for _ in range(200):
            second.clock.move(LATER)
            if second("GET", "sys/health").status == 200:
                break
        assert second("GET", "sys/health").status == 200
        reply = first.reply("POST", "transit/keys/other", {})
        assert reply.status >= 300
        assert second("GET", "transit/keys/other").status == 404
        self.end(first, second)

    def test_a_sealed_machine_lets_another_lead(self, shared: Store) -> None:
        first, second = self.two(shared)
        first("PUT", "sys/seal")
        first.clock.move(LATER)
        assert first("GET", "sys/health").status == 503
        second.clock.move(LATER)
        assert second("GET", "sys/health").status == 200
        self.end(first, second)

    def test_a_standby_makes_no_vault_and_no_records(self, shared: Store) -> None:
        first, second = self.two(shared)
        size, _ = first.vault.log.head()
        assert second("PUT", "sys/init", {}).status == 307
        second("GET", "transit/keys/k")
        assert first.vault.log.head()[0] == size
        self.end(first, second)

    def test_a_database_that_went_away_is_reached_again(self, shared: Store, postgres: Cluster) -> None:
        desk = shared.desk("http://one").make()
        desk.key("k")
        sealed = desk.encrypt("k")
        postgres.kill()
        assert desk.post("transit/encrypt/k", plaintext=b64("x")).status >= 500
        postgres.start()
        for _ in range(3):
            desk.clock.move(LATER)
            answer: Any = desk.decrypt("k", sealed)
        assert answer.data["plaintext"] == b64("text")
        assert desk.vault.log.faults() == []
        self.end(desk)

    def test_a_lead_ends_with_its_process(self, shared: Store) -> None:
        one, two = Lead(shared.postgres, "a"), Lead(shared.postgres, "b")
        assert one.look()
        assert not two.look()
        assert two.leader() == "a"
        one.close()
        assert two.look()
        assert two.leader() == "b"
        two.close()
