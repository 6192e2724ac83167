"""Signed notes: a plain text, a blank line, and one line for each who signed it (C2SP signed-note, tlog-cosignature).

Pure: what is signed and how it is written; the ciphers are given by the caller. Three kinds of signature are known:
- 0x01 Ed25519, which every existing verifier reads;
- 0x04 a witness's cosignature/v1: the second it signed at, then an Ed25519 signature over that time and the text;
- 0xff "sm2-sm3", ours: SM2 with SM3 (GB/T 32918.2) over the text, 64 bytes r||s, signer's id 1234567812345678.
A key's id is the start of SHA-256(name || newline || kind || public key); for SM2 the kind is 0xff followed by
"sm2-sm3" and the public key is the uncompressed point (0x04 || x || y, 65 bytes).
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Self

from yunyue.answer import Refused
from yunyue.journal.errors import BrokenTree
from yunyue.journal.proofs import ProofFailed

LONGEST_NOTE = 1 << 20
MOST_SIGNATURES = 100
LATEST_TIME = (1 << 63) - 1
VerifySignature = Callable[[bytes, bytes, bytes], bool]
"""verify(public key, message, 64-byte signature) -> does it hold?"""


class SignatureKind(Enum):
    """How a line was signed; the value stands before the public key in key ids and verifier keys."""

    ED25519 = b"\x01"
    COSIGNATURE = b"\x04"
    SM2 = b"\xffsm2-sm3"

    @property
    def public_length(self) -> int:
        """Bytes of a public key of this kind."""
        return 65 if self is SignatureKind.SM2 else 32


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key under the name that stands in its signature lines. Raises BrokenTree when either is malformed."""

    name: str
    kind: SignatureKind
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise BrokenTree(f"key name {self.name!r}: empty, or has a space, plus or control character")
        if len(self.public) != self.kind.public_length:
            raise BrokenTree(f"{self.name}: a public key of {len(self.public)} bytes is not {self.kind.name}")

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that go before its signatures."""
        return sha256(self.name.encode() + b"\n" + self.kind.value + self.public).digest()[:4]

    def to_text(self) -> str:
        """The verifier key others are given: name+hex id+base64(kind || public key)."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(self.kind.value + self.public)}"

    @classmethod
    def from_text(cls, text: str) -> Self | Refused:
        """The key a verifier key names; refuses an unknown kind, a wrong length, and an id that is not the key's."""
        name, _, rest = text.partition("+")
        written_id, _, encoded = rest.partition("+")
        packed = canonical_base64(encoded)
        if not is_key_name(name) or packed is None:
            return Refused("not a verifier key (name+id+base64)", "key")
        for kind in SignatureKind:
            if packed.startswith(kind.value) and len(packed) == len(kind.value) + kind.public_length:
                key = cls(name, kind, packed[len(kind.value) :])
                return key if key.key_id.hex() == written_id else Refused("the id is not that of the key", "key.id")
        return Refused("unknown kind of key, or a wrong length", "key.public")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who is said to have signed, the 4-byte id of the key, and what it signed with."""

    name: str
    key_id: bytes
    payload: bytes

    def line(self) -> str:
        """As it stands in a note, with its newline."""
        return f"\N{EM DASH} {self.name} {_base64(self.key_id + self.payload)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (ends in a newline) and its signatures, known and unknown, in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def with_signature(self, signature: Signature) -> Self:
        """This note with one more line at the end."""
        return type(self)(self.text, (*self.signatures, signature))


@dataclass(frozen=True, slots=True)
class Signed:
    """The key signed this text; `at` is the POSIX second a cosignature names, and 0 for kinds that carry no time."""

    key: NoteKey
    at: int = 0


def is_key_name(name: str) -> bool:
    """May this stand as a key's name? Not empty, no space of any alphabet, no plus, no control character."""
    return bool(name) and _is_plain(name) and not any(each.isspace() or each == "+" for each in name)


