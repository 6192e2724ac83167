"""Programs written for Vault and OpenBao use our crypto service unmodified: hvac, bao, an OpenBao server."""

import json
import os
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openbao import Server, bao_program, bao_server, hvac_module, our_server

from yunyue.answer import Refused
from yunyue.host.clock import SystemClock
from yunyue.services.crypto.seals.custodian import Patient
from yunyue.services.crypto.vault import Vault

TEXT = b64encode("公民身份号码".encode()).decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with our_server(tmp_path_factory.mktemp("crypto") / "vault") as running:
        running.initialise()
        running.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> Any:
    return hvac_module().Client(url=server.address, token=server.token)


def bao(server: Server, *arguments: str, fails: bool = False) -> Any:
    """What the bao command prints, read as JSON where it is."""
    environment = {**os.environ, "BAO_ADDR": server.address, "BAO_TOKEN": server.token, "BAO_FORMAT": "json"}
    done = subprocess.run([str(bao_program()), *arguments], env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    text = done.stderr if fails else done.stdout
    return json.loads(text) if text.startswith(("{", "[")) else text


def test_hvac_knows_the_state_of_the_vault(client: Any) -> None:
    assert client.sys.is_initialized()
    assert not client.sys.is_sealed()
    assert client.is_authenticated()
    assert client.sys.read_health_status(method="GET")["sealed"] is False
    assert client.sys.read_leader_status()["ha_enabled"] is False
    assert "transit/" in client.sys.list_mounted_secrets_engines()["data"]


@pytest.mark.parametrize("kind", ["aes256-gcm96", "chacha20-poly1305", "rsa-2048"])
def test_hvac_encrypts_and_decrypts(client: Any, kind: str) -> None:
    transit = client.secrets.transit
    transit.create_key(name=f"hvac-{kind}", key_type=kind)
    sealed = transit.encrypt_data(name=f"hvac-{kind}", plaintext=TEXT)["data"]["ciphertext"]
    assert sealed.startswith("vault:v1:")
    assert transit.decrypt_data(name=f"hvac-{kind}", ciphertext=sealed)["data"]["plaintext"] == TEXT


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048"])
def test_hvac_signs_and_verifies(client: Any, kind: str) -> None:
    transit = client.secrets.transit
    transit.create_key(name=f"sign-{kind}", key_type=kind)
    signature = transit.sign_data(name=f"sign-{kind}", hash_input=TEXT)["data"]["signature"]
    assert transit.verify_signed_data(name=f"sign-{kind}", hash_input=TEXT, signature=signature)["data"]["valid"]
    other = b64encode(b"other").decode()
    assert not transit.verify_signed_data(name=f"sign-{kind}", hash_input=other, signature=signature)["data"]["valid"]


def test_hvac_uses_chinese_keys(client: Any) -> None:
    """hvac refuses kinds of keys it does not know, so these are made by its plain write."""
    client.write_data("transit/keys/sm4", data={"type": "sm4-gcm96"})
    client.write_data("transit/keys/sm2", data={"type": "sm2"})
    transit = client.secrets.transit
    sealed = transit.encrypt_data(name="sm4", plaintext=TEXT)["data"]["ciphertext"]
    assert transit.decrypt_data(name="sm4", ciphertext=sealed)["data"]["plaintext"] == TEXT
    signature = client.write_data("transit/sign/sm2", data={"input": TEXT})["data"]["signature"]
    verdict = client.write_data("transit/verify/sm2", data={"input": TEXT, "signature": signature})
    assert verdict["data"]["valid"] is True


def test_hvac_turns_over_trims_and_deletes(client: Any) -> None:
    transit = client.secrets.transit
    transit.create_key(name="life")
    old = transit.encrypt_data(name="life", plaintext=TEXT)["data"]["ciphertext"]
    transit.rotate_key(name="life")
    new = transit.rewrap_data(name="life", ciphertext=old)["data"]["ciphertext"]
    assert new.startswith("vault:v2:")
    transit.update_key_configuration(name="life", min_decryption_version=2, deletion_allowed=True)
    transit.update_key_configuration(name="life", min_encryption_version=2)
    with pytest.raises(hvac_module().exceptions.InvalidRequest, match="too old"):
        transit.decrypt_data(name="life", ciphertext=old)
    transit.trim_key(name="life", min_version=2)
    assert list(transit.read_key(name="life")["data"]["keys"]) == ["2"]
    assert "life" in transit.list_keys()["data"]["keys"]
    transit.delete_key(name="life")
    with pytest.raises(hvac_module().exceptions.InvalidRequest, match="soft-deleted"):
        transit.decrypt_data(name="life", ciphertext=new)


def test_hvac_batches_hashes_and_draws(client: Any) -> None:
    transit = client.secrets.transit
    transit.create_key(name="many")
    done = transit.encrypt_data(name="many", batch_input=[{"plaintext": TEXT}] * 20)["data"]["batch_results"]
    shown = transit.decrypt_data(name="many", batch_input=[{"ciphertext": one["ciphertext"]} for one in done])
    assert [one["plaintext"] for one in shown["data"]["batch_results"]] == [TEXT] * 20
    assert len(transit.generate_random_bytes(n_bytes=16, output_format="hex")["data"]["random_bytes"]) == 32
    assert len(transit.hash_data(hash_input=TEXT, algorithm="sha2-384")["data"]["sum"]) == 96
    code = transit.generate_hmac(name="many", hash_input=TEXT)["data"]["hmac"]
    assert transit.verify_signed_data(name="many", hash_input=TEXT, hmac=code)["data"]["valid"]
    assert len(transit.generate_data_key(name="many", key_type="plaintext", bits=512)["data"]["plaintext"]) == 88


def test_hvac_takes_a_key_away_and_brings_it_back(client: Any) -> None:
    transit = client.secrets.transit
    transit.create_key(name="moving", exportable=True, allow_plaintext_backup=True)
    sealed = transit.encrypt_data(name="moving", plaintext=TEXT)["data"]["ciphertext"]
    backup = transit.backup_key(name="moving")["data"]["backup"]
    transit.restore_key(backup=backup, name="moved")
    assert transit.decrypt_data(name="moved", ciphertext=sealed)["data"]["plaintext"] == TEXT
    exported = transit.export_key(name="moving", key_type="encryption-key")["data"]["keys"]["1"]
    assert exported == transit.export_key(name="moved", key_type="encryption-key")["data"]["keys"]["1"]
    transit.create_key(name="closed")
    with pytest.raises(hvac_module().exceptions.InternalServerError, match="disallowed"):
        transit.backup_key(name="closed")


def test_hvac_works_with_policies_tokens_and_wrapping(client: Any, server: Server) -> None:
    hvac = hvac_module()
    client.sys.create_or_update_policy("app", 'path "transit/encrypt/app" { capabilities = ["create", "update"] }')
    token = client.auth.token.create(policies=["app"], ttl="1h")["auth"]["client_token"]
    other = hvac.Client(url=server.address, token=token)
    assert other.secrets.transit.encrypt_data(name="app", plaintext=TEXT)["data"]["key_version"] == 1
    with pytest.raises(hvac.exceptions.Forbidden):
        other.secrets.transit.read_key(name="app")
    assert other.sys.get_capabilities(["transit/encrypt/app"])["data"]["capabilities"] == ["create", "update"]
    assert other.auth.token.lookup_self()["data"]["policies"] == ["app", "default"]
    assert other.auth.token.renew_self(increment="2h")["auth"]["lease_duration"] == 7200
    wrapped = client.read("transit/keys/app", wrap_ttl="60s")["wrap_info"]["token"]
    assert hvac.Client(url=server.address).sys.unwrap(wrapped)["data"]["name"] == "app"
    other.auth.token.revoke_self()
    with pytest.raises(hvac.exceptions.Forbidden):
        other.auth.token.lookup_self()


def test_hvac_sees_a_mount_come_and_go(client: Any) -> None:
    client.sys.enable_secrets_engine("transit", path="tenant-a", description="甲")
    client.secrets.transit.create_key(name="k", mount_point="tenant-a")
    assert client.secrets.transit.list_keys(mount_point="tenant-a")["data"]["keys"] == ["k"]
    client.sys.disable_secrets_engine("tenant-a")
    with pytest.raises(hvac_module().exceptions.InvalidPath):
        client.secrets.transit.list_keys(mount_point="tenant-a")


def test_the_bao_command_works(server: Server) -> None:
    assert bao(server, "status")["sealed"] is False
    bao(server, "write", "transit/keys/cli", "type=sm4-gcm96", "exportable=true")
    assert bao(server, "read", "transit/keys/cli")["data"]["type"] == "sm4-gcm96"
    sealed = bao(server, "write", "transit/encrypt/cli", f"plaintext={TEXT}", "key_version=1")["data"]["ciphertext"]
    assert bao(server, "write", "transit/decrypt/cli", f"ciphertext={sealed}")["data"]["plaintext"] == TEXT
    assert "cli" in bao(server, "list", "transit/keys")
    bao(server, "write", "-f", "transit/keys/cli/rotate")
    assert bao(server, "read", "transit/keys/cli")["data"]["latest_version"] == 2
    assert len(bao(server, "write", "transit/random", "bytes=16", "format=hex")["data"]["random_bytes"]) == 32


def test_the_bao_command_reads_policies_tokens_and_errors(server: Server, tmp_path: Path) -> None:
    (tmp_path / "reader.hcl").write_text('path "transit/keys/*" { capabilities = ["read", "list"] }')
    bao(server, "policy", "write", "reader", str(tmp_path / "reader.hcl"))
    assert "reader" in bao(server, "policy", "list")
    made = bao(server, "token", "create", "-policy=reader", "-ttl=1h")["auth"]
    assert bao(server, "token", "lookup", made["client_token"])["data"]["policies"] == ["default", "reader"]
    assert bao(server, "token", "capabilities", made["client_token"], "transit/keys/x")
    bao(server, "token", "revoke", made["client_token"])
    assert "bad token" in str(bao(server, "token", "lookup", made["client_token"], fails=True))
    assert "no handler" in str(bao(server, "write", "nowhere/x", "a=b", fails=True))
    assert "transit/" in bao(server, "secrets", "list")
    bao(server, "secrets", "enable", "-path=by-bao", "transit")
    bao(server, "secrets", "disable", "by-bao")


def test_the_bao_command_makes_seals_and_opens_a_vault(tmp_path: Path) -> None:
    with our_server(tmp_path / "vault") as server:
        made = bao(server, "operator", "init", "-key-shares=3", "-key-threshold=2")
        server.token = made["root_token"]
        assert server.ask("GET", "transit/keys/x").status_code == 503
        assert bao(server, "operator", "unseal", made["unseal_keys_b64"][2])["sealed"] is True
        assert bao(server, "operator", "unseal", made["unseal_keys_hex"][0])["sealed"] is False
        bao(server, "secrets", "enable", "transit")
        bao(server, "operator", "rotate")
        bao(server, "operator", "seal")
        assert server.ask("POST", "transit/encrypt/x", {"plaintext": TEXT}).status_code == 503


def test_an_openbao_server_unseals_itself_by_our_sm4_key(server: Server, tmp_path: Path) -> None:
    server.ask("POST", "transit/keys/unsealer", {"type": "sm4-gcm96"}).raise_for_status()
    stanza = (
        f'seal "transit" {{\n  address = "{server.address}"\n  token = "{server.token}"\n'
        '  disable_renewal = "true"\n  key_name = "unsealer"\n  mount_path = "transit/"\n}'
    )
    with bao_server(tmp_path / "bao", stanza) as other:
        made = other.ask("PUT", "sys/init", {"recovery_shares": 1, "recovery_threshold": 1}).json()
        assert made["root_token"].startswith("s.")
        status = other.ask("GET", "sys/seal-status").json()
        assert (status["type"], status["sealed"]) == ("transit", False)
        other.token = made["root_token"]
        other.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
    used = server.ask("GET", "transit/keys/unsealer").json()["data"]
    assert used["type"] == "sm4-gcm96"


def test_the_bao_command_makes_new_shares(tmp_path: Path) -> None:
    with our_server(tmp_path / "vault") as server:
        server.initialise()
        begun = bao(server, "operator", "rekey", "-init", "-key-shares=3", "-key-threshold=2")
        done = bao(server, "operator", "rekey", f"-nonce={begun['nonce']}", server.shares[0])
        assert len(done["keys_base64"]) == 3
        bao(server, "operator", "seal")
        for share in done["keys_base64"][:2]:
            state = bao(server, "operator", "unseal", share)
        assert state["sealed"] is False


def test_our_vault_unseals_itself_by_an_openbao_key(tmp_path: Path) -> None:
    with bao_server(tmp_path / "bao") as other:
        other.initialise()
        other.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
        other.ask("POST", "transit/keys/unsealer", {"type": "aes256-gcm96"}).raise_for_status()
        (tmp_path / "token").write_text(other.token)
        patient = Patient(f"transit:{other.address}/v1/transit/keys/unsealer?token-source={tmp_path}/token")
        first = Vault(tmp_path / "vault", SystemClock(), patient)
        made = first.opening.initialise(1, 1)
        assert not isinstance(made, Refused)
        first.close()
        again = Vault(tmp_path / "vault", SystemClock(), patient)
        again.keep_house()
        assert not again.sealed
        again.close()
