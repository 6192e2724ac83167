"""yunyue rebuild, backup and restore: what losing a table, a file or a machine asks for."""

from pathlib import Path

import click

from yunyue.answer import Refused
from yunyue.doors.cli import backups
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.installed import opened, settings
from yunyue.doors.cli.voice import Told, Voice
from yunyue.kernel.projection import Projection
from yunyue.settlement.statement import Said


@command("rebuild", Said("由日志重建各投影，并比较前后", "Make every projection again from the journal, and compare"))
@answers
def rebuild(voice: Voice) -> Answer:
    """Projections hold nothing of their own; losing them loses nothing."""
    with opened() as kernel:
        tables = Projection.current(kernel.settings.home, kernel.journal)
        before = tables.digest()
        tables.rebuild(kernel.journal)
        after, size = tables.digest(), tables.size
    same = before == after
    text = voice.pick(f"已由 {size} 条事实重建", f"made again from {size} facts")
    words = (
        ("与重建前一致", "equal to what was there") if same else ("原有内容有误，已更正", "what was there was wrong")
    )
    plain = {"facts": size, "before": before, "after": after, "same": same}
    return Told(plain, [text, f"{voice.head(*words)}{after}"])


@command("backup", Said("在线备份到新文件夹；使用中亦可", "Back up into a new folder, also while in use"))
@click.argument("folder", type=click.Path(path_type=Path))
@option(
    "--with-keys",
    is_flag=True,
    zh="连同签名私钥（须另行妥善保管）",
    en="with the private keys; keep such a copy locked away",
)
@answers
def backup(voice: Voice, folder: Path, with_keys: bool) -> Answer:
    """Journal with its signed head, documents, series, accounts; keys only when asked."""
    with opened() as kernel:
        done = backups.backup(kernel, folder, with_keys=with_keys)
        elsewhere = [] if kernel.settings.database == "sqlite" else ["accounts", "jobs"]
    if isinstance(done, Refused):
        return done
    plain = {"folder": str(folder), "facts": done.size, "root": done.root.hex(), "with_keys": with_keys}
    plain["not_included"] = elsewhere
    lines = [
        voice.pick(f"已备份 {done.size} 条事实，根 {done.root.hex()}", f"{done.size} facts, root {done.root.hex()}")
    ]
    if not with_keys:
        lines.append(
            voice.pick("未含私钥：请另存 keys 文件夹", "without private keys: keep a copy of the folder `keys`")
        )
    if elsewhere:
        lines.append(
            voice.pick(
                "未含 PostgreSQL 中的账户与作业：请以 pg_dump 另行备份",
                "without the accounts and jobs in PostgreSQL: back them up with pg_dump",
            )
        )
    return Told(plain, lines)


@command("restore", Said("自备份恢复到空的安装文件夹", "Bring a backup back into an empty home folder"))
@click.argument("folder", type=click.Path(path_type=Path))
@option(
    "--keys",
    type=click.Path(path_type=Path),
    zh="私钥文件夹，若备份中没有",
    en="the folder of keys, if not in the backup",
)
@answers
def restore(voice: Voice, folder: Path, keys: Path | None) -> Answer:
    """All of it is checked before any of it is put in place."""
    done = backups.restore(settings(), folder, keys)
    if isinstance(done, Refused):
        return done
    plain = {"facts": done.size, "root": done.root.hex()}
    return Told(
        plain,
        [
            voice.pick(
                f"已恢复 {done.size} 条事实，根 {done.root.hex()}",
                f"{done.size} facts are back, root {done.root.hex()}",
            )
        ],
    )
