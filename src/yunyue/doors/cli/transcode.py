"""yunyue transcode: a film in, its result out; jobs, templates and probing from a terminal."""

from pathlib import Path
from typing import Any, Final, get_args

import click
import msgspec

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.table import table
from yunyue.doors.cli.transcode_callbacks import callbacks
from yunyue.doors.cli.transcode_fetch import fetch
from yunyue.doors.cli.transcode_reach import at_desk, job_at, reaching
from yunyue.doors.cli.transcode_run import run
from yunyue.doors.cli.transcode_templates import templates as own_templates
from yunyue.doors.cli.transcode_turnaround import turnaround
from yunyue.doors.cli.transcode_work import work
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.data.transcode import shown_job
from yunyue.services.transcode.engine.binaries import find_binaries
from yunyue.services.transcode.engine.inspect import inspect
from yunyue.services.transcode.jobs.job import State
from yunyue.services.transcode.media import Media
from yunyue.services.transcode.plan.work import LIMITS
from yunyue.settlement.statement import Said

SAID: Final = Said("转码：上传影片、任务、模板、结果、探测", "Transcoding: films, jobs, templates, results, probing")
STATES: Final = {
    "queued": Said("排队中", "queued"),
    "running": Said("进行中", "running"),
    "done": Said("已完成", "done"),
    "failed": Said("失败", "failed"),
    "cancelled": Said("已取消", "cancelled"),
}


class Films(SpokenGroup):
    """`yunyue transcode FILE` means `yunyue transcode run FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What begins with neither a command nor a plea for help is a film."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


group = Films("transcode", said=SAID)
group.add_command(run)
group.add_command(work)
group.add_command(turnaround)
group.add_command(callbacks)
group.add_command(own_templates)


@group.command("jobs", said=Said("列出任务及其进度", "List jobs and how far they are"))
@option("--state", type=click.Choice(get_args(State)), zh="只看此状态", en="only those in this state")
@option("--limit", type=click.IntRange(1, 500), default=20, zh="最多几行", en="at most so many")
@reaching
@answers
def jobs(voice: Voice, state: State | None, limit: int, contract: str, tenant: str) -> Answer:
    """The department's, newest first."""
    with at_desk(contract, tenant) as (desk, _):
        now = desk.place.queue.now()
        found = [shown_job(one, now) for one in desk.jobs(state, "~", limit)]
    pairs = (("任务", "job"), ("影片", "film"), ("模板", "template"), ("状态", "state"), ("进度", "share"))
    heads = [voice.pick(*one) for one in (*pairs, ("用时", "took"), ("原因", "why"))]
    rows = [
        (
            *(one["id"], one["label"], one["template"]["name"], voice.say(STATES[one["state"]])),
            *(f"{one['share']:.0%}", f"{one['took']:.1f} s" if one["took"] is not None else ""),
            voice.reason(one["reason"]) if one["reason"] else "",
        )
        for one in found
    ]
    return Told(found, table(heads, rows, frozenset({4, 5})) if rows else [voice.pick("没有任务", "no jobs")])


@group.command("cancel", said=Said("取消任务", "Cancel a job"))
@click.argument("job")
@reaching
@answers
def cancel(voice: Voice, job: str, contract: str, tenant: str) -> Answer:
    """A running one stops within two seconds and leaves nothing behind."""
    with at_desk(contract, tenant) as (desk, _):
        found = desk.cancel(job)
        now = desk.place.queue.now()
    if isinstance(found, Refused):
        return found
    return Told(shown_job(found, now), [voice.pick("已要求停止", "asked to stop")])


@group.command("templates", said=Said("列出模板，或查看其一", "List templates, or show one"))
@click.argument("name", required=False, default="")
@option("--version", type=click.IntRange(0), default=0, zh="版本，0 为最新", en="version; 0: the newest")
@reaching
@answers
def templates(voice: Voice, name: str, version: int, contract: str, tenant: str) -> Answer:
    """The department's own first."""
    with at_desk(contract, tenant) as (desk, _):
        found = desk.shelf.find(name, version) if name else desk.shelf.all()
    if isinstance(found, Refused):
        return found
    plain = msgspec.to_builtins(found)
    if not isinstance(found, tuple):
        return Told(plain, msgspec.json.format(msgspec.json.encode(plain), indent=2).decode().splitlines())
    heads = [voice.pick(*one) for one in (("模板", "template"), ("版本", "version"), ("输出", "output"))]
    rows = [(one.name, str(one.version), one.output, one.title) for one in found]
    return Told(plain, table([*heads, voice.pick("标题", "title")], rows, frozenset({1})))


@group.command("result", said=Said("任务的结果；可取回文件并核对摘要", "A job's result; fetches and checks its files"))
@click.argument("job")
@option("-o", "--output", type=click.Path(path_type=Path), zh="存放文件的新文件夹", en="new folder for the files")
@reaching
@answers
def result(voice: Voice, job: str, output: Path | None, contract: str, tenant: str) -> Answer:
    """Without --output only what there is."""
    with at_desk(contract, tenant) as (desk, _):
        manifest = desk.result(job_at(desk, job).id)
        if isinstance(manifest, Refused):
            return manifest
        refused = fetch(desk, manifest, output) if output is not None else None
    if refused is not None:
        return refused
    heads = [voice.pick(*one) for one in (("文件", "file"), ("字节", "bytes"), ("摘要", "digest"))]
    lines = table(heads, [(one.path, str(one.size), one.digest) for one in manifest.files], frozenset({1}))
    return Told(msgspec.to_builtins(manifest), [*lines, *([str(output)] if output else [])])


@group.command("probe", said=Said("探测影片的内容，不提交任务", "Look into a film without handing it in"))
@click.argument("film", type=click.Path(path_type=Path))
@answers
def probe(voice: Voice, film: Path) -> Answer:
    """In a sandbox, as the service does it; needs no installation."""
    if not film.is_file():
        return Refused("there is no such file", str(film))
    engines = find_binaries()
    found = engines if isinstance(engines, Refused) else inspect(film.absolute(), engines, LIMITS)
    return found if isinstance(found, Refused) else _probed(voice, found)


def _probed(voice: Voice, found: Media) -> Told:
    picture = found.video
    plain: dict[str, Any] = {"container": found.container, "size": found.size, "seconds": float(found.seconds)}
    lines = [f"{found.container}  {float(found.seconds):.3f} s  {found.size} {voice.pick('字节', 'bytes')}"]
    plain["video"] = None
    if picture is not None:
        wide, high = picture.shown
        rate = float(picture.rate)
        plain["video"] = {"codec": picture.codec, "width": wide, "height": high, "rate": str(picture.rate)}
        plain["video"] |= {"frames": picture.frames, "rotation": picture.rotation, "interlaced": picture.interlaced}
        plain["video"] |= {"hdr": picture.hdr, "steady": picture.steady}
        frames = voice.pick(f"{picture.frames} 帧", f"{picture.frames} frames")
        lines.append(f"  {picture.codec}  {wide}x{high}  {rate:.3f}/s  {frames}{'  HDR' if picture.hdr else ''}")
    plain["audio"] = [
        {"codec": one.codec, "rate": one.rate, "channels": one.channels, "language": one.language}
        for one in found.audio
    ]
    plain["subtitles"] = [{"codec": one.codec, "language": one.language} for one in found.subtitles]
    lines += [f"  {one.codec}  {one.rate} Hz  {one.channels} ch  {one.language}".rstrip() for one in found.audio]
    lines += [f"  {one.codec}  {one.language}".rstrip() for one in found.subtitles]
    return Told(plain, lines)
