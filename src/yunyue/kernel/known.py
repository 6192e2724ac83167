"""The facts of every contract as the process knows them, read from the journal once and then only further.

About 1 kB a fact: right for the 10^5 to 10^6 facts of a contract's life; samples never come here (they lie in series).
"""

from collections import defaultdict

import msgspec

from yunyue.answer import Refused
from yunyue.contract.document import from_plain
from yunyue.contract.terms import Terms
from yunyue.host.objects import Objects
from yunyue.journal.envelope import Recorded, read
from yunyue.journal.errors import JournalBroken
from yunyue.journal.facts import ContractRegistered, Payload
from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.settlement.admission import Known
from yunyue.store.interface import Journal


class TermsMissing(Exception):
    """A registered contract's terms document is not among the objects, or is not what was registered."""


class Memory:
    """Facts and what admission asks about them, by contract, up to a journal position."""

    def __init__(self, journal: Journal, objects: Objects) -> None:
        self._journal = journal
        self._objects = objects
        self.size = 0
        self._frontier = Frontier()
        self.facts: dict[str, list[Recorded]] = defaultdict(list)
        self.of_kind: dict[str, dict[type[Payload], list[Recorded]]] = defaultdict(lambda: defaultdict(list))
        self.terms: dict[str, Terms] = {}
        self.known: dict[str, Known] = {}

    def catch_up(self) -> None:
        """Read what the journal has taken in since; another process may have appended.

        Raises JournalBroken when the leaves do not give the root the journal keeps: somebody changed what is stored.
        """
        hashes = []
        for sequence, leaf in enumerate(self._journal.leaves(self.size), self.size):
            self._add(read(leaf, sequence))
            hashes.append(leaf_hash(leaf))
        if hashes:
            self._frontier = self._frontier.extend(hashes)
            self._compare()

    def _compare(self) -> None:
        """Another process may have appended meanwhile; then the head of just these leaves is what counts."""
        head = self._journal.head()
        if head.size != self.size:
            head = self._journal.head_at(self.size)
        if head.root != self._frontier.root():
            raise JournalBroken(f"the first {self.size} leaves do not give the root the journal keeps for them")

    def _add(self, one: Recorded) -> None:
        contract = one.fact.subject
        if isinstance(one.fact.data, ContractRegistered) and contract not in self.terms:
            self.terms[contract] = self._read_terms(one.fact.data.terms)
            self.known[contract] = Known(self.terms[contract])
        self.facts[contract].append(one)
        self.of_kind[contract][type(one.fact.data)].append(one)
        if contract in self.known:
            self.known[contract].add(one.fact)
        self.size = one.sequence + 1

    def _read_terms(self, digest: str) -> Terms:
        content = self._objects.get(digest)
        if isinstance(content, Refused):
            raise TermsMissing(f"{content}; bring it back from a backup")
        terms = from_plain(msgspec.json.decode(content))
        if isinstance(terms, Refused):
            raise TermsMissing(f"{digest}: {terms}")
        return terms
