"""yunyue doctor: everything about this installation that can be checked without changing it, and what to do."""

from dataclasses import asdict

from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.installed import settings
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.cli.ward import checkup
from yunyue.doors.cli.ward.finding import Finding
from yunyue.settlement.statement import Said

MARKS = {"ok": "✓", "note": "·", "fault": "✗"}


@command("doctor", Said("体检：逐项检查，指出如何处置", "Check the installation, say what to do about each fault"))
@option(
    "--full",
    is_flag=True,
    zh="重读日志全部内容，列出所有已知引擎",
    en="read all of the journal, list every engine",
)
@answers
def doctor(voice: Voice, full: bool) -> Answer:
    """Exit code 1 when there is a fault."""
    found = checkup.examine(settings(), full=full)
    faults = sum(one.state == "fault" for one in found)
    plain = {"ok": not faults, "findings": [asdict(one) for one in found]}
    ending = voice.pick(f"{len(found)} 项，{faults} 处有误", f"{len(found)} checks, {faults} faults")
    return Told(plain, [*(line for one in found for line in _lines(one, voice)), ending], failed=bool(faults))


def _lines(one: Finding, voice: Voice) -> list[str]:
    said = f"{MARKS[one.state]} {voice.say(one.what)}{voice.pick('：', ': ')}{voice.reason(one.detail)}"
    return [said, f"    {voice.pick('处置：', 'do: ')}{voice.say(one.remedy)}"] if one.remedy is not None else [said]
