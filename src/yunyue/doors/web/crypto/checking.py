"""A self-check as durable work: it goes on after the process died, says how far it is, and its report stays.

What was typed or pasted is judged while it is handed in, which takes milliseconds, and forgotten: no password, column
or configuration reaches the accounts' database, the queue, a log or the journal; what was found of them does, and the
endpoints that were named. Endpoints and keys are looked at by the job.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from django.db import connections

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.vault import seen
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.crypto.asking import endpoint, scope
from yunyue.doors.web.crypto.models import SelfCheck
from yunyue.doors.work import SELFCHECK
from yunyue.host.jobs import Job, Jobs, UnknownJob, Values
from yunyue.services.crypto.inventory import Holdings
from yunyue.services.crypto.selfcheck import keys
from yunyue.services.crypto.selfcheck.check import AT_ONCE, probed, typed, unfitting
from yunyue.services.crypto.selfcheck.endpoints import Endpoint
from yunyue.services.crypto.selfcheck.finding import Report, report
from yunyue.services.crypto.selfcheck.reaching import Reach
from yunyue.services.crypto.selfcheck.writing import noted, plain, reread
from yunyue.services.monitor.target import forbidden

State = Literal["queued", "running", "done", "failed"]
Found = list[dict[str, str]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a self-check stands: so many of `total` things were looked at, the last was `doing`."""

    state: State
    done: int = 0
    total: int = 0
    doing: str = ""


def begin(account: Account, contract: str, given: dict[str, str]) -> SelfCheck | Refused:
    """Judge what was typed, and queue the rest. Refused: nothing named, too much, a sealed vault, no workers."""
    held = seen(office(), contract, account.tenant) if given.get("keys") else None
    if isinstance(held, Refused):
        return held
    wanted, jobs = scope(given, held), office().jobs
    if isinstance(wanted, Refused):
        return wanted
    refused = unfitting(wanted)
    if refused is not None:
        return refused
    if jobs is None or not jobs.running:
        return Refused("long work is not taken on now: the workers are not running", "jobs")
    made = SelfCheck.objects.create(
        contract=contract,
        tenant=account.tenant,
        made_by=account,
        made=office().clock.now(),
        found=[noted(one) for one in typed(wanted)],
        endpoints=[str(one) for one in wanted.endpoints],
        keys=wanted.held is not None,
    )
    _enqueue(jobs, made)
    return made


def keep_report(contract: str, terminal: str, made: Report) -> SelfCheck:
    """A report that was made at a terminal, among the others of the contract; `terminal` such as cli:1000."""
    moment = datetime.fromtimestamp(made.made / 1000, UTC)
    return SelfCheck.objects.create(contract=contract, terminal=terminal, made=moment, content=plain(made))


def standing(one: SelfCheck) -> Standing:
    """Where it stands; the report itself lies in `content` once it is done."""
    total = _total(one)
    if one.content is not None:
        return Standing("done", total, total)
    if one.failed:
        return Standing("failed", 0, total)
    jobs = office().jobs
    try:
        told = jobs.state(identifier(one)) if jobs is not None and jobs.running else None
    except UnknownJob:
        told = None
    if told is None or told.status == "queued":
        return Standing("queued", 0, total)
    progress = told.progress
    return Standing("running", progress.done, total, progress.doing) if progress else Standing("running", 0, total)


def resume(jobs: Jobs) -> int:
    """Queue what was asked for when the process died before it was queued; what is queued already stays as it is."""
    unfinished = _own(lambda: list(SelfCheck.objects.filter(content__isnull=True, failed="")))
    for one in unfinished:
        _enqueue(jobs, one)
    return len(unfinished)


def carry_out(job: Job, values: Values) -> Values:
    """The job: endpoints, several at once, then keys, then the report."""
    number = int(values["check"])
    try:
        wanted: Values = job.step("read", _own, lambda: _wanted(number))
        places, found = wanted["endpoints"], list(wanted["found"])
        for start in range(0, len(places), AT_ONCE):
            found += job.step(f"endpoints {start}", _endpoints, job, wanted, start)
        if wanted["keys"]:
            found += job.step("keys", _own, lambda: _keys(job, wanted))
        job.step("report", _own, lambda: _keep(number, found))
    except Exception as error:
        kind = type(error).__name__
        job.step("failed", _own, lambda: SelfCheck.objects.filter(pk=number).update(failed=kind))
        raise
    return {"check": number}


def _enqueue(jobs: Jobs, one: SelfCheck) -> None:
    jobs.enqueue(SELFCHECK, {"check": one.pk}, _key(one))


def identifier(one: SelfCheck) -> str:
    """The job's name among all jobs."""
    return f"{SELFCHECK}:{_key(one)}"


def _key(one: SelfCheck) -> str:
    """With its moment: a database put back from a backup gives numbers out again."""
    return f"{one.pk}:{one.made.timestamp():.6f}"


def _total(one: SelfCheck) -> int:
    return len(one.endpoints) + int(one.keys)


def _own(work: Callable[[], T]) -> T:
    """Work with the accounts' database in a worker's thread, which keeps no connection afterwards."""
    try:
        return work()
    finally:
        connections.close_all()


def _wanted(number: int) -> Values:
    one = SelfCheck.objects.get(pk=number)
    return {
        "contract": one.contract,
        "tenant": one.tenant,
        "endpoints": list(one.endpoints),
        "keys": one.keys,
        "found": list(one.found),
    }


def _endpoints(job: Job, wanted: Values, start: int) -> Found:
    """What some of the endpoints show; the job says after each how far it is."""
    allowed, total = office().settings.private_targets, len(wanted["endpoints"]) + int(wanted["keys"])
    reach = Reach(lambda address: forbidden(address, private_allowed=allowed))
    job.progress(start, total)
    places = [
        one for text in wanted["endpoints"][start : start + AT_ONCE] if isinstance(one := endpoint(text), Endpoint)
    ]

    def tell(done: int, _of: int, doing: str) -> None:
        job.progress(start + done, total, doing)

    return [noted(one) for one in probed(places, reach, office().clock.now(), tell)]


def _keys(job: Job, wanted: Values) -> Found:
    """What is found of the keys as they are now. A vault that was sealed meanwhile leaves them unchecked."""
    total = len(wanted["endpoints"]) + 1
    job.progress(total - 1, total, "keys")
    held = seen(office(), wanted["contract"], wanted["tenant"])
    return [noted(one) for one in (keys.look(held) if isinstance(held, Holdings) else keys.unread())]


def _keep(number: int, found: list[dict[str, Any]]) -> None:
    """The report takes the place of what it was made of."""
    one = SelfCheck.objects.get(pk=number)
    made = report(int(one.made.timestamp() * 1000), [reread(each) for each in found])
    SelfCheck.objects.filter(pk=number).update(content=plain(made), found=[], failed="")


__all__ = ["SELFCHECK", "Standing", "begin", "carry_out", "identifier", "keep_report", "resume", "standing"]
