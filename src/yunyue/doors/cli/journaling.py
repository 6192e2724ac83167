"""yunyue journal: its head, its last facts, publishing it, checking all of it, watching it for the other party."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli import proofs
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.installed import opened
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.cli.witnessing import Watched, cosign
from yunyue.host.signatures import read_checkpoint
from yunyue.journal.checkpoint import Checkpoint
from yunyue.kernel import Kernel
from yunyue.settlement.statement import Said
from yunyue.store.fsck import Report, fsck
from yunyue.store.rewrite import rewrite
from yunyue.store.stored import StoredJournal

group = SpokenGroup("journal", said=Said("日志：树头、检查、发布、见证", "The journal: head, check, publish, witness"))


@group.command("head", said=Said("日志大小、树根、已发布的树头、验证密钥", "Size, root, published head, verifier keys"))
@answers
def head(voice: Voice) -> Answer:
    """What a second party compares."""
    with opened() as kernel:
        now = kernel.journal.head()
        latest = kernel.publication.latest()
        keys = [key.to_text() for key in kernel.keys.note_keys()]
        origin = kernel.journal.origin
    if isinstance(latest, Refused):
        return latest
    published = 0 if latest is None else latest.size
    plain = {"origin": origin, "size": now.size, "root": now.root.hex(), "published": published, "keys": keys}
    lines = [
        f"{origin}",
        voice.pick(f"{now.size} 条事实，根 {now.root.hex()}", f"{now.size} facts, root {now.root.hex()}"),
        voice.pick(f"已发布 {published} 条", f"{published} of them published"),
        *(f"{voice.pick('验证密钥：', 'verifier key: ')}{key}" for key in keys),
    ]
    return Told(plain, lines)


@group.command("tail", said=Said("日志最后的事实", "The last facts of the journal"))
@option("-n", "--number", type=click.IntRange(1, 10_000), default=10, zh="条数", en="how many")
@answers
def tail(voice: Voice, number: int) -> Answer:
    """The newest facts, oldest of them first."""
    with opened() as kernel:
        size = kernel.journal.head().size
        found = list(kernel.journal.read(max(0, size - number), size))
    heads = ("#", voice.pick("记录时间", "recorded"), voice.pick("合同", "contract"), voice.pick("种类", "type"), "id")
    rows = [
        (str(one.sequence), f"{one.recorded:%Y-%m-%d %H:%M:%S}", one.fact.subject, one.fact.type, one.fact.id)
        for one in found
    ]
    return Told([proofs.brief(one) for one in found], table(heads, rows, frozenset({0})))


@group.command("publish", said=Said("发布树与已签名的树头", "Publish the tree and a signed head"))
@option(
    "--again",
    is_flag=True,
    zh="先重算全部叶，再由日志重写已发布的一切",
    en="compute every leaf again, then write all that is published again from the journal",
)
@answers
def publish(voice: Voice, again: bool) -> Answer:
    """Tiles and records first, the head last."""
    with opened(checked=not again) as kernel:
        done = _again(kernel) if again else kernel.publish()
        folder = kernel.publication.directory
    if isinstance(done, Refused):
        return done
    plain = {"origin": done.origin, "size": done.size, "root": done.root.hex(), "folder": str(folder)}
    text = voice.pick(f"已发布 {done.size} 条，根 {done.root.hex()}", f"published {done.size}, root {done.root.hex()}")
    return Told(plain, [text, f"  {folder}"])


def _again(kernel: Kernel) -> Checkpoint | Refused:
    assert isinstance(kernel.journal, StoredJournal), "both stores are"
    return rewrite(kernel.publication, kernel.journal)


def checked(kernel: Kernel) -> Report:
    """Everything the journal and its published tree hold, read and proven again."""
    assert isinstance(kernel.journal, StoredJournal), "both stores are"
    origin, keys = kernel.journal.origin, kernel.keys.note_keys()
    return fsck(kernel.journal, kernel.publication.directory, lambda note: read_checkpoint(note, origin, keys))


@group.command("fsck", said=Said("重读并重证日志与已发布的一切", "Read and prove everything stored again"))
@answers
def check(voice: Voice) -> Answer:
    """Exit code 1 when anything is not as it was written."""
    with opened(checked=False) as kernel:
        report = checked(kernel)
        damaged = kernel.objects.damaged()
    return _report(report, damaged, voice)


def _report(report: Report, damaged: list[str], voice: Voice) -> Told:
    plain: dict[str, Any] = {
        "sound": report.sound and not damaged,
        "size": report.head.size,
        "root": report.head.root.hex(),
        "tiles": report.tiles,
        "heads": report.heads,
        "faults": [asdict(fault) for fault in report.faults],
        "damaged_documents": damaged,
    }
    read = voice.pick(
        f"已重读 {report.head.size} 条事实、{report.tiles} 个瓦片文件、{report.heads} 个已签名树头",
        f"read {report.head.size} facts, {report.tiles} tile files, {report.heads} signed heads",
    )
    faults = [voice.reason(str(fault)) for fault in report.faults]
    changed = voice.pick("文件内容被改动，请自备份取回", "changed; bring it back from a backup")
    faults += [f"{one}: {changed}" for one in damaged]
    verdict = (
        voice.pick("完好", "sound") if not faults else voice.pick(f"{len(faults)} 处有误", f"{len(faults)} faults")
    )
    return Told(plain, [read, *faults, verdict], failed=bool(faults))


@group.command(
    "witness",
    said=Said(
        "第二方见证：只在日志未被缩短或分叉时签署", "Cosign for a second party; refuses a fork or a shortened log"
    ),
)
@click.argument("folder", type=click.Path(path_type=Path))
@option("--name", default="witness.local", zh="见证方名称", en="name of the witness")
@option("--log", type=click.Path(path_type=Path), zh="所见日志的发布文件夹", en="published folder of the log watched")
@option("--key", "keys", multiple=True, zh="该日志的验证密钥", en="verifier key of that log")
@answers
def witness(voice: Voice, folder: Path, name: str, log: Path | None, keys: tuple[str, ...]) -> Answer:
    """Its memory and its key lie in FOLDER, which belongs to the second party."""
    if (log is None) != (not keys):
        return Refused("a log of somebody else's is watched with its --key", "key")
    watched = Watched(log, keys) if log is not None else _own()
    return watched if isinstance(watched, Refused) else cosign(watched, folder, name, voice)


def _own() -> Watched | Refused:
    """This installation's own published log."""
    with opened() as kernel:
        done = kernel.publish()
        if isinstance(done, Refused):
            return done
        return Watched(kernel.publication.directory, tuple(key.to_text() for key in kernel.keys.note_keys()))
