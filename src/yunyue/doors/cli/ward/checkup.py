"""The whole examination, in the order in which one thing needs another."""

from collections.abc import Iterator

from yunyue.doors.cli.ward import house, machine, record
from yunyue.doors.cli.ward.finding import Finding
from yunyue.host.settings import Settings


def examine(settings: Settings, *, full: bool) -> list[Finding]:
    """Every finding; a broken part never hides the others."""
    return list(_findings(settings, full))


def _findings(settings: Settings, full: bool) -> Iterator[Finding]:
    yield machine.python()
    yield machine.packages()
    yield machine.disk(settings)
    yield machine.ciphers()
    yield from machine.engines(full=full)
    yield house.folder(settings)
    if settings.home.is_dir():
        keys = house.keys(settings)
        yield keys
        # Without its keys an installation must not be opened: opening would make new ones.
        if keys.state != "fault":
            yield from record.findings(settings, full)
    yield house.jobs(settings)
    yield house.accounts(settings)
    yield house.port(settings)
