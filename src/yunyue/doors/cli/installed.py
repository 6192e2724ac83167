"""The installation a command works on: its settings, its kernel, its services. Opened for one command, then closed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from yunyue.answer import Refused
from yunyue.doors.cli.voice import VARIABLE, Declined
from yunyue.host.clock import Clock, SystemClock
from yunyue.host.settings import Settings, read
from yunyue.kernel import Kernel, Recorder

SOURCE: Final = "/cli"
"""Where facts typed in here say they come from."""


def settings() -> Settings:
    """What the environment and the home folder's file say. Raises Declined."""
    found = read({name: text for name, text in os.environ.items() if name != VARIABLE})
    if isinstance(found, Refused):
        raise Declined(found)
    return found


def before_accounts() -> None:
    """Leave the environment as the console's settings expect it; the command has its language by now."""
    os.environ.pop(VARIABLE, None)


def default_actor() -> str:
    """The person at this terminal, by the number the system knows them under."""
    return f"cli:{os.getuid()}"


def recorder(actor: str | None) -> Recorder:
    """On whose behalf a command records."""
    return Recorder(actor or default_actor(), SOURCE)


def require_installation(chosen: Settings) -> None:
    """Raises Declined where nothing was ever begun: a mistyped folder is not silently filled."""
    if chosen.database == "sqlite" and not (chosen.home / "journal.sqlite").exists():
        reason = "there is no installation in this folder; ./yunyue up or ./yunyue contract load begins one"
        raise Declined(Refused(reason, str(chosen.home)))


@contextmanager
def opened(clock: Clock | None = None, *, make: bool = False, checked: bool = True) -> Iterator[Kernel]:
    """The kernel of the installation; `make` begins one where there is none. Raises Declined.

    Not `checked`: also one whose parts do not agree, to find out what is wrong with it.
    """
    chosen = settings()
    if not make:
        require_installation(chosen)
    kernel = Kernel.open(chosen, clock or SystemClock(), checked=checked)
    if isinstance(kernel, Refused):
        raise Declined(kernel)
    try:
        yield kernel
    finally:
        kernel.close()
