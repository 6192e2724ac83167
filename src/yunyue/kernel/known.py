"""The facts of every contract as the process knows them, read from the journal once and then only further.

About 1 kB a fact: right for the 10^5 to 10^6 facts of a contract's life; samples never come here (they lie in series).
"""

from collections import defaultdict

import msgspec

from yunyue.answer import Refused
from yunyue.contract.document import from_plain
from yunyue.contract.terms import Terms
from yunyue.host.objects import Objects
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import ContractRegistered
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
        self.facts: dict[str, list[Recorded]] = defaultdict(list)
        self.terms: dict[str, Terms] = {}
        self.known: dict[str, Known] = {}

    def catch_up(self) -> None:
        """Read what the journal has taken in since; another process may have appended."""
        for one in self._journal.read(self.size):
            self._add(one)

    def _add(self, one: Recorded) -> None:
        contract = one.fact.subject
        if isinstance(one.fact.data, ContractRegistered) and contract not in self.terms:
            self.terms[contract] = self._read_terms(one.fact.data.terms)
            self.known[contract] = Known(self.terms[contract])
        self.facts[contract].append(one)
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
