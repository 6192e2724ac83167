"""The cast of the bundle tests: the 2024 contract with signatures, late payment, delivery, a correction, a supplement.

Journal, keys, proofs and statement are real; only the log's name and the facts are made up.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from yunyue.answer import Refused
from yunyue.contract import document, loader
from yunyue.contract.terms import Terms
from yunyue.host.keys import LogKeys, WitnessKey
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import BEIJING, Fact, Recorded, canonical, read, understand, write
from yunyue.journal.note import NoteKey, format_note, parse_note
from yunyue.journal.proofs import multiproof, nodes_over
from yunyue.journal.tree import leaf_hash, root_of
from yunyue.papers.bundle import Account, Evidence, needed, seal, write_bundle
from yunyue.settlement.settle import settle
from yunyue.verify import open_bundle, places_of
from yunyue.workdays import STATE_COUNCIL

ORIGIN = "log.example/yunyue"
DOCUMENT = "sha256:" + "5" * 64
Happening = tuple[str, str, dict[str, object]]
"""Day, type of fact, values."""

FOLDER = Path(__file__).parent.parent / "contracts" / "beijing-2024"


def sample_terms() -> Terms:
    """The terms of the historical contract."""
    terms = loader.read({path.name: path.read_text() for path in FOLDER.glob("*.toml")})
    assert isinstance(terms, Terms)
    return terms


def story(terms: Terms) -> list[Happening]:
    """What happened: day, type, values."""
    signed = {"signed": "2024-04-11", "sealed": "2024-04-11"}
    order = {"service": "os", "item": terms.catalogue.items[0].code, "quantity": "1", "tenant": "t1"}
    return [
        (
            "2024-04-11",
            "contract.registered",
            {"terms": document.digest(terms), "calendar": STATE_COUNCIL.digest()},
        ),
        ("2024-04-11", "contract.signed", {"party": "client", **signed}),
        ("2024-04-11", "contract.signed", {"party": "provider", **signed}),
        ("2024-04-12", "copies.exchanged", {"client": 3, "provider": 3}),
        ("2024-04-15", "order.placed", {"order": "o1", "deliver_by": "2024-05-01", **order}),
        ("2024-05-20", "funds.arrived", {"instalment": 1}),
        ("2024-05-21", "progress.confirmed", {"instalment": 1, "document": DOCUMENT}),
        ("2024-05-22", "invoice.received", {"instalment": 1, "amount": "958397.20", "document": DOCUMENT}),
        ("2024-05-11", "service.delivered", {"order": "o1"}),
        ("2024-06-03", "payment.made", {"instalment": 1, "amount": "900000.00", "document": DOCUMENT}),
        ("2024-06-03", "fact.corrected", {"corrects": "f9", "replacement": "f11", "reason": "wrong sum"}),
        ("2024-06-03", "payment.made", {"instalment": 1, "amount": "958397.20", "document": DOCUMENT}),
        (
            "2024-08-01",
            "contract.supplemented",
            {
                "supplement": "s1",
                "effective": "2024-08-01",
                **{f"{who}_{did}": "2024-08-01" for who in ("client", "provider") for did in ("signed", "sealed")},
                "changes": [{"path": "term.end", "value": "2025-01-31"}],
                "document": DOCUMENT,
            },
        ),
        ("2024-09-10", "acceptance.held", {"milestone": "midterm", "result": "passed", "opinion": DOCUMENT}),
    ]


def leaves_of(happened: list[Happening], subject: str, first: int = 0) -> list[bytes]:
    """The leaves of a journal that took these facts in, one second apart, at the end of the last day."""
    taken = datetime(2024, 12, 1, 9, 0, tzinfo=BEIJING)
    leaves = []
    for place, (day, kind, values) in enumerate(happened, first):
        payload = understand(kind, values)
        assert not isinstance(payload, Refused), payload
        time = datetime.fromisoformat(f"{day}T10:00:00+08:00")
        fact = Fact(id=f"f{place}", subject=subject, actor="client", source="/desk", time=time, data=payload)
        leaves.append(write(fact, taken + timedelta(seconds=place)))
    return leaves


@dataclass(frozen=True)
class Cast:
    """A log with its keys, and the account of a contract out of it."""

    keys: LogKeys
    leaves: list[bytes]
    account: Account
    witness: WitnessKey | None = None

    @property
    def recorded(self) -> list[Recorded]:
        """The journal."""
        return [read(leaf, place) for place, leaf in enumerate(self.leaves)]

    @property
    def key(self) -> str:
        """The log's Ed25519 verifier key."""
        return self.keys.note_keys()[0].to_text()

    def evidence(self, indexes: list[int]) -> Evidence:
        """Proof of the facts at these places."""
        hashes = [leaf_hash(leaf) for leaf in self.leaves]
        head = Checkpoint(ORIGIN, len(hashes), root_of(hashes))
        note = self.keys.sign_checkpoint(head.text())
        witnesses: tuple[NoteKey, ...] = ()
        if self.witness is not None:
            parsed = parse_note(note)
            assert not isinstance(parsed, Refused)
            note = format_note(parsed.with_signature(self.witness.cosign(head.text(), 1_700_000_000)))
            witnesses = (self.witness.note_key(),)
        chosen = {index: self.leaves[index] for index in indexes}
        return Evidence(note, chosen, multiproof(indexes, len(hashes), nodes_over(hashes)), witnesses)

    def bundle(self, **changed: Any) -> bytes:
        """The bundle; `changed` fields of the statement are what a dishonest exporter would write."""
        account = replace(self.account, statement=replace(self.account.statement, **changed))
        indexes = needed(self.account.statement, self.recorded)
        assert not isinstance(indexes, Refused), indexes
        written = write_bundle(account, self.evidence(indexes), self.keys)
        assert not isinstance(written, Refused), written
        return written


def forged(cast: Cast, name: str, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The bundle with one JSON part changed by the log's own operator, who signs it anew."""
    parts = dict(open_bundle(cast.bundle()).parts)
    plain = json.loads(parts[name])
    change(plain)
    parts[name] = canonical(plain)
    places = json.loads(parts["places"])
    if name in places:
        parts["places"] = canonical({**places, name: places_of(plain)})
    return seal(parts, cast.keys)


def make_cast(
    folder: Path,
    as_of: date = date(2024, 10, 15),
    *,
    witness: bool = False,
    terms: Terms | None = None,
    more: Sequence[Happening] = (),
) -> Cast:
    """The cast with the keys in `folder`; `terms` are the sample's unless given, `more` happens besides."""
    terms = terms or sample_terms()
    keys = LogKeys.open(folder / "keys", ORIGIN)
    assert not isinstance(keys, Refused), keys
    seen = WitnessKey.open(folder / "witness", "witness.example") if witness else None
    assert not isinstance(seen, Refused), seen
    leaves = leaves_of([*story(terms), *more], terms.id)
    leaves += leaves_of([("2024-09-11", "funds.arrived", {"instalment": 1})], "another-contract", first=len(leaves))
    recorded = [read(leaf, place) for place, leaf in enumerate(leaves)]
    known_at = datetime(2024, 12, 2, tzinfo=BEIJING)
    statement = settle(terms, recorded, STATE_COUNCIL, as_of, known_at)
    return Cast(keys, leaves, Account(statement, terms, STATE_COUNCIL), seen)
