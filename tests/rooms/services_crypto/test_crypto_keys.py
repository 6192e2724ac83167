"""The life of a key: made, turned over, trimmed, put aside, brought back, at last destroyed; and counted always."""

from datetime import timedelta
from typing import Any

import pytest
from crypto_cast import Desk, b64

from yunyue.services.crypto import keyspace
from yunyue.services.crypto.keyspace import MOST_ENCRYPTIONS, RESERVE
from yunyue.services.crypto.kinds import KINDS


def made(desk: Desk, kind: str, name: str = "k") -> Any:
    more = {"key_size": 32} if kind == "hmac" else {}
    return desk.key(name, kind, **more).data


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_key_is_made_and_says_what_it_can(desk: Desk, kind: str) -> None:
    shown = made(desk, kind)
    assert (shown["type"], shown["name"], shown["latest_version"]) == (kind, "k", 1)
    assert shown["supports_encryption"] is KINDS[kind].encrypts
    assert shown["supports_signing"] is KINDS[kind].signs
    assert desk("GET", "transit/keys/k").data == shown


@pytest.mark.parametrize("kind", ["sm2", "ed25519", "ecdsa-p384", "rsa-2048"])
def test_a_pair_shows_its_public_half_only(desk: Desk, kind: str) -> None:
    version = made(desk, kind)["keys"]["1"]
    assert set(version) == {"certificate_chain", "creation_time", "name", "public_key"}
    assert version["creation_time"] == "2026-11-23T01:00:00.000Z"
    assert kind == "ed25519" or version["public_key"].startswith("-----BEGIN PUBLIC KEY-----")


def test_a_key_made_again_stays_as_it_is(desk: Desk) -> None:
    desk.key("k")
    ciphertext = desk.encrypt("k")
    desk.key("k")
    assert desk.decrypt("k", ciphertext).status == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("transit/keys/k", {"type": "nope"}, 400),
        ("transit/keys/k", {"type": "hmac"}, 500),
        ("transit/keys/k", {"type": "hmac", "key_size": 8}, 400),
        ("transit/keys/k", {"type": "aes256-gcm96", "key_size": 32}, 400),
        ("transit/keys/k", {"auto_rotate_period": "10m"}, 400),
        ("transit/keys/k", {"auto_rotate_period": "soon"}, 400),
        ("transit/keys/a b", {}, 404),
        ("transit/keys/a/b", {}, 404),
        ("transit/keys/.hidden", {}, 404),
        ("transit/keys/" + "k" * 129, {}, 404),
        ("transit/keys/密", {}, 404),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(desk: Desk, path: str, body: Any, status: int) -> None:
    assert desk("POST", path, body).status == status
    assert desk("LIST", "transit/keys").status == 404


def test_keys_are_listed(desk: Desk) -> None:
    assert desk("LIST", "transit/keys").json == {"errors": []}
    desk.key("b")
    desk.key("a")
    assert desk("LIST", "transit/keys").data == {"keys": ["a", "b"]}
    assert desk("GET", "transit/keys?list=true").data == {"keys": ["a", "b"]}
    assert desk("GET", "transit/keys/none").json == {"errors": []}
    assert desk("GET", "transit/keys").status == 405


