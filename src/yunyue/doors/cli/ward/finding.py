"""What one check found."""

from dataclasses import dataclass
from typing import Literal

from yunyue.settlement.statement import Said


@dataclass(frozen=True, slots=True)
class Finding:
    """What was checked, how it stands, what was seen, and, where something is wrong or missing, what to do."""

    what: Said
    state: Literal["ok", "note", "fault"]
    detail: str
    remedy: Said | None = None


def ok(what: Said, detail: str) -> Finding:
    """All is well."""
    return Finding(what, "ok", detail)


def fault(what: Said, detail: str, zh: str, en: str) -> Finding:
    """Something is wrong, and this is what to do."""
    return Finding(what, "fault", detail, Said(zh, en))


def note(what: Said, detail: str, zh: str, en: str) -> Finding:
    """Nothing is wrong, but something more could be had this way."""
    return Finding(what, "note", detail, Said(zh, en))
