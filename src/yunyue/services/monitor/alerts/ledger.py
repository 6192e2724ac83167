"""Who was told what, whether it arrived, who took it on: tables that only ever grow, guarded by the database itself.

A channel's notices are numbered by the first table. A message carries all that wait, up to a limit, in their order; so
the newest message that arrived says how far a channel is, and the queue needs no state of its own.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS notices (
  number INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, rule TEXT NOT NULL, instance TEXT NOT NULL,
  turn TEXT NOT NULL, severity INTEGER NOT NULL, about TEXT NOT NULL, at INTEGER NOT NULL, silence TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, upto INTEGER NOT NULL, notices INTEGER NOT NULL,
  at INTEGER NOT NULL, arrived INTEGER NOT NULL CHECK (arrived IN (0, 1)), reason TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS acknowledgements (
  number INTEGER PRIMARY KEY AUTOINCREMENT, notice INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS notices_of ON notices (channel, number);
CREATE INDEX IF NOT EXISTS deliveries_of ON deliveries (channel, arrived, number);
CREATE TRIGGER IF NOT EXISTS notices_stay BEFORE UPDATE ON notices BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS notices_last BEFORE DELETE ON notices BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS deliveries_stay BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS deliveries_last BEFORE DELETE ON deliveries BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS acknowledgements_stay BEFORE UPDATE ON acknowledgements
  BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS acknowledgements_last BEFORE DELETE ON acknowledgements
  BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""
MOST_AT_ONCE = 50
HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert turned, at a moment (ms). `silence` names the silence that keeps it from being sent."""

    rule: str
    instance: str
    turn: str
    severity: int
    about: str
    at: int
    silence: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """What a channel has yet to get, and how its last attempts went: failures in a row, and when the newest was."""

    waiting: tuple[Notice, ...]
    failures: int
    last: int


class Ledger:
    """The tables of one folder. A method is one commit; any thread may call it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "alerts.sqlite"
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(SCHEMA)

    def note(self, notices: Sequence[tuple[str, Notice]]) -> None:
        """Write down who is to be told what; the channel may be empty, when nobody is."""
        rows = [
            (channel, one.rule, one.instance, one.turn, one.severity, one.about, one.at, one.silence)
            for channel, one in notices
        ]
        names = "channel, rule, instance, turn, severity, about, at, silence"
        with self._open() as db:
            db.executemany(f"INSERT INTO notices ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608 - constant names

    def queue(self, channel: str) -> Queue:
        """What waits for a channel."""
        with self._open() as db:
            newest = (
                "SELECT number, upto FROM deliveries WHERE channel = ? AND arrived = 1 ORDER BY number DESC LIMIT 1"
            )
            arrived, upto = db.execute(newest, (channel,)).fetchone() or (0, 0)
            query = (
                "SELECT rule, instance, turn, severity, about, at, silence, number FROM notices"
                " WHERE channel = ? AND number > ? AND silence = '' ORDER BY number LIMIT ?"
            )
            waiting = tuple(Notice(*row) for row in db.execute(query, (channel, upto, MOST_AT_ONCE)))
            tried = "SELECT count(*), coalesce(max(at), 0) FROM deliveries WHERE channel = ? AND number > ?"
            failures, last = db.execute(tried, (channel, arrived)).fetchone()
            return Queue(waiting, failures, last)

    def delivered(self, channel: str, notices: Sequence[Notice], at: int, reason: str) -> None:
        """An attempt was made with these notices; it arrived when there is no reason against it."""
        row = (channel, notices[-1].number, len(notices), at, not reason, reason[:500])
        with self._open() as db:
            db.execute("INSERT INTO deliveries (channel, upto, notices, at, arrived, reason) VALUES (?,?,?,?,?,?)", row)

    def arrived(self, channel: str) -> int:
        """When a message last arrived (ms); 0: never."""
        query = "SELECT coalesce(max(at), 0) FROM deliveries WHERE channel = ? AND arrived = 1"
        with self._open() as db:
            return int(db.execute(query, (channel,)).fetchone()[0])

    def firing(self) -> dict[tuple[str, str], tuple[int, int, str]]:
        """Every alert (rule, instance) not resolved: since when it fires (ms), how often it was escalated, and the
        silence in which it fired when nobody was told since.
        """
        newest = (
            "SELECT rule, instance, max(number) FROM notices WHERE rule <> ? AND turn NOT IN ('escalated', 'still')"
            " GROUP BY rule, instance"
        )
        query = (
            "SELECT one.rule, one.instance, one.at, count(DISTINCT CASE later.turn WHEN 'escalated' THEN later.at END),"  # noqa: S608 - constant text
            " CASE WHEN count(CASE later.turn WHEN 'still' THEN 1 END) THEN '' ELSE one.silence END"
            f" FROM ({newest}) AS last"
            ' JOIN notices AS one ON one.number = last."max(number)" LEFT JOIN notices AS later ON'
            " (later.rule, later.instance) = (one.rule, one.instance) AND later.number > one.number"
            " WHERE one.turn = 'firing' GROUP BY one.number"
        )
        with self._open() as db:
            found = db.execute(query, (HEARTBEAT,)).fetchall()
        return {(rule, instance): (at, escalated, muted) for rule, instance, at, escalated, muted in found}

    def acknowledge(self, notice: int, who: str, why: str, at: int) -> None:
        """Somebody took on the alert that this notice began."""
        with self._open() as db:
            names = "notice, who, why, at"
            db.execute(f"INSERT INTO acknowledgements ({names}) VALUES (?, ?, ?, ?)", (notice, who, why[:500], at))  # noqa: S608 - constant names

    def acknowledged(self) -> frozenset[tuple[str, str]]:
        """Every alert (rule, instance) that fires and that somebody took on since it began."""
        query = (
            "SELECT one.rule, one.instance FROM acknowledgements AS taken JOIN notices AS one ON one.number = notice"
            " WHERE one.at = (SELECT max(at) FROM notices"
            " WHERE (rule, instance, turn) = (one.rule, one.instance, 'firing'))"
        )
        with self._open() as db:
            return frozenset((rule, instance) for rule, instance in db.execute(query))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as db, db:
            db.execute("PRAGMA synchronous=FULL")
            yield db
