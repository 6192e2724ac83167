"""One at a time works on a folder: a lock on a file, tried without waiting, which ends with the process."""

import contextlib
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path


@contextlib.contextmanager
def holding(path: Path) -> Iterator[Callable[[], bool]]:
    """What tries to take the lock, and says whether it is ours; given back at the end of the block. Raises OSError."""
    with path.open("ab") as file:

        def tried() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield tried
