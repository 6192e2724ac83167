"""The use log: every use is there before its answer, nothing secret is, nothing can be taken out unnoticed."""

import hashlib
import hmac
import json
import sqlite3
from pathlib import Path

import pytest
from crypto_cast import Desk, b64

from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.services.crypto.errors import NotThisVault, StorageFailed
from yunyue.services.crypto.uselog import Use, UseLog, leaf_of
from yunyue.services.crypto.uses.record import PARTLY, REFUSED

USE = Use(1, "space", "key", 2, "update encrypt", 3, "accessor", 200, 4, b"\x01", b"\x02")


@pytest.fixture
def log(tmp_path: Path) -> UseLog:
    return UseLog(tmp_path / "uses.db")


def last(desk: Desk) -> Use:
    size, _ = desk.vault.log.head()
    return desk.vault.log.read(size - 1, size)[0][1]


def test_records_are_read_as_they_were_written(log: UseLog) -> None:
    log.append([USE, USE._replace(at=2)])
    log.append([USE._replace(at=3)])
    assert [(number, use.at) for number, use in log.read(0, 10)] == [(0, 1), (1, 2), (2, 3)]
    assert log.read(1, 2) == [(1, USE._replace(at=2))]


def test_the_head_is_that_of_the_tree_of_records(log: UseLog) -> None:
    assert log.head() == (0, Frontier().root())
    for index in range(7):
        log.append([USE._replace(at=index)] * (index % 3 + 1))
    rows = [(number, *use) for number, use in log.read(0, 100)]
    assert log.head() == (len(rows), Frontier().extend([leaf_hash(leaf_of(row)) for row in rows]).root())
    assert log.faults() == []


def test_nothing_is_changed_or_taken_out(log: UseLog, tmp_path: Path) -> None:
    log.append([USE])
    with sqlite3.connect(tmp_path / "uses.db") as other:
        for statement in ("DELETE FROM uses", "UPDATE uses SET actor = 'nobody'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                other.execute(statement)
    other.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE uses SET actor = 'x' WHERE sequence = 1", "DELETE FROM uses WHERE at = 1"]
)
def test_what_was_changed_behind_its_back_is_found(log: UseLog, tmp_path: Path, statement: str) -> None:
    log.append([USE, USE, USE])
    with sqlite3.connect(tmp_path / "uses.db") as other:
        for name in ("uses_stay", "uses_hold"):
            other.execute(f"DROP TRIGGER {name}")
        other.execute(statement)
    other.close()
    assert log.faults() == ["the records do not give the log's head"]
    with pytest.raises(NotThisVault):
        UseLog(tmp_path / "uses.db")


def test_two_processes_append_to_one_log(log: UseLog, tmp_path: Path) -> None:
    other = UseLog(tmp_path / "uses.db")
    for index in range(10):
        (log, other)[index % 2].append([USE._replace(at=index)])
    assert [use.at for _, use in log.read(0, 100)] == list(range(10))
    assert log.head() == other.head()
    assert log.faults() == []


def test_uses_are_counted_by_space_and_time(log: UseLog) -> None:
    statuses = (200, 204, 400, 500, 503)
    log.append([USE._replace(at=index, status=status) for index, status in enumerate(statuses)])
    log.append([USE._replace(space="other")])
    assert log.counted("space", 0, 100) == (5, 2)
    assert log.counted("space", 1, 3) == (2, 1)
    assert log.counted("nobody", 0, 100) == (0, 0)


def test_a_batch_that_was_partly_done_counts_as_done_also_when_its_record_is_sealed(log: UseLog) -> None:
    for status, remark in ((400, PARTLY), (503, PARTLY), (500, REFUSED), (400, "")):
        log.append([USE._replace(at=1, status=status, operation=f"update encrypt{remark}")])
    assert log.counted("space", 0, 100) == (4, 2)
    log.seal(2, force=True)
    assert log.counted("space", 0, 100) == (4, 2)


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "uses.db").write_bytes(b"nothing" * 1000)
    with pytest.raises(NotThisVault):
        UseLog(tmp_path / "uses.db")


