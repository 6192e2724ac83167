"""What the system administrator is told of the machine: each check of readiness, the age of the last backup."""

from datetime import datetime
from pathlib import Path
from typing import Final

from yunyue.doors.data.health import Ready, ask, words
from yunyue.doors.office import Office

LAST_BACKUP: Final = "last-backup"


def state(office: Office) -> list[tuple[str, bool, str]]:
    """Each part: its name, whether it works, what it says."""
    # serve opens this very console, so it can be imported only once both are there.
    from yunyue.doors.serve import checks

    answers = [(name, ask(check)) for name, check in checks(office).items()]
    return [(name, isinstance(answer, Ready), words(answer)) for name, answer in answers]


def newest_backup(home: Path) -> datetime | None:
    """When the last backup was made; None when none was, or nobody can tell."""
    try:
        return datetime.fromisoformat((home / LAST_BACKUP).read_text("ascii").strip())
    except (OSError, ValueError):
        return None
