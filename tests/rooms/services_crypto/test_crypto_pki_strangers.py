"""Whatever strangers and careless people send an authority is refused as theirs, never an error of ours."""

from typing import Any

import pytest
from crypto_cast import Desk, b64
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pki_cast import ca, issued

__all__ = ["ca"]


def question(ca: Desk) -> bytes:
    """Asks about a certificate that was issued."""
    data = issued(ca)
    leaf, root = (x509.load_pem_x509_certificate(data[name].encode()) for name in ("certificate", "issuing_ca"))
    made = ocsp.OCSPRequestBuilder().add_certificate(leaf, root, hashes.SHA256()).build()
    return made.public_bytes(serialization.Encoding.DER)


def test_a_question_with_any_bit_turned_is_answered(ca: Desk) -> None:
    asked = question(ca)
    for place in range(len(asked)):
        for bit in (1, 2, 32, 128):
            changed = asked[:place] + bytes([asked[place] ^ bit]) + asked[place + 1 :]
            assert ca.reply("POST", "pki/ocsp", changed, token="").status == 200, (place, bit)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary(max_size=60))
def test_any_octets_are_answered(ca: Desk, sent: bytes) -> None:
    assert ca.reply("POST", "pki/ocsp", sent, token="").status == 200


@pytest.mark.parametrize("path", ["pki/ocsp/\u00e9", "pki/ocsp/%%", "pki/ocsp/A", "pki/ocsp/A//A"])
def test_an_address_that_is_no_question_is_answered(ca: Desk, path: str) -> None:
    assert ca.reply("GET", path, token="").status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"common_name": "a..b"},
        {"common_name": "a.b", "serial_number": "编号"},
        {"common_name": "a.b", "uri_sans": "http://[bad"},
        {"common_name": "a.b", "ip_sans": "fe80::1%eth0"},
        {"common_name": "a.b", "ip_sans": "1.2.3"},
        {"common_name": "a.b", "not_after": "9999-99-99"},
    ],
)
def test_what_x509_has_no_place_for_is_refused(ca: Desk, body: dict[str, Any]) -> None:
    role = {"allow_any_name": True, "enforce_hostnames": False, "allowed_uri_sans": "*", "key_type": "ec"}
    assert ca("POST", "pki/roles/open", role).status == 200
    assert ca("POST", "pki/issue/open", body).status == 400


def test_what_a_role_restricts_and_cannot_be_kept_here_is_refused(ca: Desk) -> None:
    for bound in ({"not_after_bound": "forbid"}, {"not_after": "2030-01-01T00:00:00Z"}, {"cn_validations": "disabled"}):
        assert "is not supported" in ca("POST", "pki/roles/bound", {"key_type": "ec", **bound}).error
    assert (
        "no network" in ca("POST", "pki/roles/bound", {"key_type": "ec", "allowed_ip_sans_cidr": "10.0.0.0/99"}).error
    )
    free = {
        "key_type": "ec",
        "not_after_bound": "permit",
        "cn_validations": ["hostname", "email"],
        "allowed_user_ids": "",
    }
    assert ca("POST", "pki/roles/free", free).status == 200


def test_addresses_and_serial_numbers_are_those_a_role_allows(ca: Desk) -> None:
    narrow = {"allow_any_name": True, "key_type": "ec", "allowed_ip_sans_cidr": "10.0.0.0/8,fd00::/8"}
    ca("POST", "pki/roles/narrow", {**narrow, "allowed_serial_numbers": "dept-*"})
    good = {"common_name": "a.b", "ip_sans": "10.1.2.3,fd00::1", "serial_number": "dept-7"}
    assert ca("POST", "pki/issue/narrow", good).status == 200
    assert "not within the networks" in ca("POST", "pki/issue/narrow", {**good, "ip_sans": "10.1.2.3,11.1.2.3"}).error
    assert "not allowed by this role" in ca("POST", "pki/issue/narrow", {**good, "serial_number": "boss"}).error
    assert (
        "not allowed by this role"
        in ca("POST", "pki/issue/web", {"common_name": "a.example.com", "serial_number": "1"}).error
    )


def test_an_authority_that_was_not_made_yet_has_nothing_to_show(desk: Desk) -> None:
    desk("POST", "sys/mounts/pki", {"type": "pki"})
    for path in ("ca", "ca/pem", "ca_chain", "crl", "crl/pem"):
        assert desk.reply("GET", f"pki/{path}", token="").status == 204, path


def test_what_is_no_certificate_cannot_be_revoked(ca: Desk) -> None:
    for content in (b"\0\0\0", b"0\0", b""):
        text = f"-----BEGIN CERTIFICATE-----\n{b64(content)}\n-----END CERTIFICATE-----\n"
        assert ca.post("pki/revoke", certificate=text).status == 400


def test_less_time_than_asked_for_is_said(ca: Desk) -> None:
    shown = ca.post("pki/issue/web", common_name="a.example.com", ttl="8000h").json
    assert "shortened" in shown["warnings"][0]
    assert ca.post("pki/issue/web", common_name="a.example.com", ttl="1h").json["warnings"] is None
