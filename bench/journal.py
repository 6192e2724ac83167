"""How fast the journal takes facts in, beside plain SQLite inserts of the same rows in the same run, and verifies them.

    python bench/journal.py [--facts N] [--json] [--folder PATH]

Every commit is durable (WAL, synchronous=FULL) in both, in batches of 1,000. The plain inserts get the finished rows
and keep no tree, no ids apart, no guards: what they cost less is what the journal's promises cost. Rates are facts per
second of wall time; run it under `taskset -c 0` for the number of one core.
"""

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from yunyue.answer import Refused
from yunyue.journal.envelope import BEIJING, Fact
from yunyue.journal.facts import PaymentMade
from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.money import Money
from yunyue.store.admission import Row
from yunyue.store.fsck import fsck
from yunyue.store.sqlite import SqliteJournal

BATCH = 1_000
ORIGIN = "bench.example/journal"
NOW = datetime(2024, 6, 1, tzinfo=UTC)
"""Given to the journal as the moment; what is measured is perf_counter."""

Rates = dict[str, float]


def fact(number: int) -> Fact:
    """A payment; some 400 bytes once written, as facts are."""
    payload = PaymentMade(instalment=1 + number % 3, amount=Money(number), document=f"sha256:{number:064x}")
    return Fact(
        id=f"payment/{number}",
        subject=f"contract-{number % 7}",
        actor="client",
        source="/bench",
        time=datetime(2024, 5, 1, tzinfo=BEIJING) + timedelta(seconds=number),
        data=payload,
    )


def batches(facts: int) -> Iterator[list[Fact]]:
    """The facts, made before the clock starts on each batch."""
    for start in range(0, facts, BATCH):
        yield [fact(number) for number in range(start, start + BATCH)]


def append_all(journal: SqliteJournal, facts: int) -> float:
    """Seconds to append everything, making the facts not counted."""
    spent = 0.0
    for batch in batches(facts):
        started = time.perf_counter()
        outcome = journal.append(batch, NOW)
        spent += time.perf_counter() - started
        if isinstance(outcome, Refused):
            raise SystemExit(str(outcome))
    return spent


def all_rows(journal: SqliteJournal) -> Iterator[list[Row]]:
    """Batches of the very rows the journal stored."""
    head = journal.head().size
    for start in range(0, head, BATCH):
        yield journal.rows(start, min(start + BATCH, head))


def insert_plainly(path: Path, journal: SqliteJournal) -> float:
    """Seconds to insert the same rows, in the same batches, with the same pragmas, into one bare table."""
    spent = 0.0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(
            "CREATE TABLE leaves (sequence INTEGER PRIMARY KEY, id TEXT, subject TEXT, type TEXT, recorded INTEGER,"
            " leaf BLOB)"
        )
        for rows in all_rows(journal):
            started = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO leaves VALUES (?, ?, ?, ?, ?, ?)", rows)
            connection.execute("COMMIT")
            spent += time.perf_counter() - started
    return spent


def verify(journal: SqliteJournal) -> tuple[float, float]:
    """Seconds to recompute the root from leaves in memory, and from the disk."""
    leaves = list(journal.leaves())
    started = time.perf_counter()
    root = Frontier().extend([leaf_hash(leaf) for leaf in leaves]).root()
    in_memory = time.perf_counter() - started
    started = time.perf_counter()
    from_disk = Frontier().extend([leaf_hash(leaf) for leaf in journal.leaves()]).root()
    reading = time.perf_counter() - started
    if not root == from_disk == journal.head().root:
        raise SystemExit("the leaves do not give the journal's root")
    return in_memory, reading


def nothing_signed(written: str) -> Refused:
    """Reads no checkpoint: nothing is published here."""
    return Refused(f"nothing is published, and this came: {written[:20]}")


def check(journal: SqliteJournal) -> float:
    """Seconds for fsck over everything."""
    started = time.perf_counter()
    report = fsck(journal, None, nothing_signed)
    spent = time.perf_counter() - started
    if not report.sound:
        raise SystemExit(str(report.faults[0]))
    return spent


def append_singly(journal: SqliteJournal, start: int, seconds: float = 1.0) -> float:
    """Single durable appends a second, one fact each, measured for about that long."""
    started = time.perf_counter()
    for number in count(start):
        journal.append([fact(number)], NOW)
        if (spent := time.perf_counter() - started) > seconds:
            return (number + 1 - start) / spent
    raise AssertionError("count never ends")


def measure(folder: Path, facts: int) -> Rates:
    """Everything, in one run on one disk."""
    with closing(SqliteJournal.open(folder / "journal.db", ORIGIN)) as journal:
        appending = append_all(journal, facts)
        plainly = insert_plainly(folder / "plain.db", journal)
        in_memory, reading = verify(journal)
        checking = check(journal)
        leaf_bytes = sum(map(len, journal.leaves(0, BATCH))) / BATCH
        singly = append_singly(journal, facts)
    return {
        "facts": facts,
        "bytes a leaf": round(leaf_bytes),
        "append, batches of 1,000 (facts/s)": round(facts / appending),
        "plain SQLite inserts of the same rows (rows/s)": round(facts / plainly),
        "append : plain inserts (times as slow)": round(appending / plainly, 2),
        "append, one at a time (facts/s)": round(singly),
        "verify: leaf hashes and root, in memory (facts/s)": round(facts / in_memory),
        "verify: the same, read from the database (facts/s)": round(facts / reading),
        "fsck: reread, parse, canonical form, tree, ids (facts/s)": round(facts / checking),
    }


def main() -> None:
    """Measures and prints."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--facts", type=int, default=100_000, help="how many, a multiple of 1,000 (default 100,000)")
    words.add_argument("--json", action="store_true", help="print JSON instead of a table")
    words.add_argument("--folder", type=Path, help="where to write (default: a temporary folder); the disk matters")
    asked = words.parse_args()
    if asked.facts < BATCH or asked.facts % BATCH:
        words.error("--facts takes a multiple of 1,000")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        rates = measure(Path(folder), asked.facts)
    if asked.json:
        print(json.dumps(rates, indent=1))
        return
    for name, value in rates.items():
        print(f"{name:<58} {value:>12,}")


if __name__ == "__main__":
    main()
