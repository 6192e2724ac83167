"""The vault on SQLite and on PostgreSQL: the same promises on both."""

import sqlite3
from datetime import timedelta

import psycopg
import pytest
from crypto_cast import b64
from crypto_stores_cast import Store, rows, shared, store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres import postgres

from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.services.crypto.errors import NotThisVault, RowTampered, StorageFailed, VaultBroken
from yunyue.services.crypto.rows import Rows
from yunyue.services.crypto.uselog import Use, leaf_of
from yunyue.services.crypto.uses.segments import Segment

__all__ = ["postgres", "rows", "shared", "store"]
pytestmark = pytest.mark.engine("postgresql")
LATER = timedelta(seconds=2)
DAY_MS = 86_400_000
USE = Use(1, "space", "key", 2, "update encrypt", 3, "accessor", 200, 4, b"\x01", b"\x02")


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

    def test_the_last_characters_of_all_are_found_too(self, rows: Rows) -> None:
        paths = {"\U0010ffff", "a\U0010ffff", "a\U0010ffff\U0010ffffb", "\ud7ff", "\ue000", "b"}
        for path in paths:
            rows.put(path, b"x")
        for prefix in ("", "a", "a\U0010ffff", "\U0010ffff", "\ud7ff", "\ue000"):
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
        assert log.counted("space", 0, 5) == (5, 2)
        assert log.counted("space", 1, 4) == (3, 1)
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
