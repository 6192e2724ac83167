"""The money of a statement as a ledger that bean-check accepts, for whoever keeps books in plain text.

Both sides are in one ledger. What the client owes for an instalment or a penalty is its expense and the provider's
income, from the day it is due; a payment moves money from the client's bank to the provider's. Amounts that no one owes
yet (waiting, proposed, still growing) are notes and move nothing. A balance assertion closes the ledger, so a movement
lost in editing is found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import FactCorrected, PaymentMade, SumSettled
from yunyue.money import Money, total
from yunyue.settlement.statement import Line, Statement

BANK = {"client": "Assets:Client:Bank", "provider": "Assets:Provider:Bank"}
OWES = {"client": "Liabilities:Client:Contract", "provider": "Liabilities:Provider:Contract"}
CLAIM = {"client": "Assets:Client:Claims", "provider": "Assets:Provider:Claims"}
SPENT = {"client": "Expenses:Client:Contract", "provider": "Expenses:Provider:Contract"}
EARNED = {"client": "Income:Client:Contract", "provider": "Income:Provider:Contract"}
OPENING = "Equity:Opening"
OTHER = {"client": "provider", "provider": "client"}


@dataclass(frozen=True, slots=True)
class Movement:
    """A balanced transaction: on a day, for a reason, so much onto each account."""

    day: date
    title: str
    clause: str
    line: str
    facts: tuple[str, ...]
    postings: tuple[tuple[str, Money], ...]

    def text(self) -> str:
        """As beancount writes it."""
        rows = [f'{self.day} * "{_quoted(self.title)}"', f'  clause: "{_quoted(self.clause)}"']
        rows.append(f'  line: "{_quoted(self.line)}"')
        rows += [f'  fact{number}: "{_quoted(fact)}"' for number, fact in enumerate(self.facts, 1)]
        rows += [f"  {account}  {amount} CNY" for account, amount in self.postings]
        return "\n".join(rows) + "\n"


def ledger(statement: Statement, facts: Iterable[Recorded]) -> str:
    """The ledger of a statement and of the payments among the facts it rests on, at most those known to it."""
    known = [one for one in facts if one.sequence < statement.facts_known and one.fact.subject == statement.contract]
    paid = [*_paid(statement, known)]
    movements = sorted((*_owed(statement), *paid), key=lambda one: (one.day, one.line, one.facts))
    first = min((one.day for one in movements), default=statement.as_of) - timedelta(2)
    head = [
        f'option "title" "{_quoted(statement.contract)} {statement.as_of}"',
        'option "operating_currency" "CNY"',
        *(f"{first} open {account} CNY" for account in _accounts()),
        *(f"{first} pad {BANK[side]} {OPENING}" for side in BANK if _needed(side, paid) != Money.ZERO),
        *(f"{first + timedelta(1)} balance {BANK[side]}  {_needed(side, paid)} CNY" for side in BANK),
    ]
    last = max([statement.as_of, *(one.day for one in movements)]) + timedelta(1)
    tail = [
        f"{last} balance {account}  {_balance(account, movements, paid)} CNY"
        for account in _accounts()
        if account != OPENING
    ]
    return "\n".join([*head, "", *(one.text() for one in movements), *_notes(statement, first), *tail]) + "\n"


def _owed(statement: Statement) -> Iterator[Movement]:
    for line in statement.lines:
        if line.state not in ("due", "settled") or line.amount is None or line.amount == Money.ZERO:
            continue
        payee = OTHER[line.payer]
        yield Movement(
            line.due or statement.as_of,
            f"{line.title.zh} / {line.title.en}",
            line.clause,
            line.id,
            line.facts,
            (
                (SPENT[line.payer], line.amount),
                (OWES[line.payer], -line.amount),
                (CLAIM[payee], line.amount),
                (EARNED[payee], -line.amount),
            ),
        )


def _paid(statement: Statement, known: Sequence[Recorded]) -> Iterator[Movement]:
    gone = _withdrawn(known)
    for one in known:
        fact, said = one.fact, one.fact.data
        if fact.id in gone or fact.day > statement.as_of or not isinstance(said, PaymentMade | SumSettled):
            continue
        line = said.line if isinstance(said, SumSettled) else f"instalment-{said.instalment}"
        payer = said.payer if isinstance(said, SumSettled) else "client"
        clause = next((each.clause for each in statement.lines if each.id == line), "")
        payee = OTHER[payer]
        postings = (
            (OWES[payer], said.amount),
            (BANK[payer], -said.amount),
            (BANK[payee], said.amount),
            (CLAIM[payee], -said.amount),
        )
        yield Movement(fact.day, f"付款 / Paid: {line}", clause, line, (fact.id,), postings)


def _withdrawn(known: Sequence[Recorded]) -> set[str]:
    """Ids that no longer count; a correction that was itself corrected withdraws nothing."""
    gone: set[str] = set()
    for one in reversed(known):
        if isinstance(one.fact.data, FactCorrected) and one.fact.id not in gone:
            gone.add(one.fact.data.corrects)
    return gone


def _accounts() -> list[str]:
    return sorted([OPENING, *(each[side] for each in (BANK, OWES, CLAIM, SPENT, EARNED) for side in BANK)])


def _needed(side: str, paid: Sequence[Movement]) -> Money:
    """What the bank account of a side must hold at first, so that it never goes below zero."""
    return total(
        -amount for one in paid for account, amount in one.postings if account == BANK[side] and amount < Money.ZERO
    )


def _balance(account: str, movements: Sequence[Movement], paid: Sequence[Movement]) -> Money:
    opening = next((_needed(side, paid) for side, bank in BANK.items() if bank == account), Money.ZERO)
    return opening + total(amount for one in movements for each, amount in one.postings if each == account)


def _notes(statement: Statement, day: date) -> Iterator[str]:
    for line in statement.lines:
        if line.state not in ("due", "settled"):
            yield f'{max(day, statement.as_of)} note {SPENT[line.payer]} "{_quoted(_pending(line))}"'


def _pending(line: Line) -> str:
    amount = "-" if line.amount is None else f"{line.amount} CNY"
    return f"{line.state}: {line.id} {amount} [{line.clause}] {line.title.zh} / {line.title.en}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
