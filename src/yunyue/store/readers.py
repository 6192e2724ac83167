"""Connections lent to readers, one to each at a time, and kept for the next: many may read at once."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Generic, Protocol, TypeVar

from yunyue.store.errors import StorageFailed


class Closes(Protocol):
    """Anything that can be given back to the system."""

    def close(self) -> None:
        """Gives it back."""


Connection = TypeVar("Connection", bound=Closes)


class Readers(Generic[Connection]):
    """A stock of idle connections, made by `connect` when there is none; thread-safe."""

    def __init__(self, connect: Callable[[], Connection], name: str) -> None:
        self._connect = connect
        self._name = name
        self._idle: deque[Connection] = deque()
        self._closed = Event()

    @contextmanager
    def lend(self) -> Iterator[Connection]:
        """One connection for the `with` block. Raises StorageFailed when closed.

        After an error the idle ones are thrown away with it: if it was the server that went, they are dead too.
        """
        if self._closed.is_set():
            raise StorageFailed(f"{self._name} is closed")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            self._drop()
            raise
        self._idle.append(connection)
        if self._closed.is_set():
            self._drop()

    def close(self) -> None:
        """Closes the idle ones now, and the lent ones when they come back."""
        self._closed.set()
        self._drop()

    def _drop(self) -> None:
        while True:
            try:
                self._idle.pop().close()
            except IndexError:
                return
