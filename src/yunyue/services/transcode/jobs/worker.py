"""A worker: takes tasks, does them, tells how far it is twice a second, and gives them back done or not."""

import os
import shutil
import socket
import threading
import time
from pathlib import Path
from threading import Event
from typing import Final, assert_never

import msgspec

from yunyue.host.log import logger
from yunyue.host.randomness import token
from yunyue.host.sandbox.groups import clear_dead
from yunyue.services.transcode.chunks.films import forget, kept
from yunyue.services.transcode.chunks.pieces import PieceDone, clear_pieces, do_piece, joining, pieces_of
from yunyue.services.transcode.engine.outcome import Cancelled, Failed, Progress
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.jobs.job import ENDED
from yunyue.services.transcode.jobs.leases import Held, Leases, Made
from yunyue.services.transcode.jobs.whole import Divided, Effort, do_whole
from yunyue.services.transcode.objects.store import Trouble
from yunyue.services.transcode.place import Place

Outcome = Made | Divided | PieceDone | Failed | Cancelled
POLL_SECONDS: Final = 0.5
BEAT_SECONDS: Final = 0.5
_log = logger("yunyue.transcode")


class Worker:
    """One of several; each runs in a thread of its own."""

    def __init__(self, place: Place, leases: Leases) -> None:
        self._place = place
        self._leases = leases
        self.name = f"{socket.gethostname()}:{os.getpid()}:{token()[:8]}"

    def run(self, stop: Event) -> None:
        """Work until asked to stop; a task in hand is then given back."""
        while not stop.is_set():
            try:
                if not self.once(stop):
                    self._place.queue.wait(POLL_SECONDS)
            except (QueueBroken, *Trouble) as error:
                _log.error("the queue or the objects cannot be reached", reason=str(error))
                stop.wait(POLL_SECONDS)

    def once(self, stop: Event) -> bool:
        """Do one task, if there is one."""
        held = self._leases.claim(self.name)
        if held is None:
            return False
        with _Heart(self._leases, held, stop) as heart:
            outcome = self._done(held, heart)
        self._settled(held, outcome, heart, stop)
        if held.task.kind != "whole":
            tidy(self._place)
        return True

    def _done(self, held: Held, heart: "_Heart") -> Outcome:
        folder = self._place.work_folder(held.task.id, held.task.tries)
        effort = Effort(folder, heart.tell, heart.stop, held.task.threads)
        try:
            if held.task.kind == "whole":
                return do_whole(held.job, self._place, effort)
            return do_piece(held.job, held.task, self._place, effort)
        except Exception as error:  # a fault of ours must not end the worker; the task is tried again and then failed
            _log.exception("a task broke", task=held.task.id)
            return Failed("infrastructure", f"{type(error).__name__}: {error}"[:200])
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _settled(self, held: Held, outcome: Outcome, heart: "_Heart", stop: Event) -> None:
        match outcome:
            case Made():
                self._leases.done(held.task, outcome)
            case Divided():
                seconds = round(outcome.seconds * 1000)
                self._leases.split(held.task, pieces_of(outcome.work, self._place), seconds)
            case PieceDone():
                self._leases.finished_piece(held.task, msgspec.json.encode(outcome).decode(), joining)
            case Failed():
                self._leases.failed(held.task, outcome)
                _log.info("a task failed", task=held.task.id, kind=outcome.kind, reason=outcome.reason)
            case Cancelled():
                if stop.is_set() and not heart.cancelled:
                    self._leases.given_back(held.task)
                else:
                    self._leases.dropped(held.task)
            case _:
                assert_never(outcome)


class _Heart:
    """Beats for a task while it is done; sets `stop` when the job was cancelled, the lease lost, or the worker ends."""

    def __init__(self, leases: Leases, held: Held, ending: Event) -> None:
        self._leases = leases
        self._held = held
        self._ending = ending
        self._progress = Progress(0.0, 0.0, "")
        self._over = Event()
        self.stop = Event()
        self.cancelled = False
        self._thread = threading.Thread(target=self._beat, name=f"heart-{held.task.id}")

    def tell(self, progress: Progress) -> None:
        """How far the task is; told to the queue with the next beat."""
        self._progress = progress

    def __enter__(self) -> "_Heart":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                if not self._leases.beat(self._held.task, self._progress):
                    self.cancelled = True
                    self.stop.set()
            except QueueBroken as error:
                _log.warning("a beat was lost", task=self._held.task.id, reason=str(error))
            if self._ending.is_set():
                self.stop.set()


def tidy(place: Place) -> int:
    """Take away what chunks of ended jobs left, on this machine and among the objects; how many jobs.

    Jobs this queue does not know are another contract's that shares the objects.
    """
    gone = 0
    left = {name.split("/")[1] for name in place.objects.names("chunks/")}
    for job in {*left, *kept(place)}:
        found = place.queue.anyones(job)
        if found is not None and found.state in ENDED:
            forget(job, place)
            clear_pieces(job, place)
            gone += 1
    return gone


def sweep(place: Place, older_seconds: float = 3600.0) -> int:
    """Take away folders of tries whose workers died, and their control groups; how many folders.

    A folder may be older than that while its film is still being made: the queue knows those.
    """
    clear_dead()
    root = place.folder / "work"
    alive = {place.work_folder(task, tries) for task, tries in place.queue.tries()}
    gone = 0
    for path in root.iterdir() if root.exists() else ():
        if path not in alive and _age(path) > older_seconds:
            shutil.rmtree(path, ignore_errors=True)
            gone += 1
    return gone


def _age(path: Path) -> float:
    """Seconds since a folder got or lost a file; 0 when its worker has taken it away just now."""
    try:
        return time.time() - path.stat().st_mtime  # noqa: TID251 - compared with times the file system gave
    except FileNotFoundError:
        return 0.0
