"""Comments of a third party on evidence: the words lie among the documents, the fact carries their digest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yunyue.answer import Refused
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import EvidenceCommented
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.people.duties import DUTIES
from yunyue.people.policy import Person

LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote on a fact. `text` says so when the document is gone or was changed."""

    id: str
    about: str
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wants to say on a fact, and the form's own id, by which a second sending is known."""

    about: str
    text: str
    id: str = ""


def comment(kernel: Kernel, contract: str, said: Remark, speaker: tuple[Person, str]) -> str | Refused:
    """The id of the fact of a comment. `speaker` is who says so, and through what. Nothing is half done."""
    who, source = speaker
    refused = _fits(kernel, contract, said, who)
    if refused is not None:
        return refused
    digest = kernel.objects.put(said.text.strip().encode("utf-8"))
    if isinstance(digest, Refused):
        return digest
    happening = Happening(EvidenceCommented(about=said.about, text=digest), kernel.clock.now(), said.id)
    done = kernel.record(contract, [happening], Recorder(who.actor, source))
    if isinstance(done, Refused):
        return done
    sequence = done.sequences[0]
    return next(iter(kernel.journal.read(sequence, sequence + 1))).fact.id


def comments(kernel: Kernel, contract: str) -> list[Comment]:
    """Every comment under a contract, newest first."""
    found = [one for one in kernel.facts(contract) if isinstance(one.fact.data, EvidenceCommented)]
    return [_comment(kernel, one) for one in reversed(found)]


def _fits(kernel: Kernel, contract: str, said: Remark, who: Person) -> Refused | None:
    if who.role not in DUTIES[EvidenceCommented].makers:
        why = DUTIES[EvidenceCommented].why.en
        return Refused(f"evidence.commented is not recorded by role {who.role}: {why}", "evidence.commented")
    if not said.text.strip() or len(said.text) > LONGEST:
        return Refused(f"a comment has 1 to {LONGEST} characters", "text")
    if not _writable(said.text):
        return Refused("a comment is plain text", "text")
    found = kernel.journal.find(said.about)
    if found is None or found.fact.subject != contract:
        return Refused(f"there is no fact {said.about!r}", "about")
    if said.id and kernel.journal.find(said.id) is not None:
        return Refused("this form was sent already; nothing is recorded twice", "form")
    return None


def _writable(text: str) -> bool:
    """No half of a pair of characters, no control but line breaks."""
    return not any("\ud800" <= one <= "\udfff" or (one < " " and one not in "\r\n\t") for one in text)


def _comment(kernel: Kernel, one: Recorded) -> Comment:
    said = one.fact.data
    assert isinstance(said, EvidenceCommented)
    document = kernel.objects.get(said.text)
    text = str(document) if isinstance(document, Refused) else document.decode("utf-8", "replace")
    return Comment(one.fact.id, said.about, one.fact.actor, one.fact.time, text)
