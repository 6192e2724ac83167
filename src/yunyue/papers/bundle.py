"""The bundle for verify.py: a statement with its terms, facts and proofs in one signed file (verify.py describes it).

A bundle holds every fact the statement names and all that bear on the whole contract: its registration, supplements,
corrections and what they correct. It proves that these stand in the log; only with all facts of the log does it also
prove that there is no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from yunyue.answer import Refused
from yunyue.contract import document
from yunyue.contract.terms import Terms
from yunyue.host.ciphers import Unavailable
from yunyue.host.keys import LogKeys
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import Recorded, canonical
from yunyue.journal.facts import ContractRegistered, ContractSupplemented, FactCorrected
from yunyue.journal.note import Note, NoteKey, format_note, made_signature, parse_note, signed_message
from yunyue.journal.proofs import ProofFailed, root_from_multiproof
from yunyue.journal.tree import leaf_hash
from yunyue.settlement import exhibit
from yunyue.settlement.statement import Statement
from yunyue.verify import FORMAT, PARTS, PLACED, named_facts, places_of
from yunyue.workdays import Calendar

MOST_WITNESSES = 14
_WHOLE_CONTRACT = (ContractRegistered, ContractSupplemented, FactCorrected)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What ties facts to the log: the signed checkpoint, the leaves by their place, the hashes of their multiproof.

    `witnesses` are the keys whose cosignatures the checkpoint carries, in that order.
    """

    checkpoint: str
    leaves: Mapping[int, bytes]
    hashes: Sequence[bytes]
    witnesses: tuple[NoteKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """The statement, and the registered terms and calendar it rests on."""

    statement: Statement
    terms: Terms
    calendar: Calendar


def needed(statement: Statement, journal: Sequence[Recorded]) -> list[int] | Refused:
    """The places in the journal of all facts a bundle of this statement must hold; refuses when one is not there."""
    known = [one for one in journal if one.sequence < statement.facts_known]
    bearing = [
        one.fact
        for one in known
        if one.fact.subject == statement.contract and isinstance(one.fact.data, _WHOLE_CONTRACT)
    ]
    named = named_facts(exhibit.to_plain(statement)) | {fact.id for fact in bearing}
    named |= {fact.data.corrects for fact in bearing if isinstance(fact.data, FactCorrected)}
    found = []
    for one in known:
        if one.fact.id in named:
            found.append(one.sequence)
            named.discard(one.fact.id)
    return Refused(f"not in the journal: {', '.join(sorted(named))}", "facts") if named else found


def write_bundle(account: Account, evidence: Evidence, keys: LogKeys) -> bytes | Refused:
    """The bytes of the bundle, signed with the log's keys.

    Refuses supposed facts, terms or a calendar the statement does not name, and facts the checkpoint does not cover.
    """
    return _fault(account, evidence) or seal(_parts(account, evidence, keys), keys)


def _fault(account: Account, evidence: Evidence) -> Refused | None:
    statement = account.statement
    if statement.supposed:
        return Refused("a statement with supposed facts proves nothing", "statement.supposed")
    if document.digest(account.terms) != statement.terms_digest:
        return Refused("not the terms the statement names", "terms")
    if account.calendar.digest() != statement.calendar_digest:
        return Refused("not the calendar the statement names", "calendar")
    note = parse_note(evidence.checkpoint)
    head = note if isinstance(note, Refused) else Checkpoint.parse(note.text)
    if isinstance(head, Refused):
        return head
    hashes = {index: leaf_hash(leaf) for index, leaf in evidence.leaves.items()}
    root = root_from_multiproof(head.size, hashes, evidence.hashes)
    if isinstance(root, ProofFailed):
        return Refused(root.reason, "proof")
    if len(evidence.witnesses) > MOST_WITNESSES:
        return Refused(f"more than {MOST_WITNESSES} witnesses", "witnesses")
    return None if root == head.root else Refused("the leaves are not those of the checkpoint", "proof")


def _parts(account: Account, evidence: Evidence, keys: LogKeys) -> dict[str, bytes]:
    note = parse_note(evidence.checkpoint)
    head = note if isinstance(note, Refused) else Checkpoint.parse(note.text)
    assert isinstance(head, Checkpoint), "checked by _fault"
    indexes = sorted(evidence.leaves)
    plain = {
        "terms": document.to_plain(account.terms),
        "calendar": account.calendar.to_plain(),
        "proof": {
            "hashes": [each.hex() for each in evidence.hashes],
            "indexes": ranges(indexes),
            "size": head.size,
        },
        "statement": exhibit.to_plain(account.statement),
    }
    return {
        "keys": "".join(f"{key.to_text()}\n" for key in (*keys.note_keys(), *evidence.witnesses)).encode(),
        "checkpoint": evidence.checkpoint.encode(),
        "facts": b"".join(_fact_line(index, evidence.leaves[index]) for index in indexes),
        "places": canonical({name: places_of(plain[name]) for name in PLACED}),
        **{name: canonical(value) for name, value in plain.items()},
    }


def ranges(indexes: Sequence[int]) -> list[list[int]]:
    """Sorted numbers as runs [first, last]."""
    found: list[list[int]] = []
    for index in indexes:
        if found and found[-1][1] == index - 1:
            found[-1][1] = index
        else:
            found.append([index, index])
    return found


def _fact_line(index: int, leaf: bytes) -> bytes:
    return canonical({"index": index, "leaf": leaf.decode(), "leaf_hash": leaf_hash(leaf).hex()}) + b"\n"


def seal(parts: Mapping[str, bytes], keys: LogKeys) -> bytes:
    """The manifest over these parts, signed with the log's keys, and the parts; their contents are not looked at."""
    lines = [f"{name} {len(parts[name])} sha256:{sha256(parts[name]).hexdigest()}" for name in PARTS]
    text = "\n".join((FORMAT, keys.origin, *lines, ""))
    signers = (keys.ed25519, *(() if isinstance(keys.sm2, Unavailable) else (keys.sm2,)))
    signed = [
        made_signature(key, signer.sign(signed_message(key, text)))
        for key, signer in zip(keys.note_keys(), signers, strict=True)
    ]
    note = format_note(Note(text, tuple(signed)))
    return note.encode() + b"\n" + b"".join(parts[name] for name in PARTS)
