"""One job from its film to its published result, by one worker."""

import shutil
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Final

from yunyue.answer import Refused
from yunyue.host.randomness import token
from yunyue.services.transcode.engine.inspect import inspect
from yunyue.services.transcode.engine.keys import ContentKey
from yunyue.services.transcode.engine.outcome import Cancelled, Failed, Progress, Tell
from yunyue.services.transcode.engine.perform import Bench, Done, perform
from yunyue.services.transcode.engine.prepare import prepare
from yunyue.services.transcode.engine.verify import Kept, verify
from yunyue.services.transcode.jobs.job import Brought, Job
from yunyue.services.transcode.jobs.leases import Made
from yunyue.services.transcode.keys import content_key
from yunyue.services.transcode.media import Media
from yunyue.services.transcode.meters import billed
from yunyue.services.transcode.objects.manifest import Manifest, Stream, files_of, folder_of, publish
from yunyue.services.transcode.objects.store import Trouble
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.plan import Extra, Machine, Plan
from yunyue.services.transcode.plan.join import divisible, told_whole
from yunyue.services.transcode.plan.make import make_work, plan_of
from yunyue.services.transcode.plan.package import MASTER
from yunyue.services.transcode.plan.steps import PUBLIC
from yunyue.services.transcode.plan.work import Work
from yunyue.services.transcode.quality.compare import compare_steps
from yunyue.services.transcode.quality.report import write_report
from yunyue.services.transcode.quality.search import clear, probing, replace_video, search, searching

ENCODED: Final = 0.97
"""The share of a job that is done when the engines are; then its files are put among the objects."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A job's film and further files on this machine, and what they hold."""

    film: Path
    media: Media
    files: dict[str, Path]
    extras: tuple[Extra, ...]


@dataclass(frozen=True, slots=True)
class Effort:
    """A try at a job: its folder on this machine, how it tells its progress, and how it is stopped."""

    folder: Path
    tell: Tell
    stop: Event
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Divided:
    """The film is long: it is to be encoded in chunks."""

    work: Work
    seconds: Fraction


def do_whole(job: Job, place: Place, effort: Effort) -> Made | Divided | Failed | Cancelled:
    """Do all of it, unless the film is to be divided. Nothing is left in the folder, whatever happens."""
    try:
        gathered = gather(job, place, effort)
        if not isinstance(gathered, Gathered):
            return gathered
        wanted = planned(job, gathered, place, effort)
        work = wanted if isinstance(wanted, Failed) else searched(wanted, gathered, place, effort)
        if not isinstance(work, Work):
            return work
        long = work.stretch.seconds >= place.chunk_above
        if long and divisible(work):
            return Divided(work, work.stretch.seconds)
        plan = plan_of(work)
        notes = (*plan.notes, *told_whole(work)) if long else plan.notes
        plan = replace(plan, steps=(*plan.steps, *compare_steps(work, plan.promises)), notes=notes)
        key = key_of(job, place)
        if isinstance(key, Failed):
            return key
        files = {"film": gathered.film, **gathered.files}
        done = perform(plan, Bench(effort.folder, files, place.engines, key), _scaled(effort.tell), effort.stop)
        if not isinstance(done, Done):
            return done
        kept = verify(plan, effort.folder, place.engines, complained=bool(done.complaints))
        return kept if isinstance(kept, Failed) else published(job, plan, kept, place, effort)
    except Trouble as error:
        return Failed("infrastructure", f"the objects cannot be reached: {type(error).__name__}")
    finally:
        shutil.rmtree(effort.folder, ignore_errors=True)


def gather(job: Job, place: Place, effort: Effort, *, seeking: bool = False) -> Gathered | Failed | Cancelled:
    """Bring the film and the further files here, and look into them; `seeking`: into a form in which one can seek."""
    shutil.rmtree(effort.folder, ignore_errors=True)
    effort.folder.mkdir(parents=True, mode=0o700)
    effort.tell(Progress(0.0, 0.0, "inspect"))
    film = place.objects.fetch(job.request.source.path, effort.folder / "film", place.limits.size)
    if isinstance(film, Refused):
        return Failed("input", film.reason)
    media = inspect(film, place.engines, place.limits)
    if isinstance(media, Refused):
        return Failed("input", media.reason)
    clip = job.request.template.clip
    if seeking or clip.start_ms or clip.end_ms:
        ready = prepare(film, media, effort.folder, place.engines)
        if isinstance(ready, Refused):
            return Failed("input", ready.reason)
        film, media = ready
    return _with_files(job, place, effort, (film, media))


