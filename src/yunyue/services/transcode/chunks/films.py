"""A film that several tasks of this machine read: fetched, looked into and made seekable once, then shared."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final

from yunyue.services.transcode.engine.outcome import Cancelled, Failed
from yunyue.services.transcode.engine.perform import Bench, Done, perform
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.jobs.whole import Effort, Gathered, gather
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.plan import Extra
from yunyue.services.transcode.plan.subtitles import TAKEN_OUT, taken_out

FOLDER: Final = "shared"
_SEEN: Final[dict[str, Gathered]] = {}


@contextmanager
def film_of(job: Job, place: Place) -> Iterator[Gathered | Failed]:
    """The film of a job, for the length of a block. The first task fetches it, the others wait."""
    folder = _folder(job.id, place)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with folder.with_suffix(".lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = _SEEN.get(str(folder))
        if found is None or not all(path.exists() for path in (found.film, *found.files.values())):
            gathered = gather(job, place, Effort(folder, lambda _: None, Event()), seeking=True)
            if isinstance(gathered, Gathered):
                gathered = _lettered(job, gathered, place, folder)
            found = None if isinstance(gathered, Failed | Cancelled) else gathered
            if isinstance(gathered, Failed):
                shutil.rmtree(folder, ignore_errors=True)
                fcntl.flock(file, fcntl.LOCK_UN)
                yield gathered
                return
            if found is None:
                raise AssertionError("nobody asks this gathering to stop")
            _SEEN[str(folder)] = found
    yield found


def _lettered(job: Job, gathered: Gathered, place: Place, folder: Path) -> Gathered | Failed | Cancelled:
    """With the film's own subtitles in a file of their own, where every chunk draws its part of them."""
    wanted = job.request.template.subtitles
    if wanted.mode != "burn" or wanted.file or not gathered.media.subtitles:
        return gathered
    bench = Bench(folder, {"film": gathered.film}, place.engines)
    done = perform(taken_out(gathered.media, wanted), bench, lambda _: None, Event())
    if not isinstance(done, Done):
        return done
    extras = (*gathered.extras, Extra(TAKEN_OUT, "subtitles"))
    return replace(gathered, files={**gathered.files, TAKEN_OUT: folder / TAKEN_OUT}, extras=extras)


def forget(job: str, place: Place) -> None:
    """Take the film's copies of this machine away: its job has ended."""
    folder = _folder(job, place)
    _SEEN.pop(str(folder), None)
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(".lock").unlink(missing_ok=True)


def kept(place: Place) -> list[str]:
    """The jobs whose films lie here."""
    root = place.folder / FOLDER
    return [path.stem for path in root.glob("*.lock")] if root.exists() else []


def _folder(job: str, place: Place) -> Path:
    return place.folder / FOLDER / job
