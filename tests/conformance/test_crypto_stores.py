"""The vault on SQLite and on PostgreSQL: the same promises on both; several machines share the second."""

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from crypto_cast import Desk, b64
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres import Cluster, postgres
from starlette.types import Message

from yunyue.doors.data.crypto import CryptoDoor
from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.services.crypto.errors import NotThisVault, RowTampered, StorageFailed, VaultBroken
from yunyue.services.crypto.rows import Rows
from yunyue.services.crypto.store.lead import Lead
from yunyue.services.crypto.store.postgres import PostgresDatabase
from yunyue.services.crypto.store.tables import ROWS, USES
from yunyue.services.crypto.uselog import Use, UseLog, leaf_of
from yunyue.services.crypto.uses.segments import Segment
from yunyue.services.crypto.vault import Shared, Vault

__all__ = ["postgres"]
pytestmark = pytest.mark.engine("postgresql")
LATER = timedelta(seconds=2)
DAY_MS = 86_400_000
USE = Use(1, "space", "key", 2, "update encrypt", 3, "accessor", 200, 4, b"\x01", b"\x02")


@dataclass
class Store:
    """One place for a vault; `postgres` is empty for files in the folder."""

    folder: Path
    postgres: str = ""

    def rows(self) -> Rows:
        return Rows(PostgresDatabase(self.postgres, ROWS) if self.postgres else self.folder / "keys.db")

    def uses(self) -> UseLog:
        return UseLog(PostgresDatabase(self.postgres, USES) if self.postgres else self.folder / "uses.db")

    def execute(self, statement: str, which: str = "keys") -> None:
        """A statement behind the vault's back."""
        if self.postgres:
            schema = {"keys": "yunyue_store_of_keys", "uses": "yunyue_use_log"}[which]
            with psycopg.connect(self.postgres, autocommit=True) as other:
                other.execute(f"SET search_path TO {schema}".encode())
                other.execute(statement.encode())
            return
        other_file = sqlite3.connect(self.folder / f"{which}.db", isolation_level=None)
        other_file.execute(statement)
        other_file.close()

    def desk(self, address: str = "") -> Desk:
        made = Desk(self.folder / address.replace("/", "_"))
        made.vault.close()
        shared = Shared(self.postgres, address) if self.postgres else None
        made.folder, made.vault = self.folder, Vault(self.folder, made.clock, None, shared)
        return made


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty place of either kind."""
    if request.param == "sqlite":
        return Store(tmp_path)
    return Store(tmp_path, request.getfixturevalue("postgres").database())


@pytest.fixture
def shared(postgres: Cluster, tmp_path: Path) -> Store:
    """An empty database several machines open."""
    return Store(tmp_path, postgres.database())


@pytest.fixture
def rows(store: Store) -> Iterator[Rows]:
    made = store.rows()
    yield made
    made.close()


class TestRows:
    def test_what_is_put_is_there_after_opening_again(self, store: Store, rows: Rows) -> None:
        rows.put("a/b", b"\x00\xff")
        rows.put("a/b", b"other")
        assert rows.get("a/b") == b"other"
        again = store.rows()
        assert again.get("a/b") == b"other"
        again.put("a/b", None)
        assert again.get("a/b") is None
        again.close()

    def test_a_transaction_is_whole_or_nothing(self, rows: Rows) -> None:
        def interrupted() -> None:
            with rows.transaction():
                rows.put("a", b"1")
                with rows.transaction():
                    rows.put("b", b"2")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            interrupted()
        assert rows.under("") == {}
        with rows.transaction():
            rows.put("a", b"1")
            with rows.transaction():
                rows.put("b", b"2")
        assert rows.under("") == {"a": b"1", "b": b"2"}

    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(paths=st.sets(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)))
    def test_a_prefix_finds_what_begins_with_it(self, rows: Rows, paths: set[str]) -> None:
        with rows.transaction():
            for old in rows.under(""):
                rows.put(old, None)
            for path in paths:
                rows.put(path, b"x")
        for prefix in {path[:2] for path in paths}:
            assert set(rows.under(prefix)) == {path for path in paths if path.startswith(prefix)}

    def test_a_change_by_another_is_noticed_and_an_own_is_not(self, store: Store, rows: Rows) -> None:
        other, before = store.rows(), rows.generation()
        rows.put("mine", b"1")
        assert rows.generation() == before
        other.put("theirs", b"2")
        assert rows.generation() != before
        other.close()

    def test_a_name_with_a_null_byte_is_nowhere(self, rows: Rows) -> None:
        assert rows.get("a\0b") is None
        assert rows.under("a\0") == {}

    def test_a_closed_store_says_so(self, store: Store) -> None:
        made = store.rows()
        made.close()
        made.close()
        with pytest.raises(StorageFailed, match="closed"):
            made.get("a")

    @pytest.mark.parametrize(
        "statement",
        ["ALTER TABLE sealed_rows ADD COLUMN more TEXT", "CREATE TABLE more (x TEXT)", "DROP TABLE sealed_rows"],
    )
    def test_a_half_migrated_store_is_refused(self, store: Store, statement: str) -> None:
        store.rows().close()
        store.execute(statement)
        with pytest.raises(NotThisVault, match="half migrated or changed"):
            store.rows()

    def test_another_version_is_refused(self, store: Store) -> None:
        store.rows().close()
        store.execute("UPDATE made SET version = 9" if store.postgres else "PRAGMA user_version=9")
        with pytest.raises(NotThisVault, match="version 9"):
            store.rows()


class TestUses:
    def test_the_head_is_that_of_the_tree_of_records(self, store: Store) -> None:
        log = store.uses()
        assert log.head() == (0, Frontier().root())
        for index in range(7):
            log.append([USE._replace(at=index)] * (index % 3 + 1))
        found = [(number, *use) for number, use in log.read(0, 100)]
        assert log.head() == (len(found), Frontier().extend([leaf_hash(leaf_of(row)) for row in found]).root())
        assert log.faults() == []
        log.close()

    def test_two_processes_append_to_one_log(self, store: Store) -> None:
        one, two = store.uses(), store.uses()
        for index in range(10):
            (one, two)[index % 2].append([USE._replace(at=index)])
        assert [use.at for _, use in one.read(0, 100)] == list(range(10))
        assert one.head() == two.head()
        one.close()
        two.close()

    @pytest.mark.parametrize("statement", ["DELETE FROM uses", "UPDATE uses SET actor = 'nobody'"])
    def test_nothing_is_changed_or_taken_out(self, store: Store, statement: str) -> None:
        log = store.uses()
        log.append([USE])
        with pytest.raises((sqlite3.IntegrityError, psycopg.Error), match="append-only"):
            store.execute(statement, "uses")
        log.close()

    def test_uses_are_counted_and_forwarded(self, store: Store) -> None:
        log = store.uses()
        statuses = (200, 204, 400, 500, 503)
        log.append([USE._replace(at=index, status=status) for index, status in enumerate(statuses)])
        assert log.counted("space", 0, 5) == (5, 2, 2)
        assert log.counted("space", 1, 4) == (3, 1, 1)
        assert [number for number, _ in log.of_space("space", 2, 2)] == [2, 3]
        log.set_forwarded("space", 3, 4)
        log.set_forwarded("space", 4, 5)
        assert log.forwarded("space") == (4, 5)
        log.close()

    def test_a_proof_of_a_record_holds(self, store: Store) -> None:
        log = store.uses()
        log.append([USE._replace(at=index) for index in range(11)])
        proof = log.proof(6)
        assert proof is not None
        assert proof.holds(*log.head())
        log.close()


class TestSealedUses:
    def test_sealing_changes_nothing_one_can_see(self, store: Store) -> None:
        log = store.uses()
        log.append([USE._replace(at=index, space=("space", "空间")[index % 2]) for index in range(700)])
        before = log.read(0, 1000), log.head(), log.counted("空间", 100, 600), log.of_space("space", 50, 90)
        assert [(one.first, one.rows) for one in log.seal(DAY_MS)] == [(0, 512)]
        assert (log.read(0, 1000), log.head(), log.counted("空间", 100, 600), log.of_space("space", 50, 90)) == before
        log.append([USE])
        proof = log.proof(3)
        assert proof is not None
        assert proof.holds(*log.head())
        assert log.faults() == []
        log.close()
        again = store.uses()
        assert again.read(0, 700) == before[0]
        again.close()

    def test_an_interrupted_sealing_loses_nothing(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        log = store.uses()
        log.append([USE._replace(at=index) for index in range(300)])
        before = log.read(0, 1000)
        with monkeypatch.context() as patch:
            patch.setattr(Segment, "name", property(lambda _: "\0"))
            with pytest.raises((VaultBroken, ValueError)):
                log.seal(DAY_MS)
        assert log.segments() == ()
        assert log.read(0, 1000) == before
        assert log.seal(DAY_MS)[0].rows == 256
        assert log.read(0, 1000) == before
        assert log.faults() == []
        log.close()

    def test_a_sealed_file_in_the_database_can_neither_be_changed_nor_taken_out(self, shared: Store) -> None:
        log = shared.uses()
        log.append([USE] * 300)
        log.seal(DAY_MS * 2)
        for statement in ("DELETE FROM files", "UPDATE files SET content = ''", "DELETE FROM segments"):
            with pytest.raises(psycopg.Error, match="append-only"):
                shared.execute(statement, "uses")
        shared.execute("ALTER TABLE files DISABLE TRIGGER files_stays", "uses")
        shared.execute("UPDATE files SET content = substr(content, 1, 500) || '\\x00'::bytea", "uses")
        assert log._files.fault(log.segments()[0]) == "uses-0-256.parquet was changed"
        log.close()

    def test_a_log_made_before_files_were_kept_there_is_brought_up(self, shared: Store) -> None:
        log = shared.uses()
        log.append([USE] * 300)
        head = log.head()
        log.close()
        shared.execute("DROP TABLE files", "uses")
        shared.execute(
            "UPDATE made SET version = 2, columns = (SELECT string_agg(table_name || '.' || column_name || ' ' ||"
            " data_type, ', ' ORDER BY table_name, column_name) FROM information_schema.columns"
            " WHERE table_schema = 'yunyue_use_log') || '; 2'",
            "uses",
        )
        again = shared.uses()
        assert again.head() == head
        assert again.seal(DAY_MS * 2)[0].rows == 256
        assert again.faults() == []
        again.close()
        shared.uses().close()


class TestVault:
    def test_a_vault_lives_through_a_restart(self, store: Store) -> None:
        desk = store.desk().make(shares=3, threshold=2)
        desk.key("k", "sm4-gcm96")
        sealed = desk.encrypt("k")
        desk.post("transit/keys/k/rotate")
        desk.vault.close()
        again = store.desk()
        again.root, again.parts = desk.root, desk.parts
        assert again.vault.sealed
        again.unseal()
        assert again.decrypt("k", sealed).data["plaintext"] == b64("text")
        assert again("GET", "transit/keys/k").data["latest_version"] == 2
        storage = again("GET", "sys/seal-status").json["storage_type"]
        assert storage == ("postgresql" if store.postgres else "sqlite")
        assert again.vault.log.faults() == []
        again.vault.close()

    def test_every_byte_of_a_row_is_bound(self, store: Store) -> None:
        desk = store.desk().make()
        desk.key("k")
        path = f"space/{desk.mount.identifier}/version/k/00000001"
        row = desk.vault.barrier.rows.get(path)
        assert row is not None
        for place in range(len(row)):
            desk.vault.barrier.rows.put(path, row[:place] + bytes([row[place] ^ 1]) + row[place + 1 :])
            with pytest.raises(VaultBroken):
                desk.vault.barrier.read(path)
        desk.vault.barrier.rows.put(path, row)
        desk.vault.barrier.rows.put(path.replace("/k/", "/j/"), row)
        with pytest.raises(RowTampered):
            desk.vault.barrier.read(path.replace("/k/", "/j/"))
        desk.vault.close()

    def test_nothing_readable_lies_in_the_store(self, store: Store) -> None:
        desk = store.desk().make()
        desk.key("a-key-nobody-may-use", "sm2")
        token = desk.token('path "transit/*" { capabilities = ["read"] }')
        for row in desk.vault.barrier.rows.under("").values():
            assert token.encode() not in row
            assert b"PRIVATE" not in row
        desk.vault.close()


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
