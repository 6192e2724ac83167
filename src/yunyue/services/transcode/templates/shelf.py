"""The shelf of templates: ours, and each tenant's own with every version they ever had."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.transcode.jobs.database import Database
from yunyue.services.transcode.jobs.queue import Clock
from yunyue.services.transcode.templates.ours import OURS
from yunyue.services.transcode.templates.template import Template, understand_template

MOST: Final = 500
_DECODER: Final = msgspec.json.Decoder(Template)
_OURS: Final = {one.name: one for one in OURS}


class Shelf:
    """What one tenant may use."""

    def __init__(self, database: Database, now: Clock, tenant: str) -> None:
        self._database = database
        self._now = now
        self._tenant = tenant

    def all(self) -> tuple[Template, ...]:
        """The newest version of each, the tenant's own first."""
        sql = "SELECT name, body FROM templates WHERE tenant = ? AND retired = 0 ORDER BY name, version"
        with self._database.transaction() as hand:
            rows = hand.run(sql, (self._tenant,))
        own = {name: _DECODER.decode(body) for name, body in rows}
        return (*own.values(), *(one for one in OURS if one.name not in own))

    def find(self, name: str, version: int = 0) -> Template | Refused:
        """A template by name, in its newest version or a given one. Refused: unknown."""
        sql = "SELECT body FROM templates WHERE tenant = ? AND name = ? AND (version = ? OR (? = 0 AND retired = 0))"
        with self._database.transaction() as hand:
            rows = hand.run(f"{sql} ORDER BY version DESC LIMIT 1", (self._tenant, name, version, version))
        if rows:
            return _DECODER.decode(rows[0][0])
        ours = _OURS.get(name)
        if ours is not None and version in (0, ours.version):
            return ours
        known = ", ".join(one.name for one in self.all())
        return Refused(f"there is no template {name!r}; known: {known}", "template", "C37")

    def versions(self, name: str) -> tuple[Template, ...]:
        """Every version of one of the tenant's own, newest first."""
        sql = "SELECT body FROM templates WHERE tenant = ? AND name = ? ORDER BY version DESC"
        with self._database.transaction() as hand:
            return tuple(_DECODER.decode(row[0]) for row in hand.run(sql, (self._tenant, name)))

    def put(self, values: Mapping[str, object]) -> Template | Refused:
        """Keep a template of the tenant's own as the next version. Refused: a field and its rule; one of our names."""
        template = understand_template(values)
        if isinstance(template, Refused):
            return template
        if template.name in _OURS:
            return Refused("this name belongs to a template of the platform; choose another", "template.name", "C37")
        with self._database.transaction() as hand:
            sql = "SELECT count(*), coalesce(max(version), 0) FROM templates WHERE tenant = ?"
            if hand.run(sql, (self._tenant,))[0][0] >= MOST:
                return Refused(f"a department keeps at most {MOST} versions of templates", "template", "C37")
            latest = hand.run(f"{sql} AND name = ?", (self._tenant, template.name))[0][1]
            template = msgspec.structs.replace(template, version=latest + 1)
            body = msgspec.json.encode(template).decode()
            sql = "INSERT INTO templates (tenant, name, version, made, retired, body) VALUES (?, ?, ?, ?, 0, ?)"
            hand.run(sql, (self._tenant, template.name, template.version, self._now(), body))
        return template

    def retire(self, name: str) -> Refused | None:
        """Offer one of the tenant's own no longer; jobs that name a version still find it. Refused: there is none."""
        with self._database.transaction() as hand:
            sql = "SELECT 1 FROM templates WHERE tenant = ? AND name = ? AND retired = 0"
            if not hand.run(sql, (self._tenant, name)):
                return Refused(f"there is no template {name!r} of your own", "template", "C37")
            hand.run("UPDATE templates SET retired = 1 WHERE tenant = ? AND name = ?", (self._tenant, name))
        return None


def changed(template: Template, overrides: Mapping[str, Any]) -> Template | Refused:
    """The template with some fields replaced, deep inside too; what it then is is checked as a whole."""
    if not overrides:
        return template
    return understand_template(_merged(msgspec.to_builtins(template), overrides))


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        inner = merged.get(name)
        nested = isinstance(inner, dict) and isinstance(value, dict)
        merged[name] = _merged(inner, value) if nested and isinstance(inner, dict) else value
    return merged
