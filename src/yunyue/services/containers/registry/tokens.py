"""Push tokens: shown once, kept as a digest, of one project each, withdrawn at any time."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from yunyue.answer import Refused
from yunyue.host.randomness import token
from yunyue.services.containers.project.store import Store

SCHEMA: Final = """CREATE TABLE IF NOT EXISTS push_tokens (
  project TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, made INTEGER NOT NULL, ended INTEGER NOT NULL,
  PRIMARY KEY (project, name)
) STRICT"""
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class PushToken:
    """A token's name and when it was made and withdrawn (ms; 0: it holds)."""

    name: str
    made: int
    ended: int


class PushTokens:
    """Those of an installation. `now`: ms."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        with store.change() as db:
            db.execute(SCHEMA)

    def issue(self, project: str, name: str) -> str | Refused:
        """A new token of a project (by order); nobody can read it again. Refused: the name is used, too many."""
        fresh = token()
        with self._store.change(durable=True) as db:
            known = db.execute("SELECT name, ended FROM push_tokens WHERE project = ?", (project,)).fetchall()
            if any(one == name and not ended for one, ended in known):
                return Refused(f"there already is a push token {name!r}", "name", "C37")
            if sum(not ended for _, ended in known) >= MOST:
                return Refused(f"a project has at most {MOST} push tokens", "name", "C37")
            values = (project, name, _digest(fresh), self._now(), 0)
            db.execute("INSERT OR REPLACE INTO push_tokens VALUES (?, ?, ?, ?, ?)", values)
        return fresh

    def withdraw(self, project: str, name: str) -> Refused | None:
        """End a token. Refused: there is none that holds."""
        with self._store.change(durable=True) as db:
            query = "UPDATE push_tokens SET ended = ? WHERE (project, name) = (?, ?) AND ended = 0"
            done = db.execute(query, (self._now(), project, name))
            return None if done.rowcount else Refused(f"there is no push token {name!r}", "name", "C37")

    def all(self, project: str) -> tuple[PushToken, ...]:
        """A project's tokens, by name."""
        query = "SELECT name, made, ended FROM push_tokens WHERE project = ? ORDER BY name"
        return tuple(PushToken(*row) for row in self._store.rows(query, (project,)))

    def holds(self, project: str, given: str) -> bool:
        """Whether a token is one of the project's and still holds."""
        query = "SELECT digest FROM push_tokens WHERE project = ? AND ended = 0"
        mine = _digest(given)
        return any(hmac.compare_digest(mine, kept) for (kept,) in self._store.rows(query, (project,)))


def _digest(given: str) -> str:
    return hashlib.sha256(given.encode()).hexdigest()
