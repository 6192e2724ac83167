"""A process to be killed: appends batches to a journal and says on its output, after each, how many are acknowledged.

python appender.py sqlite|postgres ADDRESS BATCH START
"""

import sys
from itertools import count
from pathlib import Path

from samples import NOW, ORIGIN, payments

from yunyue.store.interface import Appended, Journal
from yunyue.store.postgres import PostgresJournal
from yunyue.store.sqlite import SqliteJournal


def main(kind: str, address: str, batch: int, start: int) -> None:
    """Appends until killed."""
    in_sqlite = kind == "sqlite"
    journal: Journal = SqliteJournal.open(Path(address), ORIGIN) if in_sqlite else PostgresJournal.open(address, ORIGIN)
    for first in count(start, batch):
        outcome = journal.append(payments(first, first + batch), NOW)
        assert isinstance(outcome, Appended), outcome
        sys.stdout.write(f"{first + batch}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
