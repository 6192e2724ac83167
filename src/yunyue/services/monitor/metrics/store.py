"""The metrics of one contract on disk: every value for some days, then five-minute summaries, then nothing.

SQLite, one file, durable before a message is acknowledged. A message that comes again changes nothing: a series has
one value at a moment. Who has VictoriaMetrics or Prometheus keeps years there; this store is for alerts and boards.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.monitor.metrics.scraped import Labels, Scraped
from yunyue.services.monitor.metrics.values import Values, written

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, name TEXT NOT NULL, labels TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS summaries (
  series INTEGER NOT NULL, ts INTEGER NOT NULL, least REAL NOT NULL, most REAL NOT NULL, total REAL NOT NULL,
  number INTEGER NOT NULL, PRIMARY KEY (series, ts)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS series_named ON series (name);
"""
FILE: Final = "metrics.sqlite"
MOST_SERIES: Final = 200_000
BUCKET_MS: Final = 300_000
RAW_DAYS: Final = 15
SUMMARY_DAYS: Final = 400
DAY_MS: Final = 86_400_000
AHEAD_MS: Final = 600_000
"""A value from further in the future is refused: one wrong clock would hide what comes after it."""

Match = Callable[[Mapping[str, str]], bool]


class Store:
    """One file of metrics. Any thread may call it."""

    def __init__(self, path: Path, most_series: int = MOST_SERIES) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = RLock()
        self._most = most_series
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)
        self._values = Values(self._db)
        self._ids: dict[Labels, int] = {}
        self._named: dict[str, dict[int, dict[str, str]]] = {}
        for identifier, labels in self._db.execute("SELECT id, labels FROM series"):
            self._learn(identifier, tuple(map(tuple, msgspec.json.decode(labels))))

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def add(self, scraped: Scraped, now: int) -> int | Refused:
        """Keep these; how many values. Refused, and nothing kept: from the future, too many series, a full disk."""
        newest = max((at for _, values in scraped.series for at, _ in values), default=0)
        if newest > now + AHEAD_MS:
            return Refused(f"a value is {(newest - now) // 1000} s in the future; set that clock right", "ts", "C37")
        with self._lock:
            fresh = dict.fromkeys(labels for labels, _ in scraped.series if labels not in self._ids)
            if len(self._ids) + len(fresh) > self._most:
                return Refused(f"there are {self._most} series already; send fewer labels", "series", "C37")
            try:
                return self._insert(scraped, list(fresh))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                    raise
                return Refused("the disk is full; nothing of this message was stored", "samples", "C37")

    def _insert(self, scraped: Scraped, fresh: list[Labels]) -> int:
        made: list[tuple[int, Labels]] = []
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for labels in fresh:
                row = (dict(labels).get("__name__", ""), msgspec.json.encode(labels).decode())
                done = self._db.execute("INSERT INTO series (name, labels) VALUES (?, ?)", row)
                made.append((int(done.lastrowid or 0), labels))
            ids = self._ids | {labels: identifier for identifier, labels in made} if made else self._ids
            rows = [
                (series, at, value if value == value else written(value))  # NaN alone is not itself
                for labels, values in scraped.series
                for series in (ids[labels],)
                for at, value in values
            ]
            self._values.add(rows)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._values.recount()
            raise
        for identifier, labels in made:
            self._learn(identifier, labels)
        return len(rows)

    def select(self, name: str, matches: Match, start: int, end: int) -> dict[Labels, tuple[tuple[int, float], ...]]:
        """The values from `start` to `end` (ms, both included) of the series of that name that match, in their order.

        An empty name looks through all series.
        """
        with self._lock:
            groups = [self._named.get(name, {})] if name else list(self._named.values())
            wanted = [(one, labels) for group in groups for one, labels in group.items() if matches(labels)]
            self._values.settle()
            found = {}
            for identifier, labels in wanted:
                if values := self._values.read(identifier, start, end):
                    found[tuple(sorted(labels.items()))] = values
            return found

    def summaries(self, labels: Labels, start: int, end: int) -> tuple[tuple[int, float, float, float, int], ...]:
        """Five-minute buckets of a series: start (ms), least, most, mean, how many; older than raw values are kept."""
        query = (
            "SELECT ts, least, most, total / number, number FROM summaries"
            " WHERE series = ? AND ts BETWEEN ? AND ? ORDER BY ts"
        )
        with self._lock:
            identifier = self._ids.get(labels)
            return tuple(self._db.execute(query, (identifier, start, end)).fetchall()) if identifier else ()

    def names(self) -> tuple[str, ...]:
        """The names there are."""
        with self._lock:
            return tuple(sorted(self._named))

    def labels(self, name: str) -> tuple[Labels, ...]:
        """The series of a name."""
        with self._lock:
            return tuple(tuple(sorted(one.items())) for one in self._named.get(name, {}).values())

    def keep_house(self, now: int, raw_days: int = RAW_DAYS, summary_days: int = SUMMARY_DAYS) -> int:
        """Sum up what is older than the raw days, drop it, and what is older than all days; how many values went.

        A bucket is summed up once: a value that comes later than that does not take the place of all the others.
        """
        before = (now - raw_days * DAY_MS) // BUCKET_MS * BUCKET_MS
        summed = (
            "INSERT OR IGNORE INTO summaries SELECT series, ts / ?1 * ?1 AS bucket, min(value), max(value),"
            " sum(value), count(*) FROM points WHERE ts < ?2 AND typeof(value) = 'real' GROUP BY series, bucket"
        )
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._values.order()
                self._db.execute(summed, (BUCKET_MS, before))
                gone = self._db.execute("DELETE FROM points WHERE ts < ?", (before,)).rowcount
                self._db.execute("DELETE FROM summaries WHERE ts < ?", (now - summary_days * DAY_MS,))
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                self._values.recount()
                raise
            self._forget()
            return int(gone)

    def _forget(self) -> None:
        """Series without any value left make room for others."""
        empty = (
            "SELECT id FROM series WHERE NOT EXISTS (SELECT 1 FROM points WHERE series = id)"
            " AND NOT EXISTS (SELECT 1 FROM summaries WHERE series = id)"
        )
        gone = {row[0] for row in self._db.execute(empty).fetchall()}
        self._db.executemany("DELETE FROM series WHERE id = ?", [(one,) for one in gone])
        self._ids = {labels: one for labels, one in self._ids.items() if one not in gone}
        for name in list(self._named):
            left = {one: labels for one, labels in self._named[name].items() if one not in gone}
            if left:
                self._named[name] = left
            else:
                del self._named[name]

    def _learn(self, identifier: int, labels: Labels) -> None:
        self._ids[labels] = identifier
        said = dict(labels)
        self._named.setdefault(said.get("__name__", ""), {})[identifier] = said


_stores: dict[Path, Store] = {}
_opening = RLock()


def store(folder: Path) -> Store:
    """The metrics of one service folder; opened once in a process."""
    with _opening:
        place = folder.resolve() / FILE
        if place not in _stores:
            _stores[place] = Store(place)
        return _stores[place]


def close_stores(folders: Iterable[Path] | None = None) -> None:
    """Give back the files of these folders, or of all."""
    with _opening:
        chosen: Sequence[Path] = list(_stores) if folders is None else [one.resolve() / FILE for one in folders]
        for place in chosen:
            if place in _stores:
                _stores.pop(place).close()
