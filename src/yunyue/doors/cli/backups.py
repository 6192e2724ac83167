"""Copies a whole installation while it is in use, and puts such a copy into an empty home folder.

The journal is copied first, so that every document and segment its facts name is there when those are copied. A copy
is put back beside the home folder, checked as a whole, and only then moved into place.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.doors.web import setup
from yunyue.host.keys import LogKeys
from yunyue.host.objects import Objects
from yunyue.host.settings import FILE, Settings
from yunyue.host.signatures import read_checkpoint
from yunyue.kernel import Kernel
from yunyue.kernel.kernel import open_journal
from yunyue.store.backup import backup as copy_journal
from yunyue.store.backup import restore as restore_journal
from yunyue.store.files import explain
from yunyue.store.interface import Head
from yunyue.store.stored import StoredJournal

JOURNAL: Final = "journal"
KEYS: Final = "keys"
FOLDERS: Final = ("objects", "series", "access", "services")
DATABASES: Final = ("accounts.sqlite", "jobs.sqlite", "series/tail.sqlite", "access/tail.sqlite")
LAST: Final = "last-backup"
"""When the last backup was made, for who runs the machine to see."""

PASSING: Final = ("*.sqlite*", "*.tmp", "lock", "*.lock")
"""What is copied by the database itself, or means nothing to another process."""


def backup(kernel: Kernel, to: Path, *, with_keys: bool) -> Head | Refused:
    """Everything into a new or empty folder; the head of the journal in it. Raises JournalBroken."""
    home = kernel.settings.home
    if to.exists() and any(to.iterdir()):
        return Refused("there is something in this folder; every backup takes a new one", str(to))
    try:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        done = copy_journal(kernel.journal, to / JOURNAL, kernel.keys.sign_checkpoint)
        if isinstance(done, Refused):
            return done
        _copy_folders(home, to, FOLDERS)
        _copy_databases(home, to)
        _copy_files(home, to, (FILE, *((setup.KEY_FILE,) if with_keys else ())))
        if with_keys:
            _copy_folders(home, to, (KEYS,))
        (home / LAST).write_text(kernel.clock.now().isoformat(), "ascii")
    except OSError as error:
        return explain(error, "no backup was made")
    return done


def restore(settings: Settings, source: Path, keys: Path | None) -> Head | Refused:
    """The copy in `source` as the installation of `settings`. Refused, and nothing put in place: see the reasons."""
    home = settings.home
    if (home / "journal.sqlite").exists():
        return Refused("there is an installation in this folder; restore takes an empty one", str(home))
    where = next((one for one in (keys, source / KEYS, home / KEYS) if one is not None and one.is_dir()), None)
    if where is None:
        return Refused("the backup has no keys; give the folder you kept them in", "keys")
    staged = home.with_name(f"{home.name}.restoring")
    shutil.rmtree(staged, ignore_errors=True)
    try:
        staged.mkdir(parents=True, mode=0o700)
        shutil.copytree(where, staged / KEYS)
        done = _staged(replace(settings, home=staged), source)
        if isinstance(done, Head):
            _put_in_place(staged, home)
        return done
    except OSError as error:
        return explain(error, "nothing was restored")
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _staged(settings: Settings, source: Path) -> Head | Refused:
    """The copy put into a folder nobody uses yet, checked against the head it was signed with."""
    keys = LogKeys.open(settings.home / KEYS, settings.origin, create=False)
    if isinstance(keys, Refused):
        return keys
    done = _journal(settings, source, keys)
    documents = (
        done if isinstance(done, Refused) else _documents(source / "objects", Objects(settings.home / "objects"))
    )
    if isinstance(documents, Refused):
        return documents
    _copy_folders(source, settings.home, ("series", "services"))
    _copy_databases(source, settings.home)
    _copy_files(source, settings.home, (FILE, setup.KEY_FILE))
    # Opening it reads every fact and the terms of every contract: what is missing shows now.
    kernel = Kernel.open(settings)
    if isinstance(kernel, Refused):
        return kernel
    with closing(kernel):
        published = kernel.publish()
    return published if isinstance(published, Refused) else done


def _journal(settings: Settings, source: Path, keys: LogKeys) -> Head | Refused:
    journal = open_journal(settings)
    assert isinstance(journal, StoredJournal), "both stores are"
    with closing(journal):
        known = keys.note_keys()
        return restore_journal(source / JOURNAL, journal, lambda note: read_checkpoint(note, settings.origin, known))


def _documents(source: Path, objects: Objects) -> Refused | None:
    for path in sorted(source.glob("??/*")):
        digest = objects.put(path.read_bytes())
        if isinstance(digest, Refused):
            return digest
        if digest != f"sha256:{path.name}":
            return Refused("a document of the backup was changed", f"objects/{path.name}")
    return None


def _put_in_place(staged: Path, home: Path) -> None:
    """Everything but the journal first: without it the folder is no installation yet."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted(staged.iterdir(), key=lambda one: one.name.startswith("journal.sqlite")):
        target = home / path.name
        if target.is_dir():
            shutil.rmtree(target)
        path.replace(target)


def _copy_folders(home: Path, to: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if (home / name).is_dir():
            shutil.copytree(home / name, to / name, ignore=shutil.ignore_patterns(*PASSING), dirs_exist_ok=True)


def _copy_files(home: Path, to: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if (home / name).is_file():
            shutil.copy2(home / name, to / name)


def _copy_databases(home: Path, to: Path) -> None:
    """SQLite copies itself page by page, so that writers need not stop."""
    for name in DATABASES:
        if (home / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(home / name)) as one, closing(sqlite3.connect(to / name)) as other:
                one.backup(other)
            (to / name).chmod(0o600)
