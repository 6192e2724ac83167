"""The ledger is one that beancount itself accepts, and it says what the statement says."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader

from bundle_cast import Cast, make_cast
from yunyue.money import Money
from yunyue.papers import beancount

CHECK = Path(sys.executable).with_name("bean-check")


def loaded(text: str) -> tuple[list[Any], list[Any]]:
    """The entries beancount reads, and its errors."""
    entries, errors, _ = loader.load_string(text)
    return entries, errors


def transactions(text: str) -> dict[tuple[str, date], Any]:
    """The transactions by line and day."""
    entries, errors = loaded(text)
    assert not errors
    found = [one for one in entries if type(one).__name__ == "Transaction" and "line" in one.meta]
    return {(one.meta["line"], one.date): one for one in found}


@pytest.fixture(scope="module")
def text(cast: Cast) -> str:
    """The ledger of the cast's statement."""
    return beancount.ledger(cast.account.statement, cast.recorded)


def test_bean_check_accepts_the_ledger(text: str, tmp_path: Path) -> None:
    (tmp_path / "contract.beancount").write_text(text)
    done = subprocess.run([CHECK, tmp_path / "contract.beancount"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_instalment_is_owed_on_its_due_day_with_clause_and_facts(text: str) -> None:
    owed = transactions(text)["instalment-1", date(2024, 5, 24)]
    assert owed.meta["clause"] == "C03"
    assert "f1" in {value for name, value in owed.meta.items() if name.startswith("fact")}
    amounts = {posting.account: posting.units.number for posting in owed.postings}
    assert amounts["Expenses:Client:Contract"] == Decimal("958397.20")
    assert amounts["Income:Provider:Contract"] == Decimal("-958397.20")


def test_a_payment_moves_money_from_bank_to_bank_on_its_day(text: str) -> None:
    paid = transactions(text)["instalment-1", date(2024, 6, 3)]
    amounts = {posting.account: posting.units.number for posting in paid.postings}
    assert amounts["Assets:Client:Bank"] == Decimal("-958397.20")
    assert amounts["Assets:Provider:Bank"] == Decimal("958397.20")
    assert paid.meta["fact1"] == "f11"


def test_a_corrected_payment_moves_nothing(text: str) -> None:
    assert '"f9"' not in text
    assert "900000" not in text


def test_sums_nobody_owes_yet_are_notes_only(text: str) -> None:
    assert not [line for line, _ in transactions(text) if line == "instalment-3"]
    assert "waiting: instalment-3 383358.88 CNY [C05]" in text


def test_what_is_still_owed_is_the_balance_of_the_liabilities(text: str, cast: Cast) -> None:
    entries, _ = loaded(text)
    last = {one.account: one.amount.number for one in entries if type(one).__name__ == "Balance"}
    assert last["Liabilities:Client:Contract"] == Decimal("-958.40")
    assert last["Liabilities:Provider:Contract"] == Decimal("-1916.79")


def test_a_movement_taken_out_is_found_by_the_assertions(text: str) -> None:
    start = text.index('2024-06-03 * "')
    without = text[:start] + text[text.index("\n\n", start) + 2 :]
    _, errors = loaded(without)
    assert {type(error).__name__ for error in errors} == {"BalanceError"}


def test_an_amount_changed_on_one_side_does_not_balance(text: str) -> None:
    _, errors = loaded(text.replace("Expenses:Client:Contract  958397.20", "Expenses:Client:Contract  958397.21"))
    assert any("does not balance" in error.message for error in errors)


@pytest.mark.parametrize("as_of", [date(2024, 4, 11), date(2024, 5, 27), date(2024, 6, 3), date(2025, 3, 1)])
def test_the_ledger_of_any_day_is_accepted(tmp_path: Path, as_of: date) -> None:
    day = make_cast(tmp_path, as_of)
    _, errors = loaded(beancount.ledger(day.account.statement, day.recorded))
    assert not errors


def test_titles_cannot_break_out_of_their_quotation_marks(cast: Cast) -> None:
    line = cast.account.statement.lines[0]
    title = replace(line.title, zh='"\n2024-01-01 open Assets:Evil ; \\')
    statement = replace(cast.account.statement, lines=(replace(line, title=title),))
    entries, errors = loaded(beancount.ledger(statement, []))
    assert not errors
    assert not [one for one in entries if getattr(one, "account", "") == "Assets:Evil"]


def test_a_line_of_zero_moves_nothing(cast: Cast) -> None:
    line = replace(cast.account.statement.lines[0], amount=Money.ZERO, state="due")
    statement = replace(cast.account.statement, lines=(line,))
    assert not transactions(beancount.ledger(statement, []))
