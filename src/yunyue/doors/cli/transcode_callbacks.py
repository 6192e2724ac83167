"""yunyue transcode callbacks: what the department's server was told, and the secret it checks that with."""

from typing import Final

import msgspec

from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.table import table
from yunyue.doors.cli.transcode_reach import at_desk, reaching
from yunyue.doors.cli.voice import Told, Voice
from yunyue.settlement.statement import Said

HEADS: Final = (
    ("任务", "job"),
    ("影片", "film"),
    ("地址", "address"),
    ("状态", "state"),
    ("次数", "tries"),
    ("未送达原因", "why it did not arrive"),
)
STATES: Final = {
    "waiting": Said("待送", "waiting"),
    "taken": Said("已送达", "taken"),
    "given up": Said("已放弃", "given up"),
}


@command("callbacks", Said("列出回调，或查看其签名密钥", "List callbacks, or show the secret they are signed with"))
@option("--secret", is_flag=True, zh="只显示签名密钥", en="only the secret")
@reaching
@answers
def callbacks(voice: Voice, secret: bool, contract: str, tenant: str) -> Answer:
    """The department's, the newest job's first."""
    with at_desk(contract, tenant) as (desk, _):
        if secret:
            return Told({"secret": desk.callback_secret()}, [desk.callback_secret()])
        found = desk.calls()
    rows = [
        (one.job, one.label, one.address, voice.say(STATES[one.state]), str(one.tries), voice.reason(one.reason))
        for one in found
    ]
    lines = table([voice.pick(*one) for one in HEADS], rows, frozenset({4}))
    return Told(msgspec.to_builtins(found), lines if rows else [voice.pick("没有回调", "no callbacks")])
