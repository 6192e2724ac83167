"""What a search of the access records asks: filters as they stand in an address, each checked."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest

from yunyue.doors.web.access.kinds import EVERY
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.clock import BEIJING
from yunyue.store.access import Wanted

OUTCOMES: Final = ("granted", "refused", "failed")
CHOICES: Final = {"kind": EVERY, "outcome": OUTCOMES, "role": tuple(role.value for role in Role)}


@dataclass(frozen=True, slots=True)
class Question:
    """Filters as texts, for the form and for addresses; empty ones are left out."""

    given: dict[str, str]

    @property
    def query(self) -> str:
        """As the tail of an address."""
        return urlencode({name: value for name, value in self.given.items() if value})

    @property
    def wanted(self) -> Wanted:
        """As the series is searched."""
        texts = {name: value for name, value in self.given.items() if name not in ("since", "until")}
        until = _start(self.given["until"])
        day = timedelta(days=1) // timedelta(milliseconds=1)
        return Wanted(**texts, since=_start(self.given["since"]), until=None if until is None else until + day)


def question(request: HttpRequest) -> Question:
    """What a request looks for; a value that cannot be is as if not given."""
    given = {name: request.GET.get(name, "")[:100].strip() for name in ("actor", "contract", "words")}
    for name, choices in CHOICES.items():
        value = request.GET.get(name, "")
        given[name] = value if value in choices else ""
    for name in ("since", "until"):
        given[name] = value if _start(value := request.GET.get(name, "")) is not None else ""
    return Question(given)


def _start(day: str) -> int | None:
    """The beginning of a Beijing day in ms; None for what is no day of these centuries."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    if not 2000 <= found.year <= 2199:
        return None
    return int(datetime.combine(found, time(), BEIJING).timestamp() * 1000)
