"""yunyue transcode FILE: hands a film in, waits with a progress bar, and fetches the result.

Where a server works for this installation its workers do the job; where none does, a worker runs here until it is done.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import click
import msgspec

from yunyue.answer import Refused
from yunyue.doors.alone import alone
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.transcode_fetch import fetch
from yunyue.doors.cli.transcode_reach import at_desk, job_at, reaching
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.data.transcode import shown_job
from yunyue.host.log import aside
from yunyue.services.transcode.desk import Desk, asked_of
from yunyue.services.transcode.jobs.job import ENDED, Job
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.worker import Worker
from yunyue.services.transcode.objects.manifest import Manifest
from yunyue.settlement.statement import Said

PIECE: Final = 4 << 20
LOOK_SECONDS: Final = 0.2
STEPS: Final = 1000


@command("run", Said("提交影片，显示进度，取回结果", "Hand a film in, show how far it is, fetch the result"))
@click.argument("film", type=click.Path(path_type=Path))
@option("--template", default="hls-ladder", zh="模板", en="template")
@option("--set", "overrides", default="", zh="本次与模板不同的取值（JSON）", en="values that differ this once (JSON)")
@option("--priority", type=click.IntRange(0, 9), default=5, zh="优先级，大者优先", en="higher goes first")
@option("--callback", default="", zh="任务结束时通知的地址", en="address that is told when the job has ended")
@option(
    "--bring",
    multiple=True,
    metavar="KIND:FILE",
    zh="随任务的文件，如 picture:logo.png；种类为 picture、subtitles、film",
    en="a file the job brings along, such as picture:logo.png; kinds: picture, subtitles, film",
)
@option("-o", "--output", type=click.Path(path_type=Path), zh="存放结果的新文件夹", en="new folder for the result")
@option("--no-wait", is_flag=True, zh="提交后不等待", en="do not wait for the end")
@reaching
@answers
def run(voice: Voice, film: Path, output: Path | None, no_wait: bool, **more: Any) -> Answer:
    """A job that fails makes the exit code 1, with its reason."""
    wanted = _overrides(more.pop("overrides"))
    if isinstance(wanted, Refused):
        return wanted
    brought = _brought(more.pop("bring"))
    if isinstance(brought, Refused):
        return brought
    if not film.is_file():
        return Refused("there is no such file", str(film))
    if output is not None and output.exists():
        return Refused("there is something of this name already", str(output))
    with at_desk(more.pop("contract"), more.pop("tenant")) as (desk, home):
        job = _submitted(desk, (film, *brought), {"overrides": wanted, **more}, voice)
        if isinstance(job, Refused) or no_wait:
            return job if isinstance(job, Refused) else _told(voice, desk, job)
        with _worked(desk, home):
            done = _watched(desk, job, voice)
        manifest = desk.result(done.id) if done.state == "done" else None
        if isinstance(manifest, Refused):
            return manifest
        if manifest is not None and output is not None:
            refused = fetch(desk, manifest, output)
            if refused is not None:
                return refused
        return _told(voice, desk, done, manifest, output)


def _overrides(text: str) -> dict[str, Any] | Refused:
    try:
        found = msgspec.json.decode(text) if text else {}
    except msgspec.DecodeError as broken:
        return Refused(f"not JSON: {broken}", "set")
    return found if isinstance(found, dict) else Refused("a JSON object belongs here", "set", "C37")


Brought = tuple[str, Path]
"""A further file of the job: what it is, and where it lies. The template knows it by its own name."""


def _brought(given: tuple[str, ...]) -> tuple[Brought, ...] | Refused:
    found = [(kind, Path(path)) for kind, _, path in (one.partition(":") for one in given)]
    lacking = next((path for _, path in found if not path.is_file()), None)
    return tuple(found) if lacking is None else Refused("there is no such file", str(lacking))


def _submitted(desk: Desk, files: tuple[Path | Brought, ...], asked: dict[str, Any], voice: Voice) -> Job | Refused:
    """The film, and what it brings along. What cannot become a job is refused before anything is copied."""
    tried = asked_of({"upload": "none", **asked})
    possible = tried if isinstance(tried, Refused) else desk.template(tried)
    if isinstance(possible, Refused):
        return possible
    uploads: list[str] = []
    job = _handed(desk, files, asked, uploads, voice)
    if isinstance(job, Refused):
        for one in uploads:
            desk.uploads.delete(one)
    return job


def _handed(
    desk: Desk, files: tuple[Path | Brought, ...], asked: dict[str, Any], uploads: list[str], voice: Voice
) -> Job | Refused:
    """`uploads` gets the ids of what was sent, for whoever has to take it back."""
    along: list[dict[str, str]] = []
    for one in files:
        kind, path = one if isinstance(one, tuple) else ("", one)
        sent = _sent(desk, path, uploads, voice)
        if isinstance(sent, Refused):
            return sent
        if kind:
            along.append({"name": path.name, "kind": kind, "upload": sent})
    wanted = asked_of({"upload": uploads[0], "files": along, **asked})
    return wanted if isinstance(wanted, Refused) else desk.submit(wanted)


def _sent(desk: Desk, path: Path, uploads: list[str], voice: Voice) -> str | Refused:
    upload = desk.uploads.open(path.name, path.stat().st_size)
    if isinstance(upload, Refused):
        return upload
    uploads.append(upload.id)
    with path.open("rb") as file, _bar(upload.size, voice.pick("上传", "upload"), voice) as bar:
        while piece := file.read(PIECE):
            added = desk.uploads.append(upload.id, file.tell() - len(piece), piece)
            if isinstance(added, Refused):
                return added
            bar.update(len(piece))
    return upload.id


def _watched(desk: Desk, job: Job, voice: Voice) -> Job:
    """The job once it has ended. Interrupted (Ctrl-C) it is cancelled."""
    with _bar(STEPS, voice.pick("转码", "transcode"), voice) as bar:
        try:
            while (found := job_at(desk, job.id)).state not in ENDED:
                bar.update(max(round(found.share * STEPS) - bar.pos, 0), found)
                time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            desk.cancel(job.id)
            raise
        bar.update(STEPS - bar.pos if found.state == "done" else 0, found)
    return found


def _bar(length: int, label: str, voice: Voice) -> Any:
    """On a terminal only; a program is not shown one."""
    hidden = voice.json or not sys.stderr.isatty()

    def speed(job: Job | None) -> str:
        return f"{job.speed:.1f}x" if job is not None and job.speed else ""

    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden, item_show_func=speed)


@contextmanager
def _worked(desk: Desk, home: Path) -> Iterator[None]:
    """Somebody works for as long as this lasts: the server there is, else a worker of our own."""
    with alone(home) as served:
        if served is not None:
            yield
            return
    stop = Event()
    worker = Thread(target=Worker(desk.place, Leases(desk.place.queue)).run, args=(stop,))
    worker.start()
    try:
        with aside():
            yield
    finally:
        stop.set()
        desk.place.queue.ring()
        worker.join()


def _told(
    voice: Voice, desk: Desk, job: Job, manifest: Manifest | None = None, output: Path | None = None
) -> Told | Refused:
    if job.state == "failed":
        return Refused(job.reason, f"job {job.id}", "C37")
    plain = {**shown_job(job, desk.place.queue.now()), "output": str(output) if output else None}
    plain["result"] = msgspec.to_builtins(manifest) if manifest is not None else None
    lines = [job.id]
    if manifest is not None:
        lines += [
            f"  {one.name}  {one.codec}  {f'{one.width}x{one.height}' if one.width else ''}  {one.seconds / 1000:.2f} s"
            for one in manifest.streams
        ]
        lines += [f"  {voice.reason(note)}" for note in manifest.notes]
        where = output or f"yunyue transcode result {job.id} -o {voice.pick('文件夹', 'FOLDER')}"
        lines.append(f"{voice.pick('结果：', 'result: ')}{where}")
    elif job.state == "queued":
        lines.append(voice.pick("已提交；进度：yunyue transcode jobs", "queued; see yunyue transcode jobs"))
    return Told(plain, lines, failed=job.state == "cancelled")
