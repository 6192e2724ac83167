"""The object store behind the service: a folder of this machine, or a bucket that workers on many machines share."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore

from yunyue.answer import Refused
from yunyue.host.buckets import bucket

PIECE: Final = 8 << 20
PREFIX: Final = "transcode"
"""Goes before every name in a bucket that others use too."""
Trouble = (BaseError, OSError)
"""What a store raises when it cannot; NotFound apart, which says the object is not there."""


class Objects:
    """Objects by name. `folder` is set where they lie on this machine, so that a film need not be copied to be read."""

    def __init__(self, store: ObjectStore, folder: Path | None = None, prefix: str = "") -> None:
        self._store = store
        self._folder = folder
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def put(self, name: str, path: Path) -> None:
        """Put a file there, replacing what is there."""
        with path.open("rb") as file:
            self._store.put(self._prefix + name, file)

    def create(self, name: str, content: bytes) -> bool:
        """Put something small there unless something is there already; whether it was put."""
        try:
            self._store.put(self._prefix + name, content, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def read(self, name: str) -> bytes | None:
        """Something small; None when it is not there."""
        try:
            return bytes(self._store.get(self._prefix + name).bytes())
        except FileNotFoundError:
            return None

    def size(self, name: str) -> int | None:
        """Bytes; None when it is not there."""
        try:
            return int(self._store.head(self._prefix + name)["size"])
        except FileNotFoundError:
            return None

    def part(self, name: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`. Raises FileNotFoundError."""
        return bytes(self._store.get_range(self._prefix + name, start=start, end=end)) if end > start else b""

    def stream(self, name: str) -> Iterator[bytes]:
        """All of it, piece by piece. Raises FileNotFoundError."""
        for piece in self._store.get(self._prefix + name).stream(min_chunk_size=PIECE):
            yield bytes(piece)

    def fetch(self, name: str, target: Path, most: int) -> Path | Refused:
        """The object as a file: itself where it lies on this machine, else a copy at `target`, of at most `most` bytes.

        Refused: it is not there, or larger.
        """
        if self._folder is not None:
            path = self._folder / (self._prefix + name)
            if not path.is_file():
                return Refused(f"there is no object {name!r}", "source", "C37")
            size = path.stat().st_size
            return path if size <= most else Refused(f"the object has more than {most} bytes", "source", "C37")
        try:
            with target.open("wb") as file:
                for piece in self.stream(name):
                    file.write(piece)
                    if file.tell() > most:
                        return Refused(f"the object has more than {most} bytes", "source", "C37")
        except FileNotFoundError:
            return Refused(f"there is no object {name!r}", "source", "C37")
        return target

    def names(self, prefix: str) -> list[str]:
        """Every object below a prefix."""
        found: list[str] = []
        for page in self._store.list(prefix=self._prefix + prefix):
            found += [one["path"].removeprefix(self._prefix) for one in page]
        return found

    def delete(self, names: list[str]) -> None:
        """Take objects away; what is not there is no trouble."""
        for name in names:
            try:
                self._store.delete(self._prefix + name)
            except FileNotFoundError:
                continue


def open_objects(address: str, folder: Path) -> Objects | Refused:
    """The objects a setting names (see `host.buckets`): "folder" for one of this machine, else a folder or s3://…"""
    store = bucket(address)
    if isinstance(store, Refused):
        return store
    if store is None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Objects(LocalStore(folder, mkdir=True, automatic_cleanup=True), folder)
    return Objects(store, Path(address) if address.startswith("/") else None, PREFIX)


def digest_of(path: Path) -> str:
    """ "sha256:" and the digest of a file."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
