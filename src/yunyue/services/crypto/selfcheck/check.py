"""Looks at everything that was named, endpoints side by side, and makes the report.

Whatever was handed in as text is looked at in milliseconds (`typed`); only endpoints let somebody wait (`probed`).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yunyue.answer import Refused
from yunyue.services.crypto.inventory.holdings import Holdings
from yunyue.services.crypto.selfcheck import administration, columns, endpoints, keys, packages, passwords
from yunyue.services.crypto.selfcheck.columns import Column
from yunyue.services.crypto.selfcheck.endpoints import Endpoint
from yunyue.services.crypto.selfcheck.finding import Finding, Report, report
from yunyue.services.crypto.selfcheck.reaching import Reach

MOST_ENDPOINTS: Final = 20
MOST_VALUES: Final = 100_000
AT_ONCE: Final = 8
Tell = Callable[[int, int, str], None]
"""Told after each thing that was looked at: how many are done, of how many, and which was the last."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at; what is left out stays unchecked. Named things are (name, content).

    `held`: keys of the vault. `packages`: names or lines of `pip freeze`.
    """

    endpoints: tuple[Endpoint, ...] = ()
    sshd: tuple[tuple[str, str], ...] = ()
    passwords: tuple[tuple[str, Sequence[str]], ...] = ()
    columns: tuple[Column, ...] = ()
    packages: tuple[tuple[str, Sequence[str]], ...] = ()
    held: Holdings | None = None
    oldest_days: int = keys.OLDEST_DAYS

    @property
    def empty(self) -> bool:
        """Whether nothing was named."""
        return not (self.endpoints or self.sshd or self.passwords or self.columns or self.packages or self.held)


def nobody(done: int, total: int, doing: str) -> None:
    """Tells nobody."""
    del done, total, doing


def check(scope: Scope, reach: Reach, now: datetime, tell: Tell = nobody) -> Report | Refused:
    """The report, in at most about half a minute. Refused: nothing to look at, or more than is looked at at once."""
    refused = unfitting(scope)
    if refused is not None:
        return refused
    found = [*typed(scope), *probed(scope.endpoints, reach, now, tell)]
    found += keys.look(scope.held, scope.oldest_days) if scope.held is not None else []
    return report(int(now.timestamp() * 1000), found)


def typed(scope: Scope) -> list[Finding]:
    """What is found of configurations, passwords, columns and packages; none of their values is in it."""
    found = [one for name, text in scope.sshd for one in administration.look(text, name)]
    found += [one for name, hashes in scope.passwords for one in passwords.look(hashes, name)]
    found += [one for column in scope.columns for one in columns.look(column)]
    return found + [one for name, lines in scope.packages for one in packages.look(lines, name)]


def probed(places: Sequence[Endpoint], reach: Reach, now: datetime, tell: Tell = nobody) -> list[Finding]:
    """What is found of endpoints, in their order; several are asked at once."""
    with ThreadPoolExecutor(AT_ONCE, "crypto-selfcheck") as workers:
        asked = {workers.submit(endpoints.look, one, reach, now): one for one in places}
        for done, answered in enumerate(as_completed(asked), 1):
            tell(done, len(places), str(asked[answered]))
        return [finding for one in asked for finding in one.result()]


def unfitting(scope: Scope) -> Refused | None:
    """Why this is not looked at: nothing was named, or too much; None when it is."""
    if scope.empty:
        return Refused("name something to look at: an endpoint, a configuration, a column, keys or packages", "scope")
    if len(scope.endpoints) > MOST_ENDPOINTS:
        return Refused(f"at most {MOST_ENDPOINTS} endpoints at a time, not {len(scope.endpoints)}", "endpoints")
    lists = (*(one for _, one in scope.passwords), *(one.values for one in scope.columns))
    longest = max((len(one) for one in lists), default=0)
    if longest > MOST_VALUES:
        return Refused(f"at most {MOST_VALUES} values of a list, not {longest}", "values")
    return None
