"""The kernel: admits facts, appends them, publishes the tree, and settles.

Everything that changes a contract goes through `record`; nothing else writes to the journal. One process at a time
admits and appends (a lock file in the home folder), so that two doors cannot each pay the same instalment.
"""

from __future__ import annotations

import fcntl
import heapq
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import RLock

from yunyue.answer import Refused
from yunyue.contract.document import canonical, digest
from yunyue.contract.terms import Terms
from yunyue.host.clock import Clock, SystemClock
from yunyue.host.keys import LogKeys
from yunyue.host.objects import Objects
from yunyue.host.randomness import identifier
from yunyue.host.settings import Settings
from yunyue.host.signatures import read_checkpoint
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import BEIJING, Fact, Recorded
from yunyue.journal.errors import JournalBroken
from yunyue.journal.facts import ContractRegistered, ContractSupplemented, Payload
from yunyue.kernel.happening import Happening, Recorder
from yunyue.kernel.known import Memory
from yunyue.settlement.admission import Known, admit_all
from yunyue.settlement.rules.supplements import amended
from yunyue.settlement.settle import settle, suppose
from yunyue.settlement.statement import Statement
from yunyue.store.interface import Appended, Journal
from yunyue.store.postgres import PostgresJournal
from yunyue.store.publish import Publication, continues
from yunyue.store.sqlite import SqliteJournal
from yunyue.workdays import STATE_COUNCIL, Calendar

STATEMENTS_KEPT = 64

INSTALLATION = "installation"
"""The subject of facts that concern the installation itself. No contract may bear this id."""


