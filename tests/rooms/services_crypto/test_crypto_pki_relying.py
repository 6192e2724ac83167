"""What relying parties see of an authority: revocation lists, OCSP, open paths; and who may ask for all the rest."""

import base64
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import crl, ocsp  # type: ignore[import-untyped]  # it ships no types
from crypto_cast import Desk
from openssl_cast import openssl
from pki_cast import NOW, TYPES, ca, issued, leaf, opened

from yunyue.services.crypto.pki.verify import signature_holds

__all__ = ["ca"]

ANY_DAY = str(40 * 365 * 86400)
"""Seconds by which `openssl ocsp` lets its own clock stray: it judges an answer's hours by that, not by -attime."""


class TestRevoking:
    def test_a_revoked_certificate_stands_in_the_list(self, ca: Desk, tmp_path: Path) -> None:
        kept, gone = issued(ca), issued(ca)
        first = ca.post("pki/revoke", serial_number=gone["serial_number"].upper().replace(":", "-")).data
        assert ca.post("pki/revoke", certificate=gone["certificate"]).data == first
        (tmp_path / "crl.pem").write_bytes(ca.reply("GET", "pki/crl/pem", token="").body)
        shown = openssl("crl", "-in", "crl.pem", "-CAfile", "root.pem", "-noout", "-text", cwd=tmp_path)
        assert "verify OK" in shown
        assert gone["serial_number"].replace(":", "").upper() in shown
        assert kept["serial_number"].replace(":", "").upper() not in shown
        for name, wanted in (("kept", ": OK"), ("gone", "certificate revoked")):
            (tmp_path / name).write_text({"kept": kept, "gone": gone}[name]["certificate"])
            check = ("-crl_check", "-CRLfile", "crl.pem", "-CAfile", "root.pem", name)
            assert wanted in openssl("verify", "-attime", NOW, *check, cwd=tmp_path)
        assert ca("LIST", "pki/certs/revoked").data["keys"] == [gone["serial_number"]]
        assert ca("GET", f"pki/cert/{gone['serial_number']}").data["revocation_time"] == first["revocation_time"]

    @pytest.mark.parametrize("kind", TYPES)
    def test_lists_are_signed_and_numbered(self, desk: Desk, kind: str) -> None:
        public = leaf(opened(desk, kind)).public_key.dump()
        numbers = []
        for _ in range(3):
            assert desk("GET", "pki/crl/rotate").data == {"success": True}
            read = crl.CertificateList.load(desk.reply("GET", "pki/crl", token="").body)
            content, signature = read["tbs_cert_list"].dump(), read["signature"].native
            assert signature_holds(public, content, signature, read["signature_algorithm"])
            numbers.append(read.crl_number_value.native)
        assert numbers == [1, 2, 3]

    def test_a_list_is_made_anew_before_it_ends(self, ca: Desk) -> None:
        ca.post("pki/config/crl", expiry="24h")
        first = ca.reply("GET", "pki/crl").body
        ca.clock.move(timedelta(seconds=3600))
        assert ca.reply("GET", "pki/crl").body == first
        ca.clock.move(timedelta(seconds=20 * 3600))
        assert ca.reply("GET", "pki/crl").body != first

    def test_what_cannot_be_revoked_is_said(self, ca: Desk) -> None:
        assert "must be provided" in ca.post("pki/revoke").error
        assert "not found" in ca.post("pki/revoke", serial_number="00:11").error
        root = ca("GET", "pki/issuer/default").data
        assert "issuer" in ca.post("pki/revoke", certificate=root["certificate"]).error
        short = issued(ca, ttl="1h")
        ca.clock.move(timedelta(seconds=2 * 3600))
        assert "expired" in ca.post("pki/revoke", serial_number=short["serial_number"]).error

    def test_a_revoked_issuer_issues_nothing_more(self, ca: Desk) -> None:
        assert ca("POST", "pki/issuer/default/revoke").data["revoked"] is True
        assert "is revoked" in ca.post("pki/issue/web", common_name="a.example.com").error
        assert ca.reply("GET", "pki/crl", token="").status == 200

    def test_tidying_forgets_what_ended_long_ago(self, ca: Desk) -> None:
        old, revoked = issued(ca, ttl="1h"), issued(ca, ttl="1h")
        ca.post("pki/revoke", serial_number=revoked["serial_number"])
        ca.clock.move(timedelta(seconds=100 * 3600))
        fresh = issued(ca, ttl="1h")
        done = ca.post("pki/tidy", tidy_cert_store=True, tidy_revoked_certs=True, safety_buffer="72h")
        assert done.status == 202
        left = ca("LIST", "pki/certs").data["keys"]
        assert fresh["serial_number"] in left
        assert not {old["serial_number"], revoked["serial_number"]} & set(left)
        assert ca("LIST", "pki/certs/revoked").status == 404
        assert ca("GET", "pki/tidy-status").data["rows_removed"] == 3


