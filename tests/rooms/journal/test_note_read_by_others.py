"""An independent verifier in Rust (metamorphic-log, Apache-2.0 or MIT) accepts what we sign and prove."""

import metamorphic_log as rust  # type: ignore[import-untyped]  # ships no types
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import Note, NoteKey, Signature, SignatureKind, format_note, made_signature, signed_message
from yunyue.journal.proofs import consistency_proof, inclusion_proof, nodes_over
from yunyue.journal.tree import leaf_hash, root_of

ORIGIN = "yunyue.local/journal"
LEAVES = [leaf_hash(str(index).encode()) for index in range(70)]
NODE_OF = nodes_over(LEAVES)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = NoteKey(ORIGIN, SignatureKind.ED25519, PRIVATE.public_key().public_bytes_raw())
SM2_KEY = NoteKey(ORIGIN, SignatureKind.SM2, b"\x04" + bytes(64))


def head(size: int) -> str:
    """Our checkpoint of the first `size` records: a line that Rust knows, and an SM2 line that it must ignore."""
    text = Checkpoint(ORIGIN, size, root_of(LEAVES[:size])).text()
    known = made_signature(KEY, PRIVATE.sign(signed_message(KEY, text)))
    return format_note(Note(text, (known, Signature(ORIGIN, SM2_KEY.key_id, bytes(64)))))


def test_it_accepts_our_signed_checkpoint_and_reads_the_same() -> None:
    theirs = rust.checkpoint_verify(head(70), [KEY.to_text()])
    assert (theirs.origin, theirs.size, theirs.root) == (ORIGIN, 70, root_of(LEAVES))


def test_it_accepts_our_inclusion_proofs_of_a_signed_checkpoint() -> None:
    for index in range(70):
        proof = inclusion_proof(index, 70, NODE_OF)
        rust.checkpoint_verify_inclusion(head(70), [KEY.to_text()], index, LEAVES[index], proof)


def test_it_accepts_our_consistency_proofs_between_signed_checkpoints() -> None:
    for old in range(1, 71):
        proof = consistency_proof(old, 70, NODE_OF)
        rust.checkpoint_verify_consistency(head(old), head(70), [KEY.to_text()], proof)


def test_it_accepts_every_consistency_proof_up_to_forty() -> None:
    for new in range(1, 41):
        for old in range(1, new + 1):
            roots = root_of(LEAVES[:old]), root_of(LEAVES[:new])
            rust.verify_consistency(old, new, consistency_proof(old, new, NODE_OF), *roots)


def test_it_refuses_a_changed_checkpoint() -> None:
    with pytest.raises(rust.VerifyError):
        rust.checkpoint_verify(head(70).replace("\n70\n", "\n71\n"), [KEY.to_text()])


def test_it_refuses_our_proof_for_another_record() -> None:
    with pytest.raises(rust.VerifyError):
        rust.verify_inclusion(4, 70, LEAVES[3], inclusion_proof(3, 70, NODE_OF), root_of(LEAVES))
