"""Push tokens: shown once, kept as a digest, of one project each, withdrawn at any time."""

import contextlib
import hashlib
import hmac
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from yunyue.answer import Refused
from yunyue.host.randomness import token
from yunyue.services.containers.project.store import Store

SCHEMA: Final = """CREATE TABLE IF NOT EXISTS push_tokens (
  project TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, made INTEGER NOT NULL, ended INTEGER NOT NULL,
  actor TEXT NOT NULL DEFAULT '', expires INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (project, name)
) STRICT"""
LATER: Final = {
    "actor": "TEXT NOT NULL DEFAULT ''",
    "expires": "INTEGER NOT NULL DEFAULT 0",
    "used": "INTEGER NOT NULL DEFAULT 0",
}
"""Columns that tables made before them lack."""

MOST: Final = 20
NAME: Final = re.compile(r"^[a-z0-9][a-z0-9._-]{0,63}\Z")
USED_MS: Final = 60_000
"""The last use is noted to the minute: a push asks for many passes."""


@dataclass(frozen=True, slots=True)
class PushToken:
    """A token's name, when it was made and withdrawn, by whom it was made, until when it holds, when it was last used.

    Times in ms. `ended` 0: not withdrawn; `expires` 0: until it is; `actor` "": at a terminal; `used` 0: never noted.
    """

    name: str
    made: int
    ended: int
    actor: str = ""
    expires: int = 0
    used: int = 0

    def holds_at(self, now: int) -> bool:
        """Whether it opens anything at a moment (ms)."""
        return not self.ended and (not self.expires or now < self.expires)


class PushTokens:
    """Those of an installation. `now`: ms."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        with store.change() as db:
            db.execute(SCHEMA)
            known = {name for _, name, *_ in db.execute("PRAGMA table_info(push_tokens)")}
            for name, kind in LATER.items():
                if name not in known:
                    db.execute(f"ALTER TABLE push_tokens ADD COLUMN {name} {kind}")

    def issue(self, project: str, name: str, actor: str = "", expires: int = 0) -> str | Refused:
        """A new token of a project (by order); nobody can read it again. `expires`: ms, 0 for never.

        Refused: what no token is called, a name that is in use, too many, an end that is past.
        """
        at, fresh = self._now(), token()
        if not NAME.match(name):
            reason = "a token's name has 1 to 64 small letters, digits, dots, hyphens and underscores"
            return Refused(reason, "name", "C37")
        if expires and expires <= at:
            return Refused("a token ends later than now", "expires", "C37")
        with self._store.change(durable=True) as db:
            query = "SELECT name FROM push_tokens WHERE project = ? AND ended = 0 AND (expires = 0 OR expires > ?)"
            held = {one for (one,) in db.execute(query, (project, at))}
            if name in held:
                return Refused(f"there already is a push token {name!r}", "name", "C37")
            if len(held) >= MOST:
                return Refused(f"a project has at most {MOST} push tokens", "name", "C37")
            values = (project, name, _digest(fresh), at, 0, actor, expires, 0)
            db.execute("INSERT OR REPLACE INTO push_tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return fresh

    def withdraw(self, project: str, name: str) -> Refused | None:
        """End a token. Refused: there is none that was not ended."""
        with self._store.change(durable=True) as db:
            query = "UPDATE push_tokens SET ended = ? WHERE (project, name) = (?, ?) AND ended = 0"
            done = db.execute(query, (self._now(), project, name))
            return None if done.rowcount else Refused(f"there is no push token {name!r}", "name", "C37")

    def all(self, project: str) -> tuple[PushToken, ...]:
        """A project's tokens, by name."""
        query = "SELECT name, made, ended, actor, expires, used FROM push_tokens WHERE project = ? ORDER BY name"
        return tuple(PushToken(*row) for row in self._store.rows(query, (project,)))

    def holds(self, project: str, given: str) -> bool:
        """Whether a token is one of the project's and still holds; its use is noted."""
        return bool(self.held(project, given))

    def held(self, project: str, given: str) -> str:
        """The name of the project's token that this is, if it still holds; its use is noted. "": it is none."""
        query = (
            "SELECT name, digest, used FROM push_tokens"
            " WHERE project = ? AND ended = 0 AND (expires = 0 OR expires > ?)"
        )
        at, mine = self._now(), _digest(given)
        kept = self._store.rows(query, (project, at))
        found = [(name, used) for name, digest, used in kept if hmac.compare_digest(mine, digest)]
        for name, used in found:
            if at - used >= USED_MS:
                self._note(project, name, at)
        return str(found[0][0]) if found else ""

    def _note(self, project: str, name: str, at: int) -> None:
        # A full disk keeps nobody out who only pulls; the moment is then not noted.
        with contextlib.suppress(sqlite3.OperationalError), self._store.change() as db:
            db.execute("UPDATE push_tokens SET used = ? WHERE (project, name) = (?, ?)", (at, project, name))


def _digest(given: str) -> str:
    return hashlib.sha256(given.encode()).hexdigest()