class TestRotation:
    def test_new_texts_use_the_new_version_and_old_ones_still_open(self, desk: Desk) -> None:
        desk.key("k")
        old = desk.encrypt("k")
        assert desk.post("transit/keys/k/rotate").data["latest_version"] == 2
        assert desk.encrypt("k").startswith("vault:v2:")
        assert desk.encrypt("k", key_version=1).startswith("vault:v1:")
        assert desk.decrypt("k", old).status == 200

    def test_every_version_is_a_row_and_survives_a_restart(self, desk: Desk) -> None:
        desk.key("k", "sm4-gcm96")
        sealed = [desk.encrypt("k", str(number)) for number in range(5) if desk.post("transit/keys/k/rotate")]
        rows = desk.vault.barrier.rows.under(f"space/{desk.mount.identifier}/version/k/")
        assert len(rows) == 6
        again = desk.reopened().unseal()
        assert [again.decrypt("k", one).data["plaintext"] for one in sealed] == [b64(str(n)) for n in range(5)]

    def test_a_key_that_is_not_there_cannot_be_rotated(self, desk: Desk) -> None:
        assert desk.post("transit/keys/none/rotate").status == 400

    def test_a_key_is_rotated_by_its_schedule_and_that_is_recorded(self, desk: Desk) -> None:
        desk.key("k", auto_rotate_period="24h")
        desk.clock.move(timedelta(hours=23))
        desk.vault.keep_house()
        assert desk("GET", "transit/keys/k").data["latest_version"] == 1
        desk.clock.move(timedelta(hours=1))
        desk.vault.keep_house()
        desk.vault.keep_house()
        assert desk("GET", "transit/keys/k").data["latest_version"] == 2
        noted = [use for _, use in desk.vault.log.read(0, 100) if use.operation == "rotate-scheduled"]
        assert [(use.key, use.version, use.actor) for use in noted] == [("k", 2, "vault")]
        desk.clock.move(timedelta(hours=24))
        desk.vault.keep_house()
        assert desk("GET", "transit/keys/k").data["latest_version"] == 3

    def test_a_sealed_vault_keeps_no_house(self, desk: Desk) -> None:
        desk("PUT", "sys/seal")
        desk.vault.keep_house()
        assert desk.vault.sealed


