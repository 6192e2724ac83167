"""A witness's key, and the reading of checkpoints that several parties signed."""

from pathlib import Path

import pytest

from yunyue.answer import Refused
from yunyue.host import signatures
from yunyue.host.ciphers import Unavailable
from yunyue.host.ciphers.errors import WrongText
from yunyue.host.keys import LogKeys, WitnessKey
from yunyue.host.signatures import check_note, read_checkpoint
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import Note, NoteKey, SignatureKind, Signed, format_note, parse_note
from yunyue.journal.proofs import ProofFailed
from yunyue.journal.tree import leaf_hash

ORIGIN = "yunyue.local/journal"
WITNESS = "client.example/w1"
CHECKPOINT = Checkpoint(ORIGIN, 3, leaf_hash(b"root"))
TIME = 1_700_000_000


@pytest.fixture
def log(tmp_path: Path) -> LogKeys:
    keys = LogKeys.open(tmp_path / "log", ORIGIN)
    assert isinstance(keys, LogKeys)
    return keys


@pytest.fixture
def witness(tmp_path: Path) -> WitnessKey:
    key = WitnessKey.open(tmp_path / "witness", WITNESS)
    assert isinstance(key, WitnessKey)
    return key


@pytest.fixture
def cosigned(log: LogKeys, witness: WitnessKey) -> str:
    note = parse_note(log.sign_checkpoint(CHECKPOINT.text()))
    assert isinstance(note, Note)
    return format_note(note.with_signature(witness.cosign(note.text, TIME)))


def test_a_witness_keeps_its_key(tmp_path: Path, witness: WitnessKey) -> None:
    again = WitnessKey.open(tmp_path / "witness", WITNESS, create=False)
    assert isinstance(again, WitnessKey)
    assert again.note_key() == witness.note_key()


def test_a_witness_without_its_key_is_refused(tmp_path: Path) -> None:
    assert isinstance(WitnessKey.open(tmp_path / "nowhere", WITNESS, create=False), Refused)


def test_a_cosignature_holds_and_says_when(cosigned: str, witness: WitnessKey) -> None:
    note = parse_note(cosigned)
    assert isinstance(note, Note)
    assert check_note(note, witness.note_key()) == Signed(witness.note_key(), TIME)


def test_a_witness_signs_only_checkpoints(witness: WitnessKey) -> None:
    with pytest.raises(WrongText, match="not a checkpoint"):
        witness.cosign("any text\n", TIME)


def test_a_checkpoint_that_all_signed_is_read(cosigned: str, log: LogKeys, witness: WitnessKey) -> None:
    assert read_checkpoint(cosigned, ORIGIN, [*log.note_keys(), witness.note_key()]) == CHECKPOINT


def test_a_checkpoint_that_one_party_did_not_sign_is_refused(log: LogKeys, witness: WitnessKey) -> None:
    written = log.sign_checkpoint(CHECKPOINT.text())
    outcome = read_checkpoint(written, ORIGIN, [*log.note_keys(), witness.note_key()])
    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("client.example/w1 (COSIGNATURE) has 0 signatures")


def test_a_checkpoint_is_never_read_without_a_key(cosigned: str) -> None:
    assert read_checkpoint(cosigned, ORIGIN, []) == Refused("no key to check the signatures with", "keys")


def test_a_checkpoint_of_another_log_is_refused(cosigned: str, log: LogKeys) -> None:
    outcome = read_checkpoint(cosigned, "other.example/log", log.note_keys())
    assert outcome == Refused(f"a checkpoint of {ORIGIN}, not of other.example/log", "checkpoint.origin")


def test_a_text_that_is_no_note_is_refused(log: LogKeys) -> None:
    assert isinstance(read_checkpoint(CHECKPOINT.text(), ORIGIN, log.note_keys()), Refused)


def test_any_changed_bit_of_a_thrice_signed_checkpoint_is_refused(
    cosigned: str, log: LogKeys, witness: WitnessKey
) -> None:
    keys, packed = [*log.note_keys(), witness.note_key()], cosigned.encode()
    for bit in range(len(packed) * 8):
        changed = bytearray(packed)
        changed[bit // 8] ^= 1 << bit % 8
        outcome = read_checkpoint(changed.decode(errors="surrogateescape"), ORIGIN, keys)
        assert isinstance(outcome, Refused), f"bit {bit}: {outcome}"


def test_a_point_off_the_curve_is_a_failed_proof(cosigned: str) -> None:
    note = parse_note(cosigned)
    assert isinstance(note, Note)
    outcome = check_note(note, NoteKey(ORIGIN, SignatureKind.SM2, b"\x04" + bytes(64)))
    assert isinstance(outcome, ProofFailed)
    assert outcome.reason.startswith(f"{ORIGIN} (SM2): not an SM2 key")


def test_a_cipher_that_is_not_here_is_a_failed_proof_with_its_reason(
    cosigned: str, log: LogKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = parse_note(cosigned)
    assert isinstance(note, Note)
    monkeypatch.setattr(signatures, "provider_for", lambda algorithm: Unavailable(algorithm.value, "no libcrypto"))
    outcome = check_note(note, log.note_keys()[1])
    assert outcome == ProofFailed(f"{ORIGIN} (SM2) cannot be checked here: sm2-sm3: no libcrypto")
