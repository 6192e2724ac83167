"""yunyue export and yunyue verify: a statement with its proofs in one file, and the check of such a file."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli.bundles import Checked, bundle, verified
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.installed import opened
from yunyue.doors.cli.settling import as_of_option, known_at_option, stated
from yunyue.doors.cli.voice import Told, Voice, refusal
from yunyue.doors.cli.workbook import write_workbook
from yunyue.kernel import Kernel
from yunyue.papers.beancount import ledger
from yunyue.settlement.statement import Said, Statement
from yunyue.store.files import write_durably


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files to write."""

    output: Path | None
    beancount: Path | None
    excel: Path | None


@command(
    "export",
    Said("导出结算包（可离线核验）、beancount、Excel", "Export the bundle for offline checking, beancount, Excel"),
)
@click.argument("contract")
@as_of_option
@known_at_option
@option("-o", "--output", type=click.Path(path_type=Path), zh="结算包文件名", en="file of the bundle")
@option("--beancount", type=click.Path(path_type=Path), zh="另写 beancount 账本", en="a beancount ledger too")
@option("--excel", type=click.Path(path_type=Path), zh="另写 Excel 表", en="an Excel table too")
@answers
def export(voice: Voice, contract: str, as_of: date | None, known_at: date | datetime | None, **files: Any) -> Answer:
    """The bundle is verified by verify.py in a process of its own before this says done."""
    wanted = Wanted(**files)
    for path in (wanted.output, wanted.beancount, wanted.excel):
        if path is not None and not path.absolute().parent.is_dir():
            return Refused("there is no such folder to write into", str(path.absolute().parent))
    with opened() as kernel:
        statement = stated(kernel, contract, as_of, known_at)
        if isinstance(statement, Refused):
            return statement
        return _write(kernel, statement, wanted, voice)


def _write(kernel: Kernel, statement: Statement, wanted: Wanted, voice: Voice) -> Answer:
    made = bundle(kernel, statement)
    if isinstance(made, Refused):
        return made
    path = wanted.output or Path(f"{statement.contract}-{statement.as_of}.yunyue")
    write_durably(path, made)
    key = kernel.keys.note_keys()[0].to_text()
    checked = verified(path, (key,), voice.language)
    if not checked.holds:
        path.unlink()
        return Refused(f"the bundle did not verify and was removed: {checked.text}", str(path))
    others = _others(kernel, statement, wanted)
    plain = {"bundle": str(path), "bytes": len(made), "key": key, "verified": checked.report, **others}
    ok = voice.pick("已由独立进程核验通过", "verified in a process of its own")
    command_line = f"python3 verify.py {path} --key {key}"
    lines = [f"{path}  {len(made)} B  {ok}", *others.values(), f"{voice.pick('核验：', 'verify: ')}{command_line}"]
    return Told(plain, lines)


def _others(kernel: Kernel, statement: Statement, wanted: Wanted) -> dict[str, str]:
    written: dict[str, str] = {}
    if wanted.excel is not None:
        write_workbook(statement, wanted.excel)
        written["excel"] = str(wanted.excel)
    if wanted.beancount is not None:
        write_durably(wanted.beancount, ledger(statement, kernel.facts(statement.contract)).encode())
        written["beancount"] = str(wanted.beancount)
    return written


@command("verify", Said("离线核验结算包", "Check a bundle offline"))
@click.argument("bundle_file", metavar="BUNDLE", type=click.Path(path_type=Path))
@option("--key", "keys", multiple=True, zh="您信任的验证密钥", en="a verifier key you trust")
@answers
def verify(voice: Voice, bundle_file: Path, keys: tuple[str, ...]) -> Answer:
    """Runs verify.py, which needs nothing of this platform; exit code 2 when the file cannot be read, as there."""
    checked: Checked = verified(bundle_file, keys, voice.language)
    if checked.report is None:
        return replace(refusal(Refused(checked.text, str(bundle_file)), voice), unread=True)
    return Told(checked.report, checked.text.splitlines(), failed=not checked.holds)