class TestCounting:
    def test_every_encryption_is_counted_before_it_is_made(self, desk: Desk) -> None:
        desk.key("k")
        assert desk.space.counted("k", 1) == 0
        desk.encrypt("k")
        assert desk.space.counted("k", 1) == RESERVE
        again = desk.reopened().unseal()
        again.encrypt("k")
        assert again.space.counted("k", 1) == 2 * RESERVE

    def test_a_worn_out_version_is_turned_over_and_that_is_recorded(self, desk: Desk) -> None:
        desk.key("k")
        path = f"space/{desk.mount.identifier}/count/k/00000001"
        desk.vault.barrier.write(path, (MOST_ENCRYPTIONS - RESERVE // 2).to_bytes(8, "big"))
        assert desk.encrypt("k").startswith("vault:v2:")
        noted = [use for _, use in desk.vault.log.read(0, 100) if use.operation == "rotate-worn-out"]
        assert [(use.key, use.version) for use in noted] == [("k", 2)]
        shown = desk.post("transit/encrypt/k", plaintext=b64("x"), key_version=1)
        assert "2^32" in shown.error

    def test_a_reserve_is_used_to_its_end(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keyspace, "RESERVE", 3)
        monkeypatch.setattr(keyspace, "MOST_ENCRYPTIONS", 7)
        desk.key("k")
        versions = [desk.encrypt("k")[:9] for _ in range(14)]
        assert versions == ["vault:v1:"] * 6 + ["vault:v2:"] * 6 + ["vault:v3:"] * 2

    def test_what_another_process_changes_does_not_use_the_reserve_up(self, desk: Desk) -> None:
        desk.key("k")
        desk.encrypt("k")
        other = Desk(desk.folder, desk.clock)
        other.root, other.parts = desk.root, desk.parts
        other.unseal()
        other.encrypt("k")
        for _ in range(5):
            for one in (desk, other):
                desk.clock.move(timedelta(seconds=1))
                one.key(f"new-{desk.clock.monotonic()}")
                one.encrypt("k")
        assert desk.space.counted("k", 1) == 2 * RESERVE


class TestConfiguration:
    def test_old_versions_can_be_switched_off_and_trimmed(self, desk: Desk) -> None:
        desk.key("k")
        old = desk.encrypt("k")
        for _ in range(2):
            desk.post("transit/keys/k/rotate")
        shown = desk.post("transit/keys/k/config", min_decryption_version=2, min_encryption_version=2).data
        assert list(shown["keys"]) == ["2", "3"]
        assert "too old" in desk.decrypt("k", old).error
        assert "minimum encryption key version" in desk.post("transit/encrypt/k", plaintext="", key_version=1).error
        assert desk.post("transit/keys/k/trim", min_available_version=2).data["min_available_version"] == 2
        assert len(desk.vault.barrier.rows.under(f"space/{desk.mount.identifier}/version/k/")) == 2
        assert desk.post("transit/keys/k/config", min_decryption_version=1).status == 400

    @pytest.mark.parametrize(
        "body",
        [
            {"min_decryption_version": 9},
            {"min_encryption_version": 9},
            {"min_decryption_version": -1},
            {"min_decryption_version": 2, "min_encryption_version": 1},
            {"auto_rotate_period": "10m"},
            {"auto_rotate_period": "-1h"},
            {"deletion_delay_days": 6},
            {"deletion_delay_days": 31},
            {"deletion_allowed": "perhaps"},
        ],
    )
    def test_settings_that_make_no_sense_are_refused_and_change_nothing(self, desk: Desk, body: Any) -> None:
        desk.key("k")
        desk.post("transit/keys/k/rotate")
        before = desk("GET", "transit/keys/k").data
        assert desk("POST", "transit/keys/k/config", body).status == 400
        assert desk("GET", "transit/keys/k").data == before

    def test_what_was_once_allowed_to_leave_stays_so(self, desk: Desk) -> None:
        desk.key("k")
        desk.post("transit/keys/k/config", exportable=True, allow_plaintext_backup=True)
        shown = desk.post("transit/keys/k/config", exportable=False, allow_plaintext_backup=False).data
        assert (shown["exportable"], shown["allow_plaintext_backup"]) == (True, True)

    @pytest.mark.parametrize(
        ("least", "reason"),
        [(1, "decremented"), (3, "minmum encryption"), (9, "latest"), (2, "")],
    )
    def test_trimming_refuses_what_is_still_used(self, desk: Desk, least: int, reason: str) -> None:
        desk.key("k")
        for _ in range(3):
            desk.post("transit/keys/k/rotate")
        desk.post("transit/keys/k/config", min_decryption_version=2, min_encryption_version=2)
        assert desk.post("transit/keys/k/trim", min_available_version=2).status == 200
        shown = desk.post("transit/keys/k/trim", min_available_version=least)
        assert shown.status == 200 if not reason else reason in shown.error

    def test_trimming_says_what_to_keep(self, desk: Desk) -> None:
        desk.key("k")
        assert desk.post("transit/keys/k/trim").error == "missing min_available_version"

    def test_trimming_needs_the_minimum_versions_first(self, desk: Desk) -> None:
        desk.key("k")
        desk.post("transit/keys/k/rotate")
        assert "is not set" in desk.post("transit/keys/k/trim", min_available_version=1).error
        desk.post("transit/keys/k/config", min_encryption_version=2)
        assert "minimum decryption" in desk.post("transit/keys/k/trim", min_available_version=2).error

    def test_a_key_that_is_not_there_has_no_settings(self, desk: Desk) -> None:
        assert desk.post("transit/keys/none/config", exportable=True).status == 400
        assert desk.post("transit/keys/none/trim", min_available_version=1).status == 400


class TestDeletion:
    def deletable(self, desk: Desk, **more: Any) -> str:
        desk.key("k")
        ciphertext = desk.encrypt("k")
        assert desk.post("transit/keys/k/config", deletion_allowed=True, **more).status == 200
        return ciphertext

    def test_a_key_is_not_deleted_unless_that_was_allowed(self, desk: Desk) -> None:
        desk.key("k")
        assert "deletion is not allowed" in desk("DELETE", "transit/keys/k").error
        assert "deletion is not allowed" in desk("DELETE", "transit/keys/none").error

    def test_a_deleted_key_can_be_brought_back_until_its_waiting_period_ends(self, desk: Desk) -> None:
        ciphertext = self.deletable(desk)
        assert desk("DELETE", "transit/keys/k").status == 204
        assert desk.decrypt("k", ciphertext).error == "refusing to use soft-deleted key"
        assert desk.post("transit/encrypt/k", plaintext=b64("x")).error == "refusing to use soft-deleted key"
        assert desk.post("transit/keys/k/rotate").status == 400
        shown = desk("GET", "transit/keys/k").data
        assert (shown["soft_deleted"], shown["deletion_time"]) == (True, "2026-11-30T01:00:00.000Z")
        desk.clock.move(timedelta(days=7) - timedelta(seconds=1))
        desk.vault.keep_house()
        assert desk.post("transit/keys/k/soft-delete-restore").data["soft_deleted"] is False
        assert desk.decrypt("k", ciphertext).status == 200
        desk.clock.move(timedelta(days=30))
        desk.vault.keep_house()
        assert desk.decrypt("k", ciphertext).status == 200

    @pytest.mark.parametrize("days", [7, 30])
    def test_after_its_waiting_period_a_key_is_destroyed_and_that_is_recorded(self, desk: Desk, days: int) -> None:
        ciphertext = self.deletable(desk, deletion_delay_days=days)
        desk("DELETE", "transit/keys/k")
        desk.clock.move(timedelta(days=days) - timedelta(seconds=1))
        desk.vault.keep_house()
        assert desk("GET", "transit/keys/k").status == 200
        desk.clock.move(timedelta(seconds=1))
        desk.vault.keep_house()
        assert desk("GET", "transit/keys/k").status == 404
        assert desk.decrypt("k", ciphertext).error == "encryption key not found"
        assert desk.vault.barrier.rows.under(f"space/{desk.mount.identifier}/version/k") == {}
        assert [use.key for _, use in desk.vault.log.read(0, 100) if use.operation == "erase"] == ["k"]

    def test_deleting_again_does_not_move_the_day(self, desk: Desk) -> None:
        self.deletable(desk)
        desk("DELETE", "transit/keys/k")
        before = desk("GET", "transit/keys/k").data["deletion_time"]
        desk.clock.move(timedelta(days=3))
        desk("DELETE", "transit/keys/k")
        assert desk("GET", "transit/keys/k").data["deletion_time"] == before

    def test_a_key_put_aside_waits_for_ever(self, desk: Desk) -> None:
        desk.key("k")
        ciphertext = desk.encrypt("k")
        assert desk("DELETE", "transit/keys/k/soft-delete").data["soft_deleted"] is True
        desk.clock.move(timedelta(days=400))
        desk.vault.keep_house()
        assert desk.decrypt("k", ciphertext).status == 400
        desk.post("transit/keys/k/soft-delete-restore")
        assert desk.decrypt("k", ciphertext).status == 200
        assert desk.post("transit/keys/none/soft-delete-restore").status == 400

    def test_a_name_that_waits_for_destruction_is_not_given_to_another_key(self, desk: Desk) -> None:
        self.deletable(desk)
        desk("DELETE", "transit/keys/k")
        assert desk.key("k").data["soft_deleted"] is True


def test_two_processes_see_each_others_changes(desk: Desk) -> None:
    desk.key("k")
    other = Desk(desk.folder, desk.clock)
    other.root, other.parts = desk.root, desk.parts
    other.unseal()
    assert other("GET", "transit/keys/k").data["latest_version"] == 1
    desk.post("transit/keys/k/rotate")
    ciphertext = desk.encrypt("k")
    desk.clock.move(timedelta(seconds=1))
    assert other.decrypt("k", ciphertext).status == 200
    other.post("transit/keys/k/rotate")
    assert desk.post("transit/keys/k/rotate").data["latest_version"] == 4
    desk("POST", "sys/rotate")
    desk.key("in-the-new-term")
    desk.clock.move(timedelta(seconds=1))
    assert other("GET", "transit/keys/in-the-new-term").status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "transit/nope", 404),
        ("POST", "transit/nope", 404),
        ("GET", "transit/encrypt/k", 405),
        ("POST", "transit/encrypt", 404),
        ("POST", "transit/encrypt/", 404),
        ("POST", "transit/encrypt/a/b", 404),
        ("DELETE", "transit/keys", 405),
        ("GET", "transit/keys/k/rotate", 405),
        ("POST", "transit/keys/k/nope", 404),
        ("PATCH", "transit/keys/k", 405),
        ("GET", "nowhere/x", 404),
        ("GET", "transit", 404),
        ("GET", "", 404),
        ("GET", "transit/cache-config", 200),
    ],
)
def test_paths_and_verbs_answer_as_transit_does(desk: Desk, method: str, path: str, status: int) -> None:
    assert desk(method, path).status == status


def test_null_means_not_said(desk: Desk) -> None:
    assert desk.post("transit/keys/k", type=None, exportable=None).data["type"] == "aes256-gcm96"
    assert "error converting input" in desk.post("transit/keys/other", type=None, exportable="maybe").error
