"""The seal: closed at start, opened by enough shares only, and rows that open nowhere but where they were written."""

import json
import sqlite3
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from crypto_cast import Desk, b64

from yunyue.answer import Refused
from yunyue.services.crypto import vaults
from yunyue.services.crypto.errors import IsSealed, RowTampered, VaultBroken
from yunyue.services.crypto.keyring import wrapper
from yunyue.services.crypto.shamir import split
from yunyue.services.crypto.vaults import close_vault, development_token, vault_at


def test_a_new_vault_says_that_it_is_not_made(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk("GET", "sys/health").status == 501
    assert desk("GET", "sys/init").json == {"initialized": False}
    assert desk("GET", "transit/keys/x").status == 503
    assert desk("PUT", "sys/unseal", {"key": "00"}).error == "Vault is not initialized"


def test_a_vault_made_over_the_wire_is_sealed_until_enough_shares_are_given(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    made = desk("PUT", "sys/init", {"secret_shares": 5, "secret_threshold": 3}).json
    assert len(made["keys"]) == len(made["keys_base64"]) == 5
    assert desk("GET", "sys/health").status == 503
    first = desk("PUT", "sys/unseal", {"key": made["keys"][4]}).json
    assert (first["sealed"], first["progress"], first["t"], first["n"]) == (True, 1, 3, 5)
    again = desk("PUT", "sys/unseal", {"key": made["keys"][4]}).json
    assert again["progress"] == 1
    desk("PUT", "sys/unseal", {"key": made["keys_base64"][0]})
    last = desk("PUT", "sys/unseal", {"key": made["keys"][2]}).json
    assert (last["sealed"], last["progress"]) == (False, 0)
    assert desk("GET", "auth/token/lookup-self", token=made["root_token"]).data["policies"] == ["root"]


def test_wrong_shares_do_not_open(tmp_path: Path) -> None:
    desk = Desk(tmp_path).make(3, 2).reopened()
    desk("PUT", "sys/unseal", {"key": desk.parts[0].hex()})
    wrong = bytes([desk.parts[1][0] ^ 1]) + desk.parts[1][1:]
    assert desk("PUT", "sys/unseal", {"key": wrong.hex()}).error == "the shares do not open this vault"
    assert desk.vault.sealed
    desk.unseal()


@pytest.mark.parametrize("body", [{"key": "zz"}, {"key": ""}, {}, {"key": 5}])
def test_what_is_no_share_is_refused(tmp_path: Path, body: object) -> None:
    desk = Desk(tmp_path).make(3, 2).reopened()
    assert desk("PUT", "sys/unseal", body).status == 400
    assert desk("GET", "sys/seal-status").json["progress"] == 0


def test_shares_given_so_far_can_be_forgotten(tmp_path: Path) -> None:
    desk = Desk(tmp_path).make(3, 2).reopened()
    desk("PUT", "sys/unseal", {"key": desk.parts[0].hex()})
    assert desk("PUT", "sys/unseal", {"reset": True}).json["progress"] == 0


def test_a_vault_is_made_once(desk: Desk) -> None:
    assert desk("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1}).error == "Vault is already initialized"


@pytest.mark.parametrize("body", [{"secret_shares": 2, "secret_threshold": 3}, {"suite": "rot13"}])
def test_a_vault_that_makes_no_sense_is_not_made(tmp_path: Path, body: object) -> None:
    desk = Desk(tmp_path)
    assert desk("PUT", "sys/init", body).status == 400
    assert desk("GET", "sys/init").json == {"initialized": False}


@pytest.mark.parametrize("suite", ["sm4-gcm", "aes256-gcm"])
def test_what_was_there_before_sealing_is_there_after(tmp_path: Path, suite: str) -> None:
    desk = Desk(tmp_path).make(3, 2, suite)
    desk.key("k", "sm4-gcm96")
    ciphertext = desk.encrypt("k", "before")
    assert desk("PUT", "sys/seal").status == 204
    assert desk("POST", "transit/decrypt/k", {"ciphertext": ciphertext}).error == "Vault is sealed"
    with pytest.raises(IsSealed):
        desk.vault.barrier.read("core/keyring")
    desk.unseal()
    assert desk.decrypt("k", ciphertext).data["plaintext"] == b64("before")


def test_sealing_wipes_the_root(desk: Desk) -> None:
    keyring = desk.vault.barrier.keyring
    assert keyring is not None
    root = keyring.root
    assert any(root.view())
    desk("PUT", "sys/seal")
    assert not any(root.view())


def test_a_new_term_seals_new_rows_and_opens_old_ones(desk: Desk) -> None:
    desk.key("old")
    ciphertext = desk.encrypt("old")
    before = desk("GET", "sys/key-status").data["term"]
    assert desk("POST", "sys/rotate").status == 204
    assert desk("GET", "sys/key-status").data["term"] == before + 1
    desk("PUT", "sys/policies/acl/new", {"policy": 'path "x" { capabilities = ["read"] }'})
    rows = desk.vault.barrier.rows
    assert rows.get("policy/new")[1:5] == (2).to_bytes(4, "big")  # type: ignore[index]  # the row was just written
    again = desk.reopened().unseal()
    assert again.decrypt("old", ciphertext).status == 200
    assert again("GET", "sys/policies/acl/new").data["name"] == "new"


def test_of_two_who_make_a_vault_at_once_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Desk(tmp_path / "vault"), Desk(tmp_path / "vault")
    place = "yunyue.services.crypto.seal.split"

    def slowly(*given: Any) -> Any:
        monkeypatch.setattr(place, split)
        second.make()
        return split(*given)

    monkeypatch.setattr(place, slowly)
    refused = first.vault.opening.initialise(1, 1)
    assert isinstance(refused, Refused)
    assert second.reopened().unseal()("GET", "sys/mounts").status == 200


def test_whoever_is_still_at_work_when_it_is_sealed_is_told_so(desk: Desk) -> None:
    row = desk.vault.barrier.rows.get(f"kek/{desk.mount.identifier}")
    keyring = desk.vault.seal.keyring
    assert keyring is not None
    assert row is not None
    desk.vault.seal.close()
    with pytest.raises(IsSealed):
        keyring.open(f"kek/{desk.mount.identifier}", row)
    with pytest.raises(IsSealed):
        keyring.seal("kek/another", b"secret")


def swapped(folder: Path, first: str, second: str) -> None:
    with sqlite3.connect(folder / "keys.db") as file:
        contents = [
            file.execute("SELECT content FROM sealed_rows WHERE path = ?", (path,)).fetchone()[0]
            for path in (first, second)
        ]
        for path, content in zip((second, first), contents, strict=True):
            file.execute("UPDATE sealed_rows SET content = ? WHERE path = ?", (content, path))
    file.close()


def test_swapped_rows_of_two_keys_do_not_open(desk: Desk) -> None:
    desk.key("a")
    desk.key("b")
    space = f"space/{desk.mount.identifier}"
    again = desk.reopened()
    swapped(desk.folder, f"{space}/version/a/00000001", f"{space}/version/b/00000001")
    again.unseal()
    assert "was changed, or belongs elsewhere" in again.post("transit/encrypt/a", plaintext=b64("x")).error


def test_a_policy_swapped_for_another_does_not_open(desk: Desk) -> None:
    desk("PUT", "sys/policies/acl/narrow", {"policy": 'path "a" { capabilities = ["read"] }'})
    desk("PUT", "sys/policies/acl/wide", {"policy": 'path "*" { capabilities = ["update"] }'})
    again = desk.reopened()
    swapped(desk.folder, "policy/narrow", "policy/wide")
    again.unseal()
    assert again("GET", "sys/policies/acl/narrow").status == 500


def test_a_change_of_any_byte_of_a_row_is_refused(desk: Desk) -> None:
    desk.key("k")
    rows, path = desk.vault.barrier.rows, f"space/{desk.mount.identifier}/version/k/00000001"
    row = rows.get(path)
    assert row is not None
    for place in range(len(row)):
        rows.put(path, row[:place] + bytes([row[place] ^ 1]) + row[place + 1 :])
        with pytest.raises(RowTampered):
            desk.vault.barrier.read(path)
    for shorter in (b"", row[:4], row[:20]):
        rows.put(path, shorter)
        with pytest.raises(RowTampered):
            desk.vault.barrier.read(path)


def test_no_secret_and_no_token_lies_open_on_the_disk(desk: Desk) -> None:
    desk.key("k", exportable=True)
    secret = desk("GET", "transit/export/encryption-key/k").data["keys"]["1"]
    desk.encrypt("k", "a very particular plaintext")
    desk.vault.close()
    stored = b"".join(path.read_bytes() for path in desk.folder.iterdir())
    for hidden in (secret.encode(), b64decode(secret), desk.root.encode(), desk.parts[0], b"particular plaintext"):
        assert hidden not in stored


def test_a_vault_without_its_keyring_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path).make().reopened()
    desk.vault.barrier.rows.put("core/keyring", None)
    assert "keyring is gone" in desk("PUT", "sys/unseal", {"key": desk.parts[0].hex()}).error


def test_a_vault_of_an_unknown_suite_says_so() -> None:
    with pytest.raises(VaultBroken, match="rot13"):
        wrapper("rot13", bytes(32))


class TestDevelopment:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "vault"

    def test_a_vault_for_development_opens_itself(self, folder: Path) -> None:
        clock = Desk(folder / "other").clock
        try:
            assert not vault_at(folder, clock, development=True).sealed
            token = development_token(folder)
            close_vault(folder)
            again = vault_at(folder, clock)
            assert not again.sealed
            assert isinstance(token, str)
            assert again.tokens.bearer(token) is not None
            assert (folder / vaults.FILE).stat().st_mode & 0o777 == 0o600
        finally:
            close_vault(folder)

    def test_a_vault_not_for_development_stays_sealed(self, folder: Path) -> None:
        try:
            assert vault_at(folder, Desk(folder / "other").clock).sealed
            assert isinstance(development_token(folder), Refused)
        finally:
            close_vault(folder)

    def test_one_folder_is_one_vault(self, folder: Path) -> None:
        clock = Desk(folder / "other").clock
        try:
            assert vault_at(folder, clock) is vault_at(folder / ".", clock)
        finally:
            close_vault(folder)

    @pytest.mark.parametrize("fault", ["mode", "content"])
    def test_a_key_others_can_read_or_that_is_none_opens_nothing(self, folder: Path, fault: str) -> None:
        clock = Desk(folder / "other").clock
        try:
            vault_at(folder, clock, development=True)
            close_vault(folder)
            if fault == "mode":
                (folder / vaults.FILE).chmod(0o644)
            else:
                (folder / vaults.FILE).write_text(json.dumps({"unseal_key": "nothing"}))
            assert vault_at(folder, clock, development=True).sealed
        finally:
            close_vault(folder)
