"""Files that are either there whole, on disk, or not there: written beside their place, flushed, then put in it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from yunyue.answer import Refused


def write_durably(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Puts a file in place, over an older one if there is one; after this it survives the power going off.

    Raises OSError, and leaves what was there, when that is not possible.
    """
    make_folder(path.parent)
    # A fixed name: what a killed process left behind is taken over by the next one.
    fresh = path.with_name(f".{path.name}.fresh")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        # A write that fails does not say where; whoever must free space wants to know.
        error.filename = error.filename or str(path)
        raise
    flush_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it; each is on disk before this returns."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def flush_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def only_one(folder: Path) -> Iterator[bool]:
    """True for the `with` block of one process at a time; False at once while another is in it."""
    make_folder(folder)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def explain(error: OSError, what: str) -> Refused:
    """The refusal of a file operation that failed, for an operator."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refused(f"the disk is full, {what}; free some space beside {error.filename or 'it'}")
    return Refused(f"{what}: {error.strerror or error}", str(error.filename or ""))
