"""yunyue crypto against a real vault server: keys, files, signatures, tokens, the self-check and the bill."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from cli_cast import Terminal, session
from click.testing import Result
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from openbao import Server, free_port, our_server
from python_calamine import load_workbook

from yunyue.host.clock import SystemClock
from yunyue.services.crypto.inventory import Holdings, cbom, holdings
from yunyue.services.crypto.vault import Vault


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with our_server(tmp_path_factory.mktemp("crypto-cli") / "vault") as running:
        running.initialise()
        running.ask("POST", "sys/mounts/bureau", {"type": "transit"}).raise_for_status()
        yield running


class Vaulted(Terminal):
    """A terminal whose environment names the vault, as bao's users have it."""

    server: Server

    def crypto(self, *words: str, lang: str = "en", **environment: str) -> Result:
        """A command of the group in the key space bureau/."""
        given = {"BAO_ADDR": self.server.address, "BAO_TOKEN": self.server.token, **environment}
        mount = [] if words[0] == "status" and "--mount" in words else ["--mount", "bureau"]
        return self.run("crypto", *words, *mount, lang=lang, **given)

    def good(self, *words: str) -> str:
        """What a command prints that must succeed."""
        result = self.crypto(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def bad(self, *words: str, **environment: str) -> dict[str, str]:
        """The refusal of one that must be refused."""
        result = self.crypto(*words, "--json", **environment)
        assert result.exit_code == 1, result.output
        found: dict[str, str] = json.loads(result.stdout)["refused"]
        return found


@pytest.fixture
def desk(server: Server, tmp_path: Path) -> Vaulted:
    made = Vaulted(tmp_path / "home")
    object.__setattr__(made, "server", server)
    return made


def test_the_state_of_the_vault_needs_no_token(desk: Vaulted) -> None:
    result = desk.crypto("status", BAO_TOKEN="")
    assert (result.exit_code, result.stdout) == (0, "open (1 of 1)\n")
    assert desk.crypto("status", lang="zh").stdout == "已打开（1/1）\n"


def test_a_sealed_vault_is_told_and_how_to_open_it(desk: Vaulted, server: Server) -> None:
    server.ask("PUT", "sys/seal").raise_for_status()
    try:
        result = desk.crypto("status")
        assert result.exit_code == 1
        assert "bao operator unseal" in result.stdout
        assert "sealed" in desk.bad("keys")["reason"]
    finally:
        server.ask("PUT", "sys/unseal", {"key": server.shares[0]}).raise_for_status()


def test_a_token_out_of_reach_is_told_with_its_reason_to_whoever_shows_a_token(tmp_path: Path) -> None:
    place = tmp_path / "vault"
    with our_server(place) as server:
        server.initialise()
    gone = f"pkcs11:token=hsm-1?module-path=/nowhere/module.so&pin-source={tmp_path}/pin"
    with our_server(place, gone) as again:
        again.ask("PUT", "sys/unseal", {"key": server.shares[0]}, token="").raise_for_status()
        terminal = Vaulted(tmp_path / "home")
        object.__setattr__(terminal, "server", again)
        again.token = server.token
        told = json.loads(terminal.good("status", "--json"))
        assert "token hsm-1: FileNotFoundError" in told["disabled"]["pkcs11"]
        assert "disabled: pkcs11  token hsm-1" in terminal.good("status")
        anybody = terminal.crypto("status", lang="zh", BAO_TOKEN="")
        assert "已停用：pkcs11" in anybody.stdout
        assert "hsm-1" not in anybody.stdout


def test_a_key_is_created_listed_rotated_deleted_and_brought_back(desk: Vaulted) -> None:
    assert "created" in desk.good("key", "create", "k1", "--rotate-days", "30")
    assert "v2  rotated" in desk.good("key", "rotate", "k1")
    listed = desk.good("keys")
    assert "k1" in listed
    assert "30 d" in listed
    assert desk.bad("key", "delete", "k1")["field"] == "yes"
    assert "destroyed on" in desk.good("key", "delete", "k1", "--days", "9", "--yes")
    told = next(one for one in json.loads(desk.good("keys", "--json")) if one["name"] == "k1")
    assert told["state"] == "waiting"
    assert "soft-deleted" in desk.bad("key", "rotate", "k1")["reason"]
    assert "brought back" in desk.good("key", "undelete", "k1")


def test_a_key_that_is_there_is_not_made_again(desk: Vaulted) -> None:
    desk.good("key", "create", "twice")
    assert "there is a key" in desk.bad("key", "create", "twice", "--type", "sm2")["reason"]


@pytest.mark.parametrize("kind", ["sm2", "hmac", "hmac-sm3", "sm4-ff1", "ed25519"])
def test_keys_of_any_kind_are_made_and_listed(desk: Vaulted, kind: str) -> None:
    desk.good("key", "create", f"of-{kind}", "--type", kind)
    assert kind in desk.good("keys")


@pytest.mark.parametrize("days", ["6", "31"])
def test_a_waiting_period_outside_its_bounds_is_a_wrong_call(desk: Vaulted, days: str) -> None:
    assert desk.crypto("key", "delete", "k1", "--days", days, "--yes").exit_code == 2


def test_a_file_is_encrypted_turned_over_and_decrypted(desk: Vaulted, tmp_path: Path) -> None:
    desk.good("key", "create", "files")
    plain = tmp_path / "plain.bin"
    plain.write_bytes(b"secret text " * 200_000)
    desk.good("encrypt", "files", str(plain))
    sealed = tmp_path / "plain.bin.sealed"
    assert b"secret text" not in sealed.read_bytes()
    desk.good("key", "rotate", "files")
    assert "under version 2 now" in desk.good("rewrap", "files", str(sealed))
    desk.good("decrypt", "files", str(sealed), "-o", str(tmp_path / "back.bin"))
    assert (tmp_path / "back.bin").read_bytes() == plain.read_bytes()


def test_a_changed_file_is_refused_and_leaves_nothing(desk: Vaulted, tmp_path: Path) -> None:
    desk.crypto("key", "create", "changed")
    (tmp_path / "a").write_bytes(bytes(5000))
    desk.good("encrypt", "changed", str(tmp_path / "a"))
    content = bytearray((tmp_path / "a.sealed").read_bytes())
    content[-5] ^= 1
    (tmp_path / "a.sealed").write_bytes(content)
    refused = desk.bad("decrypt", "changed", str(tmp_path / "a.sealed"), "-o", str(tmp_path / "b"))
    assert "changed, cut off" in refused["reason"]
    assert not (tmp_path / "b").exists()


def test_a_signature_holds_for_its_file_only(desk: Vaulted, tmp_path: Path) -> None:
    desk.good("key", "create", "seal", "--type", "sm2")
    (tmp_path / "paper").write_text("合同")
    desk.good("sign", "seal", str(tmp_path / "paper"))
    assert "the signature holds" in desk.good("verify", "seal", str(tmp_path / "paper"))
    (tmp_path / "paper").write_text("合同!")
    result = desk.crypto("verify", "seal", str(tmp_path / "paper"))
    assert (result.exit_code, "does not hold" in result.output) == (1, True)


def test_a_file_too_large_to_sign_is_refused(desk: Vaulted, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes((2 << 20) + 1))
    assert "sign a digest" in desk.bad("sign", "seal", str(tmp_path / "large"))["reason"]


def test_tokens_are_listed_by_accessor(desk: Vaulted, server: Server) -> None:
    server.ask("POST", "auth/token/create", {"display_name": "nightly", "ttl": "1h"}).raise_for_status()
    listed = desk.good("tokens")
    assert "root" in listed
    assert "nightly" in listed
    assert server.token not in listed


def test_the_bill_of_a_key_space_keeps_the_schema(desk: Vaulted, tmp_path: Path) -> None:
    for kind in ("sm4-gcm96", "sm2", "hmac-sm3"):
        desk.crypto("key", "create", f"bill-{kind}", "--type", kind)
    desk.good("cbom", "-o", str(tmp_path / "bill.json"))
    text = (tmp_path / "bill.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(text) is None
    names = {one["name"] for one in json.loads(text)["components"]}
    assert {"bill-sm4-gcm96 v1", "bill-sm2 v1", "bill-hmac-sm3 v1", "SM4-GCM", "libgcrypt"} <= names


@pytest.fixture(scope="module")
def authority(server: Server) -> Server:
    """With an authority that issued two certificates, of which one was revoked, and the public time stamps."""
    for mount, kind in (("pki", "pki"), ("tsa", "tsa")):
        server.ask("POST", f"sys/mounts/{mount}", {"type": kind}).raise_for_status()
    server.ask("POST", "pki/root/generate/internal", {"common_name": "r", "key_type": "sm2"}).raise_for_status()
    server.ask("POST", "pki/roles/web", {"allow_any_name": True, "key_type": "ec"}).raise_for_status()
    made = [server.ask("POST", "pki/issue/web", {"common_name": f"{at}.test", "ttl": "1h"}).json() for at in range(2)]
    revoked = {"serial_number": made[0]["data"]["serial_number"]}
    server.ask("POST", "pki/revoke", revoked).raise_for_status()
    server.ask("POST", "bureau/keys/counted", {"type": "sm4-gcm96"}).raise_for_status()
    server.ask("POST", "bureau/encrypt/counted", {"plaintext": "eA=="}).raise_for_status()
    server.ask("POST", "bureau/keys/counted/rotate").raise_for_status()
    return server


def test_the_bill_is_the_one_the_platform_itself_makes(desk: Vaulted, authority: Server, tmp_path: Path) -> None:
    """With uses, and with the certificates of an authority: all but the numbers and moments of the bills is equal."""
    path = tmp_path / "bill.json"
    result = desk.run("crypto", "cbom", "-o", str(path), BAO_ADDR=authority.address, BAO_TOKEN=authority.token)
    assert result.exit_code == 0, result.output
    told = json.loads(path.read_text())
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(path.read_text()) is None
    vault = Vault(authority.folder, SystemClock())
    assert vault.seal.give(authority.shares[0]) is True
    held = holdings(vault, vault.mounts.all().values())
    vault.close()
    assert isinstance(held, Holdings)
    ours = cbom(held, version("yunyue"))

    def parts(bill: dict[str, Any]) -> dict[str, Any]:
        return {one["bom-ref"]: one for one in bill["components"]}

    assert parts(told) == parts(ours)
    assert sorted(told["dependencies"], key=str) == sorted(ours["dependencies"], key=str)
    uses = {one["name"]: one["value"] for one in parts(told)["key/bureau/counted/v1"]["properties"]}
    assert int(uses["yunyue:encryptions-at-most"]) >= 1
    states = [
        one["cryptoProperties"]["certificateProperties"]["certificateState"][0]["state"]
        for one in told["components"]
        if one["bom-ref"].startswith("certificate/pki/")
    ]
    assert sorted(states) == ["active", "active", "revoked"]


def test_a_mount_the_token_may_not_read_is_named_and_the_rest_is_listed(
    desk: Vaulted, authority: Server, tmp_path: Path
) -> None:
    policy = 'path "bureau/keys" { capabilities = ["list"] }\npath "bureau/keys/*" { capabilities = ["read"] }\n'
    policy += 'path "pki/roles/*" { capabilities = ["read"] }'
    authority.ask("PUT", "sys/policies/acl/looker", {"policy": policy}).raise_for_status()
    token = authority.ask("POST", "auth/token/create", {"policies": ["looker"]}).json()["auth"]["client_token"]
    given = {"BAO_ADDR": authority.address, "BAO_TOKEN": token}
    path = tmp_path / "bill.json"
    result = desk.run("crypto", "cbom", "-o", str(path), **given)
    assert result.exit_code == 1, result.output
    assert "not read: pki/" in result.stdout
    bill = json.loads(path.read_text())
    assert any(one["name"] == "yunyue:unread" for one in bill["metadata"]["properties"])
    assert any(one["name"] == "counted v2" for one in bill["components"])
    assert desk.run("crypto", "cbom", "-o", str(path), "--mount", "bureau", **given).exit_code == 0
    assert "permission denied" in desk.run("crypto", "selfcheck", "--keys", **given).output


def test_a_self_check_names_what_fails_and_writes_its_report(desk: Vaulted, tmp_path: Path) -> None:
    (tmp_path / "freeze").write_text("gmssl==3.2.2\ndjango==5.2\n")
    report = tmp_path / "report.xlsx"
    result = desk.crypto("selfcheck", "--packages", str(tmp_path / "freeze"), "--keys", "-o", str(report))
    assert result.exit_code == 1
    assert "Self-assessment" in result.stdout
    assert "gmssl" in result.stdout
    assert "more were not looked at" in result.stdout
    assert "Self-assessment" in str(load_workbook(report).get_sheet_by_index(0).to_python()[0][0])


def test_a_self_check_reads_every_kind_of_file(desk: Vaulted, tmp_path: Path) -> None:
    (tmp_path / "sshd").write_text("Ciphers aes256-gcm@openssh.com\n")
    (tmp_path / "hashes").write_text("md5$a$b\n")
    (tmp_path / "column").write_text("110101199003070011\n")
    words = [
        "--sshd",
        str(tmp_path / "sshd"),
        "--passwords",
        str(tmp_path / "hashes"),
        "--column",
        str(tmp_path / "column"),
    ]
    result = desk.crypto("selfcheck", *words, "--installed", "--json")
    told = json.loads(result.stdout)
    looked = {one["looked_at"] for row in told["requirements"] for one in row["findings"]}
    assert {str(tmp_path / "sshd"), str(tmp_path / "hashes"), str(tmp_path / "column")} <= looked
    assert "自评" in told["label"]["zh"]


def test_the_platforms_own_accounts_are_looked_at(desk: Vaulted) -> None:
    look = ("crypto", "selfcheck", "--accounts")
    (_, refused), (loaded, _), (opened, _), (_, told) = session(
        desk, look, ("contract", "load", "beijing-2024"), ("account", "add", "somebody", "client_manager"), look
    )
    assert "no installation" in refused["refused"]["reason"]
    assert (loaded, opened) == (0, 0)
    rows = {one["id"]: one["findings"] for one in told["requirements"]}
    (stored,) = rows["8.4e"]
    assert stored["looked_at"] == "accounts"
    assert "× 1" in stored["en"]


def test_a_self_check_made_at_a_terminal_stands_among_the_consoles(desk: Vaulted) -> None:
    look = ("crypto", "selfcheck", "--installed", "--contract", "beijing-2024")
    (_, nowhere), (loaded, _), (_, told), (_, wrong) = session(
        desk, look, ("contract", "load", "beijing-2024"), look, (*look[:-1], "another")
    )
    assert "no installation" in nowhere["refused"]["reason"]
    assert loaded == 0
    assert "there is no contract 'another'; registered: beijing-2024" in wrong["refused"]["reason"]
    with closing(sqlite3.connect(desk.home / "accounts.sqlite")) as accounts:
        (kept,) = accounts.execute("SELECT contract, tenant, made_by_id, terminal, content FROM crypto_selfcheck")
    assert kept[:3] == ("beijing-2024", "", None)
    assert kept[3].startswith("cli:")
    assert json.loads(kept[4]) == told


def test_private_endpoints_are_not_reached_by_default(desk: Vaulted, server: Server) -> None:
    result = desk.crypto("selfcheck", "--endpoint", server.address.removeprefix("http://"))
    assert "may not be reached" in result.stdout
    open_ = desk.crypto(
        "selfcheck", "--endpoint", server.address.removeprefix("http://"), YUNYUE_PRIVATE_TARGETS="true"
    )
    assert "answers neither TLS nor TLCP" in open_.stdout


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("selfcheck",), "scope"),
        (("selfcheck", "--installed", "-o", "report.pdf"), "output"),
        (("selfcheck", "--endpoint", "not a host"), "endpoints"),
        (("selfcheck", "--sshd", "/nowhere/sshd"), "/nowhere/sshd"),
        (("cbom", "-o", "/nowhere/bill.json"), "/nowhere"),
        (("encrypt", "files", "/nowhere/file", "-o", "/tmp/x"), "/nowhere/file"),
        (("key", "rotate", "nothing"), "bureau/keys/nothing/rotate"),
    ],
)
def test_wrong_calls_are_refused_by_field(desk: Vaulted, words: tuple[str, ...], field: str) -> None:
    assert desk.bad(*words)["field"] == field


def test_without_a_token_the_command_says_where_one_goes(desk: Vaulted) -> None:
    refused = desk.bad("keys", BAO_TOKEN="", VAULT_TOKEN="")
    assert (refused["field"], "BAO_TOKEN" in refused["reason"]) == ("token", True)


def test_a_token_comes_from_a_file_too(desk: Vaulted, server: Server, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{server.token}\n")
    result = desk.crypto("keys", "--token-file", str(tmp_path / "token"), BAO_TOKEN="")
    assert result.exit_code == 0
    assert "cannot be read" in desk.bad("keys", "--token-file", "/nowhere/token")["reason"]


def test_nobody_answering_and_an_address_that_is_none_are_told(desk: Vaulted) -> None:
    assert "does not answer" in desk.bad("keys", BAO_ADDR=f"http://127.0.0.1:{free_port()}")["reason"]
    assert desk.bad("keys", BAO_ADDR="vault")["field"] == "address"


def test_a_wrong_token_is_the_vaults_refusal(desk: Vaulted) -> None:
    assert "permission denied" in desk.bad("keys", BAO_TOKEN="s.nobody")["reason"]