def format_note(note: Note) -> str:
    """The note as text; raises BrokenTree when it would not read back as the same note."""
    written = note.text + "\n" + "".join(each.line() for each in note.signatures)
    if parse_note(written) != note:
        raise BrokenTree("the text or a signature cannot be written as a signed note")
    return written


def parse_note(written: str) -> Note | Refused:
    """Reads a note strictly; refuses what the specification forbids, over 100 signatures, or over a mebibyte."""
    if len(written) > LONGEST_NOTE:
        return Refused(f"longer than {LONGEST_NOTE} characters", "note")
    if not _is_plain(written.replace("\n", "")):
        return Refused("a control character or half a surrogate pair", "note")
    text, blank, lines = written.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        return Refused("no blank line followed by whole signature lines", "note")
    if lines.count("\n") > MOST_SIGNATURES:
        return Refused(f"more than {MOST_SIGNATURES} signatures", "note.signatures")
    signatures = []
    for at, line in enumerate(lines[:-1].split("\n")):
        signature = _parse_line(line)
        if signature is None:
            return Refused("not a signature line", f"note.signatures.{at}")
        signatures.append(signature)
    return Note(text + "\n", tuple(signatures))


def _parse_line(line: str) -> Signature | None:
    """The signature a line holds; None when it is not exactly dash, space, name, space, canonical base64."""
    parts = line.split(" ")
    if len(parts) != 3:
        return None
    dash, name, encoded = parts
    packed = canonical_base64(encoded)
    if dash != "\N{EM DASH}" or not is_key_name(name) or packed is None or len(packed) < 5:
        return None
    return Signature(name, packed[:4], packed[4:])


def signed_message(key: NoteKey, text: str, at: int = 0) -> bytes:
    """The bytes a key of this kind signs: the text, for a cosignature after its header and time in seconds."""
    if key.kind is SignatureKind.COSIGNATURE:
        if not 0 <= at <= LATEST_TIME:
            raise BrokenTree(f"{key.name}: {at} is not a time of a cosignature")
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    return text.encode()


def made_signature(key: NoteKey, raw: bytes, at: int = 0) -> Signature:
    """The line for a 64-byte signature `raw` over `signed_message` (same `at`)."""
    if len(raw) != 64:
        raise BrokenTree(f"{key.name}: a signature has 64 bytes, not {len(raw)}")
    stamp = at.to_bytes(8, "big") if key.kind is SignatureKind.COSIGNATURE else b""
    return Signature(key.name, key.key_id, stamp + raw)


def check_signature(note: Note, key: NoteKey, verify: VerifySignature) -> Signed | ProofFailed:
    """Did this key sign this note? Fails when its line is missing, repeated, cut, or does not verify."""
    found = [each for each in note.signatures if (each.name, each.key_id) == (key.name, key.key_id)]
    if len(found) != 1:
        return ProofFailed(f"{key.name} ({key.kind.name}) has {len(found)} signatures where one is needed")
    payload, at = found[0].payload, 0
    if key.kind is SignatureKind.COSIGNATURE:
        at, payload = int.from_bytes(payload[:8], "big"), payload[8:]
    if len(payload) != 64 or at > LATEST_TIME:
        return ProofFailed(f"{key.name} ({key.kind.name}): the signature has a wrong length or time")
    if not verify(key.public, signed_message(key, note.text, at), payload):
        return ProofFailed(f"{key.name} ({key.kind.name}): the signature does not fit the text")
    return Signed(key, at)


def canonical_base64(encoded: str) -> bytes | None:
    """The bytes of standard base64 in its one canonical spelling; None for any other text."""
    try:
        decoded = b64decode(encoded.encode(), validate=True)
    except (binascii.Error, ValueError):
        return None
    # Python ignores the bits after the last byte, so two spellings would stand for one signature.
    return decoded if _base64(decoded) == encoded else None


def _base64(packed: bytes) -> str:
    return b64encode(packed).decode()


def _is_plain(text: str) -> bool:
    """Can be written in UTF-8 and has no ASCII control character."""
    return not any(each < " " or "\ud800" <= each <= "\udfff" for each in text)
