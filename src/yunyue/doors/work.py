"""The durable jobs of the platform: what is begun here is finished, also by the next process."""

from datetime import date, datetime, timedelta

from yunyue.answer import Refused
from yunyue.contract import Terms
from yunyue.host.jobs import Job, Jobs, Values
from yunyue.journal.facts import ServiceDelivered
from yunyue.kernel.hosting import Hosting
from yunyue.kernel.measure import close_month
from yunyue.settlement.admission.moment import extended
from yunyue.sla.months import service_months
from yunyue.sla.verdict import Judged

CLOSE_MONTH = "close-month"
SUMMARISE = "summarise-samples"
SELFCHECK = "crypto-selfcheck"
KEPT_DAYS = 90
"""Ended jobs are forgotten after so long; the facts they led to stay."""


def register(jobs: Jobs, hosting: Hosting) -> None:
    """Give every kind of job its function; to be called before the jobs are launched."""

    def closed(job: Job, values: Values) -> Values:
        return job.step("close", _close, hosting, values["contract"], values["month"])

    def summarised(job: Job, values: Values) -> Values:
        return {"lines": job.step("summarise", hosting.series.summarise, values["segment"])}

    jobs.register(CLOSE_MONTH, closed)
    jobs.register(SUMMARISE, summarised)
    jobs.register(SELFCHECK, _checked)


def enqueue_closings(jobs: Jobs, hosting: Hosting, today: date) -> list[str]:
    """Queue the closing of every month that ended, once a day each; a month closed before changes nothing."""
    return [
        jobs.enqueue(CLOSE_MONTH, {"contract": contract, "month": month}, f"{contract}:{month}:{today}")
        for contract in hosting.kernel.contracts()
        for month in ended_months(hosting, contract, today)
    ]


def enqueue_summaries(jobs: Jobs, hosting: Hosting) -> list[str]:
    """Queue a job for each sealed file nobody summarised yet, so that many are done side by side; each file once."""
    return [jobs.enqueue(SUMMARISE, {"segment": one}, one) for one in hosting.series.unsummarised()]


def ended_months(hosting: Hosting, contract: str, today: date) -> list[str]:
    """The service months before today's in which something may have been measured: from the first delivery on."""
    terms, known = hosting.kernel.terms(contract), hosting.kernel.known(contract)
    if not isinstance(terms, Terms) or isinstance(known, Refused):
        return []
    first = min((fact.day for fact in known.facts(ServiceDelivered)), default=None)
    term = extended(known, terms, today)
    return [one.name for one in service_months(term) if first is not None and first <= one.last < today]


def enqueue_selfchecks(jobs: Jobs) -> int:
    """Queue self-checks of cryptography that were asked for and never queued, and say how many are unfinished."""
    # Django's models can be imported only once its settings are known.
    from yunyue.doors.web.crypto.checking import resume

    return resume(jobs)


def prune(jobs: Jobs, now: datetime) -> int:
    """Forget jobs that ended long ago."""
    return jobs.prune(now - timedelta(days=KEPT_DAYS))


def _close(hosting: Hosting, contract: str, month: str) -> Values:
    verdicts = close_month(hosting, contract, month)
    if isinstance(verdicts, Refused):
        return {"refused": str(verdicts)}
    return {"verdicts": [one.objective.id for one in verdicts if isinstance(one, Judged)]}


def _checked(job: Job, values: Values) -> Values:
    # Django's models can be imported only once its settings are known.
    from yunyue.doors.web.crypto.checking import carry_out

    return carry_out(job, values)