@dataclass(slots=True)
class Kernel:
    """One installation: journal, published tree, documents, calendar, clock."""

    settings: Settings
    clock: Clock
    journal: Journal
    objects: Objects
    keys: LogKeys
    publication: Publication
    calendar: Calendar = STATE_COUNCIL
    _memory: Memory = field(init=False)
    _lock: RLock = field(default_factory=RLock)
    _statements: dict[tuple[str, date, int], Statement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._memory = Memory(self.journal, self.objects)

    @classmethod
    def open(cls, settings: Settings, clock: Clock | None = None, *, checked: bool = True) -> Kernel | Refused:
        """The installation in `settings.home`, made when there is none. Raises NotThisJournal, TermsMissing.

        Refused: keys missing or open to others; leaves that do not give the kept head; a published head that these
        keys did not sign or this journal does not continue. `checked=False` opens such a one, to find out more.
        """
        home = settings.home
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = open_journal(settings)
        fresh = journal.head().size == 0
        keys = LogKeys.open(home / "keys", settings.origin, create=fresh)
        if isinstance(keys, Refused):
            journal.close()
            return keys
        publication = Publication(
            home / "tiles",
            keys.sign_checkpoint,
            lambda note: read_checkpoint(note, settings.origin, keys.note_keys()),
        )
        kernel = cls(settings, clock or SystemClock(), journal, Objects(home / "objects"), keys, publication)
        refused = kernel._unsound() if checked else None
        if refused is not None:
            kernel.close()
        return refused or kernel

    def close(self) -> None:
        """Give the files back."""
        self.journal.close()

    def _unsound(self) -> Refused | None:
        """Why nothing should stand on this installation; None when all that is kept agrees."""
        try:
            self._memory.catch_up()
        except JournalBroken as broken:
            return Refused(f"{broken}; run journal fsck", "journal")
        latest = self.publication.latest()
        return latest if latest is None or isinstance(latest, Refused) else continues(self.journal, latest)

    def contracts(self) -> tuple[str, ...]:
        """The ids of registered contracts, in the order they were registered."""
        with self._lock:
            self._memory.catch_up()
            return tuple(self._memory.terms)

    def registered_terms(self, contract: str) -> Terms | Refused:
        """The terms as they were registered."""
        with self._lock:
            self._memory.catch_up()
            terms = self._memory.terms.get(contract)
        return terms or Refused(f"there is no contract {contract!r}; registered: {self._names()}", "contract", "C37")

    def terms(self, contract: str, as_of: date | None = None) -> Terms | Refused:
        """The terms with every supplement in force on a day (today's by default)."""
        registered = self.registered_terms(contract)
        if isinstance(registered, Refused):
            return registered
        supplements = self._memory.known[contract].all(ContractSupplemented)
        return amended(registered, supplements, as_of or self.clock.now().date())

    def facts(self, contract: str, *kinds: type[Payload]) -> tuple[Recorded, ...]:
        """The facts of a contract in journal order: of these kinds, or all."""
        with self._lock:
            self._memory.catch_up()
            if not kinds:
                return tuple(self._memory.facts.get(contract, ()))
            known = self._memory.of_kind.get(contract, {})
            found = (known.get(kind, ()) for kind in kinds)
            return tuple(heapq.merge(*found, key=lambda one: one.sequence))

    def kinds(self, contract: str) -> tuple[type[Payload], ...]:
        """The kinds of fact a contract has, by their type."""
        with self._lock:
            self._memory.catch_up()
            return tuple(sorted(self._memory.of_kind.get(contract, ()), key=lambda kind: kind.type))

    def known(self, contract: str) -> Known | Refused:
        """What is known of a contract, sorted as admission needs it. For reading only."""
        with self._lock:
            self._memory.catch_up()
            known = self._memory.known.get(contract)
        return known or Refused(f"there is no contract {contract!r}; registered: {self._names()}", "contract", "C37")

    def _names(self) -> str:
        return ", ".join(self._memory.terms) or "none"

    def register(self, terms: Terms, recorder: Recorder) -> Appended | Refused:
        """Load a contract: its terms become a document, their digest a fact. The same terms again change nothing."""
        if terms.id == INSTALLATION:
            return Refused(f"no contract may be called {INSTALLATION!r}", "contract.id")
        document = self.objects.put(canonical(terms))
        if isinstance(document, Refused):
            return document
        with self._alone():
            known = self.registered_terms(terms.id)
            if isinstance(known, Terms) and digest(known) != document:
                reason = f"contract {terms.id} is registered with other terms; terms change by supplement only"
                return Refused(reason, "contract", "C34")
            if isinstance(known, Terms):
                return Appended((), 0)
            said = ContractRegistered(terms=document, calendar=self.calendar.digest())
            fact = self._fact(terms.id, Happening(said, self.clock.now(), f"registered-{terms.id}"), recorder)
            return self._append([fact])

    def record(self, contract: str, happenings: Sequence[Happening], recorder: Recorder) -> Appended | Refused:
        """Take in what happened, all of it or nothing. Refused: what does not fit the contract or the journal."""
        with self._alone():
            known = self.known(contract)
            if isinstance(known, Refused):
                return known
            facts = [self._fact(contract, happening, recorder) for happening in happenings]
            refused = admit_all(known, facts, self.clock.now())
            return refused or self._append(facts)

    def note(self, happenings: Sequence[Happening], recorder: Recorder) -> Appended | Refused:
        """Take in what concerns the installation and no contract, such as sealed segments."""
        with self._alone():
            return self._append([self._fact(INSTALLATION, happening, recorder) for happening in happenings])

    def check(self, contract: str, happenings: Sequence[Happening], recorder: Recorder) -> Refused | None:
        """Whether `record` would take these in; nothing is recorded."""
        with self._lock:
            known = self.known(contract)
            if isinstance(known, Refused):
                return known
            facts = [self._fact(contract, one, recorder) for one in happenings]
            return admit_all(known, facts, self.clock.now())

    def statement(self, contract: str, as_of: date, known_at: datetime | None = None) -> Statement | Refused:
        """settle() of a contract; `known_at` None means everything known now."""
        terms = self.registered_terms(contract)
        if isinstance(terms, Refused):
            return terms
        with self._lock:
            if known_at is not None:
                return settle(terms, self._memory.facts[contract], self.calendar, as_of, known_at)
            key = (contract, as_of, self._memory.size)
            found = self._statements.get(key)
            if found is None:
                found = settle(terms, self._memory.facts[contract], self.calendar, as_of, self._now(contract))
                self._keep(key, found)
            return found

    def suppose(self, contract: str, as_of: date, supposed: Sequence[Happening]) -> Statement | Refused:
        """The statement had these things happened too (what-if); nothing is recorded.

        They may lie ahead; else they are refused where recording them would be.
        """
        recorder = Recorder("supposed", "/what-if")
        facts = [self._fact(contract, one, recorder) for one in supposed]
        with self._lock:
            known = self.known(contract)
            if isinstance(known, Refused):
                return known
            refused = admit_all(known, facts, datetime.max.replace(tzinfo=UTC))
            if refused is not None:
                return refused
            moment = (as_of, self._now(contract))
            return suppose(known.registered, self._memory.facts[contract], self.calendar, moment, facts)

    def publish(self) -> Checkpoint | Refused:
        """Publish the tree and a signed head over everything recorded so far."""
        return self.publication.publish(self.journal)

    def _now(self, contract: str) -> datetime:
        """A moment at which everything recorded is known, even if the clock was set back since."""
        return max([self.clock.now(), *(one.recorded for one in self._memory.facts[contract][-1:])])

    def _keep(self, key: tuple[str, date, int], statement: Statement) -> None:
        if len(self._statements) >= STATEMENTS_KEPT:
            self._statements.clear()
        self._statements[key] = statement

    def _fact(self, contract: str, happening: Happening, recorder: Recorder) -> Fact:
        return Fact(
            id=happening.id or identifier("fact", self.clock.now()),
            subject=contract,
            actor=recorder.actor,
            source=recorder.source,
            time=happening.at if happening.at.tzinfo is None else happening.at.astimezone(BEIJING),
            data=happening.said,
        )

    def _append(self, facts: Sequence[Fact]) -> Appended | Refused:
        appended = self.journal.append(facts, self.clock.now())
        if isinstance(appended, Appended):
            with self._lock:
                self._memory.catch_up()
        return appended

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds off other threads, and other processes of this home folder."""
        with self._lock, (self.settings.home / "record.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def open_journal(settings: Settings) -> Journal:
    """The journal that the settings name. Raises NotThisJournal."""
    if settings.database == "sqlite":
        return SqliteJournal.open(settings.home / "journal.sqlite", settings.origin)
    return PostgresJournal.open(settings.database, settings.origin)
