"""Who signed a note: published notes verify, and any changed bit of one makes it fail."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from yunyue.journal.errors import BrokenTree
from yunyue.journal.note import (
    LATEST_TIME,
    Note,
    NoteKey,
    Signature,
    SignatureKind,
    Signed,
    check_signature,
    format_note,
    made_signature,
    parse_note,
    signed_message,
)
from yunyue.journal.proofs import ProofFailed

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
# The private key Go's own tests publish (golang.org/x/mod/sumdb/note), so its signatures can be made again.
GO_SEED = bytes.fromhex("810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173")
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = GO_TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
SUMDB_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
# Heads of Go's public checksum database, as it signed them over the years.
SUMDB_NOTES = [
    "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n"
    "— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n",
    "go.sum database tree\n15067302\ngJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=\n\n"
    "— sum.golang.org Az3grp1rvWOs5NKlr/xR4GLN/CDyzzakmt1o61uSxYKpK1SerqOP2ClbX/peKUZjYnyomH5Xz7GZG3TpB7OeKn4E2ww=\n"
    "— test.example.com qTGhC/xIPQ0AXKHK6Y+9ypRfuvMZWPjRXM8NiOg5M1WREn07VQXyuIXM3NRNav3ieVFLUqDRK77PWDmL6w8w84UqeAw=\n",
    "go.sum database tree\n65209736\n5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=\n\n"
    "— sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlUErfcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=\n",
]
TIME = 1_700_000_000
CHECKPOINT = "yunyue.local/journal\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def key_of(text: str) -> NoteKey:
    key = NoteKey.from_text(text)
    assert isinstance(key, NoteKey)
    return key


def read(written: str) -> Note:
    note = parse_note(written)
    assert isinstance(note, Note)
    return note


PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
LOG_KEY = NoteKey("yunyue.local/journal", SignatureKind.ED25519, PUBLIC)
WITNESS_KEY = NoteKey("client.example/w1", SignatureKind.COSIGNATURE, PUBLIC)


def twice_signed() -> str:
    log = made_signature(LOG_KEY, PRIVATE.sign(signed_message(LOG_KEY, CHECKPOINT)))
    witness = made_signature(WITNESS_KEY, PRIVATE.sign(signed_message(WITNESS_KEY, CHECKPOINT, TIME)), TIME)
    return format_note(Note(CHECKPOINT, (log, witness)))


NOTE = twice_signed()


def test_the_note_of_the_reference_implementation_is_signed() -> None:
    key = key_of(GO_KEY)
    assert check_signature(read(GO_NOTE), key, ed25519) == Signed(key)


def test_signing_again_with_the_published_key_gives_the_published_note() -> None:
    raw = Ed25519PrivateKey.from_private_bytes(GO_SEED).sign(signed_message(key_of(GO_KEY), GO_TEXT))
    assert format_note(Note(GO_TEXT, (made_signature(key_of(GO_KEY), raw),))) == GO_NOTE


@pytest.mark.parametrize("written", SUMDB_NOTES)
def test_signed_heads_of_a_public_log_are_signed(written: str) -> None:
    key = key_of(SUMDB_KEY)
    assert check_signature(read(written), key, ed25519) == Signed(key)


@pytest.mark.parametrize("written", [GO_NOTE, *SUMDB_NOTES])
def test_published_notes_are_written_back_byte_for_byte(written: str) -> None:
    assert format_note(read(written)) == written


def test_another_signature_beside_ours_does_not_matter() -> None:
    assert check_signature(read(GO_NOTE + ENOCH_LINE), key_of(GO_KEY), ed25519)
    assert check_signature(read(GO_NOTE + ENOCH_LINE), key_of(ENOCH_KEY), ed25519)


def test_both_signatures_of_a_note_hold_and_the_witness_says_when() -> None:
    note = read(NOTE)
    assert check_signature(note, LOG_KEY, ed25519) == Signed(LOG_KEY)
    assert check_signature(note, WITNESS_KEY, ed25519) == Signed(WITNESS_KEY, TIME)


@settings(max_examples=600)
@given(st.integers(0, len(NOTE.encode()) * 8 - 1))
def test_a_changed_bit_anywhere_in_a_note_fails(bit: int) -> None:
    packed = bytearray(NOTE.encode())
    packed[bit // 8] ^= 1 << bit % 8
    note = parse_note(packed.decode(errors="surrogateescape"))
    assert not (
        isinstance(note, Note)
        and check_signature(note, LOG_KEY, ed25519)
        and check_signature(note, WITNESS_KEY, ed25519)
    )


def test_a_missing_signature_fails() -> None:
    outcome = check_signature(read(GO_NOTE), LOG_KEY, ed25519)
    assert outcome == ProofFailed("yunyue.local/journal (ED25519) has 0 signatures where one is needed")


def test_a_repeated_signature_fails() -> None:
    line = GO_NOTE.split("\n\n")[1]
    outcome = check_signature(read(GO_NOTE + line), key_of(GO_KEY), ed25519)
    assert outcome == ProofFailed("PeterNeumann (ED25519) has 2 signatures where one is needed")


@pytest.mark.parametrize("length", [1, 63, 65, 72])
def test_a_signature_of_a_wrong_length_fails_before_any_cipher(length: int) -> None:
    note = Note("text\n", (Signature(LOG_KEY.name, LOG_KEY.key_id, bytes(length)),))
    outcome = check_signature(note, LOG_KEY, lambda *_: True)
    assert isinstance(outcome, ProofFailed)
    assert "wrong length or time" in outcome.reason


def test_a_cosignature_of_a_wrong_length_fails_before_any_cipher() -> None:
    note = Note("text\n", (Signature(WITNESS_KEY.name, WITNESS_KEY.key_id, bytes(64)),))
    assert not check_signature(note, WITNESS_KEY, lambda *_: True)


def test_a_cosignature_with_a_time_out_of_range_fails() -> None:
    payload = (LATEST_TIME + 1).to_bytes(8, "big") + bytes(64)
    note = Note("text\n", (Signature(WITNESS_KEY.name, WITNESS_KEY.key_id, payload),))
    assert not check_signature(note, WITNESS_KEY, lambda *_: True)


def test_a_cosignature_covers_its_time() -> None:
    moved = made_signature(WITNESS_KEY, PRIVATE.sign(signed_message(WITNESS_KEY, CHECKPOINT, TIME)), TIME + 1)
    assert not check_signature(Note(CHECKPOINT, (moved,)), WITNESS_KEY, ed25519)


def test_a_log_signature_cannot_pass_for_a_cosignature() -> None:
    raw = PRIVATE.sign(signed_message(LOG_KEY, CHECKPOINT))
    assert not check_signature(Note(CHECKPOINT, (made_signature(WITNESS_KEY, raw, TIME),)), WITNESS_KEY, ed25519)


def test_a_witness_signs_the_message_of_the_specifications_example() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert signed_message(WITNESS_KEY, text, 1679315147) == f"cosignature/v1\ntime 1679315147\n{text}".encode()


def test_the_cosignature_line_of_the_specifications_example_has_its_time_and_writes_back() -> None:
    line = (
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
        "qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    signature = read("text\n\n" + line).signatures[0]
    assert int.from_bytes(signature.payload[:8], "big") == 1679315147
    assert signature.line() == line


@pytest.mark.parametrize("time", [-1, LATEST_TIME + 1])
def test_no_cosignature_is_made_for_an_impossible_time(time: int) -> None:
    with pytest.raises(BrokenTree, match="not a time"):
        signed_message(WITNESS_KEY, CHECKPOINT, time)


@pytest.mark.parametrize("length", [0, 63, 72])
def test_no_line_is_made_from_a_signature_of_a_wrong_length(length: int) -> None:
    with pytest.raises(BrokenTree, match="64 bytes"):
        made_signature(LOG_KEY, bytes(length))
