"""The visits to whole pages: a row for each, and by their digests the waterfall, the picture and the structure.

For whoever shows them: `Visits(folder).of(order)`, then `waterfall(visit)` and `picture(visit)`. The folder is the
service's own (`host.folder`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from yunyue.answer import Refused
from yunyue.services.monitor.evidence import Evidence
from yunyue.services.monitor.pages import waterfall
from yunyue.services.monitor.pages.waterfall import Waterfall
from yunyue.services.monitor.table import Table

SCHEMA = """
CREATE TABLE IF NOT EXISTS visits (
  number INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, at INTEGER NOT NULL, point TEXT NOT NULL,
  error TEXT NOT NULL, latency_us INTEGER NOT NULL, requests INTEGER NOT NULL, size INTEGER NOT NULL,
  waterfall TEXT NOT NULL, picture TEXT NOT NULL, structure TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS visits_of ON visits (instance, at);
"""
COLUMNS = "instance, at, point, error, latency_us, requests, size, waterfall, picture, structure"


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page at a moment (ms) from a probe point (empty: the platform). `error`: empty when it succeeded.

    `requests` made, `size` in bytes. `waterfall`, `picture` (PNG) and `structure` (JSON) are digests of objects; an
    empty one was not taken.
    """

    instance: str
    at: int
    point: str
    error: str
    latency_us: int
    requests: int
    size: int
    waterfall: str
    picture: str
    structure: str


class Visits:
    """The visits of one host's folder, and their objects."""

    def __init__(self, folder: Path) -> None:
        self._table = Table(folder / "visits.sqlite", SCHEMA)
        self.objects = Evidence(folder / "evidence")

    def add(self, visit: Visit) -> None:
        """One more; its objects are kept before."""
        values = tuple(getattr(visit, name.strip()) for name in COLUMNS.split(","))
        with self._table.open() as db:
            db.execute(f"INSERT INTO visits ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)", values)  # noqa: S608 - constant names

    def of(self, instance: str, limit: int = 100, before: int = 2**62) -> tuple[Visit, ...]:
        """An order's visits before a moment (ms), newest first."""
        query = f"SELECT {COLUMNS} FROM visits WHERE instance = ? AND at < ? ORDER BY at DESC, number DESC LIMIT ?"  # noqa: S608 - constant names
        with self._table.open() as db:
            return tuple(Visit(*row) for row in db.execute(query, (instance, before, limit)))

    def at(self, instance: str, moment: int) -> Visit | None:
        """The visit that began at that very moment (ms)."""
        query = f"SELECT {COLUMNS} FROM visits WHERE (instance, at) = (?, ?)"  # noqa: S608 - constant names
        with self._table.open() as db:
            row = db.execute(query, (instance, moment)).fetchone()
        return Visit(*row) if row else None

    def waterfall(self, visit: Visit) -> Waterfall | Refused:
        """What the visit was made of. Raises ObjectDamaged when the kept bytes were changed."""
        content = self.objects.get(visit.waterfall)
        return content if isinstance(content, Refused) else waterfall.read(content)

    def picture(self, visit: Visit) -> bytes | Refused:
        """The screenshot, a PNG. Raises ObjectDamaged when the kept bytes were changed."""
        return self.objects.get(visit.picture)

    def forget(self, before: int, kept: Collection[str]) -> int:
        """Drop visits before a moment (ms) and the objects only they name, but none of `kept`; how many objects."""
        names = "SELECT waterfall, picture, structure FROM visits WHERE at"
        with self._table.open() as db:
            old = {one for row in db.execute(f"{names} < ?", (before,)) for one in row if one}
            young = {one for row in db.execute(f"{names} >= ?", (before,)) for one in row if one}
            db.execute("DELETE FROM visits WHERE at < ?", (before,))
        gone = old - young - set(kept)
        for digest in gone:
            self.objects.drop(digest)
        return len(gone)
