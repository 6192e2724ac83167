"""Commands that go into a replica: on record before they begin, and told to the project's members as an event.

On another machine its platform does both, in the name of the token's account.
"""

import sqlite3
from contextlib import closing

from yunyue.answer import Refused
from yunyue.doors.cli.containers_reach import Ground
from yunyue.doors.cli.containers_server import ServerEngine
from yunyue.doors.cli.installed import default_actor, settings
from yunyue.doors.containers import moment_now, tell


def entered(place: Ground, verb: str, about: str) -> Refused | None:
    """None once it may begin. Refused: it cannot be put on record, so it is not done."""
    if isinstance(place.engine, ServerEngine):
        return None
    refused = _note(place, verb, about)
    if refused is None:
        tell(settings().home, place.project, place.actor, verb, about)
    return refused


def _note(place: Ground, verb: str, about: str) -> Refused | None:
    # What searches the records is large, and only commands that are put on record need it.
    from yunyue.doors.accesses import FOLDER
    from yunyue.store.access import Access, AccessSeries

    terminal = default_actor()
    record = Access(
        at=moment_now(),
        actor=terminal if place.actor == terminal else f"{terminal} {place.actor}",
        role="",
        tenant="",
        door="cli",
        kind="business",
        what=f"containers {verb}",
        about=f"{place.project.name} {about}",
        contract=place.project.contract,
        outcome="granted",
        status=200,
        address="cli",
        request="",
    )
    try:
        with closing(AccessSeries.open(settings().home / FOLDER)) as series:
            return series.note(record)
    except (OSError, sqlite3.Error) as error:
        return Refused(f"the access could not be put on record: {error}", "access")