def _with_files(job: Job, place: Place, effort: Effort, film: tuple[Path, Media]) -> Gathered | Failed:
    files: dict[str, Path] = {}
    extras: list[Extra] = []
    for one in job.request.files:
        path = place.objects.fetch(one.source.path, effort.folder / f"brought-{len(files)}", place.limits.size)
        if isinstance(path, Refused):
            return Failed("input", path.reason)
        extra = _extra(one, path, place)
        if isinstance(extra, Refused):
            return Failed("input", f"{one.name}: {extra.reason}")
        files[one.name] = path
        extras.append(extra)
    return Gathered(film[0], film[1], files, tuple(extras))


def _extra(one: Brought, path: Path, place: Place) -> Extra | Refused:
    if one.kind == "subtitles":
        return Extra(one.name, "subtitles")
    if one.kind == "picture":
        return picture_of(one.name, path)
    media = inspect(path, place.engines, place.limits)
    if isinstance(media, Refused):
        return media
    if media.video is None:
        return Refused("a film to be appended needs a picture", "files", "C37")
    return Extra(one.name, "film", *media.video.shown, media.video.seconds, sound=bool(media.audio))


def picture_of(name: str, path: Path) -> Extra | Refused:
    """A picture's size, from its first bytes: PNG, or JPEG."""
    head = path.read_bytes()[: 1 << 20]
    if head[:8] == b"\x89PNG\r\n\x1a\n" and len(head) >= 24:
        width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
        if 0 < width <= 4096 and 0 < height <= 4096:
            return Extra(name, "picture", width, height)
    return Refused("a watermark is a PNG of at most 4096 pixels a side", "files", "C37")


def planned(job: Job, gathered: Gathered, place: Place, effort: Effort) -> Work | Failed:
    """What the plan is made from, for as many threads as the try may use."""
    machine = Machine(effort.threads or place.machine.threads, place.machine.font)
    work = make_work(gathered.media, job.request.template, gathered.extras, machine)
    return Failed("input", f"{work.field}: {work.reason}") if isinstance(work, Refused) else work


def searched(work: Work, gathered: Gathered, place: Place, effort: Effort) -> Work | Failed | Cancelled:
    """The same with the CRF that reaches the wanted score, when one is wanted."""
    if not searching(work):
        return work
    bench = Bench(effort.folder, {"film": gathered.film, **gathered.files}, place.engines)
    effort.tell(Progress(0.0, 0.0, "search"))
    probe = probing(work, bench, (lambda _: None, effort.stop))
    crf = search(work.template.video.target_vmaf, work.template.video.codec, probe)
    clear(effort.folder)
    return replace_video(work, crf) if isinstance(crf, int) else crf


def key_of(job: Job, place: Place) -> ContentKey | Failed | None:
    """The content key, when the template encrypts."""
    wanted = job.request.template.encryption
    if wanted.scheme == "none":
        return None
    found = content_key(job.id, job.request.key, wanted.key_address, place.door)
    return Failed("infrastructure", found.reason) if isinstance(found, Refused) else found


def published(job: Job, plan: Plan, kept: tuple[Kept, ...], place: Place, effort: Effort) -> Made:
    """Put the result among the objects, and say what it is and what it costs."""
    effort.tell(Progress(ENCODED, 0.0, "publish"))
    folder = effort.folder / PUBLIC
    if job.request.template.quality_report:
        write_report(effort.folder, folder, kept, place.engines)
    seconds = max((one.seconds for one in kept), default=plan.seconds)
    manifest = Manifest(
        job=job.id,
        folder=f"{folder_of(job.id)}/{token()[:12]}",
        template=job.request.template.name,
        version=job.request.template.version,
        seconds=round(seconds * 1000),
        entry=_entry(plan, folder),
        files=files_of(folder),
        streams=tuple(_stream(one) for one in kept),
        notes=plan.notes,
    )
    publish(manifest, folder, place.objects)
    return Made(folder_of(job.id), round(seconds * 1000), billed(kept, job.request.template.output))


def _entry(plan: Plan, folder: Path) -> str:
    if (folder / MASTER).exists():
        return MASTER
    first = next((one for one in plan.promises if one.path.startswith(f"{PUBLIC}/")), None)
    return first.path.removeprefix(f"{PUBLIC}/") if first is not None else ""


def _stream(one: Kept) -> Stream:
    promise = one.promise
    return Stream(
        name=promise.name,
        kind=promise.kind,
        codec=promise.codec,
        width=promise.width,
        height=promise.height,
        rate=_rate(promise.rate),
        frames=one.frames,
        seconds=round(one.seconds * 1000),
        size=one.size,
        language=promise.language,
    )


def _rate(rate: Fraction) -> str:
    return str(rate) if rate else ""


def _scaled(tell: Tell) -> Tell:
    return lambda progress: tell(Progress(progress.share * ENCODED, progress.speed, progress.doing))
