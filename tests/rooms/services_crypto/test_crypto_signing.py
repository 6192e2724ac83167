"""Signing, verifying and codes over transit: each holds for the text, the key and the version it was made for."""

import subprocess
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from crypto_cast import Desk, b64

from yunyue.host.ciphers.mac import digest, mac

PAIRS = ("sm2", "ed25519", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048")


def signed(desk: Desk, name: str, text: str = "text", **more: Any) -> str:
    return str(desk.post(f"transit/sign/{name}", input=b64(text), **more).data["signature"])


def valid(desk: Desk, name: str, text: str, signature: str, **more: Any) -> bool:
    return bool(desk.post(f"transit/verify/{name}", input=b64(text), signature=signature, **more).data["valid"])


@pytest.mark.parametrize("kind", PAIRS)
def test_a_signature_holds_for_its_text_only(desk: Desk, kind: str) -> None:
    desk.key("k", kind)
    signature = signed(desk, "k")
    assert signature.startswith("vault:v1:")
    assert valid(desk, "k", "text", signature)
    assert not valid(desk, "k", "other", signature)


@pytest.mark.parametrize("kind", ["sm2", "ecdsa-p256", "ed25519"])
def test_a_change_of_any_byte_of_a_signature_is_refused(desk: Desk, kind: str) -> None:
    desk.key("k", kind)
    body = b64decode(signed(desk, "k").removeprefix("vault:v1:"))
    for place in range(len(body)):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert not valid(desk, "k", "text", f"vault:v1:{b64(changed)}")


def test_old_signatures_hold_after_rotation_until_they_are_too_old(desk: Desk) -> None:
    desk.key("k", "sm2")
    old = signed(desk, "k")
    desk.post("transit/keys/k/rotate")
    assert signed(desk, "k").startswith("vault:v2:")
    assert valid(desk, "k", "text", old)
    desk.post("transit/keys/k/config", min_decryption_version=2)
    assert "too old" in desk.post("transit/verify/k", input=b64("text"), signature=old).error


@pytest.mark.parametrize("kind", ["sm2", "ecdsa-p256"])
def test_a_flat_signature_is_read_as_one(desk: Desk, kind: str) -> None:
    desk.key("k", kind)
    flat = signed(desk, "k", marshaling_algorithm="jws")
    assert "=" not in flat
    assert valid(desk, "k", "text", flat, marshaling_algorithm="jws")
    assert not valid(desk, "k", "other", flat, marshaling_algorithm="jws")


def test_the_openssl_program_verifies_an_sm2_signature_of_ours(desk: Desk, tmp_path: Path) -> None:
    desk.key("k", "sm2")
    public = desk("GET", "transit/keys/k").data["keys"]["1"]["public_key"]
    (tmp_path / "key.pem").write_text(public)
    (tmp_path / "text").write_bytes(b"text")
    (tmp_path / "signature").write_bytes(b64decode(signed(desk, "k").removeprefix("vault:v1:")))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-in", "text", "-sigfile", "signature"]
    options = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert "Signature Verified Successfully" in done.stdout, done.stderr


@pytest.mark.parametrize("name", ["sha2-384", "sha3-256"])
def test_the_digest_may_stand_in_the_path_or_the_body(desk: Desk, name: str) -> None:
    desk.key("k", "ecdsa-p256")
    signature = desk.post(f"transit/sign/k/{name}", input=b64("text")).data["signature"]
    assert valid(desk, "k", "text", signature, hash_algorithm=name)
    assert not valid(desk, "k", "text", signature)


def test_a_digest_made_by_the_caller_signs_like_its_text(desk: Desk) -> None:
    desk.key("k", "ecdsa-p256")
    made = desk.post("transit/sign/k", input=b64(digest("sha2-512", b"text")), prehashed=True).data["signature"]
    assert valid(desk, "k", "text", made, hash_algorithm="sha2-512")


@pytest.mark.parametrize(
    ("kind", "body", "status", "reason"),
    [
        ("aes256-gcm96", {}, 400, "does not support signing"),
        ("ecdsa-p256", {"hash_algorithm": "bad"}, 400, 'invalid hash algorithm "bad"'),
        ("ecdsa-p256", {"hash_algorithm": "none"}, 400, "hash_algorithm=none requires"),
        ("ecdsa-p256", {"marshaling_algorithm": "xml"}, 400, "invalid marshaling type"),
        ("ecdsa-p256", {"input": "%%"}, 400, "illegal base64"),
        ("ecdsa-p256", {"key_version": 7}, 400, "higher than the latest"),
        ("ecdsa-p256", {"batch_input": []}, 400, "1 to 10000"),
        ("rsa-2048", {"signature_algorithm": "bad"}, 500, "unsupported rsa signature algorithm bad"),
        ("rsa-2048", {"salt_length": "zz"}, 400, "salt length"),
        ("sm2", {"hash_algorithm": "sha2-256"}, 400, "sm2 signs sm3 digests"),
    ],
)
def test_what_cannot_be_signed_is_refused_by_its_fault(
    desk: Desk, kind: str, body: Any, status: int, reason: str
) -> None:
    desk.key("k", kind)
    shown = desk("POST", "transit/sign/k", {"input": b64("text"), **body})
    assert (shown.status, reason in shown.error) == (status, True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "neither a 'signature' nor an 'hmac'"),
        ({"signature": "junk"}, "invalid signature: no prefix"),
        ({"signature": "vault:v7:AAAA"}, "version is too new"),
        ({"signature": "vault:v1:%%%%"}, "invalid base64 signature value"),
        ({"signature": "vault:v1:AAAA", "hmac": "vault:v1:AAAA"}, "provide one of"),
        ({"signature": "vault:v1:AAAA", "input": "%%"}, "unable to decode input"),
        ({"hmac": "zz"}, "invalid HMAC to verify: no prefix"),
        ({"hmac": "vault:v1:AAAA", "algorithm": "bad"}, "unsupported algorithm bad"),
    ],
)
def test_what_cannot_be_verified_is_refused_by_its_fault(desk: Desk, body: Any, reason: str) -> None:
    desk.key("k", "ecdsa-p256")
    assert reason in desk("POST", "transit/verify/k", {"input": b64("text"), **body}).error


