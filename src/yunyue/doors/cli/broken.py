"""What is wrong with the installation itself, said as a refusal: damage is shown with what to do, never as a trace."""

import sqlite3
from typing import Final

from yunyue.answer import Refused
from yunyue.host.objects import ObjectDamaged
from yunyue.journal.errors import BrokenTree, JournalBroken
from yunyue.kernel.known import TermsMissing
from yunyue.store.series.errors import SeriesDamaged
from yunyue.workdays import NoNotice, OutOfReach

BROKEN: Final = (
    *(JournalBroken, BrokenTree, TermsMissing, ObjectDamaged, SeriesDamaged, NoNotice, OutOfReach),
    *(sqlite3.Error, OSError),
)


def refused_for(broken: Exception) -> Refused:
    """The refusal that says what broke; a year without a notice belongs to clause C01 and reading A23."""
    match broken:
        case NoNotice() | OutOfReach():
            return Refused(str(broken), "calendar", "C01")
        case TermsMissing() | ObjectDamaged():
            return Refused(str(broken), "objects")
        case SeriesDamaged():
            return Refused(str(broken), "series")
        case OSError():
            return Refused(broken.strerror or str(broken), str(broken.filename or ""))
        case _:
            return Refused(f"{broken}; yunyue journal fsck says where, yunyue restore brings it back", "journal")
