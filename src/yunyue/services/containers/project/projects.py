"""The projects of an installation and their members."""

import sqlite3
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.project.project import RESERVED, Member, Project, Role
from yunyue.services.containers.project.store import Store, said

MOST: Final = 120
"""Projects at once: so many pairs of networks fit into the installation's addresses."""


class Projects:
    """What the store says of projects."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> tuple[Project, ...]:
        """Every project that has not ended, by number."""
        return self._store.structs(Project, "SELECT said FROM projects WHERE ended = 0 ORDER BY number")

    def find(self, order: str) -> Project | Refused:
        """The project of an order, also one that ended."""
        found = self._store.structs(Project, "SELECT said FROM projects WHERE id = ?", (order,))
        return found[0] if found else Refused(f"there is no instance {order!r}", "instance", "C37")

    def named(self, name: str) -> Project | Refused:
        """The living project of that name, or of that order when no project is called so."""
        query = "SELECT said FROM projects WHERE (name = ?1 OR id = ?1) AND ended = 0 ORDER BY name = ?1 DESC"
        found = self._store.structs(Project, query, (name,))
        return found[0] if found else Refused(f"there is no project {name!r}", "project", "C37")

    def add(self, project: Project) -> Project | Refused:
        """Keep a new project under the first free number; the same order again gives what is there."""
        if project.name in RESERVED:
            return Refused(f"the name {project.name!r} is the platform's own", "parameters.name", "C37")
        with self._store.change(durable=True) as db:
            known = db.execute("SELECT said FROM projects WHERE id = ?", (project.order,)).fetchone()
            if known is not None:
                return _again(msgspec.json.decode(known[0], type=Project), project.tenant, project.wanted)
            taken = {number for (number,) in db.execute("SELECT number FROM projects WHERE ended = 0")}
            free = next((one for one in range(1, MOST + 1) if one not in taken), None)
            if free is None:
                return Refused(f"this machine holds at most {MOST} projects", "order", "C37")
            made = msgspec.structs.replace(project, number=free)
            try:
                values = (made.order, made.name, made.number, 0, said(made))
                db.execute("INSERT INTO projects VALUES (?, ?, ?, ?, ?)", values)
            except sqlite3.IntegrityError:
                return Refused(f"there already is a project {made.name!r}", "parameters.name", "C37")
            return made

    def put(self, project: Project) -> None:
        """Replace what is kept of a project."""
        with self._store.change(durable=True) as db:
            query = "UPDATE projects SET ended = ?, said = ? WHERE id = ?"
            db.execute(query, (project.ended, said(project), project.order))

    def members(self, order: str) -> tuple[Member, ...]:
        """Everyone with a role, by person."""
        query = "SELECT project, person, role FROM members WHERE project = ? ORDER BY person"
        return tuple(Member(*row) for row in self._store.rows(query, (order,)))

    def role(self, order: str, person: str) -> Role | None:
        """The role of a person in a project; None: a stranger."""
        return next((one.role for one in self.members(order) if one.person == person), None)

    def grant(self, order: str, person: str, role: Role | None) -> Refused | None:
        """Give a person a role, or take it away. Refused: the last admin would be gone."""
        with self._store.change(durable=True) as db:
            query = "SELECT count(*) FROM members WHERE project = ? AND role = 'admin' AND person != ?"
            others = db.execute(query, (order, person)).fetchone()[0]
            before = db.execute("SELECT role FROM members WHERE project = ? AND person = ?", (order, person)).fetchone()
            if before is not None and before[0] == "admin" and role != "admin" and not others:
                return Refused("a project keeps at least one admin", "members", "C37")
            if role is None:
                db.execute("DELETE FROM members WHERE project = ? AND person = ?", (order, person))
            else:
                db.execute("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", (order, person, role))
        return None


def _again(known: Project, tenant: str, wanted: ProjectOrder) -> Project | Refused:
    if known.ended:
        return Refused(f"order {known.order} was retired; place a new one", "order", "C37")
    if (known.tenant, known.wanted) != (tenant, wanted):
        return Refused(f"order {known.order} is provided with other parameters", "parameters", "C37")
    return known