class TestOcsp:
    def answered(self, desk: Desk, tmp_path: Path, *more: str) -> bytes:
        if not (tmp_path / "leaf.pem").exists():
            (tmp_path / "leaf.pem").write_text(issued(desk)["certificate"])
        openssl("ocsp", *more, "-issuer", "root.pem", "-cert", "leaf.pem", "-reqout", "request", cwd=tmp_path)
        return (tmp_path / "request").read_bytes()

    @pytest.mark.parametrize("digest", ["-sha1", "-sha256"])
    def test_openssl_reads_good_then_revoked(self, ca: Desk, tmp_path: Path, digest: str) -> None:
        for wanted in ("leaf.pem: good", "leaf.pem: revoked"):
            reply = ca.reply("POST", "pki/ocsp", self.answered(ca, tmp_path, digest), token="")
            assert reply.media == "application/ocsp-response"
            (tmp_path / "answer").write_bytes(reply.body)
            read = ("-respin", "answer", "-CAfile", "root.pem", "-attime", NOW, "-validity_period", ANY_DAY)
            ask = ("-issuer", "root.pem", digest, "-cert", "leaf.pem", "-no_nonce")
            shown = openssl("ocsp", *ask, *read, cwd=tmp_path)
            assert wanted in shown, shown
            shown = openssl("ocsp", "-reqin", "request", *read, cwd=tmp_path)
            assert "Response verify OK" in shown
            assert "WARNING" not in shown
            ca.post("pki/revoke", certificate=(tmp_path / "leaf.pem").read_text())

    def test_get_takes_the_request_in_its_path(self, ca: Desk, tmp_path: Path) -> None:
        sent = base64.b64encode(self.answered(ca, tmp_path)).decode()
        read = ocsp.OCSPResponse.load(ca.reply("GET", f"pki/ocsp/{sent}", token="").body)
        assert read["response_status"].native == "successful"
        assert read.response_data["responses"][0]["cert_status"].name == "good"

    def test_an_sm2_answer_verifies_by_our_own_reading(self, desk: Desk, tmp_path: Path) -> None:
        root = opened(desk, "sm2")
        (tmp_path / "root.pem").write_text(root["certificate"])
        reply = desk.reply("POST", "pki/ocsp", self.answered(desk, tmp_path), token="")
        basic = ocsp.OCSPResponse.load(reply.body).basic_ocsp_response
        content, signature = basic["tbs_response_data"].dump(), basic["signature"].native
        public = leaf(root).public_key.dump()
        assert signature_holds(public, content, signature, basic["signature_algorithm"])
        assert not signature_holds(public, content + b"x", signature, basic["signature_algorithm"])

    def test_a_strangers_certificate_is_unknown(self, ca: Desk, tmp_path: Path) -> None:
        opened(ca, "ec", "two")
        (tmp_path / "leaf.pem").write_text(issued(ca, "two")["certificate"])
        read = ocsp.OCSPResponse.load(ca.reply("POST", "pki/ocsp", self.answered(ca, tmp_path), token="").body)
        assert read.response_data["responses"][0]["cert_status"].name == "unknown"

    @pytest.mark.parametrize("body", [b"", b"x", b"\x30\x03\x02\x01\x01", b"\x30" * 20_000])
    def test_nonsense_gets_a_malformed_request(self, ca: Desk, body: bytes) -> None:
        read = ocsp.OCSPResponse.load(ca.reply("POST", "pki/ocsp", body, token="").body)
        assert read["response_status"].native == "malformed_request"

    def test_it_can_be_switched_off(self, ca: Desk, tmp_path: Path) -> None:
        ca.post("pki/config/crl", ocsp_disable=True)
        read = ocsp.OCSPResponse.load(ca.reply("POST", "pki/ocsp", self.answered(ca, tmp_path), token="").body)
        assert read["response_status"].native == "unauthorized"


