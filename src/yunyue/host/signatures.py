"""Checks who signed a note or a checkpoint, with the ciphers of this machine."""

from collections.abc import Sequence
from typing import assert_never

from yunyue.answer import Refused
from yunyue.host.ciphers import Unavailable, provider_for
from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.interface import Algorithm
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import Note, NoteKey, SignatureKind, Signed, check_signature, parse_note
from yunyue.journal.proofs import ProofFailed


def algorithm_of(kind: SignatureKind) -> Algorithm:
    """The cipher behind a kind of signature line."""
    match kind:
        case SignatureKind.ED25519 | SignatureKind.COSIGNATURE:
            return Algorithm.ED25519
        case SignatureKind.SM2:
            return Algorithm.SM2
        case _:
            assert_never(kind)


def check_note(note: Note, key: NoteKey) -> Signed | ProofFailed:
    """Did this key sign this note? Fails, with the reason, also when this machine lacks the cipher."""
    provider = provider_for(algorithm_of(key.kind))
    if isinstance(provider, Unavailable):
        return ProofFailed(f"{key.name} ({key.kind.name}) cannot be checked here: {provider}")
    try:
        verifier = provider.verifier(key.public)
    except MalformedKey as error:
        return ProofFailed(f"{key.name} ({key.kind.name}): {error}")
    return check_signature(note, key, lambda _, message, signature: verifier.verify(message, signature))


def read_checkpoint(written: str, origin: str, keys: Sequence[NoteKey]) -> Checkpoint | Refused:
    """The checkpoint of log `origin` in a signed note that every one of `keys` (at least one) must have signed."""
    note = parse_note(written)
    if isinstance(note, Refused):
        return note
    if not keys:
        return Refused("no key to check the signatures with", "keys")
    for key in keys:
        if isinstance(outcome := check_note(note, key), ProofFailed):
            return Refused(outcome.reason, "note.signatures")
    checkpoint = Checkpoint.parse(note.text)
    if isinstance(checkpoint, Checkpoint) and checkpoint.origin != origin:
        return Refused(f"a checkpoint of {checkpoint.origin}, not of {origin}", "checkpoint.origin")
    return checkpoint
