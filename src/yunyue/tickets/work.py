"""What people do with a ticket: each step a fact, or a refusal; what they write is kept among the documents.

A note may name people, so it never stands in a fact: the fact carries its digest, and the note can be erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yunyue.answer import Refused
from yunyue.host.randomness import identifier
from yunyue.journal import facts
from yunyue.journal.envelope import understand
from yunyue.journal.facts import BY_TYPE, Payload
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.settlement.admission.tickets import STEPS

LONGEST: Final = 20_000
"""Characters of one note."""

NOTED: Final = frozenset({facts.TicketAnswered.type, facts.TicketCommented.type, facts.TicketResolved.type})
"""Steps that carry a note."""

TAKEN: Final = tuple(kind.type for kind in STEPS if kind is not facts.TicketEscalated)
"""The steps people take, by type; escalations are the platform's."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for; everything in it is untrusted. `form` is the id of the form it came by, if any."""

    severity: int | str
    about: str
    tenant: str = ""
    order: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A step somebody takes: its type, the note or the reason written with it, and to whom it is handed over."""

    kind: str
    text: str = ""
    to: str = ""
    id: str = ""


def open_ticket(kernel: Kernel, contract: str, wanted: Request, recorder: Recorder) -> str | Refused:
    """The id of the new ticket. Refused: a field that is wrong, an order there is not."""
    now = kernel.clock.now()
    ticket = identifier("ticket", now)
    said = understand(
        "ticket.opened",
        {
            "ticket": ticket,
            "severity": wanted.severity,
            "about": wanted.about,
            "tenant": wanted.tenant or None,
            "order": wanted.order or None,
        },
        strict=False,
    )
    if isinstance(said, Refused):
        return said
    happening = Happening(said, now, wanted.form) if wanted.form else Happening(said, now)
    done = kernel.record(contract, [happening], recorder)
    return done if isinstance(done, Refused) else ticket


def take(kernel: Kernel, contract: str, ticket: str, move: Move, recorder: Recorder) -> Refused | None:
    """Take a step. Refused: one there is not, one that does not follow, an empty or endless note."""
    if move.kind not in TAKEN:
        return Refused(f"{move.kind!r} is no step of a ticket; known: {', '.join(TAKEN)}", "kind")
    values = _values(kernel, ticket, move)
    if isinstance(values, Refused):
        return values
    said = understand(move.kind, values)
    if isinstance(said, Refused):
        return said
    now = kernel.clock.now()
    done = kernel.record(contract, [Happening(said, now, move.id)], recorder)
    return done if isinstance(done, Refused) else None


def _values(kernel: Kernel, ticket: str, move: Move) -> Mapping[str, object] | Refused:
    names = set(BY_TYPE[move.kind].__struct_fields__)
    values: dict[str, object] = {"ticket": ticket}
    if "to" in names:
        values["to"] = move.to
    if "reason" in names:
        values["reason"] = move.text.strip()
    if "note" in names:
        note = _note(kernel, move)
        if isinstance(note, Refused):
            return note
        values["note"] = note
    return values


def _note(kernel: Kernel, move: Move) -> str | Refused:
    text = move.text.strip()
    if not text:
        return Refused("write what is to be said", f"{move.kind}.note", "C18")
    if len(text) > LONGEST:
        return Refused(f"more than {LONGEST} characters", f"{move.kind}.note", "C18")
    return kernel.objects.put(text.encode())


def note_of(kernel: Kernel, digest: str) -> str:
    """The text of a note; "" where it was erased."""
    found = kernel.objects.get(digest)
    return "" if isinstance(found, Refused) else found.decode("utf-8", "replace")


def words_of(kernel: Kernel, said: Payload, *, notes: bool) -> str:
    """What was written with a step; a note, which may name people, only with `notes`."""
    if said.type in NOTED:
        return note_of(kernel, str(getattr(said, "note", ""))) if notes else ""
    if isinstance(said, facts.TicketHandedOver):
        return f"→ {said.to}: {said.reason}"
    return str(getattr(said, "reason", ""))
