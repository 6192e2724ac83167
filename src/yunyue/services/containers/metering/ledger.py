"""Writes down when containers ran and with which limits, what their control groups used, and samples for the SLA.

Allotted is exact: from the start of a container to its end, as podman noted it, also when the platform was away
meanwhile. Used is what the project's control group counted: it counts on when a container ends, and when the platform
is away; after a reboot it begins at nought again, which is seen and added up.
"""

from typing import Final

import msgspec

from yunyue.services.containers.metering.outbox import Waiting
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ReplicaRow
from yunyue.services.containers.project.store import Store, said

MINUTE: Final = 60_000
TIMELY_MS: Final = 60_000


class Ledger:
    """The counts of an installation."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, project: str, container: str, limits: tuple[int, int], at: int) -> None:
        """A container started at `at` (ms) with thousandths of a processor and octets as its limits."""
        with self._store.change() as db:
            values = (project, container, *limits, at)
            db.execute(
                "INSERT OR IGNORE INTO spans (project, container, milli, octets, start) VALUES (?, ?, ?, ?, ?)", values
            )

    def finish(self, project: str, container: str, at: int) -> None:
        """It ended."""
        with self._store.change() as db:
            query = "UPDATE spans SET ended = max(start, ?) WHERE (project, container) = (?, ?) AND ended = 0"
            db.execute(query, (at, project, container))

    def use(self, project: str, group_ns: int, octets: int, at: int, since: int) -> None:
        """The group's count of nanoseconds now, and the octets that were used since the last reading (both ms)."""
        with self._store.change() as db:
            name = f"cpu:{project}"
            found = db.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
            before = found[0] if found is not None else 0
            used = group_ns - before if group_ns >= before else group_ns
            db.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", (name, group_ns))
            add = (
                "INSERT INTO used VALUES (?, ?, ?, ?) ON CONFLICT (project, minute)"
                " DO UPDATE SET cpu_ns = cpu_ns + excluded.cpu_ns, octet_ms = octet_ms + excluded.octet_ms"
            )
            db.execute(add, (project, at // MINUTE * MINUTE, used, octets * max(0, at - since)))

    def allotted(self, project: str, start: int, end: int, now: int) -> tuple[int, int]:
        """Thousandths × ms, and octets × ms, that ran within a stretch; a container that runs counts up to `now`."""
        query = (
            "SELECT coalesce(sum(milli * span), 0), coalesce(sum(octets / 1024 * span), 0) FROM ("
            "SELECT milli, octets, max(0, min(CASE ended WHEN 0 THEN ?4 ELSE ended END, ?3) - max(start, ?2)) AS span"
            " FROM spans WHERE project = ?1 AND start < ?3 AND (ended = 0 OR ended > ?2))"
        )
        milli_ms, kib_ms = self._store.rows(query, (project, start, end, max(start, min(now, end))))[0]
        return int(milli_ms), int(kib_ms) * 1024

    def used(self, project: str, start: int, end: int) -> tuple[int, int]:
        """Nanoseconds and octets × ms that were used within the minutes of a stretch."""
        query = (
            "SELECT coalesce(sum(cpu_ns), 0), coalesce(sum(octet_ms / 1024), 0) FROM used"
            " WHERE project = ? AND minute >= ? AND minute < ?"
        )
        cpu_ns, kib_ms = self._store.rows(query, (project, start, end))[0]
        return int(cpu_ns), int(kib_ms) * 1024

    def series(self, project: str, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """By minute (ms): nanoseconds and octets × ms; for charts."""
        query = (
            "SELECT minute, cpu_ns, octet_ms FROM used WHERE project = ? AND minute >= ? AND minute < ? ORDER BY minute"
        )
        return tuple(
            (int(minute), int(ns), int(ms)) for minute, ns, ms in self._store.rows(query, (project, start, end))
        )

    def sample(self, project: Project, indicator: str, at: int, *, error: str = "", micros: int = 0) -> None:
        """A sample for the SLA, kept until the series has it."""
        with self._store.change() as db:
            one = Waiting(project.order, indicator, at, error, micros)
            db.execute("INSERT INTO samples (contract, said) VALUES (?, ?)", (project.contract, said(one)))

    def replaced(self, project: Project, row: ReplicaRow, at: int) -> None:
        """A replica that had died serves again: how long it took, and whether that was in time."""
        took = at - row.died
        error = "" if took <= TIMELY_MS else "late"
        self.sample(project, "timely-replacement", at, error=error, micros=took * 1000)


def waiting(store: Store, contract: str, most: int) -> list[tuple[int, Waiting]]:
    """The oldest samples of a contract that the series has not taken yet, with their numbers."""
    query = "SELECT number, said FROM samples WHERE contract = ? ORDER BY number LIMIT ?"
    found = store.rows(query, (contract, most))
    return [(int(number), msgspec.json.decode(text, type=Waiting)) for number, text in found]


def taken(store: Store, contract: str, up_to: int, sent: int) -> None:
    """The series has them; so many were sent in all."""
    with store.change() as db:
        db.execute("DELETE FROM samples WHERE contract = ? AND number <= ?", (contract, up_to))
        db.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", (f"sent:{contract}", sent))
