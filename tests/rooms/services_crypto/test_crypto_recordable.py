"""What changes something is done only when it can be recorded; what the asker did wrong is no failure of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from crypto_cast import Desk, b64

from yunyue.services.crypto import keyspace
from yunyue.services.crypto.errors import StorageFailed
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.uselog import UseLog


@contextmanager
def unwritable(desk: Desk) -> Iterator[None]:
    """The log's file can be read and not written."""
    with desk.vault.log._database.using() as connection:
        connection.execute("PRAGMA query_only=1")
    yield
    with desk.vault.log._database.using() as connection:
        connection.execute("PRAGMA query_only=0")


def test_asking_whether_a_record_could_be_written_leaves_none(tmp_path: Path) -> None:
    log = UseLog(tmp_path / "uses.db")
    before = log.head()
    log.check()
    assert (log.head(), log.read(0, 2**63 - 1), log.faults()) == (before, [], [])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "transit/keys/k/rotate", {}),
        ("POST", "transit/keys/new", {}),
        ("POST", "transit/encrypt/new", {"plaintext": b64("x")}),
        ("POST", "transit/keys/k/config", {"deletion_allowed": True}),
        ("DELETE", "transit/keys/k/soft-delete", None),
        ("DELETE", "sys/mounts/transit", None),
        ("PUT", "sys/policies/acl/p", {"policy": 'path "a" { capabilities = ["read"] }'}),
        ("POST", "auth/token/create", {}),
        ("POST", "auth/token/revoke-self", {}),
    ],
)
def test_nothing_changes_while_nothing_can_be_recorded(desk: Desk, method: str, path: str, body: object) -> None:
    desk.key("k")
    desk.vault.tokens._digest("the salt is there")
    rows = desk.vault.barrier.rows
    before = rows.under("")
    with unwritable(desk):
        assert desk(method, path, body).status == 500
    assert rows.under("") == before


def test_a_wrapped_answer_waits_until_its_showing_can_be_recorded(desk: Desk) -> None:
    token = desk("POST", "sys/wrapping/wrap", {"a": "b"}, wrap="60").json["wrap_info"]["token"]
    with unwritable(desk):
        assert desk("POST", "sys/wrapping/unwrap", {}, token).status == 500
    assert desk("POST", "sys/wrapping/unwrap", {}, token).data == {"a": "b"}


def test_no_vault_is_made_whose_shares_could_not_be_told(tmp_path: Path) -> None:
    stranger = Desk(tmp_path / "vault")
    with unwritable(stranger):
        assert stranger("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1}, "").status == 500
    assert stranger.vault.seal.config is None


def test_it_can_be_sealed_even_so(desk: Desk) -> None:
    with unwritable(desk):
        desk("PUT", "sys/seal")
    assert desk.vault.sealed


def test_what_is_due_waits_until_it_can_be_recorded(desk: Desk) -> None:
    desk.key("k", auto_rotate_period="1h")
    desk.key("gone")
    desk.post("transit/keys/gone/config", deletion_allowed=True)
    desk("DELETE", "transit/keys/gone")
    desk.clock.move(timedelta(days=7))
    with unwritable(desk), pytest.raises(StorageFailed):
        desk.vault.keep_house()
    assert desk("GET", "transit/keys/k").data["latest_version"] == 1
    assert desk("GET", "transit/keys/gone").status == 200
    desk.vault.keep_house()
    assert desk("GET", "transit/keys/k").data["latest_version"] == 2
    assert desk("GET", "transit/keys/gone").status == 404
    noted = {(use.operation, use.key, use.version) for _, use in desk.vault.log.read(0, 100) if use.actor == "vault"}
    assert noted == {("rotate-scheduled", "k", 2), ("erase", "gone", 0)}


def test_a_worn_out_version_stays_worn_out_while_its_turn_cannot_be_recorded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyspace, "MOST_ENCRYPTIONS", 1)
    monkeypatch.setattr(keyspace, "RESERVE", 1)
    desk.key("k")
    desk.encrypt("k")
    with unwritable(desk):
        assert desk.post("transit/encrypt/k", plaintext=b64("x")).status == 500
    assert desk("GET", "transit/keys/k").data["latest_version"] == 1


def test_two_who_keep_house_at_once_rotate_a_key_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.key("k", auto_rotate_period="1h")
    desk.clock.move(timedelta(hours=1))
    plainly = KeySpace.due

    def slowly(space: KeySpace) -> tuple[list[str], list[str]]:
        second = Thread(target=desk.vault.keep_house)
        second.start()
        second.join()
        return plainly(space)

    monkeypatch.setattr(KeySpace, "due", slowly)
    desk.vault.keep_house()
    assert desk("GET", "transit/keys/k").data["latest_version"] == 2


class TestWhoseFault:
    def uses(self, desk: Desk) -> list[tuple[int, bool]]:
        """Status and whether the service failed, of the last uses."""
        return [(use.status, use.failed) for _, use in desk.vault.log.read(0, 10_000)]

    def test_what_transit_refuses_with_500_is_no_failure(self, desk: Desk) -> None:
        desk.key("k")
        assert desk("GET", "transit/backup/k").status == 500
        assert self.uses(desk)[-1] == (500, False)
        assert desk("GET", "transit/backup/none").status == 500
        assert self.uses(desk)[-1] == (500, False)

    def test_a_status_the_asker_chose_is_no_failure(self, desk: Desk) -> None:
        desk.key("k")
        batch = [{"plaintext": b64("x")}, {"plaintext": "%"}]
        assert desk.post("transit/encrypt/k", batch_input=batch, partial_failure_response_code=503).status == 503
        assert self.uses(desk)[-1] == (503, False)

    @pytest.mark.parametrize("code", [-1, 7, 101, 204, 304, 600, 99_999])
    def test_a_status_no_answer_can_have_is_not_taken(self, desk: Desk, code: int) -> None:
        desk.key("k")
        batch = [{"plaintext": b64("x")}, {"plaintext": "%"}]
        shown = desk.post("transit/encrypt/k", batch_input=batch, partial_failure_response_code=code)
        assert (shown.status, len(shown.json["data"]["batch_results"])) == (400, 2)
        assert "reverting to 400" in shown.json["warnings"][0]

    def test_what_breaks_here_is(self, desk: Desk) -> None:
        desk.key("k")
        desk.encrypt("k")
        desk.vault.forget()
        desk.vault.barrier.rows.put(f"space/{desk.mount.identifier}/version/k/00000001", b"changed")
        assert desk.post("transit/encrypt/k", plaintext=b64("x")).status == 500
        assert self.uses(desk)[-1] == (500, True)
