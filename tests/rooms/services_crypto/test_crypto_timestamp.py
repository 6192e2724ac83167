"""Time stamps: verified by the openssl program and by our own reading; queries that make no sense get RFC 3161's no."""

import subprocess
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from crypto_cast import Desk
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from yunyue.host.ciphers import Algorithm, Unavailable, provider_for
from yunyue.host.ciphers.der import to_raw
from yunyue.host.ciphers.mac import digest
from yunyue.host.ciphers.sm2 import PUBLIC_PREFIX
from yunyue.services.crypto import asn1, timestamp
from yunyue.services.crypto.asn1 import Malformed, integer, oid, sequence, tlv
from yunyue.services.crypto.pem import first_der
from yunyue.services.crypto.timestamp import Query, Rejected, understood

SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"), asn1.NULL)
SM3 = sequence(oid("1.2.156.10197.1.401"))


def query(algorithm: bytes, shown: bytes, *more: bytes) -> bytes:
    return sequence(integer(1), sequence(algorithm, tlv(asn1.OCTETS, shown)), *more)


def openssl(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def issued(desk: Desk, name: str, asked: bytes) -> bytes:
    reply = desk.reply("POST", f"transit/tsa/{name}", asked)
    assert (reply.status, reply.media) == (200, "application/timestamp-reply"), reply.body
    return reply.body


@pytest.fixture
def place(desk: Desk, tmp_path: Path) -> Path:
    """A folder with a text, a query by the openssl program, and our certificate."""
    desk.key("tsa", "ecdsa-p256")
    (tmp_path / "text").write_bytes(b"a contract")
    openssl("ts", "-query", "-data", "text", "-sha256", "-cert", "-out", "query", cwd=tmp_path)
    (tmp_path / "certificate.pem").write_text(desk("GET", "transit/tsa/tsa").data["certificate"])
    return tmp_path


VERIFY = ("ts", "-verify", "-in", "answer", "-CAfile", "certificate.pem")


def test_the_openssl_program_verifies_our_token(desk: Desk, place: Path) -> None:
    (place / "answer").write_bytes(issued(desk, "tsa", (place / "query").read_bytes()))
    assert "Verification: OK" in openssl(*VERIFY, "-data", "text", cwd=place)
    assert "Verification: OK" in openssl(*VERIFY, "-queryfile", "query", cwd=place)
    shown = openssl("ts", "-reply", "-in", "answer", "-text", cwd=place)
    assert "Time stamp: Nov 23 01:00:00 2026 GMT" in shown
    assert "Status: Granted." in shown


def test_a_token_does_not_hold_for_another_text_or_query(desk: Desk, place: Path) -> None:
    (place / "answer").write_bytes(issued(desk, "tsa", (place / "query").read_bytes()))
    (place / "other").write_bytes(b"another contract")
    openssl("ts", "-query", "-data", "text", "-sha256", "-cert", "-out", "other-query", cwd=place)
    assert "Verification: FAILED" in openssl(*VERIFY, "-data", "other", cwd=place)
    assert "Verification: FAILED" in openssl(*VERIFY, "-queryfile", "other-query", cwd=place)


def test_a_change_of_any_part_of_a_token_is_refused(desk: Desk, place: Path) -> None:
    answer = issued(desk, "tsa", (place / "query").read_bytes())
    for spot in range(9, len(answer), len(answer) // 12):
        (place / "answer").write_bytes(answer[:spot] + bytes([answer[spot] ^ 1]) + answer[spot + 1 :])
        assert "Verification: OK" not in openssl(*VERIFY, "-queryfile", "query", cwd=place)


def test_a_token_without_certificate_verifies_with_the_one_at_hand(desk: Desk, place: Path) -> None:
    openssl("ts", "-query", "-data", "text", "-sha512", "-no_nonce", "-out", "query", cwd=place)
    (place / "answer").write_bytes(issued(desk, "tsa", (place / "query").read_bytes()))
    untrusted = ("-untrusted", "certificate.pem")
    assert "Verification: OK" in openssl(*VERIFY, *untrusted, "-queryfile", "query", cwd=place)


def test_every_token_has_a_serial_of_its_own_and_its_moment(desk: Desk) -> None:
    desk.key("tsa", "ecdsa-p256")
    asked = query(SHA256, sha256(b"x").digest())
    first, second = issued(desk, "tsa", asked), issued(desk, "tsa", asked)
    assert first != second
    assert b"20261123010000Z" in first
    desk.clock.move(timedelta(hours=1))
    assert b"20261123020000Z" in issued(desk, "tsa", asked)


def test_the_certificate_is_one_of_a_time_stamping_authority(desk: Desk) -> None:
    desk.key("tsa", "ecdsa-p256")
    made = x509.load_pem_x509_certificate(desk("GET", "transit/tsa/tsa").data["certificate"].encode())
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    made.verify_directly_issued_by(made)
    assert (
        desk("GET", "transit/tsa/tsa").data["certificate"]
        == desk("GET", "transit/keys/tsa").data["keys"]["1"]["certificate_chain"]
    )


def test_the_certificate_survives_a_restart(desk: Desk) -> None:
    desk.key("tsa", "sm2")
    before = desk("GET", "transit/tsa/tsa").data
    assert desk.reopened().unseal()("GET", "transit/tsa/tsa").data == before


class TestSm2:
    def parts(self, answer: bytes) -> dict[str, bytes]:
        """The parts of a token that verification needs, read step by step."""
        body, _ = asn1.read(answer, 0, asn1.SEQUENCE)
        _, place = asn1.read(body, 0, asn1.SEQUENCE)
        token, _ = asn1.read(body, place, asn1.SEQUENCE)
        _, place = asn1.read(token, 0, asn1.OID)
        explicit, _ = asn1.read(token, place, 0xA0)
        signed, _ = asn1.read(explicit, 0, asn1.SEQUENCE)
        _, place = asn1.read(signed, 0, asn1.INTEGER)
        _, place = asn1.read(signed, place, asn1.SET)
        content, place = asn1.read(signed, place, asn1.SEQUENCE)
        _, inner = asn1.read(content, 0, asn1.OID)
        wrapped, _ = asn1.read(content, inner, 0xA0)
        info, _ = asn1.read(wrapped, 0, asn1.OCTETS)
        signers, _ = asn1.read(signed, place, asn1.SET)
        signer, _ = asn1.read(signers, 0, asn1.SEQUENCE)
        place = 0
        for tag in (asn1.INTEGER, asn1.SEQUENCE, asn1.SEQUENCE):
            _, place = asn1.read(signer, place, tag)
        attributes, place = asn1.read(signer, place, 0xA0)
        _, place = asn1.read(signer, place, asn1.SEQUENCE)
        signature, _ = asn1.read(signer, place, asn1.OCTETS)
        return {"info": info, "attributes": attributes, "signature": signature}

    def test_an_sm2_token_holds_over_its_attributes_and_they_over_the_text(self, desk: Desk) -> None:
        """The openssl program verifies no SM2 tokens, so this reads RFC 5652 section 5.4 by itself."""
        desk.key("tsa", "sm2")
        imprint = digest("sm3", "合同".encode())
        found = self.parts(issued(desk, "tsa", query(SM3, imprint, integer(7))))
        assert imprint in found["info"]
        assert digest("sm3", found["info"]) in found["attributes"]
        certificate = asn1_certificate(desk)
        assert digest("sm3", certificate) in found["attributes"]
        provider = provider_for(Algorithm.SM2)
        assert not isinstance(provider, Unavailable)
        start = certificate.index(PUBLIC_PREFIX) + len(PUBLIC_PREFIX)
        verifier = provider.verifier(certificate[start : start + 65])
        raw = to_raw(found["signature"])
        assert raw is not None
        assert verifier.verify(tlv(asn1.SET, found["attributes"]), raw)
        assert not verifier.verify(tlv(asn1.SET, found["attributes"] + b"\x00"), raw)

    def test_the_sm2_certificate_is_signed_by_itself_and_read_by_openssl(self, desk: Desk, tmp_path: Path) -> None:
        """openssl verify gives the distinguishing id to a leaf only, so a root's own signature is checked here."""
        desk.key("tsa", "sm2")
        (tmp_path / "c.pem").write_text(desk("GET", "transit/tsa/tsa").data["certificate"])
        shown = openssl("x509", "-in", "c.pem", "-noout", "-text", cwd=tmp_path)
        assert shown.count("SM2-with-SM3") == 2
        assert "Time Stamping" in shown
        certificate = asn1_certificate(desk)
        whole, _ = asn1.read(certificate, 0, asn1.SEQUENCE)
        _, end = asn1.read(whole, 0, asn1.SEQUENCE)
        _, place = asn1.read(whole, end, asn1.SEQUENCE)
        signature, _ = asn1.read(whole, place, asn1.BITS)
        provider = provider_for(Algorithm.SM2)
        assert not isinstance(provider, Unavailable)
        start = certificate.index(PUBLIC_PREFIX) + len(PUBLIC_PREFIX)
        raw = to_raw(signature[1:])
        assert raw is not None
        assert provider.verifier(certificate[start : start + 65]).verify(whole[:end], raw)


def asn1_certificate(desk: Desk) -> bytes:
    return first_der(desk("GET", "transit/tsa/tsa").data["certificate"])


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        (b"", "badDataFormat"),
        (b"nonsense", "badDataFormat"),
        (sequence(integer(2)), "badRequest"),
        (query(SHA256, b"short"), "badDataFormat"),
        (query(sequence(oid("1.3.14.3.2.26")), bytes(20)), "badAlg"),
        (query(SHA256, bytes(32), oid("1.2.3")), "unacceptedPolicy"),
        (query(SHA256, bytes(32), tlv(0xA0, b"")), "unacceptedExtension"),
        (query(SHA256, bytes(32)) + b"\x00", "badRequest"),
        (sequence(integer(1), sequence(SHA256)), "badDataFormat"),
        (b"\x30\x82\x00\x05\x02\x01\x01\x30\x00", "badDataFormat"),
        (b"\x30\x85\x01\x00\x00\x00\x00", "badDataFormat"),
        (b"\x30\x80\x00\x00", "badDataFormat"),
    ],
)
def test_what_is_no_query_is_rejected_by_the_standards_reason(asked: bytes, failure: str) -> None:
    rejected = understood(asked)
    assert isinstance(rejected, Rejected)
    assert rejected.failure == failure


