"""Which desk a command works at: of which contract, of which department, unless there is only one to mean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yunyue.answer import Refused
from yunyue.doors.cli.command import option
from yunyue.doors.cli.offices import hosted
from yunyue.doors.cli.voice import Declined
from yunyue.doors.films import desk_of, tenants
from yunyue.kernel.hosting import Hosting
from yunyue.services.transcode.desk import Desk
from yunyue.services.transcode.jobs.job import Job


def reaching(work: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --contract and --tenant to a command; `at_desk` makes a desk of them."""
    work = option(
        "--tenant", default="", zh="使用部门；只有一个时可省略", en="department; may be left out where there is one"
    )(work)
    added: Callable[..., Any] = option(
        "--contract", default="", zh="合同；只有一个时可省略", en="contract; may be left out where there is one"
    )(work)
    return added


@contextmanager
def at_desk(contract: str, tenant: str) -> Iterator[tuple[Desk, Path]]:
    """The desk, and the home folder it belongs to. Raises Declined: none, or several of which none was named."""
    with hosted() as hosting:
        found = _chosen(hosting, contract, tenant)
        desk = found if isinstance(found, Refused) else desk_of(hosting, *found)
        if isinstance(desk, Refused):
            raise Declined(desk)
        yield desk, hosting.kernel.settings.home


def job_at(desk: Desk, name: str) -> Job:
    """One of the department's jobs. Raises Declined."""
    found = desk.job(name)
    if isinstance(found, Refused):
        raise Declined(found)
    return found


def _chosen(hosting: Hosting, contract: str, tenant: str) -> tuple[str, str] | Refused:
    contracts = (contract,) if contract else hosting.kernel.contracts()
    if contract:
        known = hosting.kernel.registered_terms(contract)
        if isinstance(known, Refused):
            return known
    pairs = [(one, each) for one in contracts for each in tenants(hosting, one, running=True)]
    fitting = [pair for pair in pairs if tenant in ("", pair[1])]
    if not fitting:
        return Refused("no order of transcoding runs for this department; place one first", "tenant", "C37")
    if len(fitting) > 1:
        names = ", ".join(f"{one} {each}" for one, each in fitting)
        return Refused(f"name one with --contract and --tenant: {names}", "tenant", "C37")
    return fitting[0]