class TestWhoMayAsk:
    PUBLIC = ("ca", "ca/pem", "ca_chain", "crl", "crl/pem", "cert/ca", "cert/ca_chain", "cert/crl")
    CLOSED = (
        ("GET", "roles/web"), ("LIST", "certs"), ("LIST", "issuers"), ("POST", "issue/web"), ("POST", "sign/web"),
        ("POST", "root/generate/internal"), ("DELETE", "root"), ("POST", "revoke"), ("GET", "crl/rotate"),
        ("POST", "sign-verbatim"), ("POST", "config/ca"), ("POST", "config/urls"), ("GET", "issuer/default"),
        ("DELETE", "issuer/default"), ("POST", "tidy"), ("LIST", "keys"), ("POST", "ca"), ("GET", "nowhere"),
    )  # fmt: skip

    def test_what_relying_parties_need_is_for_everybody(self, ca: Desk) -> None:
        for path in (*self.PUBLIC, *(f"issuer/default/{form}" for form in ("pem", "der", "json", "crl", "crl/pem"))):
            assert ca.reply("GET", f"pki/{path}", token="").status == 200, path
            assert ca.reply("GET", f"pki/{path}", token="wrong").status == 200, path

    @pytest.mark.parametrize(("method", "path"), CLOSED)
    def test_all_else_needs_a_token_and_a_policy(self, ca: Desk, method: str, path: str) -> None:
        assert ca(method, f"pki/{path}", {}, token="").status == 403
        stranger = ca.token('path "transit/*" { capabilities = ["read", "list", "update", "delete"] }')
        assert ca(method, f"pki/{path}", {}, token=stranger).status == 403

    def test_a_policy_for_one_role_issues_under_that_role_only(self, ca: Desk) -> None:
        token = ca.token('path "pki/issue/web" { capabilities = ["update"] }')
        assert ca("POST", "pki/issue/web", {"common_name": "a.example.com"}, token=token).status == 200
        ca.post("pki/roles/all", allow_any_name=True, key_type="ec")
        assert ca("POST", "pki/issue/all", {"common_name": "a.example.com"}, token=token).status == 403

    def test_issuing_is_in_the_use_log_and_the_key_is_not(self, ca: Desk, tmp_path: Path) -> None:
        made = issued(ca)
        size, _ = ca.vault.log.head()
        use = ca.vault.log.read(size - 1, size)[0][1]
        assert (use.operation, use.key, use.status) == ("update issue", made["serial_number"], 200)
        secret = "".join(made["private_key"].splitlines()[1:-1])
        assert (
            base64.b64decode(secret) not in (ca.folder / "uses.db").read_bytes() + (ca.folder / "keys.db").read_bytes()
        )

    def test_a_sealed_vault_shows_no_list(self, ca: Desk) -> None:
        ca("PUT", "sys/seal")
        assert ca.reply("GET", "pki/crl", token="").status == 503
        assert ca.reply("GET", "pki/ca", token="").status == 503

    def test_unknown_paths_and_verbs(self, ca: Desk) -> None:
        assert ca("POST", "pki/nowhere").status == 404
        assert ca("DELETE", "pki/certs").status == 405
        assert ca("GET", "pki/cert/00:11").status == 404
        assert ca.post("sys/mounts/x", type="kv").status == 400


class TestIssuers:
    def test_several_issuers_have_names_and_one_is_the_default(self, ca: Desk) -> None:
        second = ca.post("pki/root/generate/internal", common_name="Two", key_type="ec", issuer_name="two").data
        assert "already in use" in ca.post("pki/root/generate/internal", common_name="T", issuer_name="two").error
        listed = ca("LIST", "pki/issuers").data
        assert listed["key_info"][second["issuer_id"]]["issuer_name"] == "two"
        assert ca.post("pki/root/replace", default="two").data["default"] == second["issuer_id"]
        assert issued(ca)["issuing_ca"] == second["certificate"]
        assert ca.post("pki/issuer/two", issuer_name="second").data["issuer_name"] == "second"
        assert ca("DELETE", "pki/issuer/second").status == 204
        assert ca("GET", "pki/issuer/second").status == 500
        assert "no default issuer" in ca.post("pki/issue/web", common_name="a.example.com").error

    def test_deleting_the_root_takes_its_keys(self, ca: Desk) -> None:
        assert ca("DELETE", "pki/root").status == 204
        assert ca("LIST", "pki/issuers").status == 404
        assert ca("LIST", "pki/keys").status == 404
        assert ca.reply("GET", "pki/ca", token="").status == 204

    def test_an_authority_survives_a_restart(self, ca: Desk) -> None:
        before = issued(ca)
        again = ca.reopened().unseal()
        assert again("GET", f"pki/cert/{before['serial_number']}").data["certificate"] == before["certificate"]
        assert issued(again)["issuing_ca"] == before["issuing_ca"]
        again.vault.close()

    def test_key_identifiers_are_sha1_of_the_keys_bits(self, ca: Desk) -> None:
        root = leaf({"certificate": ca("GET", "pki/issuer/default").data["certificate"]})
        assert root.key_identifier == hashlib.sha1(bytes(root.public_key["public_key"])).digest()