def test_keys_that_are_not_there_are_named(desk: Desk) -> None:
    assert desk.post("transit/sign/none", input=b64("x")).error == "signing key not found"
    assert desk.post("transit/verify/none", input=b64("x")).error == "signing key not found"
    assert desk.post("transit/hmac/none", input=b64("x")).error == "encryption key not found"
    desk.key("k")
    shown = desk.post("transit/verify/k", input=b64("x"), signature="vault:v1:AAAA")
    assert "does not support verification" in shown.error


def test_a_fault_nobody_foresaw_is_answered_and_recorded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.key("k", "sm2")

    def failing(*_: object) -> bytes:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr("yunyue.host.ciphers.pairs_sm2.Sm2Pair.sign", failing)
    before = desk.vault.log.head()[0]
    shown = desk.post("transit/sign/k", input=b64("x"))
    assert (shown.status, shown.error) == (500, "internal error: RuntimeError")
    assert desk.vault.log.read(before, before + 1)[0][1].status == 500


class TestBatches:
    def test_signatures_are_made_and_verified_in_batches(self, desk: Desk) -> None:
        desk.key("k", "sm2")
        items = [{"input": b64(str(number)), "reference": str(number)} for number in range(30)]
        made = desk.post("transit/sign/k", batch_input=[*items, {"input": "%%"}]).data["batch_results"]
        assert made[30]["key_version"] == 0
        assert "illegal base64" in made[30]["error"]
        asked = [{**item, "signature": one["signature"]} for item, one in zip(items, made, strict=False)]
        asked[3]["input"] = b64("changed")
        verdicts = desk.post("transit/verify/k", batch_input=asked).data["batch_results"]
        assert [one["valid"] for one in verdicts] == [number != 3 for number in range(30)]
        assert [one["reference"] for one in verdicts] == [str(number) for number in range(30)]

    def test_a_faulty_item_of_a_batch_is_named(self, desk: Desk) -> None:
        desk.key("k", "ed25519")
        shown = desk.post("transit/verify/k", batch_input=[{"input": b64("x"), "signature": "v"}])
        (only,) = shown.data["batch_results"]
        assert only == {"valid": False, "error": "invalid signature: no prefix", "reference": ""}

    def test_a_batch_without_a_signature_to_verify_is_refused_as_a_whole(self, desk: Desk) -> None:
        desk.key("k", "ed25519")
        batch = [{"input": b64("x"), "signature": "vault:v1:aaaa"}, {"input": b64("x")}]
        assert "missing 'signature'" in desk.post("transit/verify/k", batch_input=batch).error


class TestCodes:
    @pytest.mark.parametrize(("kind", "name"), [("hmac-sm3", "sm3"), ("aes256-gcm96", "sha2-256"), ("sm2", "sm3")])
    def test_every_key_makes_codes_with_the_digest_of_its_kind(self, desk: Desk, kind: str, name: str) -> None:
        desk.key("k", kind, exportable=True)
        code = desk.post("transit/hmac/k", input=b64("text")).data["hmac"]
        secret = b64decode(desk("GET", "transit/export/hmac-key/k").data["keys"]["1"])
        assert code == f"vault:v1:{b64(mac(name, secret, b'text'))}"
        assert desk.post("transit/verify/k", input=b64("text"), hmac=code).data["valid"] is True
        assert desk.post("transit/verify/k", input=b64("texT"), hmac=code).data["valid"] is False

    def test_a_change_of_any_byte_of_a_code_is_refused(self, desk: Desk) -> None:
        desk.key("k", "hmac-sm3")
        body = b64decode(desk.post("transit/hmac/k", input=b64("text")).data["hmac"].removeprefix("vault:v1:"))
        for place in range(len(body)):
            changed = b64(body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])
            shown = desk.post("transit/verify/k", input=b64("text"), hmac=f"vault:v1:{changed}")
            assert shown.data["valid"] is False

    def test_codes_come_in_batches(self, desk: Desk) -> None:
        desk.key("k", "hmac", key_size=64)
        made = desk.post("transit/hmac/k/sha2-512", batch_input=[{"input": b64("x"), "reference": "r"}, {}]).data
        assert len(b64decode(made["batch_results"][0]["hmac"].removeprefix("vault:v1:"))) == 64
        assert made["batch_results"][0]["reference"] == "r"
        assert made["batch_results"][1]["error"] == "missing input for HMAC"

    def test_faults_are_named(self, desk: Desk) -> None:
        desk.key("k")
        assert desk.post("transit/hmac/k").error == "missing input for HMAC"
        assert desk.post("transit/hmac/k", input="%").status == 400
        assert desk.post("transit/hmac/k/bad", input=b64("x")).error == "unsupported algorithm bad"
        assert desk.post("transit/hmac/k", input=b64("x"), key_version=9).status == 400