def test_a_log_of_another_version_is_refused(log: UseLog, tmp_path: Path) -> None:
    log.close()
    with sqlite3.connect(tmp_path / "uses.db") as other:
        other.execute("PRAGMA user_version=9")
    other.close()
    with pytest.raises(NotThisVault, match="made by version 9 of the use log"):
        UseLog(tmp_path / "uses.db")


class TestInTheVault:
    def test_a_use_names_key_version_operation_and_actor(self, desk: Desk) -> None:
        desk.key("k")
        desk.post("transit/keys/k/rotate")
        desk.encrypt("k")
        use = last(desk)
        accessor = desk("GET", "auth/token/lookup-self").data["accessor"]
        assert (use.space, use.key, use.version, use.operation) == (desk.mount.identifier, "k", 2, "update encrypt")
        assert (use.actor, use.status, use.items) == (accessor, 200, 1)
        desk.post("transit/encrypt/k", batch_input=[{"plaintext": b64("x")}] * 5)
        assert last(desk).items == 5

    def test_refused_uses_are_recorded_too(self, desk: Desk) -> None:
        desk("GET", "transit/keys/k", token="nobody")
        assert (last(desk).status, last(desk).actor) == (403, "")
        desk.post("transit/decrypt/none", ciphertext="x")
        assert (last(desk).status, last(desk).key) == (400, "none")

    def test_request_and_answer_can_be_matched_to_their_codes(self, desk: Desk) -> None:
        desk.key("k")
        sent = json.dumps({"plaintext": b64("x")}).encode()
        reply = desk.reply("POST", "transit/encrypt/k", sent)
        key = desk.vault.barrier.read("core/log-key")
        assert key is not None
        assert last(desk).request == hmac.digest(key, sent, hashlib.sha256)
        assert last(desk).response == hmac.digest(key, reply.body, hashlib.sha256)

    def test_no_plaintext_token_or_ciphertext_is_in_the_log(self, desk: Desk) -> None:
        desk.key("k")
        ciphertext = desk.encrypt("k", "very secret text")
        desk.decrypt("k", ciphertext)
        desk.vault.close()
        stored = b"".join(path.read_bytes() for path in desk.folder.glob("uses.db*"))
        for hidden in (b"very secret", b64("very secret text").encode(), ciphertext.encode(), desk.root.encode()):
            assert hidden not in stored

    def test_what_cannot_be_recorded_is_refused(self, desk: Desk) -> None:
        desk.key("k")
        desk.vault.log.close()
        shown = desk.post("transit/encrypt/k", plaintext=b64("x"))
        assert shown.status == 500
        assert shown.error == "the use log cannot be written; nothing is done without it"

    def test_a_full_disk_refuses_uses_until_there_is_room(self, desk: Desk) -> None:
        desk.key("k")
        with desk.vault.log._database.using() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages}")
        statuses = {desk.post("transit/encrypt/k", plaintext=b64("x")).status for _ in range(200)}
        assert 500 in statuses
        with desk.vault.log._database.using() as connection:
            connection.execute("PRAGMA max_page_count=100000")
        assert desk.post("transit/encrypt/k", plaintext=b64("x")).status == 200
        assert desk.vault.log.faults() == []

    def test_a_log_that_failed_in_an_unknown_way_stays_shut(self, log: UseLog) -> None:
        with log._database.using() as connection:
            connection.execute("DROP TABLE head")
        for _ in range(2):
            with pytest.raises(StorageFailed):
                log.append([USE])

    def test_asking_for_health_leaves_no_record_and_unsealing_does(self, desk: Desk) -> None:
        before = desk.vault.log.head()
        desk("GET", "sys/health")
        desk("GET", "sys/seal-status")
        assert desk.vault.log.head() == before
        desk("PUT", "sys/seal")
        desk("PUT", "sys/unseal", {"key": desk.parts[0].hex()})
        operations = [use.operation for _, use in desk.vault.log.read(before[0], before[0] + 2)]
        assert operations == ["update sys/seal", "update sys/unseal"]
