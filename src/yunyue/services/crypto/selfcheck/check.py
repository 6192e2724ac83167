"""Looks at everything that was named, endpoints side by side, and makes the report."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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


def check(scope: Scope, reach: Reach, now: datetime) -> Report | Refused:
    """The report, in at most about half a minute. Refused: nothing to look at, or more than is looked at at once."""
    refused = _too_much(scope)
    if refused is not None:
        return refused
    found: list[Finding] = []
    with ThreadPoolExecutor(AT_ONCE, "crypto-selfcheck") as workers:
        for some in workers.map(lambda one: endpoints.look(one, reach, now), scope.endpoints):
            found += some
    found += [one for name, text in scope.sshd for one in administration.look(text, name)]
    found += [one for name, hashes in scope.passwords for one in passwords.look(hashes, name)]
    found += [one for column in scope.columns for one in columns.look(column)]
    found += [one for name, lines in scope.packages for one in packages.look(lines, name)]
    found += keys.look(scope.held, scope.oldest_days) if scope.held is not None else []
    return report(int(now.timestamp() * 1000), found)


def _too_much(scope: Scope) -> Refused | None:
    if scope.empty:
        return Refused("name something to look at: an endpoint, a configuration, a column, keys or packages", "scope")
    if len(scope.endpoints) > MOST_ENDPOINTS:
        return Refused(f"at most {MOST_ENDPOINTS} endpoints at a time, not {len(scope.endpoints)}", "endpoints")
    lists = (*(one for _, one in scope.passwords), *(one.values for one in scope.columns))
    longest = max((len(one) for one in lists), default=0)
    if longest > MOST_VALUES:
        return Refused(f"at most {MOST_VALUES} values of a list, not {longest}", "values")
    return None
