"""What is wrong with the installation itself, said as a refusal: damage is shown with what to do, never as a trace."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg

from yunyue.answer import Refused
from yunyue.host.objects import ObjectDamaged
from yunyue.journal.errors import BrokenTree, JournalBroken
from yunyue.kernel.known import TermsMissing
from yunyue.store.series.errors import EngineFailed, SeriesDamaged
from yunyue.workdays import NoNotice, OutOfReach

BROKEN: Final = (
    *(JournalBroken, BrokenTree, TermsMissing, ObjectDamaged, SeriesDamaged, EngineFailed, NoNotice, OutOfReach),
    *(sqlite3.Error, psycopg.Error, OSError),
)
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
SCARCE: Final = 1 << 20
"""SQLite says "disk I/O error" when it cannot make its index larger; with less than this free, that is why."""
ENOUGH: Final = 1 << 30
"""What the doctor asks to be free as well."""


def refused_for(broken: Exception) -> Refused:
    """The refusal that says what broke; a year without a notice belongs to clause C01 and reading A23.

    Raises the exception again when nothing of the installation is behind it: then it is a mistake of ours.
    """
    chain = list(_chain(broken))
    special = next((found for one in chain if (found := _full(one) or _unreachable(one))), None)
    if special is not None:
        return special
    match broken:
        case _ if not isinstance(broken, BROKEN):
            return _wrapped(broken, chain)
        case NoNotice() | OutOfReach():
            return Refused(str(broken), "calendar", "C01")
        case TermsMissing() | ObjectDamaged():
            return Refused(str(broken), "objects")
        case SeriesDamaged() | EngineFailed():
            return Refused(str(broken), "series")
        case OSError():
            return Refused(broken.strerror or str(broken), str(broken.filename or ""))
        case _:
            return Refused(f"{broken}; yunyue journal fsck says where, yunyue restore brings it back", "journal")


def _chain(problem: BaseException | None) -> Iterator[Exception]:
    """The exception and what it was raised from: what stands above a database wraps its exceptions."""
    while isinstance(problem, Exception):
        yield problem
        problem = problem.__cause__


def _wrapped(broken: Exception, chain: list[Exception]) -> Refused:
    inner = next((one for one in chain if isinstance(one, BROKEN)), None)
    if inner is None:
        raise broken
    return Refused(f"{inner}; yunyue doctor says what to do", "database")


def _full(one: Exception) -> Refused | None:
    match one:
        case psycopg.errors.DiskFull():
            return Refused("the disk of the database server is full; free some space there", "database")
        case OSError(errno=code) if code in FULL:
            return disk_full(Path(os.fsdecode(one.filename)) if isinstance(one.filename, str | bytes) else home())
        case sqlite3.Error() if _is_full(one):
            return disk_full(home())
        case _:
            return None


def _is_full(one: sqlite3.Error) -> bool:
    code = getattr(one, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    scarce = shutil.disk_usage(existing(home())).free < SCARCE
    return code == sqlite3.SQLITE_FULL or (code & 0xFF == sqlite3.SQLITE_IOERR and scarce)


def disk_full(place: Path) -> Refused:
    """How much is free there, and how much should be."""
    there = existing(place)
    free = shutil.disk_usage(there).free
    reason = f"the disk is full: {free // 1024} KiB are free; free at least {ENOUGH >> 30} GiB beside {there}"
    return Refused(reason, str(place))


def existing(place: Path) -> Path:
    """The place, or the first folder above it that is there."""
    return next(one for one in (place.absolute(), *place.absolute().parents) if one.exists())


def home() -> Path:
    """The home folder the environment names."""
    return Path(os.environ.get("YUNYUE_HOME") or "var").expanduser().absolute()


def _unreachable(one: Exception) -> Refused | None:
    """No server, or one that lets nobody in: nothing is damaged, so nothing is to be restored."""
    if not isinstance(one, psycopg.OperationalError) or (one.sqlstate or "08")[:2] not in ("08", "28", "57"):
        return None
    said = " ".join(str(one).split())
    return Refused(
        f"the database server does not let us in: {said}; check that it runs, and YUNYUE_DATABASE", "database"
    )
