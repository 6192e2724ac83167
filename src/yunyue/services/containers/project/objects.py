"""What was asked of a project: its objects, the templates its workloads had, and what happened to them."""

import hashlib
import json
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.manifest.manifests import understood
from yunyue.services.containers.manifest.objects import Object
from yunyue.services.containers.project.rows import EventRow, ObjectRow, ReplicaRow, Revision
from yunyue.services.containers.project.store import Store, next_number, said

KEPT_EVENTS: Final = 2000
"""Of each project."""


def document(one: Object) -> str:
    """An object as canonical JSON."""
    return msgspec.json.encode(one, order="sorted").decode()


def read_object(row: ObjectRow) -> Object:
    """The object a row keeps. Raises ValueError when the row is not what was written."""
    found = understood(json.loads(row.body))
    if isinstance(found, Refused):
        raise ValueError(f"{row.kind} {row.name}: {found}")
    return found


def digest(*parts: Any) -> str:
    """Ten digits that differ when anything does."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:10]


class Objects:
    """What the store says of one project."""

    def __init__(self, store: Store, project: str) -> None:
        self.store = store
        self.project = project

    def all(self) -> tuple[ObjectRow, ...]:
        """Every object, by kind and name."""
        query = "SELECT said FROM objects WHERE project = ? ORDER BY kind, name"
        return self.store.structs(ObjectRow, query, (self.project,))

    def find(self, kind: str, name: str) -> ObjectRow | Refused:
        """One object."""
        query = "SELECT said FROM objects WHERE (project, kind, name) = (?, ?, ?)"
        found = self.store.structs(ObjectRow, query, (self.project, kind, name))
        return found[0] if found else Refused(f"there is no {kind} {name}", "name", "C37")

    def put(self, rows: tuple[ObjectRow, ...]) -> None:
        """Keep objects, all or none; a new template becomes a revision."""
        with self.store.change(durable=True) as db:
            for row in rows:
                db.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", (*_key(row), said(row)))
                if row.digest:
                    same = (*_key(row), row.revision)
                    for number, known in db.execute(
                        "SELECT number, said FROM revisions WHERE (project, kind, name) = (?, ?, ?) AND number < ?",
                        same,
                    ).fetchall():
                        if msgspec.json.decode(known, type=Revision).digest == row.digest:
                            db.execute(
                                "DELETE FROM revisions WHERE (project, kind, name, number) = (?, ?, ?, ?)",
                                (*_key(row), number),
                            )
                    kept = Revision(row.revision, row.digest, row.body, row.at, row.actor)
                    values = (*_key(row), row.revision, said(kept))
                    db.execute("INSERT OR REPLACE INTO revisions VALUES (?, ?, ?, ?, ?)", values)

    def remove(self, kind: str, name: str) -> None:
        """Forget an object, its revisions and its status; replicas go when they have ended."""
        with self.store.change(durable=True) as db:
            for table in ("objects", "revisions", "status"):
                query = f"DELETE FROM {table} WHERE (project, kind, name) = (?, ?, ?)"  # noqa: S608 - one of three
                db.execute(query, (self.project, kind, name))

    def revisions(self, kind: str, name: str) -> tuple[Revision, ...]:
        """The templates a workload had, oldest first."""
        query = "SELECT said FROM revisions WHERE (project, kind, name) = (?, ?, ?) ORDER BY number"
        return self.store.structs(Revision, query, (self.project, kind, name))

    def forget_revisions(self, kind: str, name: str, below: int) -> None:
        """Those under a number."""
        with self.store.change() as db:
            query = "DELETE FROM revisions WHERE (project, kind, name) = (?, ?, ?) AND number < ?"
            db.execute(query, (self.project, kind, name, below))

    def replicas(self) -> tuple[ReplicaRow, ...]:
        """Every replica."""
        query = "SELECT said FROM replicas WHERE project = ? ORDER BY name"
        return self.store.structs(ReplicaRow, query, (self.project,))

    def keep(self, row: ReplicaRow) -> None:
        """What is known of a replica now."""
        with self.store.change() as db:
            values = (row.project, row.name, row.kind, row.workload, said(row))
            db.execute("INSERT OR REPLACE INTO replicas VALUES (?, ?, ?, ?, ?)", values)

    def drop(self, name: str) -> None:
        """A replica is gone."""
        with self.store.change() as db:
            db.execute("DELETE FROM replicas WHERE (project, name) = (?, ?)", (self.project, name))

    def number(self) -> int:
        """A number for a new replica's name."""
        with self.store.change() as db:
            return next_number(db, f"replica:{self.project}")

    def status(self, kind: str, name: str) -> dict[str, Any]:
        """What the reconciler last said of an object."""
        query = "SELECT said FROM status WHERE (project, kind, name) = (?, ?, ?)"
        found = self.store.rows(query, (self.project, kind, name))
        content: dict[str, Any] = json.loads(found[0][0]) if found else {}
        return content

    def set_status(self, kind: str, name: str, content: dict[str, Any]) -> None:
        """Say so."""
        with self.store.change() as db:
            values = (self.project, kind, name, json.dumps(content))
            db.execute("INSERT OR REPLACE INTO status VALUES (?, ?, ?, ?)", values)

    def tell(self, event: EventRow) -> None:
        """Keep an event; one of the last ten of its object is counted, not repeated. Old ones go."""
        with self.store.change() as db:
            query = (
                "SELECT number FROM (SELECT number, reason, message FROM events"
                " WHERE (project, kind, name) = (?, ?, ?) ORDER BY number DESC LIMIT 10)"
                " WHERE (reason, message) = (?, ?)"
            )
            same = (event.project, event.kind, event.name, event.reason, event.message)
            last = db.execute(query, same).fetchone()
            if last is not None:
                db.execute("UPDATE events SET count = count + 1, at = ? WHERE number = ?", (event.at, last[0]))
                return
            values = (event.project, event.at, event.kind, event.name, event.severity, event.reason, event.message, 1)
            insert = (
                "INSERT INTO events (project, at, kind, name, severity, reason, message, count)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            )
            db.execute(insert, values)
            oldest = "SELECT number FROM events WHERE project = ? ORDER BY number DESC LIMIT 1 OFFSET ?"
            db.execute(
                f"DELETE FROM events WHERE project = ? AND number <= ({oldest})",  # noqa: S608 - a constant
                (event.project, event.project, KEPT_EVENTS),
            )

    def events(self, after: int = 0, most: int = 200) -> tuple[EventRow, ...]:
        """The newest events numbered above `after`, oldest first."""
        query = (
            "SELECT number, project, at, kind, name, severity, reason, message, count FROM events"
            " WHERE project = ? AND number > ? ORDER BY number DESC LIMIT ?"
        )
        found = self.store.rows(query, (self.project, after, most))
        return tuple(EventRow(*row) for row in reversed(found))


def _key(row: ObjectRow) -> tuple[str, str, str]:
    return row.project, row.kind, row.name
