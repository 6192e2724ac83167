"""Files sealed and opened beside themselves: the result appears whole or not at all, readable by its owner only."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from yunyue.answer import Refused
from yunyue.services.crypto.envelope import DataKeys, Source, Turns, open_stream, seal_stream, turn_stream

Turn = Callable[[Source, BinaryIO], int | Refused]


def seal(keys: DataKeys, source: Path, target: Path, cipher: str) -> int | Refused:
    """How many octets were read. Refused: the cipher, the vault's reason, a file that cannot be read or written."""
    return _turned(source, target, lambda read, written: seal_stream(keys, read, written, cipher))


def unseal(keys: DataKeys, source: Path, target: Path) -> int | Refused:
    """How many octets were written. Refused: what `open_stream` refuses, a file that cannot be read or written."""
    return _turned(source, target, lambda read, written: open_stream(keys, read, written))


def turn(keys: Turns, path: Path) -> int | Refused:
    """The version of the key a sealed file lies under from now on; its pieces are neither read nor written."""
    try:
        with path.open("r+b", buffering=0) as file:
            return turn_stream(keys, file)
    except OSError as error:
        return Refused(f"{error.strerror or error}", str(path))


def _turned(source: Path, target: Path, turn: Turn) -> int | Refused:
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        return Refused(f"{error.strerror or error}", str(target))
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as written, source.open("rb") as read:
            done = turn(read, written)
            if not isinstance(done, Refused):
                os.fsync(written.fileno())
        if not isinstance(done, Refused):
            draft.rename(target)
        return done
    except OSError as error:
        return Refused(f"{error.strerror or error}", str(error.filename or source))
    finally:
        draft.unlink(missing_ok=True)
