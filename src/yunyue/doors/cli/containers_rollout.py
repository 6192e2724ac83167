"""yunyue containers rollout: how far a workload is on the way to its newest revision, and back to an earlier one."""

import time
from dataclasses import asdict
from typing import Any, Final

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.containers_objects import changed
from yunyue.doors.cli.containers_reach import Ground, ground, moment, reaching
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.services.containers.engine import Progress, Rollout
from yunyue.settlement.statement import Said

LOOK_SECONDS: Final = 0.2
PROGRESS: Final[dict[Progress, Said]] = {
    "complete": Said("完成", "complete"),
    "progressing": Said("进行中", "progressing"),
    "failed": Said("失败", "failed"),
    "paused": Said("已暂停", "paused"),
}
rollout_group = SpokenGroup("rollout", said=Said("发布：进度、历史、回滚", "Rollouts: progress, history, rolling back"))


@rollout_group.command("status", said=Said("进度与各修订", "How far it is, and its revisions"))
@click.argument("kind")
@click.argument("name")
@option("--wait", type=click.IntRange(0, 86_400), default=0, zh="最多等待若干秒", en="wait at most so many seconds")
@reaching
@answers
def status(voice: Voice, kind: str, name: str, wait: int, **reach: Any) -> Answer:
    """With --wait, one that is not complete in time makes the exit code 1."""
    found = _waited(ground(reach), kind, name, wait)
    if isinstance(found, Refused):
        return found
    said = voice.say(PROGRESS[found.progress])
    counts = voice.pick(
        f"就绪 {found.ready}/{found.wanted}，已更新 {found.updated}，修订 {found.revision}",
        f"{found.ready} of {found.wanted} ready, {found.updated} updated, revision {found.revision}",
    )
    heads = [voice.pick(*one) for one in (("修订", "revision"), ("时间", "at"), ("操作人", "by"), ("镜像", "image"))]
    rows = [
        [f"{one.number}{'*' if one.current else ''}", moment(one.at), one.actor, one.image] for one in found.revisions
    ]
    lines = [f"{found.kind}/{found.name}  {said}  {counts}", *([f"  {found.reason}"] if found.reason else [])]
    failed = found.progress == "failed" or (wait > 0 and found.progress != "complete")
    return Told(asdict(found), [*lines, *table(heads, rows)], failed=failed)


@rollout_group.command("undo", said=Said("回滚到以前的修订", "Go back to an earlier revision"))
@click.argument("kind")
@click.argument("name")
@option("--to", type=click.IntRange(0), default=0, zh="修订号，0 为上一个", en="the revision; 0: the one before")
@reaching
@answers
def undo(voice: Voice, kind: str, name: str, to: int, **reach: Any) -> Answer:
    """It becomes a new revision, rolled out like any other."""
    place = ground(reach)
    return changed(place.engine.undo(place.project, kind, name, to, place.actor), voice)


def _waited(place: Ground, kind: str, name: str, seconds: int) -> Rollout | Refused:
    end = time.monotonic() + seconds
    while True:
        found = place.engine.rollout(place.project, kind, name)
        if isinstance(found, Refused) or found.progress in ("complete", "failed") or time.monotonic() >= end:
            return found
        time.sleep(LOOK_SECONDS)
