"""yunyue containers apply, diff, get, replicas, delete, scale, restart, events, top: the objects of a project."""

import difflib
from dataclasses import asdict
from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.containers_reach import ground, kept_words, manifest, moment, reaching
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.services.containers.engine import Applied, Change, Shown
from yunyue.settlement.statement import Said

DEEDS = {
    "create": Said("新建", "create"),
    "change": Said("变更", "change"),
    "same": Said("不变", "same"),
    "delete": Said("删除", "delete"),
}
file_option = option(
    "-f", "--file", required=True, zh="清单文件，“-”为标准输入", en="manifest file, - for standard input"
)


@command("apply", Said("应用清单：全部保存或全部拒绝", "Apply a manifest: all of it is kept, or nothing"))
@file_option
@reaching
@answers
def apply(voice: Voice, file: str, **reach: Any) -> Answer:
    """Refused with the path of the field that is wrong."""
    place = ground(reach)
    return _applied(place.engine.apply(place.project, manifest(file), place.actor), voice, kept_words(voice))


@command("diff", Said("显示应用清单会改变什么", "Show what applying a manifest would change"))
@file_option
@reaching
@answers
def diff(voice: Voice, file: str, **reach: Any) -> Answer:
    """Nothing is changed. Secrets show only whether they differ."""
    place = ground(reach)
    done = place.engine.diff(place.project, manifest(file))
    if isinstance(done, Refused):
        return done
    lines = [line for one in done.changes for line in difference(one)]
    return Told([asdict(one) for one in done.changes], lines or [voice.pick("没有差异", "no difference")])


def difference(change: Change) -> list[str]:
    """What a change does to an object, as a unified diff; nothing where it stays the same."""
    name = f"{change.kind}/{change.name}"
    before, after = change.before.splitlines(), change.after.splitlines()
    return list(difflib.unified_diff(before, after, name, name, lineterm=""))


@command("get", Said("列出对象及其状态", "List objects and how they stand"))
@click.argument("kind", default="")
@click.argument("name", default="")
@option("--yaml", "whole", is_flag=True, zh="显示 YAML", en="show their YAML")
@reaching
@answers
def get(voice: Voice, kind: str, name: str, whole: bool, **reach: Any) -> Answer:
    """Kinds in any case, singular, plural or short: deploy, svc, cm."""
    place = ground(reach)
    found = place.engine.get(place.project, kind, name)
    if isinstance(found, Refused):
        return found
    if whole:
        return Told([asdict(one) for one in found], "---\n".join(one.body for one in found).splitlines())
    heads = [voice.pick(*one) for one in (("种类", "kind"), ("名称", "name"), ("状态", "state"), ("就绪", "ready"))]
    heads += [voice.pick("修订", "revision"), voice.pick("详情", "details")]
    lines = table(heads, [_row(one) for one in found]) or [voice.pick("没有对象", "no objects")]
    return Told([asdict(one) for one in found], lines)


def _row(one: Shown) -> list[str]:
    ready = f"{one.ready}/{one.wanted}" if one.wanted or one.ready else "-"
    said = "; ".join(part for part in (one.reason, *(f"{key} {value}" for key, value in one.details)) if part)
    return [one.kind, one.name, one.state, ready, str(one.revision or "-"), said]


@command("replicas", Said("列出副本", "List replicas"))
@click.argument("workload", default="")
@reaching
@answers
def replicas(voice: Voice, workload: str, **reach: Any) -> Answer:
    """Of one workload when named."""
    place = ground(reach)
    found = place.engine.replicas(place.project, workload)
    if isinstance(found, Refused):
        return found
    pairs = (("副本", "replica"), ("阶段", "phase"), ("重启", "restarts"), ("开始", "started"), ("原因", "reason"))
    rows = [[one.name, one.phase, str(one.restarts), moment(one.started), one.reason] for one in found]
    lines = table([voice.pick(*one) for one in pairs], rows, frozenset({2})) or [voice.pick("没有副本", "no replicas")]
    return Told([asdict(one) for one in found], lines)


