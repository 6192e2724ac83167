"""Keys that come in and go out: wrapped imports, export and backup where allowed, certificates beside a pair."""

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from crypto_cast import Desk, b64
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.x509.oid import NameOID

from yunyue.host.ciphers import Unavailable
from yunyue.host.ciphers.pair_makers import generate_pair
from yunyue.services.crypto.keyspace import RESERVE

DAY_ONE = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "云约")])


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One vault for all imports: its wrapping key of 4096 bits takes a while to make."""
    return Desk(tmp_path_factory.mktemp("moving") / "vault").make()


def wrapped(desk: Desk, secret: bytes, digest: hashes.HashAlgorithm | None = None) -> str:
    """A key as an owner wraps it for us: RSA-OAEP around an AES key, AES key wrap around the key."""
    pem = desk("GET", "transit/wrapping_key").data["public_key"]
    outer = serialization.load_pem_public_key(pem.encode())
    assert isinstance(outer, rsa.RSAPublicKey)
    chosen = digest or hashes.SHA256()
    inner = bytes(range(32))
    head = outer.encrypt(inner, padding.OAEP(padding.MGF1(chosen), chosen, None))
    return b64(head + aes_key_wrap_with_padding(inner, secret))


def der(key: Any) -> bytes:
    made: bytes = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made


class TestImport:
    @pytest.mark.parametrize(("kind", "size"), [("aes256-gcm96", 32), ("sm4-gcm96", 16), ("hmac", 64), ("sm4-ff1", 16)])
    def test_a_symmetric_key_comes_in_as_it_was(self, open_desk: Desk, kind: str, size: int) -> None:
        secret, name = bytes(range(size)), f"in-{kind}"
        body = {"ciphertext": wrapped(open_desk, secret), "type": kind, "exportable": True}
        assert open_desk("POST", f"transit/keys/{name}/import", body).status == 204
        what = "hmac-key" if kind == "hmac" else "encryption-key"
        assert open_desk("GET", f"transit/export/{what}/{name}").data["keys"]["1"] == b64(secret)
        assert open_desk("GET", f"transit/keys/{name}").data["imported_key"] is True

    def test_a_pair_comes_in_and_signs(self, open_desk: Desk) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        body = {"ciphertext": wrapped(open_desk, der(key)), "type": "ecdsa-p256"}
        open_desk("POST", "transit/keys/in-pair/import", body)
        made = open_desk.post("transit/sign/in-pair", input=b64("text")).data["signature"]
        key.public_key().verify(b64decode(made.removeprefix("vault:v1:")), b"text", ec.ECDSA(hashes.SHA256()))

    def test_an_sm2_key_comes_in(self, open_desk: Desk) -> None:
        pair = generate_pair("sm2")
        assert not isinstance(pair, Unavailable)
        body = {"ciphertext": wrapped(open_desk, pair.private_der), "type": "sm2"}
        assert open_desk("POST", "transit/keys/in-sm2/import", body).status == 204
        made = open_desk.post("transit/sign/in-sm2", input=b64("text")).data["signature"]
        assert pair.verify(b"text", b64decode(made.removeprefix("vault:v1:"))) is True

    def test_more_versions_come_in_and_rotation_must_have_been_allowed(self, open_desk: Desk) -> None:
        body = {"ciphertext": wrapped(open_desk, bytes(32)), "type": "aes256-gcm96"}
        open_desk("POST", "transit/keys/in-more/import", body)
        second = {"ciphertext": wrapped(open_desk, bytes(range(32)), hashes.SHA1()), "hash_function": "SHA1"}
        assert open_desk("POST", "transit/keys/in-more/import_version", second).status == 204
        assert open_desk("GET", "transit/keys/in-more").data["latest_version"] == 2
        assert "does not allow rotation" in open_desk.post("transit/keys/in-more/rotate").error

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"ciphertext": "AAAA", "type": "aes256-gcm96"}, 500),
            ({"ciphertext": "%%", "type": "aes256-gcm96"}, 400),
            ({"ciphertext": b64(bytes(600)), "type": "aes256-gcm96"}, 500),
            ({"ciphertext": "AAAA", "type": "nope"}, 400),
            ({"ciphertext": "AAAA", "hash_function": "MD5"}, 400),
            ({"ciphertext": "AAAA", "auto_rotate_period": "24h"}, 400),
            ({"ciphertext": "AAAA", "auto_rotate_period": "1m"}, 400),
        ],
    )
    def test_what_is_no_wrapped_key_is_refused(self, open_desk: Desk, body: Any, status: int) -> None:
        assert open_desk("POST", "transit/keys/in-wrong/import", body).status == status
        assert open_desk("GET", "transit/keys/in-wrong").status == 404

    @pytest.mark.parametrize(("kind", "secret"), [("aes256-gcm96", bytes(16)), ("hmac", bytes(8)), ("sm2", bytes(32))])
    def test_a_key_that_does_not_fit_its_type_is_refused(self, open_desk: Desk, kind: str, secret: bytes) -> None:
        body = {"ciphertext": wrapped(open_desk, secret), "type": kind}
        assert open_desk("POST", "transit/keys/in-misfit/import", body).status == 500

    def test_no_import_reaches_a_key_in_the_token_by_its_label(self, open_desk: Desk) -> None:
        body = {"type": "ecdsa-p256", "ciphertext": wrapped(open_desk, b"pkcs11:somebody-elses")}
        assert "names a key in a token" in open_desk("POST", "transit/keys/thief/import", body).error

    def test_a_key_that_is_there_is_not_overwritten(self, open_desk: Desk) -> None:
        open_desk.key("in-there")
        body = {"ciphertext": wrapped(open_desk, bytes(32))}
        assert "existing key" in open_desk("POST", "transit/keys/in-there/import", body).error
        assert "imported key" in open_desk("POST", "transit/keys/in-there/import_version", body).error
        assert open_desk("POST", "transit/keys/in-none/import_version", body).status == 400


class TestExport:
    def test_nothing_leaves_unless_that_was_allowed(self, desk: Desk) -> None:
        desk.key("k")
        assert "not exportable" in desk("GET", "transit/export/encryption-key/k").error
        assert "not exportable" in desk("GET", "transit/export/hmac-key/k").error

    @pytest.mark.parametrize(
        ("kind", "head"),
        [
            ("ecdsa-p256", "-----BEGIN EC PRIVATE KEY-----"),
            ("rsa-2048", "-----BEGIN RSA PRIVATE KEY-----"),
            ("sm2", "-----BEGIN PRIVATE KEY-----"),
        ],
    )
    def test_pairs_leave_in_the_encoding_of_their_kind(self, desk: Desk, kind: str, head: str) -> None:
        desk.key("k", kind, exportable=True)
        assert desk("GET", "transit/export/signing-key/k").data["keys"]["1"].startswith(head)
        assert desk("GET", "transit/export/public-key/k").data["keys"]["1"].startswith("-----BEGIN PUBLIC KEY-----")

    def test_an_ed25519_key_leaves_as_seed_and_public_half(self, desk: Desk) -> None:
        desk.key("k", "ed25519", exportable=True)
        both = b64decode(desk("GET", "transit/export/signing-key/k").data["keys"]["1"])
        assert Ed25519PrivateKey.from_private_bytes(both[:32]).public_key().public_bytes_raw() == both[32:]

    def test_versions_leave_as_asked(self, desk: Desk) -> None:
        desk.key("k", exportable=True)
        for _ in range(2):
            desk.post("transit/keys/k/rotate")
        path = "transit/export/encryption-key/k"
        assert list(desk("GET", path).data["keys"]) == ["1", "2", "3"]
        assert list(desk("GET", f"{path}/2").data["keys"]) == ["2"]
        assert list(desk("GET", f"{path}/latest").data["keys"]) == ["3"]
        desk.post("transit/keys/k/config", min_decryption_version=2)
        assert "below minimum" in desk("GET", f"{path}/1").error
        assert "does not exist" in desk("GET", f"{path}/7").error
        assert "does not exist" in desk("GET", f"{path}/x").error

    @pytest.mark.parametrize(
        ("what", "kind", "reason"),
        [
            ("bad", "aes256-gcm96", "invalid export type"),
            ("signing-key", "aes256-gcm96", "signing not supported"),
            ("encryption-key", "ed25519", "encryption not supported"),
            ("public-key", "aes256-gcm96", "unknown key type"),
        ],
    )
    def test_what_a_key_does_not_have_cannot_leave(self, desk: Desk, what: str, kind: str, reason: str) -> None:
        desk.key("k", kind, exportable=True)
        assert reason in desk("GET", f"transit/export/{what}/k").error
        assert desk("GET", "transit/export/hmac-key/none").status == 404


class TestBackup:
    def test_a_backup_needs_both_permissions(self, desk: Desk) -> None:
        desk.key("k")
        assert "exporting is disallowed" in desk("GET", "transit/backup/k").error
        desk.post("transit/keys/k/config", exportable=True)
        shown = desk("GET", "transit/backup/k")
        assert (shown.status, "plaintext backup is disallowed" in shown.error) == (500, True)
        assert desk("GET", "transit/backup/none").status == 500

    def test_a_restored_key_opens_what_the_old_one_sealed(self, desk: Desk) -> None:
        desk.key("k", "sm4-gcm96", exportable=True, allow_plaintext_backup=True)
        desk.post("transit/keys/k/rotate")
        ciphertext = desk.encrypt("k")
        backup = desk("GET", "transit/backup/k").data["backup"]
        assert "already exists" in desk.post("transit/restore", backup=backup).error
        assert desk.post("transit/restore", backup=backup).status == 500
        assert desk.post("transit/restore/copy", backup=backup).status == 204
        assert desk.decrypt("copy", ciphertext).status == 200
        assert desk.post("transit/restore", backup=backup, force=True).status == 204
        desk.post("transit/keys/k/rotate")
        assert "would be destroyed" in desk.post("transit/restore", backup=backup, force=True).error
        assert desk("GET", "transit/keys/k").data["latest_version"] == 3
        desk.post("transit/keys/k/config", deletion_allowed=True)
        assert desk.post("transit/restore", backup=backup, force=True).status == 204
        assert desk("GET", "transit/keys/k").data["latest_version"] == 2

    def test_a_restore_says_what_of(self, desk: Desk) -> None:
        shown = desk.post("transit/restore/k")
        assert (shown.status, shown.error) == (400, "'backup' must be supplied")

    @pytest.mark.parametrize("backup", ["xx", b64("{}"), b64("nonsense"), b64('{"config":{},"versions":{}}')])
    def test_what_is_no_backup_is_refused(self, desk: Desk, backup: str) -> None:
        assert desk.post("transit/restore/k", backup=backup).status == 500
        assert desk("GET", "transit/keys/k").status == 404

    def test_a_backup_without_all_its_versions_is_refused(self, desk: Desk) -> None:
        desk.key("k", exportable=True, allow_plaintext_backup=True)
        text = b64decode(desk("GET", "transit/backup/k").data["backup"]).decode()
        cut = b64(text.replace('"latest":1', '"latest":2'))
        assert "versions are missing" in desk.post("transit/restore/other", backup=cut).error

    def test_a_restored_key_goes_on_counting(self, desk: Desk) -> None:
        desk.key("k", exportable=True, allow_plaintext_backup=True)
        desk.encrypt("k")
        backup = desk("GET", "transit/backup/k").data["backup"]
        assert desk.post("transit/restore/copy", backup=backup).status == 204
        assert desk.space.counted("copy", 1) == RESERVE
        again = desk.reopened().unseal()
        again.encrypt("k")
        assert again.post("transit/restore", backup=backup, force=True).status == 204
        assert again.space.counted("k", 1) == 2 * RESERVE

    def test_a_key_backed_up_while_it_waited_for_destruction_is_not_destroyed_again(self, desk: Desk) -> None:
        desk.key("k", exportable=True, allow_plaintext_backup=True)
        desk.post("transit/keys/k/config", deletion_allowed=True)
        desk("DELETE", "transit/keys/k")
        backup = desk("GET", "transit/backup/k").data["backup"]
        desk.clock.move(timedelta(days=30))
        desk.vault.keep_house()
        assert desk.post("transit/restore", backup=backup).status == 204
        desk.vault.keep_house()
        assert desk.decrypt("k", desk.encrypt("k")).status == 200

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"latest":1', '"latest":100000000000'),
            ('"latest":1', '"latest":-5'),
            ('"deletion_delay_days":7', '"deletion_delay_days":0'),
            ('"min_decryption_version":1', '"min_decryption_version":2'),
            ('"in_token":false', '"in_token":true'),
            ('"auto_rotate_period":0', '"auto_rotate_period":-1'),
            ('"secret":"', '"secret":"AAAA'),
        ],
    )
    def test_a_backup_somebody_wrote_into_is_refused(self, desk: Desk, old: str, new: str) -> None:
        desk.key("k", exportable=True, allow_plaintext_backup=True)
        text = b64decode(desk("GET", "transit/backup/k").data["backup"]).decode()
        assert old in text
        assert desk.post("transit/restore/other", backup=b64(text.replace(old, new))).status == 500
        assert desk("GET", "transit/keys/other").status == 404

    def test_no_backup_reaches_a_key_in_the_token_by_its_label(self, desk: Desk) -> None:
        desk.key("k", "ecdsa-p256", exportable=True, allow_plaintext_backup=True)
        whole = json.loads(b64decode(desk("GET", "transit/backup/k").data["backup"]))
        whole["versions"]["1"]["secret"] = b64("pkcs11:somebody-elses")
        refused = desk.post("transit/restore/thief", backup=b64(json.dumps(whole)))
        assert "names a key in a token" in refused.error
        assert desk("GET", "transit/keys/thief").status == 404


class TestCertificates:
    @pytest.mark.parametrize("kind", ["ecdsa-p256", "rsa-2048", "ed25519"])
    def test_a_request_is_signed_by_the_key(self, desk: Desk, kind: str) -> None:
        desk.key("k", kind)
        template = x509.CertificateSigningRequestBuilder().subject_name(DAY_ONE)
        pem = template.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
        text = pem.public_bytes(serialization.Encoding.PEM).decode()
        made = x509.load_pem_x509_csr(desk.post("transit/keys/k/csr", csr=text).data["csr"].encode())
        assert made.is_signature_valid
        assert made.subject == DAY_ONE
        empty = x509.load_pem_x509_csr(desk.post("transit/keys/k/csr").data["csr"].encode())
        assert empty.subject == x509.Name([])

    def test_a_chain_is_kept_when_it_is_the_keys_own(self, desk: Desk) -> None:
        desk.key("k", "ecdsa-p256", exportable=True)
        pem = desk("GET", "transit/export/signing-key/k").data["keys"]["1"]
        key = serialization.load_pem_private_key(pem.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        now = desk.clock.now()
        own = (
            x509.CertificateBuilder(DAY_ONE, DAY_ONE, key.public_key(), 7, now, now.replace(year=2027))
            .sign(key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
            .decode()
        )
        assert desk.post("transit/keys/k/set-certificate", certificate_chain=own).status == 204
        assert desk("GET", "transit/keys/k").data["keys"]["1"]["certificate_chain"] == own
        desk.key("other", "ecdsa-p256")
        assert desk.post("transit/keys/other/set-certificate", certificate_chain=own).status == 400

    def test_faults_are_named(self, desk: Desk) -> None:
        desk.key("k", "ecdsa-p256")
        desk.key("s", "sm4-gcm96")
        desk.key("m", "sm2")
        assert "could not decode" in desk.post("transit/keys/k/set-certificate", certificate_chain="x").error
        assert "could not decode" in desk.post("transit/keys/k/csr", csr="x").error
        assert "only asymmetric" in desk.post("transit/keys/s/csr").error
        assert "BEGIN CERTIFICATE REQUEST" in desk.post("transit/keys/m/csr").data["csr"]
        assert "not found" in desk.post("transit/keys/none/csr").error
        assert "does not exist" in desk.post("transit/keys/k/csr", version=4).error
