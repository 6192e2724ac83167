"""yunyue archive: what is kept until when, and removing what two people agreed to destroy after its time."""

from datetime import date

import click

from yunyue.acceptance.archive import archive, sweep
from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.installed import opened
from yunyue.doors.cli.moments import DAY
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.settlement.statement import Said

group = SpokenGroup("archive", said=Said("档案：保存期限、到期销毁", "The archive: retention, destruction after it"))
STATES = {
    "kept": ("保存中", "kept"),
    "held": ("法律保全中", "under legal hold"),
    "destroyable": ("已过保存期", "retention over"),
    "destroyed": ("已销毁", "destroyed"),
}


@group.command("list", said=Said("列出文件、保存期限与保全", "List documents with retention and holds"))
@click.argument("contract")
@option("--as-of", type=DAY, zh="截至某日", en="as of this day")
@answers
def listed(voice: Voice, contract: str, as_of: date | None) -> Answer:
    """Contract papers fifteen years after the contract, logs six calendar months."""
    with opened() as kernel:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        today = as_of or kernel.clock.now().date()
    found = archive(known, today)
    words = (("摘要", "digest"), ("依据", "named by"), ("保存至", "kept until"), ("状态", "state"))
    rows = [
        (one.digest[:23], one.facts[0].id, str(one.kept.until), voice.pick(*STATES[one.state(today)])) for one in found
    ]
    plain = [
        {"digest": one.digest, "kept_until": one.kept.until, "state": one.state(today), "holds": list(one.kept.holds)}
        for one in found
    ]
    ending = voice.pick(f"{len(rows)} 份文件", f"{len(rows)} documents")
    return Told(plain, [*table([voice.pick(*pair) for pair in words], rows), ending])


@group.command("sweep", said=Said("清除已批准销毁的文件内容", "Remove the documents whose destruction was approved"))
@click.argument("contract")
@answers
def remove(voice: Voice, contract: str) -> Answer:
    """The facts that named them stay, with their digests."""
    with opened() as kernel:
        count = sweep(kernel, contract)
    if isinstance(count, Refused):
        return count
    return Told({"removed": count}, [voice.pick(f"清除 {count} 份文件", f"{count} documents removed")])