@command("delete", Said("删除对象：副本排空后结束", "Delete an object: its replicas are drained and ended"))
@click.argument("kind")
@click.argument("name")
@reaching
@answers
def delete(voice: Voice, kind: str, name: str, **reach: Any) -> Answer:
    """A volume's content goes with its PersistentVolumeClaim."""
    place = ground(reach)
    return changed(place.engine.delete(place.project, kind, name, place.actor), voice)


@command("scale", Said("调整副本数", "Ask for so many replicas"))
@click.argument("kind")
@click.argument("name")
@click.argument("replicas", type=click.IntRange(0, 10_000))
@reaching
@answers
def scale(voice: Voice, kind: str, name: str, **given: Any) -> Answer:
    """Refused beyond the project's quota."""
    place = ground(given)
    return changed(place.engine.scale(place.project, kind, name, given["replicas"], place.actor), voice)


@command("restart", Said("逐个更换副本，服务不中断", "Replace every replica, without interruption"))
@click.argument("kind")
@click.argument("name")
@reaching
@answers
def restart(voice: Voice, kind: str, name: str, **reach: Any) -> Answer:
    """Of the same revision."""
    place = ground(reach)
    return changed(place.engine.restart(place.project, kind, name, place.actor), voice)


@command("events", Said("列出事件", "List what happened"))
@option("--after", type=click.IntRange(0), default=0, zh="此编号之后", en="only those after this number")
@option("-n", "--limit", type=click.IntRange(1, 10_000), default=200, zh="条数", en="how many")
@reaching
@answers
def events(voice: Voice, after: int, limit: int, **reach: Any) -> Answer:
    """Oldest first."""
    place = ground(reach)
    found = place.engine.events(place.project, after, limit)
    if isinstance(found, Refused):
        return found
    pairs = (
        ("编号", "no."),
        ("时间", "at"),
        ("对象", "object"),
        ("原因", "reason"),
        ("次数", "times"),
        ("说明", "message"),
    )
    rows = [
        [str(one.number), moment(one.at), f"{one.kind}/{one.name}", one.reason, str(one.count), one.message]
        for one in found
    ]
    lines = table([voice.pick(*one) for one in pairs], rows, frozenset({0, 4})) or [voice.pick("没有事件", "no events")]
    return Told([asdict(one) for one in found], lines)


@command("top", Said("各副本此刻用了多少", "What each replica uses now"))
@reaching
@answers
def top(voice: Voice, **reach: Any) -> Answer:
    """Thousandths of a processor and MiB, with their limits."""
    place = ground(reach)
    found = place.engine.top(place.project)
    if isinstance(found, Refused):
        return found
    heads = [voice.pick("副本", "replica"), "mCPU", voice.pick("上限", "limit"), "MiB", voice.pick("上限", "limit")]
    rows = [
        [
            one.replica,
            str(one.milli),
            str(one.most_milli),
            f"{one.octets / 2**20:.1f}",
            f"{one.most_octets / 2**20:.0f}",
        ]
        for one in found
    ]
    right = frozenset({1, 2, 3, 4})
    return Told([asdict(one) for one in found], table(heads, rows, right) or [voice.pick("没有副本", "no replicas")])


def changed(done: Change | Refused, voice: Voice) -> Answer:
    """One object that was changed, in words."""
    return done if isinstance(done, Refused) else _applied(Applied((done,)), voice, kept_words(voice))


def _applied(done: Applied | Refused, voice: Voice, more: list[str]) -> Answer:
    if isinstance(done, Refused):
        return done
    lines = [f"{one.kind}/{one.name}  {voice.say(DEEDS[one.deed])}" for one in done.changes]
    plain = [{"kind": one.kind, "name": one.name, "deed": one.deed} for one in done.changes]
    return Told(plain, [*lines, *more])
