"""Where the files of sealed uses stand: in a folder beside the log, or in the database that several machines share."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

from yunyue.services.crypto.errors import StorageFailed
from yunyue.services.crypto.store.database import Database


class Shelf(Protocol):
    """Files by their names; one that was put there is never changed."""

    def put(self, name: str, content: bytes, known: Iterable[str]) -> None:
        """Keep a file, durably once the log's transaction ends. Raises StorageFailed; then nothing was sealed.

        `known`: the files the log's manifest names; what else lies there an interrupted sealing left behind.
        """
        ...

    def opened(self, name: str) -> pa.NativeFile:
        """A file, for reading. Raises StorageFailed when it is gone."""
        ...


class Folder:
    """Files of a folder, which is made with the first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes, known: Iterable[str]) -> None:
        """See Shelf.put. Write to a temporary name, fsync, rename, fsync the folder."""
        draft = (self._folder / name).with_suffix(".tmp")
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._clear(set(known))
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self._folder / name)
            _sync_folder(self._folder)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StorageFailed(f"{draft}: {error}; nothing was sealed") from error

    def opened(self, name: str) -> pa.NativeFile:
        """See Shelf.opened."""
        try:
            return pa.OSFile(str(self._folder / name))
        except OSError as error:
            raise StorageFailed(f"{name} of the use log cannot be read: {error.strerror or error}") from error

    def _clear(self, known: set[str]) -> None:
        """Remove what an interrupted sealing left behind; its records are still in the database."""
        for path in (*self._folder.glob("uses-*.parquet"), *self._folder.glob("uses-*.tmp")):
            if path.name not in known:
                path.unlink()


class Rows:
    """Files in a table of the log's database, written in the same transaction as its manifest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, name: str, content: bytes, known: Iterable[str]) -> None:
        """See Shelf.put. What was interrupted left nothing behind."""
        del known
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO files VALUES (?, ?)", (name, content))

    def opened(self, name: str) -> pa.NativeFile:
        """See Shelf.opened."""
        with self._database.using() as connection:
            row = connection.execute("SELECT content FROM files WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise StorageFailed(f"{name} of the use log cannot be read: it is not in the database")
        return pa.BufferReader(row[0])


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
