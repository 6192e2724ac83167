"""Shows that a fact stands in the journal, step by step, as anyone else could check it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.console.templatetags.reasons import reason
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import Recorded, read, write
from yunyue.journal.errors import NotCanonical
from yunyue.journal.proofs import ProofFailed, inclusion_proof, verify_inclusion
from yunyue.journal.tree import leaf_hash


@dataclass(frozen=True, slots=True)
class Proof:
    """A fact's bytes, its leaf hash, and the hashes from it to the root of `size` leaves (hexadecimal)."""

    sequence: int
    size: int
    leaf: str
    root: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was checked: what, whether it holds, and what was seen."""

    what: str
    holds: bool
    seen: str


def leaf_of(recorded: Recorded) -> bytes:
    """The bytes the journal holds for a fact."""
    return next(iter(office().kernel.journal.leaves(recorded.sequence, recorded.sequence + 1)))


def proof_of(recorded: Recorded, size: int | None = None) -> Proof:
    """The inclusion proof of a fact under the journal's head, or an earlier one (RFC 9162 section 2.1.3)."""
    journal = office().kernel.journal
    head = journal.head() if size is None else journal.head_at(size)
    path = inclusion_proof(recorded.sequence, head.size, journal.node)
    leaf = leaf_hash(leaf_of(recorded))
    return Proof(recorded.sequence, head.size, leaf.hex(), head.root.hex(), tuple(one.hex() for one in path))


def verify(recorded: Recorded) -> tuple[Step, ...]:
    """Check a fact from its stored bytes up to the signed head."""
    latest = office().kernel.publication.latest()
    under = latest.size if isinstance(latest, Checkpoint) and latest.size > recorded.sequence else None
    proof = proof_of(recorded, under)
    return (_bytes(recorded), _leaf(recorded), _inclusion(proof), _head(latest, proof))


def _bytes(recorded: Recorded) -> Step:
    what = _("The stored bytes are this fact, in canonical form (RFC 8785)")
    stored = leaf_of(recorded)
    try:
        found = read(stored, recorded.sequence)
    except NotCanonical as problem:
        return Step(what, False, str(problem))
    same = found == recorded and write(found.fact, found.recorded) == stored
    return Step(what, same, _("%(count)s bytes") % {"count": len(stored)})


def _leaf(recorded: Recorded) -> Step:
    computed = leaf_hash(leaf_of(recorded)).hex()
    kept = office().kernel.journal.node(0, recorded.sequence).hex()
    return Step(_("SHA-256 over 0x00 and these bytes is the leaf hash the journal keeps"), computed == kept, computed)


def _inclusion(proof: Proof) -> Step:
    what = _("%(count)s hashes lead from leaf %(leaf)s to the root of %(size)s leaves (RFC 9162)") % {
        "count": len(proof.path),
        "leaf": proof.sequence,
        "size": proof.size,
    }
    path = [bytes.fromhex(one) for one in proof.path]
    root = bytes.fromhex(proof.root)
    outcome = verify_inclusion(bytes.fromhex(proof.leaf), proof.sequence, proof.size, path, root)
    return Step(what, bool(outcome), reason(outcome.reason) if isinstance(outcome, ProofFailed) else proof.root)


def _head(latest: Checkpoint | Refused | None, proof: Proof) -> Step:
    what = _("The published head carries this root, and its signatures hold")
    match latest:
        case None:
            return Step(what, False, _("Nothing has been published yet"))
        case Refused():
            return Step(what, False, reason(latest))
        case Checkpoint() if latest.size != proof.size:
            return Step(what, False, _("This fact is newer than the published head; publish again"))
        case Checkpoint():
            return Step(what, latest.root.hex() == proof.root, f"{latest.origin} · {latest.size}")
