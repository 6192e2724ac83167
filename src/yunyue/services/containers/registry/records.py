"""Where the registry's door puts on record whom it let through and whom it turned away.

The door opens on an address of its own, in front of no other door of the house. So whoever opens the installation says
here where its records go; until then nothing is recorded, and so nobody is answered.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.store.access import Access

Note = Callable[[Access], Refused | None]
"""Puts an access on record; Refused when that cannot be done."""

NOBODY: Final = Refused("nobody takes the records of the registry's door", "access")

_takers: Final[dict[Path, Note]] = {}


def record_with(folder: Path, note: Note) -> None:
    """Have the records of the registry under this engine's folder go there from now on."""
    _takers[folder.resolve()] = note


def noting_of(folder: Path) -> Note:
    """What notes for the registry under this engine's folder, whoever takes the records when one is due."""
    place = folder.resolve()

    def note(record: Access) -> Refused | None:
        taker = _takers.get(place)
        return NOBODY if taker is None else taker(record)

    return note
