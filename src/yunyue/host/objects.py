"""Documents by their digest: what facts point at. A document read back is checked against its name every time."""

import errno
import hashlib
import os
from pathlib import Path

from yunyue.answer import Refused

LARGEST = 64 * 1024 * 1024
"""Bytes of one document; larger matter belongs to the object store of a service."""


class ObjectDamaged(Exception):
    """A stored document no longer has the digest it is stored under."""


class Objects:
    """A folder of documents named by SHA-256, written once: tmp, fsync, rename."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, content: bytes) -> str | Refused:
        """The digest ("sha256:…") under which the document now lies. Refused when it is too large or the disk full."""
        if len(content) > LARGEST:
            return Refused(f"a document of {len(content)} bytes; at most {LARGEST} are kept", "document")
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if path.exists():
            return f"sha256:{name}"
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            path.parent.mkdir(exist_ok=True, mode=0o700)
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            reason = f"the disk is full, free some space beside {path}" if full else error.strerror
            return Refused(f"the document was not kept: {reason}", "document")
        return f"sha256:{name}"

    def get(self, digest: str) -> bytes | Refused:
        """The document of a digest. Raises ObjectDamaged when its bytes have changed."""
        algorithm, _, name = digest.partition(":")
        if algorithm != "sha256" or len(name) != 64 or not all(letter in "0123456789abcdef" for letter in name):
            return Refused(f"{digest!r} is no sha256 digest", "document")
        try:
            content = self._path(name).read_bytes()
        except FileNotFoundError:
            return Refused(f"there is no document {digest}", "document")
        if hashlib.sha256(content).hexdigest() != name:
            raise ObjectDamaged(f"{digest} was changed on disk; bring it back from a backup")
        return content

    def remove(self, digest: str) -> bool:
        """Erase a document for good; whether there was one. Who calls this has made sure that it may go."""
        algorithm, _, name = digest.partition(":")
        if algorithm != "sha256" or len(name) != 64 or not all(letter in "0123456789abcdef" for letter in name):
            return False
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            return False
        return True

    def damaged(self) -> list[str]:
        """The digests of documents whose bytes have changed."""
        names = sorted(path for path in self._folder.glob("??/*") if path.suffix == "")
        return [f"sha256:{p.name}" for p in names if hashlib.sha256(p.read_bytes()).hexdigest() != p.name]

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
