"""Counts what pods were allotted, from the cluster's own times, so that an absence of the platform loses nothing.

A pod carries a finalizer of ours until its end was written down: what ended while the platform was away is still
there with its times when it comes back. A StatefulSet's pods carry none, since the next of the same name waits for the
one before to go; one that vanished meanwhile is counted up to the last look.
"""

from typing import Any, Final

from yunyue.services.containers.kubernetes.names import METERED
from yunyue.services.containers.kubernetes.reading import limits_of, moment
from yunyue.services.containers.manifest.quantity import milli, octets
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.project.store import Store

Json = dict[str, Any]

LOOKED: Final = "looked:"


class Counting:
    """One project's spans. `now` is asked for in ms."""

    def __init__(self, store: Store, project: str) -> None:
        self._store = store
        self._ledger = Ledger(store)
        self._project = project

    def count(self, pod: Json) -> None:
        """Write down every run of a pod's container that is known of, the one before the last too."""
        statuses = (pod.get("status") or {}).get("containerStatuses") or ()
        if not statuses:
            return
        uid, restarts = str(pod["metadata"]["uid"]), int(statuses[0].get("restartCount") or 0)
        processor, memory = limits_of(pod)
        limits = (milli(processor), octets(memory))
        before = (statuses[0].get("lastState") or {}).get("terminated")
        state = statuses[0].get("state") or {}
        if before and restarts:
            self._run(f"{uid}/{restarts - 1}", limits, before)
        current = state.get("terminated") or state.get("running")
        if current:
            self._run(f"{uid}/{restarts}", limits, current)

    def _run(self, name: str, limits: tuple[int, int], state: Json) -> None:
        start, end = moment(state.get("startedAt")), moment(state.get("finishedAt"))
        if start:
            self._ledger.begin(self._project, name, limits, start)
        if end:
            self._ledger.finish(self._project, name, end)

    def gone(self, pod: Json, now: int) -> None:
        """A pod is no more: what still ran of it ended now, or when it was to be over at the latest."""
        self.count(pod)
        last = moment(pod["metadata"].get("deletionTimestamp")) or now
        self._close(str(pod["metadata"]["uid"]), min(last, now))

    def _close(self, uid: str, at: int) -> None:
        for name in self._open():
            if name.partition("/")[0] == uid:
                self._ledger.finish(self._project, name, at)

    def _open(self) -> list[str]:
        query = "SELECT container FROM spans WHERE project = ? AND ended = 0"
        return [str(name) for (name,) in self._store.rows(query, (self._project,))]

    def settle(self, living: set[str]) -> None:
        """After an absence: what ran at the last look and is nowhere now ended then."""
        found = self._store.rows("SELECT value FROM counters WHERE name = ?", (LOOKED + self._project,))
        for name in self._open() if found else ():
            if name.partition("/")[0] not in living:
                self._ledger.finish(self._project, name, int(found[0][0]))

    def looked(self, now: int) -> None:
        """Remember that everything was seen at this moment."""
        with self._store.change() as db:
            db.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", (LOOKED + self._project, now))


def releasable(pod: Json) -> bool:
    """Whether a pod waits for nothing but to be counted: the cluster is done with it."""
    metadata = pod["metadata"]
    if METERED not in (metadata.get("finalizers") or ()) or not metadata.get("deletionTimestamp"):
        return False
    if metadata.get("deletionGracePeriodSeconds") == 0:
        return True
    status = pod.get("status") or {}
    states = [one.get("state") or {} for one in status.get("containerStatuses") or ()]
    return status.get("phase") in ("Succeeded", "Failed") or (not pod["spec"].get("nodeName") and not states)


def released(pod: Json) -> Json:
    """The change that lets it go, if nobody changed it meanwhile."""
    rest = [one for one in pod["metadata"].get("finalizers") or () if one != METERED]
    return {"metadata": {"finalizers": rest or None, "resourceVersion": pod["metadata"]["resourceVersion"]}}
