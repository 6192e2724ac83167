"""A private key in a file only its owner can read: made once, never overwritten, refused when others can read it."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from yunyue.answer import Refused
from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.interface import Provider, Signer

LARGEST_FILE = 4096


def open_key(path: Path, provider: Provider, *, create: bool) -> Signer | Refused:
    """The key in `path`; when it is not there and `create` is set, a fresh one that is on disk before this answers."""
    folder = path.parent
    if create:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not folder.is_dir():
        return Refused("no such folder of keys", str(folder))
    if refused := _too_open(folder.stat(), folder, 0o700):
        return refused
    if create and not os.path.lexists(path):
        _write_once(path, provider.generate().private_pem())
    return _load(path, provider)


def _write_once(path: Path, pem: bytes) -> None:
    """Puts the whole file in place at once; when another process was faster, its file stays."""
    # mkstemp opens with O_EXCL and mode 0600 under a name of its own, so a file left by a crash is in nobody's way.
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        os.unlink(fresh)
    for folder in (path.parent, path.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _load(path: Path, provider: Provider) -> Signer | Refused:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        return Refused(f"the key cannot be read: {error.strerror}", str(path))
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return Refused("not a regular file", str(path))
        if refused := _too_open(found, path, 0o600):
            return refused
        pem = os.read(descriptor, LARGEST_FILE)
    finally:
        os.close(descriptor)
    try:
        return provider.load(pem)
    except MalformedKey as error:
        return Refused(f"not a private key of {provider.algorithm.value}: {error}", str(path))


def _too_open(found: os.stat_result, path: Path, wanted: int) -> Refused | None:
    """The refusal when anyone but our own user may read or change it; None when all is well."""
    if found.st_uid != os.geteuid():
        return Refused(f"belongs to user {found.st_uid}, not to ours ({os.geteuid()})", str(path))
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        return Refused(f"mode {mode:04o} lets others in; run: chmod {wanted:o} {path}", str(path))
    return None
