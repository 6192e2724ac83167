"""Facts for tests of what does not care what they say, and folders on a disk that can be full."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from yunyue.answer import Refused
from yunyue.journal.envelope import BEIJING, Fact
from yunyue.journal.facts import PaymentMade
from yunyue.money import Money
from yunyue.store.interface import Appended, Journal

ORIGIN = "test.example/journal"
NOW = datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=UTC)
DIGEST = "sha256:" + "ab" * 32


def payment(number: int, fen: int = 100, subject: str = "beijing-2024", time: datetime | None = None) -> Fact:
    """Payment `number`; its id follows from the number and the subject."""
    return Fact(
        id=f"{subject}/payment/{number}",
        subject=subject,
        actor="client",
        source="/test",
        time=time or datetime(2024, 5, 1, 12, tzinfo=BEIJING),
        data=PaymentMade(instalment=1, amount=Money(fen), document=DIGEST),
    )


def payments(start: int, stop: int) -> list[Fact]:
    """Payments start <= number < stop."""
    return [payment(number) for number in range(start, stop)]


def appended(journal: Journal, facts: list[Fact], now: datetime = NOW) -> Appended:
    """Appends what must not be refused."""
    outcome = journal.append(facts, now)
    assert isinstance(outcome, Appended), outcome
    return outcome


def refused(journal: Journal, facts: list[Fact], now: datetime = NOW) -> Refused:
    """Appends what must be refused, and change nothing."""
    before = journal.head()
    outcome = journal.append(facts, now)
    assert isinstance(outcome, Refused), outcome
    assert journal.head() == before
    return outcome


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own of that size (as `mount -o size=` takes it); needs root."""
    assert os.geteuid() == 0, "mounting a small disk needs root"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


__all__ = ["DIGEST", "NOW", "ORIGIN", "appended", "payment", "payments", "refused", "small_disk"]
