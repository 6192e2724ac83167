"""What a project asks of its images: how many of each repository are kept, and whose signature they must carry."""

import re
from typing import Annotated, Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.project.store import Store

SCHEMA: Final = """CREATE TABLE IF NOT EXISTS image_rules (
  project TEXT PRIMARY KEY, newest INTEGER NOT NULL, signed_by TEXT NOT NULL
) STRICT"""
MOST: Final = 1000
KEY_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


class ImageRules(msgspec.Struct, frozen=True):
    """`newest`: so many tags of a repository are kept beside those in use; `signed_by`: a key's name, "" for none."""

    newest: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = 10
    signed_by: str = ""


class KeptImageRules:
    """Those of an installation's projects, by order."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.change() as db:
            db.execute(SCHEMA)

    def of(self, project: str) -> ImageRules:
        """A project's; as they are by default while it set none."""
        found = self._store.rows("SELECT newest, signed_by FROM image_rules WHERE project = ?", (project,))
        return ImageRules(*found[0]) if found else ImageRules()

    def put(self, project: str, rules: ImageRules) -> Refused | None:
        """From now on. Refused: a count out of range, what no key is called."""
        if not 1 <= rules.newest <= MOST:
            return Refused(f"expected 1 to {MOST}", "newest", "C37")
        if rules.signed_by and not KEY_NAME.fullmatch(rules.signed_by):
            return Refused("expected the name of a key of the crypto service, or nothing", "signed_by", "C37")
        with self._store.change(durable=True) as db:
            values = (project, rules.newest, rules.signed_by)
            db.execute("INSERT OR REPLACE INTO image_rules VALUES (?, ?, ?)", values)
        return None
