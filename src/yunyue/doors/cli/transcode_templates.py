"""yunyue transcode template: a department's own templates of films, kept as the next version or retired."""

from pathlib import Path
from typing import Any

import click
import msgspec

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers
from yunyue.doors.cli.transcode_reach import at_desk, reaching
from yunyue.doors.cli.voice import Told, Voice
from yunyue.settlement.statement import Said

templates = SpokenGroup("template", said=Said("本部门的模板：保存、停用", "The department's templates: keep, retire"))


@templates.command("keep", said=Said("将文件中的模板存为下一版本", "Keep the template in a file as the next version"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reaching
@answers
def keep(voice: Voice, file: Path, contract: str, tenant: str) -> Answer:
    """FILE is JSON as `yunyue transcode templates NAME` shows it; jobs that named an earlier version keep that."""
    wanted = _written(file.read_bytes())
    if isinstance(wanted, Refused):
        return wanted
    with at_desk(contract, tenant) as (desk, _):
        made = desk.shelf.put(wanted)
    if isinstance(made, Refused):
        return made
    return Told(msgspec.to_builtins(made), [f"{voice.pick('已保存：', 'Kept: ')}{made.name} {made.version}"])


@templates.command("retire", said=Said("不再提供此模板", "Offer a template no longer"))
@click.argument("name")
@reaching
@answers
def retire(voice: Voice, name: str, contract: str, tenant: str) -> Answer:
    """Its versions stay for the jobs that named them."""
    with at_desk(contract, tenant) as (desk, _):
        refused = desk.shelf.retire(name)
    return refused or Told({"template": name}, [f"{voice.pick('已停用：', 'Retired: ')}{name}"])


def _written(text: bytes) -> dict[str, Any] | Refused:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError as broken:
        return Refused(f"not JSON: {broken}", "template")
    return found if isinstance(found, dict) else Refused("a JSON object belongs here", "template", "C37")
