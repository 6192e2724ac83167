"""Time stamps (RFC 3161): says that a digest was shown at a moment, signed with P-256 or SM2.

Answers are joined from octets prepared once per key; building them from objects took 250 times as long.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.mac import DIGESTS, digest
from yunyue.host.ciphers.pairs import Kind, Pair
from yunyue.services.crypto import asn1
from yunyue.services.crypto.asn1 import (
    BOOLEAN,
    INTEGER,
    NULL,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    TRUE,
    Malformed,
    generalized,
    integer,
    oid,
    sequence,
    tlv,
)
from yunyue.services.crypto.signatures import SIGNATURES

POLICY: Final = oid("1.3.6.1.4.1.58888.1.1")
"""The policy of a token: an example arc, until an operator registers one."""
DIGEST_OIDS: Final = {
    oid("2.16.840.1.101.3.4.2.1"): "sha2-256",
    oid("2.16.840.1.101.3.4.2.2"): "sha2-384",
    oid("2.16.840.1.101.3.4.2.3"): "sha2-512",
    oid("1.2.156.10197.1.401"): "sm3",
}
LENGTHS: Final = {name: len(digest(name, b"")) for name in DIGESTS}
_HEADS: Final = {
    (head := sequence(number, more) + bytes((OCTETS, LENGTHS[name]))): (name, len(head) + LENGTHS[name])
    for number, name in DIGEST_OIDS.items()
    for more in (b"", NULL)
}
"""What every right imprint begins with, its digest, and how long it is: most queries are read by one look here."""
_TST_INFO: Final = oid("1.2.840.113549.1.9.16.1.4")
_ALGORITHM: Final = {"sha2-256": sequence(oid("2.16.840.1.101.3.4.2.1")), "sm3": sequence(oid("1.2.156.10197.1.401"))}
_INFO_HEAD: Final = integer(1) + POLICY
_PLAIN_START: Final = integer(1) + bytes((SEQUENCE,))
_SIGNED_DATA: Final = oid("1.2.840.113549.1.7.2")
GRANTED: Final = sequence(integer(0))
_FAILURES: Final = {"badAlg": 0, "badRequest": 2, "badDataFormat": 5, "unacceptedPolicy": 15, "unacceptedExtension": 16}


class Query(msgspec.Struct, frozen=True, gc=False):
    """What was asked: imprint and nonce as they came (no nonce: empty), the certificate or not; the digest shown."""

    imprint: bytes
    nonce: bytes
    certificate: bool
    digest: str = "sha2-256"


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a query gets no token: one of RFC 3161's failures, and words."""

    failure: str
    words: str

    def response(self) -> bytes:
        """The TimeStampResp that says so."""
        bit = _FAILURES[self.failure]
        mask = (0x80 >> bit % 8).to_bytes(1, "big").rjust(bit // 8 + 1, b"\x00")
        failed = tlv(asn1.BITS, bytes((7 - bit % 8,)) + mask)
        return sequence(sequence(integer(2), sequence(tlv(asn1.UTF8, self.words.encode())), failed))


def understood(content: bytes) -> Query | Rejected:
    """The query in a TimeStampReq."""
    try:
        return _plain(content) or _understood(content)
    except Malformed as error:
        return Rejected("badDataFormat", str(error))


def _plain(content: bytes) -> Query | None:
    """A query of the shape most have: a known digest, at most a nonce and the wish for the certificate after it.

    Found by looking at the octets that tell its shape; None for whatever is not just that, which is read step by step.
    """
    length = len(content)
    if not 12 < length < 130 or content[2:6] != _PLAIN_START or content[0] != SEQUENCE or content[1] != length - 2:
        return None
    known = _HEADS.get(content[7 : content[8] + 11])
    end = 0 if known is None else 7 + known[1]
    if known is None or content[6] != known[1] or end > length:
        return None
    rest = content[end:]
    wants = rest.endswith(TRUE)
    nonce = rest[:-3] if wants else rest
    if nonce and (len(nonce) < 3 or nonce[0] != INTEGER or nonce[1] != len(nonce) - 2):
        return None
    return Query(content[5:end], nonce, wants, known[0])


def _understood(content: bytes) -> Query | Rejected:
    body, end = asn1.read(content, 0, SEQUENCE)
    version, place = asn1.read(body, 0, INTEGER)
    if end != len(content) or version != b"\x01":
        return Rejected("badRequest", "not a query of version 1")
    start = place
    imprint, place = asn1.read(body, place, SEQUENCE)
    shown = body[start:place]
    name = _digest_of(imprint)
    if isinstance(name, Rejected):
        return name
    if asn1.peek(body, place) == OID:
        begun = place
        _, place = asn1.read(body, place, OID)
        if body[begun:place] != POLICY:
            return Rejected("unacceptedPolicy", "tokens are issued under one policy only")
    nonce = b""
    if asn1.peek(body, place) == INTEGER:
        begun = place
        _, place = asn1.read(body, place, INTEGER)
        nonce = body[begun:place]
    wants = False
    if asn1.peek(body, place) == BOOLEAN:
        flag, place = asn1.read(body, place, BOOLEAN)
        wants = flag == b"\xff"
    if place != len(body):
        return Rejected("unacceptedExtension", "extensions are not understood")
    return Query(shown, nonce, wants, name)


def _digest_of(imprint: bytes) -> str | Rejected:
    """The digest an imprint is made with, by its name."""
    known = _HEADS.get(imprint[: imprint[1] + 4]) if len(imprint) > 1 else None
    if known is not None and len(imprint) == known[1]:
        return known[0]
    algorithm, place = asn1.read(imprint, 0, SEQUENCE)
    _, end = asn1.read(algorithm, 0, OID)
    name = DIGEST_OIDS.get(algorithm[:end])
    shown, last = asn1.read(imprint, place, OCTETS)
    if name is None or algorithm[end:] not in (b"", NULL):
        return Rejected("badAlg", "the digest is none of SHA-256, SHA-384, SHA-512, SM3")
    if len(shown) != LENGTHS[name] or last != len(imprint):
        return Rejected("badDataFormat", "the digest has another length than its algorithm's")
    return name


class Stamper:
    """Issues the tokens of one key pair and its certificate (DER)."""

    def __init__(self, kind: Kind, pair: Pair, certificate: bytes) -> None:
        self._pair = pair
        self.certificate = certificate
        self._digest = "sm3" if kind == "sm2" else "sha2-256"
        algorithm = _ALGORITHM[self._digest]
        issuer, serial = _issuer_and_serial(certificate)
        self._certificates = tlv(0xA0, certificate)
        self._head = integer(3) + tlv(SET, algorithm)
        self._signer = integer(1) + sequence(issuer, serial) + algorithm
        self._tail = SIGNATURES[kind]
        # SHA-256 is the default of this structure (RFC 5035), and DER leaves defaults out.
        named = b"" if self._digest == "sha2-256" else algorithm
        own = sequence(sequence(sequence(named, tlv(OCTETS, digest(self._digest, certificate)))))
        zero = bytes(LENGTHS[self._digest])
        shown = sequence(oid("1.2.840.113549.1.9.4"), tlv(SET, tlv(OCTETS, zero)))
        fixed = (
            sequence(oid("1.2.840.113549.1.9.3"), tlv(SET, _TST_INFO)),
            sequence(oid("1.2.840.113549.1.9.16.2.47"), tlv(SET, own)),
            shown,
        )
        # DER orders a SET by octets; these differ before the digest begins, so their order never changes.
        self._before, _, self._after = b"".join(sorted(fixed)).partition(zero)
        self._attributes = tlv(SET, self._before + zero + self._after)[: -len(self._before + zero + self._after)]
        self._second: tuple[datetime, bytes] | None = None
        self._hash = hashlib.new(DIGESTS[self._digest])
        self._infos: dict[int, bytes] = {}
        self._frames: dict[tuple[int, int, bool], tuple[bytes, bytes, bytes]] = {}

    def stamp(self, query: Query, serial: int, now: datetime) -> bytes | Refused:
        """A TimeStampResp with its token."""
        content = _INFO_HEAD + query.imprint + integer(serial) + self._moment(now) + query.nonce
        length = len(content)
        head = self._infos.get(length)
        if head is None:
            head = self._infos[length] = tlv(SEQUENCE, content)[:-length]
        info, hashed = head + content, self._hash.copy()
        hashed.update(info)
        shown = hashed.digest()
        signature = self._pair.sign(self._attributes + self._before + shown + self._after)
        if isinstance(signature, Refused):
            return signature
        shape = (length, len(signature), query.certificate)
        frame = self._frames.get(shape)
        if frame is None:
            frame = self._frames[shape] = self._framed(info, shown, signature, certificate=query.certificate)
        start, between, middle = frame
        return start + info + between + shown + middle + signature

    def _framed(self, info: bytes, shown: bytes, signature: bytes, *, certificate: bool) -> tuple[bytes, bytes, bytes]:
        """What stands before, between and after the three parts that differ from token to token.

        Every length in DER depends on the lengths of the parts alone: tokens of one shape share all the rest.
        """
        attributes = self._before + shown + self._after
        # The same attributes stand in the token under the tag [0] instead of SET.
        signed_attributes = b"\xa0" + self._attributes[1:] + attributes
        signer = tlv(SEQUENCE, self._signer + signed_attributes + self._tail + tlv(OCTETS, signature))
        content = tlv(SEQUENCE, _TST_INFO + tlv(0xA0, tlv(OCTETS, info)))
        certificates = self._certificates if certificate else b""
        signed = tlv(SEQUENCE, self._head + content + certificates + tlv(SET, signer))
        whole = tlv(SEQUENCE, GRANTED + tlv(SEQUENCE, _SIGNED_DATA + tlv(0xA0, signed)))
        last = len(whole) - len(signature)
        second = whole.rindex(shown, 0, last)
        first = whole.index(info)
        return whole[:first], whole[first + len(info) : second], whole[second + len(shown) : last]

    def _moment(self, now: datetime) -> bytes:
        """The moment in DER; most tokens share their second with the one before."""
        known = self._second
        if known is None or known[0] != now:
            known = self._second = (now, generalized(now))
        return known[1]


def _issuer_and_serial(certificate: bytes) -> tuple[bytes, bytes]:
    """The two elements of a certificate that name it. Raises Malformed."""
    whole, _ = asn1.read(certificate, 0, SEQUENCE)
    body, _ = asn1.read(whole, 0, SEQUENCE)
    _, place = asn1.read(body, 0, 0xA0)
    start = place
    _, place = asn1.read(body, place, INTEGER)
    serial = body[start:place]
    _, place = asn1.read(body, place, SEQUENCE)
    start = place
    _, place = asn1.read(body, place, SEQUENCE)
    return body[start:place], serial
