"""Which facts no longer count: a correction withdraws the fact it names, and may itself be withdrawn."""

from collections.abc import Sequence

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import FactCorrected


def withdrawn(facts: Sequence[Fact]) -> frozenset[str]:
    """The ids that do not count, from facts in journal order; others than corrections are passed over.

    Later corrections speak first, so a correction that was itself corrected withdraws nothing.
    """
    gone: set[str] = set()
    for fact in reversed(facts):
        if isinstance(fact.data, FactCorrected) and fact.id not in gone:
            gone.add(fact.data.corrects)
    return frozenset(gone)
