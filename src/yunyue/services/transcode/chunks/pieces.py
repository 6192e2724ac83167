"""The tasks of a film in chunks: each chunk and the sound by whichever worker is free, then the join by one.

Chunks travel through the objects, under a name that says job, number and rendition. Encoders give the same bytes for
the same chunk, so a chunk that is encoded again after a crash replaces itself by itself; only it is done again.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.transcode.chunks.films import film_of
from yunyue.services.transcode.engine.keys import ContentKey
from yunyue.services.transcode.engine.outcome import Cancelled, Failed
from yunyue.services.transcode.engine.perform import Bench, Done, perform
from yunyue.services.transcode.engine.verify import verify
from yunyue.services.transcode.jobs.job import Job, Task
from yunyue.services.transcode.jobs.leases import Made, Piece
from yunyue.services.transcode.jobs.whole import Effort, Gathered, key_of, planned, published
from yunyue.services.transcode.objects.store import Trouble
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.plan import Promise
from yunyue.services.transcode.plan.join import chunk_path, chunk_plan, cuts, joined_plan, sound_plan
from yunyue.services.transcode.plan.ladder import encode_promises
from yunyue.services.transcode.plan.work import Work
from yunyue.services.transcode.quality.compare import compare_steps
from yunyue.services.transcode.quality.search import replace_video

SOUND: Final = "sound"


class Cut(msgspec.Struct, frozen=True):
    """A chunk's place in the film, and the CRF that was found for it; 0: the template's. `last`: up to the end."""

    first: int
    frames: int
    crf: int = 0
    last: bool = False


class PieceDone(msgspec.Struct, frozen=True):
    """What a chunk or the sound left among the objects: whether the decoder complained, how many frames there are."""

    complained: bool
    frames: int = 0


class Joining(msgspec.Struct, frozen=True):
    """The chunks as they were cut, even if the film were now measured otherwise, and the frames they hold in all."""

    chunks: tuple[Cut, ...]
    frames: int


def pieces_of(work: Work, place: Place) -> list[Piece]:
    """The tasks a film is divided into."""
    found = cuts(work, place.chunk_seconds)
    whole, crf = sum(frames for _, frames in found), work.template.video.crf
    cut = [Cut(first, frames, crf, last=number == len(found)) for number, (first, frames) in enumerate(found, 1)]
    pieces = [
        Piece("chunk", number, msgspec.json.encode(one).decode(), one.frames / whole) for number, one in enumerate(cut)
    ]
    return [*pieces, Piece("sound", len(pieces), "", 0.02)] if work.sounds else pieces


def joining(chunks: Sequence[tuple[str, str]]) -> Piece:
    """The task that joins chunks, from what each was told and what it gave."""
    cut = tuple(msgspec.json.decode(body, type=Cut) for body, _ in chunks)
    frames = sum(msgspec.json.decode(gave, type=PieceDone).frames for _, gave in chunks)
    return Piece("join", 0, msgspec.json.encode(Joining(cut, frames)).decode(), 0.06)


def do_piece(job: Job, task: Task, place: Place, effort: Effort) -> PieceDone | Made | Failed | Cancelled:
    """Do a chunk, the sound, or the join."""
    try:
        effort.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        with film_of(job, place) as gathered:
            if isinstance(gathered, Failed):
                return gathered
            work = planned(job, gathered, place, effort)
            if isinstance(work, Failed):
                return work
            if task.kind == "join":
                return _joined(_Bound(job, task, work, gathered), place, effort)
            return _encoded(_Bound(job, task, work, gathered), place, effort)
    except Trouble as error:
        return Failed("infrastructure", f"the objects cannot be reached: {type(error).__name__}")
    finally:
        shutil.rmtree(effort.folder, ignore_errors=True)


def clear_pieces(job: str, place: Place) -> None:
    """Take the chunks of a job away."""
    place.objects.delete(place.objects.names(f"chunks/{job}/"))


@dataclass(frozen=True, slots=True)
class _Bound:
    """A task and what it works with."""

    job: Job
    task: Task
    work: Work
    gathered: Gathered


def _encoded(bound: _Bound, place: Place, effort: Effort) -> PieceDone | Failed | Cancelled:
    job, task, work, gathered = bound.job, bound.task, bound.work, bound.gathered
    if task.kind == "chunk":
        cut = msgspec.json.decode(task.body, type=Cut)
        plan = chunk_plan(replace_video(work, cut.crf), cut.first, cut.frames, last=cut.last)
    else:
        plan = sound_plan(work)
    done = perform(plan, _bench(gathered, place, effort, None), effort.tell, effort.stop)
    if not isinstance(done, Done):
        return done
    kept = verify(plan, effort.folder, place.engines, complained=bool(done.complaints))
    if isinstance(kept, Failed):
        return kept
    number = SOUND if task.kind == "sound" else str(task.number)
    for one in plan.promises:
        place.objects.put(f"chunks/{job.id}/{number}/{one.path}", effort.folder / one.path)
    frames = next((one.frames for one in kept if one.promise.kind == "video"), 0)
    return PieceDone(bool(done.complaints), frames)


def _joined(bound: _Bound, place: Place, effort: Effort) -> Made | Failed | Cancelled:
    job, work = bound.job, bound.work
    told = msgspec.json.decode(bound.task.body, type=Joining)
    plan = joined_plan(work, [(one.first, one.frames) for one in told.chunks])
    plan = replace(plan, steps=(*plan.steps, *compare_steps(work, plan.promises)))
    key = key_of(job, place)
    if isinstance(key, Failed):
        return key
    if missing := _fetched(job, work, len(told.chunks), place, effort):
        return Failed("infrastructure", missing)
    done = perform(plan, _bench(bound.gathered, place, effort, key), effort.tell, effort.stop)
    if not isinstance(done, Done):
        return done
    kept = verify(plan, effort.folder, place.engines, complained=True)
    if isinstance(kept, Failed):
        return kept
    for one in kept:
        if one.promise.kind == "video" and one.frames != told.frames:
            return Failed("engine", f"{one.promise.name}: {one.frames} frames instead of {told.frames}")
    return published(job, plan, kept, place, effort)


def _fetched(job: Job, work: Work, chunks: int, place: Place, effort: Effort) -> str:
    """Bring chunks and sound here; why not, or nothing."""
    pictures = encode_promises(replace(work, part="picture"))
    for number in range(chunks):
        for one in pictures:
            source = f"chunks/{job.id}/{number}/{one.path}"
            if reason := _brought(source, effort.folder / chunk_path(one, number), place):
                return reason
    for one in _sounds(work):
        if reason := _brought(f"chunks/{job.id}/{SOUND}/{one.path}", effort.folder / one.path, place):
            return reason
    return ""


def _sounds(work: Work) -> tuple[Promise, ...]:
    return sound_plan(work).promises if work.sounds else ()


def _brought(name: str, target: Path, place: Place) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    found = place.objects.fetch(name, target, place.limits.size)
    if isinstance(found, Refused):
        return found.reason
    if found != target:
        # A link inside the job's folder would lead out of the sandbox; the same blocks under a second name do not.
        _second_name(found, target)
    return ""


def _second_name(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, target)


def _bench(gathered: Gathered, place: Place, effort: Effort, key: ContentKey | None) -> Bench:
    return Bench(effort.folder, {"film": gathered.film, **gathered.files}, place.engines, key)
