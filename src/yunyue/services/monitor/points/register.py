"""The probe points of a contract: how each proves who it is, when it was last heard, and how far its clock is off.

For whoever shows them: `Points(folder).all()`. A token is shown once, when the point is enrolled; here lies its digest.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.host.randomness import token
from yunyue.services.monitor.table import Table

SCHEMA = """
CREATE TABLE IF NOT EXISTS points (
  name TEXT PRIMARY KEY, place TEXT NOT NULL, secret TEXT NOT NULL, certificate TEXT NOT NULL DEFAULT '',
  made INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 0,
  skew_ms INTEGER NOT NULL DEFAULT 0, round_trip_ms INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
  lost INTEGER NOT NULL DEFAULT 0, version TEXT NOT NULL DEFAULT ''
) STRICT;
"""
COLUMNS: Final = "name, place, made, ended, seen, skew_ms, round_trip_ms, held, lost, version, certificate"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
SILENT_MS: Final = 180_000
"""A point that was not heard for so long is silent."""
FLAG_MS: Final = 1_000
"""A clock that is off by so much is flagged; its samples are moved by what was measured either way."""


@dataclass(frozen=True, slots=True)
class Point:
    """A probe point. Times in ms; `skew_ms`: add it to the point's time to get ours; `held`: samples not sent yet;
    `lost`: samples for which its disk had no room; `ended`: when it was taken out, 0 while it counts.
    """

    name: str
    place: str
    made: int
    ended: int = 0
    seen: int = 0
    skew_ms: int = 0
    round_trip_ms: int = 0
    held: int = 0
    lost: int = 0
    version: str = ""
    certificate: str = ""

    @property
    def flagged(self) -> bool:
        """Whether its clock is off by more than may be."""
        return abs(self.skew_ms) >= FLAG_MS

    def silent(self, now: int) -> bool:
        """Whether it was not heard for too long at a moment (ms)."""
        return now - self.seen >= SILENT_MS


@dataclass(frozen=True, slots=True)
class Heard:
    """What a point says of itself with each message."""

    skew_ms: int
    round_trip_ms: int
    held: int
    lost: int
    version: str


class Points:
    """The points in one folder."""

    def __init__(self, folder: Path) -> None:
        self._table = Table(folder / "points.sqlite", SCHEMA)

    def enrol(self, name: str, place: str, now: int) -> str | Refused:
        """A new point; its token, which is nowhere kept. The same name again, after it ended, is a new token."""
        if not NAME.fullmatch(name):
            return Refused("a point's name: small letters, digits, . _ -, at most 63 characters", "point", "C37")
        fresh = token()
        with self._table.open() as db:
            known = db.execute("SELECT ended FROM points WHERE name = ?", (name,)).fetchone()
            if known is not None and not known[0]:
                return Refused(f"there is a probe point {name!r} already", "point", "C37")
            values = (name, place, _digest(fresh), now)
            db.execute("INSERT OR REPLACE INTO points (name, place, secret, made) VALUES (?,?,?,?)", values)
        return fresh

    def bind(self, name: str, certificate: str) -> Point | Refused:
        """From now on the point may also show this client certificate (SHA-256 of its DER, in hexadecimal)."""
        return self._change(name, "certificate = ?", (certificate.lower().replace(":", ""),))

    def end(self, name: str, now: int) -> Point | Refused:
        """The point counts no longer, and its token opens nothing."""
        return self._change(name, "ended = ?, secret = '', certificate = ''", (now,))

    def hear(self, name: str, said: Heard, now: int) -> Point | Refused:
        """Take down what it said of itself."""
        change = "seen = ?, skew_ms = ?, round_trip_ms = ?, held = ?, lost = ?, version = ?"
        return self._change(
            name, change, (now, said.skew_ms, said.round_trip_ms, said.held, said.lost, said.version[:40])
        )

    def all(self) -> tuple[Point, ...]:
        """Every point, those that ended too."""
        with self._table.open() as db:
            rows = db.execute(f"SELECT {COLUMNS} FROM points ORDER BY name").fetchall()  # noqa: S608 - constant names
        return tuple(Point(*row) for row in rows)

    def by_token(self, shown: str) -> Point | None:
        """Whose token it is."""
        return self._one("secret", _digest(shown)) if shown else None

    def by_certificate(self, digest: str) -> Point | None:
        """Whose client certificate it is."""
        return self._one("certificate", digest.lower()) if digest else None

    def _one(self, column: str, value: str) -> Point | None:
        query = f"SELECT {COLUMNS} FROM points WHERE {column} = ? AND ended = 0"  # noqa: S608 - constant names
        with self._table.open() as db:
            row = db.execute(query, (value,)).fetchone()
        return Point(*row) if row else None

    def _change(self, name: str, change: str, values: tuple[object, ...]) -> Point | Refused:
        with self._table.open() as db:
            done = db.execute(f"UPDATE points SET {change} WHERE name = ? AND ended = 0", (*values, name))  # noqa: S608 - constant text
            if not done.rowcount:
                return Refused(f"there is no probe point {name!r}", "point", "C37")
        return next(one for one in self.all() if one.name == name)


def _digest(secret: str) -> str:
    """Of a token of 256 random bits; a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode()).hexdigest()
