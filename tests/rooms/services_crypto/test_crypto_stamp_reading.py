"""Time stamps read by our own verifier (SM2, P-256), P-256 ones by another hand's too, under an authority of ours."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crypto_cast import BEGAN, Desk
from cryptography import x509
from openssl_cast import openssl
from rfc3161_client import TimestampRequestBuilder, VerificationError, VerifierBuilder, decode_timestamp_response

from yunyue.answer import Refused
from yunyue.host.ciphers.mac import digest
from yunyue.services.crypto.asn1 import OCTETS, integer, oid, sequence, tlv
from yunyue.services.crypto.pem import all_der, first_der
from yunyue.services.crypto.stamp_reading import Stamped, read_stamp

TEXT = "合同 a contract".encode()
OIDS = {"sha2-256": "2.16.840.1.101.3.4.2.1", "sha2-512": "2.16.840.1.101.3.4.2.3", "sm3": "1.2.156.10197.1.401"}


def query(name: str = "sm3", *more: bytes) -> bytes:
    return sequence(integer(1), sequence(sequence(oid(OIDS[name])), tlv(OCTETS, digest(name, TEXT))), *more)


@pytest.fixture
def service(desk: Desk) -> Desk:
    """A desk at a vault with the public service."""
    assert desk.post("sys/mounts/tsa", type="tsa").status == 204
    return desk


def stamped(desk: Desk, key: str, asked: bytes) -> tuple[bytes, bytes]:
    """The answer, and the certificate to read it with."""
    answer = desk.reply("POST", f"tsa/stamp/{key}", asked, token="").body
    return answer, first_der(desk("GET", f"tsa/stamp/{key}", token="").data["certificate"])


@pytest.mark.parametrize("key", ["sm2", "p256"])
@pytest.mark.parametrize("name", OIDS)
def test_our_own_reading_verifies_both_kinds(service: Desk, key: str, name: str) -> None:
    answer, certificate = stamped(service, key, query(name, integer(77)))
    found = read_stamp(answer, TEXT, certificate)
    assert isinstance(found, Stamped), found
    assert (found.moment, found.nonce) == (BEGAN, 77)
    assert found.signer.startswith(f"TSA {key}")


@pytest.mark.parametrize("key", ["sm2", "p256"])
def test_every_byte_that_is_changed_is_noticed(service: Desk, key: str) -> None:
    answer, certificate = stamped(service, key, query())
    right = read_stamp(answer, TEXT, certificate)
    for place in range(len(answer)):
        for bit in (1, 0x80):
            changed = answer[:place] + bytes([answer[place] ^ bit]) + answer[place + 1 :]
            assert read_stamp(changed, TEXT, certificate) != right, place


def test_another_text_certificate_or_no_stamp_is_refused(service: Desk) -> None:
    answer, certificate = stamped(service, "sm2", query())
    other = stamped(service, "p256", query())[1]
    rejected = service.reply("POST", "tsa/stamp", b"nonsense", token="").body
    for given, reason in (
        ((answer, b"another", certificate), "another text"),
        ((answer, TEXT, other), "does not fit it"),
        ((rejected, TEXT, certificate), "gave no stamp"),
        ((b"", TEXT, certificate), "no time stamp"),
        ((answer, TEXT, b"x"), "no time stamp"),
    ):
        found = read_stamp(*given)
        assert isinstance(found, Refused)
        assert reason in found.reason


def test_a_certificate_for_something_else_is_refused(service: Desk) -> None:
    service.post("sys/mounts/pki", type="pki")
    service.post("pki/root/generate/internal", common_name="R", key_type="sm2")
    made = service.post("tsa/keys/sm2/csr").data["csr"]
    signed = service.post("pki/sign-verbatim", csr=made, ttl="1h").data["certificate"]
    assert service.post("tsa/keys/sm2/set-certificate", certificate_chain=signed).status == 204
    answer, certificate = stamped(service.reopened().unseal(), "sm2", query())
    found = read_stamp(answer, TEXT, certificate)
    assert isinstance(found, Refused)
    assert "not for time stamps alone" in found.reason


@pytest.fixture
def certified(service: Desk, tmp_path: Path) -> Any:
    """The service with a P-256 certificate of an authority of ours; the root's and its own."""
    service.post("sys/mounts/pki", type="pki")
    root = service.post("pki/root/generate/internal", common_name="Root", key_type="ec").data["certificate"]
    role = {"allow_any_name": True, "enforce_hostnames": False, "key_type": "any", "ext_key_usage": "TimeStamping"}
    service.post("pki/roles/tsa", **role, server_flag=False, client_flag=False, key_usage="DigitalSignature")
    request = service.post("tsa/keys/p256/csr").data["csr"]
    plain = {"use_csr_common_name": False, "use_csr_sans": False}
    service.post("pki/roles/tsa", **role, **plain, server_flag=False, client_flag=False, key_usage="DigitalSignature")
    asked = {"csr": request, "common_name": "TSA One", "exclude_cn_from_sans": True, "ttl": "24h"}
    signed = service.post("pki/sign/tsa", **asked).data["certificate"]
    assert service.post("tsa/keys/p256/set-certificate", certificate_chain=signed).status == 204
    (tmp_path / "root.pem").write_text(root)
    (tmp_path / "tsa.pem").write_text(signed)
    return root, signed


def test_the_openssl_program_verifies_under_our_authority(service: Desk, certified: Any, tmp_path: Path) -> None:
    del certified
    (tmp_path / "text").write_bytes(TEXT)
    openssl("ts", "-query", "-data", "text", "-sha512", "-cert", "-out", "query", cwd=tmp_path)
    answer = service.reply("POST", "tsa/stamp", (tmp_path / "query").read_bytes(), token="").body
    (tmp_path / "answer").write_bytes(answer)
    check = ("ts", "-verify", "-in", "answer", "-queryfile", "query", "-CAfile", "root.pem", "-attime")
    assert "Verification: OK" in openssl(*check, str(int(BEGAN.timestamp()) + 60), cwd=tmp_path)


def test_another_hands_client_verifies_under_our_authority(service: Desk, certified: Any) -> None:
    root, signed = (x509.load_pem_x509_certificate(one.encode()) for one in certified)
    asked = TimestampRequestBuilder().data(TEXT).nonce(nonce=True).cert_request(cert_request=True).build()
    body = service.reply("POST", "tsa/stamp", asked.as_bytes(), token="").body
    answer = decode_timestamp_response(body)
    verifier = VerifierBuilder.from_request(asked).tsa_certificate(signed).add_root_certificate(root).build()
    assert verifier.verify_message(answer, TEXT)
    with pytest.raises(VerificationError):
        verifier.verify_message(answer, TEXT + secrets.token_bytes(1))


def test_the_moment_is_the_vaults(service: Desk) -> None:
    service.clock.move(timedelta(seconds=61))
    answer, certificate = stamped(service, "sm2", query())
    found = read_stamp(answer, TEXT, certificate)
    assert isinstance(found, Stamped)
    assert found.moment == BEGAN + timedelta(seconds=61)
    assert all_der(service("GET", "tsa/stamp/sm2").data["certificate"])