def test_a_rejection_is_read_by_the_openssl_program(desk: Desk, tmp_path: Path) -> None:
    desk.key("tsa", "ecdsa-p256")
    (tmp_path / "answer").write_bytes(issued(desk, "tsa", query(sequence(oid("1.3.14.3.2.26")), bytes(20))))
    shown = openssl("ts", "-reply", "-in", "answer", "-text", cwd=tmp_path)
    assert "Rejected" in shown
    assert "unrecognized or unsupported algorithm identifier" in shown


@given(st.binary(max_size=200))
def test_any_octets_are_understood_or_rejected(asked: bytes) -> None:
    assert isinstance(understood(asked), Query | Rejected)


@st.composite
def queries(draw: st.DrawFn) -> bytes:
    """Queries as clients send them, many of them damaged."""
    algorithm, length = draw(st.sampled_from([(SHA256, 32), (SHA256, 20), (SM3, 32)]))
    nonce = draw(st.binary(max_size=80))
    parts = [
        *([tlv(asn1.INTEGER, nonce)] if draw(st.booleans()) else []),
        *([asn1.TRUE] if draw(st.booleans()) else []),
        *([tlv(asn1.BOOLEAN, b"\x00")] if draw(st.booleans()) else []),
    ]
    content = bytearray(query(algorithm, bytes(length), *parts))
    for place in draw(st.lists(st.integers(0, len(content) - 1), max_size=2)):
        content[place] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)


