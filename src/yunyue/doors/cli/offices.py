"""The installation with its services and its series, for commands that work with them."""

from collections.abc import Iterator
from contextlib import contextmanager

from yunyue.answer import Refused
from yunyue.doors.cli.installed import require_installation, settings
from yunyue.doors.cli.voice import Declined
from yunyue.doors.opening import close_parts, open_parts
from yunyue.kernel.hosting import Hosting


@contextmanager
def hosted() -> Iterator[Hosting]:
    """Kernel, services and series of the installation; no jobs run. Raises Declined."""
    chosen = settings()
    require_installation(chosen)
    office = open_parts(chosen)
    if isinstance(office, Refused):
        raise Declined(office)
    try:
        yield office.hosting
    finally:
        close_parts(office)
