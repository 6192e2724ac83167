"""Looks at what a page visit brought: keeps it as evidence, runs the checks the order asks for, and raises findings."""

import asyncio
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.host.log import logger
from yunyue.journal.facts import BaselineSet, FindingRaised
from yunyue.services.monitor.content import picture, structure, words
from yunyue.services.monitor.content.crawl import broken_links
from yunyue.services.monitor.content.domain import domain
from yunyue.services.monitor.content.findings import Check, Finding, Seen, Sightings, findings
from yunyue.services.monitor.instances import Instance
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outbox import Outbox
from yunyue.services.monitor.outcome import NotMade, Outcome
from yunyue.services.monitor.pages import sight, waterfall
from yunyue.services.monitor.pages.sight import Sight
from yunyue.services.monitor.pages.visits import Visit, Visits
from yunyue.services.monitor.parameters import Probe

log = logger(__name__)

DAY_MS: Final = 86_400_000
KEPT_DAYS: Final = 31
"""Visits are kept so long, the evidence of findings and baselines for ever."""

ON_SIGHT: Final[tuple[Check, ...]] = ("words", "foreign_link", "mixed", "certificate", "icp")


class Looker:
    """What is made of page visits in one folder. `outbox` takes the findings that the kernel has yet to be told."""

    def __init__(self, host: Host, outbox: Outbox) -> None:
        self._host = host
        self._outbox = outbox
        self._visits = Visits(Path(host.folder))
        self._sightings = Sightings(Path(host.folder))
        self._daily: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, instance: Instance, at: int, outcome: Outcome) -> None:
        """Keep a visit that began at `at` (ms), and look at it. Where nothing was seen, nothing is gone either."""
        if not isinstance(outcome.brought, Sight):
            return
        seen = outcome.brought
        visit = await asyncio.to_thread(self._keep, instance.order, at, outcome, seen)
        if outcome.ok and not seen.nodes:
            log.warning("a page was loaded and could not be looked at", instance=instance.order)
        elif outcome.ok and not isinstance(visit, Refused):
            await asyncio.to_thread(self._check, instance, visit, seen)
            if visit.at - self._daily.get(instance.order, 0) >= DAY_MS:
                self._daily[instance.order] = visit.at
                task = asyncio.get_running_loop().create_task(self._look_daily(instance, visit, seen))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait for the checks under way."""
        await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Stop them; they are made again after the next start."""
        ending = list(self._tasks)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def _keep(self, order: str, at: int, outcome: Outcome, seen: Sight) -> Visit | Refused:
        """The objects first, then the row that names them. Refused, and logged, when the disk took them not."""
        digests = []
        for content in (waterfall.write(seen.waterfall), seen.picture, seen.structure if seen.nodes else b""):
            digest = self._visits.objects.put(content) if content else ""
            if isinstance(digest, Refused):
                log.error("a page visit was not kept", instance=order, reason=str(digest))
                return digest
            digests.append(digest)
        fall = seen.waterfall
        visit = Visit(order, at, "", outcome.error, outcome.latency_us, fall.requests, fall.size, *digests)
        self._visits.add(visit)
        return visit

    def _check(self, instance: Instance, visit: Visit, seen: Sight) -> None:
        probe = instance.probe
        found = [
            *words.words(seen, probe),
            *words.foreign_links(seen, probe),
            *words.mixed(seen, probe),
            *words.certificate(seen, probe, self._host.now()),
            *words.icp(seen, probe),
        ]
        self._raise(visit, ON_SIGHT, found)
        self._compare(instance, visit, seen)

    def _compare(self, instance: Instance, visit: Visit, seen: Sight) -> None:
        """Against the baseline two people set; one whose objects are lost is logged, and says nothing."""
        baseline = baseline_of(self._host, instance.order)
        if baseline is None:
            return
        probe = instance.probe
        before, shot = self._visits.objects.get(baseline.structure), self._visits.objects.get(baseline.picture)
        if isinstance(before, Refused) or isinstance(shot, Refused):
            log.error("a baseline's objects are missing", instance=instance.order, structure=baseline.structure)
            return
        if probe.structure_permille:
            apart = structure.compare(sight.read(before), seen.nodes, seen.waterfall.landed)
            self._raise(visit, ("structure",), _of_structure(apart, probe))
        if probe.picture_permille and seen.picture:
            self._compare_pictures(probe, visit, shot, seen.picture)

    def _compare_pictures(self, probe: Probe, visit: Visit, approved: bytes, now: bytes) -> None:
        try:
            change = picture.compare(approved, now)
        except picture.NoPicture as error:
            log.error("pictures could not be compared", instance=visit.instance, reason=str(error))
            return
        if change.permille < probe.picture_permille:
            self._raise(visit, ("picture",), [])
            return
        shown = self._visits.objects.put(change.shown)
        about = f"{change.permille} ‰ of the picture differ from the baseline"
        more = () if isinstance(shown, Refused) else (shown,)
        self._raise(visit, ("picture",), [Seen("picture", "picture", about)], more)

    async def _look_daily(self, instance: Instance, visit: Visit, seen: Sight) -> None:
        """Checks that ask others and may take long: once a day, and after a start; no probe waits for them."""
        network = Network.of(self._host, instance.tenant)
        probe = instance.probe
        if probe.link_checks:
            broken = await broken_links(seen, probe, network)
            await asyncio.to_thread(self._raise, visit, ("broken_link",), broken)
        if probe.domain_days:
            try:
                ending = await domain(probe, network)
                await asyncio.to_thread(self._raise, visit, ("domain",), ending)
            except NotMade as reason:
                log.warning("the domain's end is not known", instance=instance.order, reason=str(reason))
        await asyncio.to_thread(self._forget, visit.at)

    def _raise(
        self, visit: Visit, checks: tuple[Check, ...], seen: list[Seen] | tuple[Seen, ...], more: tuple[str, ...] = ()
    ) -> None:
        """Take the look down; what is new, and nobody called a mistake before, becomes a fact."""
        evidence = tuple(one for one in (visit.picture, visit.waterfall, visit.structure, *more) if one)
        fresh = {one.id for one in self._sightings.looked(visit.instance, checks, seen, visit.at, evidence)}
        for one in findings(self._host) if fresh else ():
            if one.id in fresh and one.open:
                said = _fact(one)
                self._outbox.put(visit.instance, said, visit.at, visit.at)

    def _forget(self, now: int) -> None:
        kept = {digest for one in self._sightings.all() for digest in one.evidence}
        for fact in self._host.standing(BaselineSet):
            if isinstance(fact.data, BaselineSet):
                kept |= {fact.data.structure, fact.data.picture}
        self._visits.forget(now - KEPT_DAYS * DAY_MS, kept)


def baseline_of(host: Host, order: str) -> BaselineSet | None:
    """The newest baseline two people set for an order's page."""
    found = [one.data for one in host.standing(BaselineSet) if isinstance(one.data, BaselineSet)]
    return next((one for one in reversed(found) if one.order == order), None)


def _of_structure(apart: structure.Difference, probe: Probe) -> list[Seen]:
    found = [Seen("structure", one, f"the baseline has no {one}") for one in apart.brought]
    if apart.permille >= probe.structure_permille:
        about = f"{apart.permille} ‰ of the structure differ from the baseline"
        found.append(Seen("structure", "structure", about))
    return found


def _fact(finding: Finding) -> FindingRaised:
    return FindingRaised(
        finding=finding.id,
        order=finding.order,
        check=finding.check.replace("_", "-"),
        about=finding.about[:2000],
        evidence=finding.evidence,
    )