@settings(max_examples=400, deadline=None)
@given(queries())
def test_the_short_way_to_read_a_query_says_what_the_long_one_says(asked: bytes) -> None:
    quick = timestamp._plain(asked)
    assert quick is None or quick == timestamp._understood(asked)


def test_usual_queries_are_read_the_short_way() -> None:
    for more in ((), (integer(7),), (asn1.TRUE,), (integer(7), asn1.TRUE)):
        assert timestamp._plain(query(SHA256, bytes(32), *more)) is not None
        assert timestamp._plain(query(SM3, bytes(32), *more)) is not None


def test_keys_that_stamp_no_time_are_refused(desk: Desk) -> None:
    desk.key("k")
    assert "ecdsa-p256 or sm2" in desk("GET", "transit/tsa/k").error
    assert desk("GET", "transit/tsa/none").error == "signing key not found"


class TestDer:
    @given(st.integers(0, 2**200))
    def test_integers_come_back_in_their_shortest_form(self, number: int) -> None:
        content, end = asn1.read(integer(number), 0, asn1.INTEGER)
        assert int.from_bytes(content, "big") == number
        assert end == len(integer(number))
        assert len(content) == 1 or content[0] or content[1] & 0x80

    @given(st.binary(max_size=70_000))
    def test_elements_of_any_length_come_back(self, content: bytes) -> None:
        assert asn1.read(b"x" + tlv(asn1.OCTETS, content) + b"y", 1, asn1.OCTETS)[0] == content

    def test_an_oid_is_written_as_its_standard_shows(self) -> None:
        """RSADSI's arc, X.690 section 8.19 by way of RFC 8017: 1.2.840.113549."""
        assert oid("1.2.840.113549") == bytes.fromhex("06062a864886f70d")

    def test_an_element_that_ends_beyond_the_text_is_refused(self) -> None:
        with pytest.raises(Malformed, match="beyond"):
            asn1.read(b"\x04\x05abc", 0, asn1.OCTETS)


def test_base64_is_not_what_is_sent(desk: Desk) -> None:
    desk.key("tsa", "ecdsa-p256")
    answer = issued(desk, "tsa", b64encode(query(SHA256, bytes(32))))
    assert b"no element" in answer
