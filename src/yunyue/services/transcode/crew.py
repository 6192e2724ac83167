"""Workers for films on a machine of their own: no doors, no journal; the queue in PostgreSQL and the objects are all.

They find the contracts in the database, also those that come later, and touch a file while all is well, so that
whoever runs the machine sees that they live.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.services.transcode.jobs.database import clock_at, contracts_at
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.queue import Clock
from yunyue.services.transcode.jobs.worker import Worker, sweep
from yunyue.services.transcode.opening import Parts, opened
from yunyue.services.transcode.place import Place

LOOK_SECONDS: Final = 5.0
MOST_OFF_MS: Final = 5_000
"""Leases are kept by each machine's own clock: one that is off would take tasks from those who hold them."""

ALIVE: Final = "workers.alive"
_log = logger("yunyue.transcode")


@dataclass(slots=True)
class Crew:
    """The workers of this machine. `parts`: a folder for all contracts, the shared database and objects."""

    parts: Parts
    now: Clock
    _places: dict[str, Place] = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)

    def run(self, stop: threading.Event, tell: Callable[[str], None]) -> None:
        """Work until asked to stop; tasks in hand are then given back. `tell` hears of every contract taken on."""
        try:
            while not stop.is_set():
                self._looked(stop, tell)
                stop.wait(LOOK_SECONDS)
        finally:
            stop.set()
            for place in self._places.values():
                place.queue.ring()
            for thread in self._threads:
                thread.join()

    def _looked(self, stop: threading.Event, tell: Callable[[str], None]) -> None:
        try:
            found = contracts_at(self.parts.database)
            off = abs(self.now() - clock_at(self.parts.database))
        except QueueBroken as error:
            _log.error("the queue cannot be reached", reason=str(error))
            return
        if off > MOST_OFF_MS:
            _log.error("this machine's clock and the database's differ; set it right", seconds=off // 1000)
            return
        taken = [self._taken(contract, stop) for contract in found if contract not in self._places]
        for contract, refused in taken:
            if refused is None:
                tell(contract)
        if all(refused is None for _, refused in taken) and all(thread.is_alive() for thread in self._threads):
            (self.parts.folder / ALIVE).touch(0o600)

    def _taken(self, contract: str, stop: threading.Event) -> tuple[str, Refused | None]:
        place = opened(replace(self.parts, folder=self.parts.folder / "services" / "transcode" / contract), self.now)
        if isinstance(place, Refused):
            _log.error("a contract's films are not taken", contract=contract, reason=str(place))
            return contract, place
        place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            sweep(place)
        except QueueBroken as error:
            return contract, Refused(f"the queue of jobs cannot be opened: {error}", "database", "C37")
        self._places[contract] = place
        for _ in range(place.workers):
            worker = Worker(place, Leases(place.queue))
            self._threads.append(threading.Thread(target=worker.run, args=(stop,), name=worker.name))
            self._threads[-1].start()
        return contract, None


def apart(parts: Parts) -> Refused | None:
    """Why workers cannot be on a machine of their own; None when they can."""
    if parts.database == "sqlite":
        return Refused("workers on their own share jobs in PostgreSQL: set YUNYUE_DATABASE", "database", "C37")
    if parts.objects == "folder":
        reason = "workers on their own share films in a bucket or a folder all machines see: set YUNYUE_OBJECTS"
        return Refused(reason, "objects", "C37")
    return None
