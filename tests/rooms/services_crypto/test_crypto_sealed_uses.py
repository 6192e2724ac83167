"""Old uses in files that never change: nothing is lost on the way, all is still counted, and one can be proven."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from crypto_cast import Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.services.crypto import uselog
from yunyue.services.crypto.errors import NotThisVault, StorageFailed
from yunyue.services.crypto.store.tables import USES
from yunyue.services.crypto.uselog import Use, UseLog
from yunyue.services.crypto.uses import shelf
from yunyue.services.crypto.uses.proof import UseProof
from yunyue.services.crypto.uses.segments import Segment

USE = Use(1, "space", "key", 2, "update encrypt", 3, "accessor", 200, 4, b"\x01", b"\x02")
DAY = 86_400_000


def filled(folder: Path, count: int = 700) -> UseLog:
    log = UseLog(folder / "uses.db")
    spaces = ("space", "other", "空间")
    statuses = (200, 204, 403, 500)
    log.append([USE._replace(at=index, space=spaces[index % 3], status=statuses[index % 4]) for index in range(count)])
    return log


def test_sealing_changes_nothing_one_can_see(tmp_path: Path) -> None:
    log = filled(tmp_path)
    before = log.read(0, 1000), log.head(), log.counted("space", 100, 500), log.of_space("other", 50, 90)
    assert [(one.first, one.rows) for one in log.seal(DAY)] == [(0, 512)]
    log.append([USE._replace(at=700)])
    after = log.read(0, 700), (700, before[1][1]), log.counted("space", 100, 500), log.of_space("other", 50, 90)
    assert after == before
    assert log.faults() == []
    assert log.head()[0] == 701
    assert [number for number, _ in log.read(510, 514)] == [510, 511, 512, 513]
    log.close()


def test_only_old_records_are_sealed_by_themselves(tmp_path: Path) -> None:
    log = filled(tmp_path)
    assert log.seal(DAY - 1) == ()
    assert log.seal(DAY - 1, force=True)[0].rows == 700
    assert log.seal(DAY * 9) == ()
    log.close()


def test_a_full_segment_is_sealed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uselog, "SEGMENT_ROWS", 256)
    log = filled(tmp_path)
    assert [one.rows for one in log.seal(1)] == [256, 256]
    assert [one.first for one in log.segments()] == [0, 256]
    log.close()


@pytest.mark.parametrize("step", ["rename", "_sync_folder"])
def test_an_interrupted_sealing_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    log = filled(tmp_path)
    before = log.read(0, 1000)

    def broken(*given: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "rename":
            patch.setattr(Path, "rename", broken)
        else:
            patch.setattr(shelf, step, broken)
        with pytest.raises(StorageFailed, match="nothing was sealed"):
            log.seal(DAY)
    assert log.read(0, 1000) == before
    assert log.seal(DAY)[0].rows == 512
    assert len(list((tmp_path / "uses").iterdir())) == 1
    assert log.read(0, 1000) == before
    assert log.faults() == []
    log.close()


def test_two_processes_that_seal_at_once_seal_each_record_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, other = filled(tmp_path), UseLog(tmp_path / "uses.db")
    before, seal_now = log.read(0, 1000), uselog.sealed

    def while_another_does(records: Sequence[tuple[int, Use]]) -> tuple[Segment, bytes]:
        monkeypatch.setattr(uselog, "sealed", seal_now)
        other.seal(DAY, force=True)
        return seal_now(records)

    monkeypatch.setattr(uselog, "sealed", while_another_does)
    assert log.seal(DAY) == ()
    assert [(one.first, one.rows) for one in log.segments()] == [(0, 700)]
    assert log.read(0, 1000) == before
    assert log.faults() == []
    log.close()
    other.close()


def test_what_was_sealed_cannot_leave_the_manifest(tmp_path: Path) -> None:
    log = filled(tmp_path)
    log.seal(DAY)
    for statement in ("DELETE FROM segments", "UPDATE segments SET digest = 'x'", "DELETE FROM uses"):
        with sqlite3.connect(tmp_path / "uses.db") as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute(statement)
        other.close()
    log.close()


def test_a_changed_or_lost_file_is_found(tmp_path: Path) -> None:
    log = filled(tmp_path)
    log.seal(DAY)
    path = next((tmp_path / "uses").iterdir())
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    assert log._files.fault(log.segments()[0]) == f"{path.name} was changed"
    path.unlink()
    with pytest.raises(StorageFailed, match="cannot be read"):
        log.read(0, 1)
    log.close()


class TestProof:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(number=st.integers(0, 299))
    def test_every_record_can_be_proven(self, tmp_path: Path, number: int) -> None:
        log = UseLog(tmp_path / "uses.db")
        if log.head()[0] == 0:
            log.append([USE._replace(at=index) for index in range(300)])
            log.seal(DAY)
        proof = log.proof(number)
        assert proof is not None
        assert proof.use.at == number
        assert UseProof.from_json(proof.to_json()) == proof
        assert proof.holds(*log.head())
        log.close()

    def test_a_proof_of_anything_else_does_not_hold(self, tmp_path: Path) -> None:
        log = filled(tmp_path)
        proof, (size, root) = log.proof(9), log.head()
        assert proof is not None
        wrong = (
            replace(proof, number=10),
            replace(proof, use=proof.use._replace(actor="x")),
            replace(proof, path=proof.path[:-1]),
            replace(proof, path=(bytes(32), *proof.path[1:])),
        )
        for one in wrong:
            assert not one.holds(size, root)
        assert not proof.holds(size, bytes(32))
        assert not proof.holds(size + 1, root)
        assert log.proof(700) is None
        assert log.proof(-1) is None
        log.close()

    @pytest.mark.parametrize("content", [b"", b"{}", b'{"number":1}', b'{"number":1,"use":{},"path":[1]}'])
    def test_what_is_no_proof_is_refused(self, content: bytes) -> None:
        assert isinstance(UseProof.from_json(content), Refused)


class TestUpgrade:
    def test_a_log_of_the_first_version_is_taken_over(self, tmp_path: Path) -> None:
        log = filled(tmp_path)
        head = log.head()
        log.close()
        with sqlite3.connect(tmp_path / "uses.db", isolation_level=None) as old:
            for name in ("segments_stay", "segments_hold", "uses_stay"):
                old.execute(f"DROP TRIGGER {name}")
            old.execute("DROP TABLE segments")
            stay = "BEGIN SELECT RAISE(ABORT, 'the use log is append-only'); END"
            old.execute(f"CREATE TRIGGER uses_stay BEFORE DELETE ON uses {stay}")
            old.execute("PRAGMA user_version=1")
        old.close()
        again = UseLog(tmp_path / "uses.db")
        assert again.head() == head
        assert again.seal(DAY)[0].rows == 512
        again.close()

    def test_a_half_upgraded_one_is_refused(self, tmp_path: Path) -> None:
        filled(tmp_path).close()
        with sqlite3.connect(tmp_path / "uses.db", isolation_level=None) as old:
            old.execute("DROP TRIGGER segments_stay")
        old.close()
        with pytest.raises(NotThisVault, match="half migrated"):
            UseLog(tmp_path / "uses.db")
        assert USES.version == 3


def test_the_vault_seals_its_old_uses(desk: Desk) -> None:
    desk.key("k")
    for _ in range(260):
        desk.encrypt("k")
    desk.clock.move(timedelta(days=2))
    desk.vault.keep_house()
    assert desk.vault.log.segments()[0].rows == 256
    assert desk.vault.log.faults() == []
    assert b"dGV4dA" not in next((desk.folder / "uses").iterdir()).read_bytes()
