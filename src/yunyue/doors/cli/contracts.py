"""yunyue contract: check files, show a contract, start a new one, load one."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec

from yunyue.answer import Refused
from yunyue.contract import KINDS, Problem, Terms, read, starting_on, template
from yunyue.contract.document import digest
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.contract_shown import Parts, problems, shown
from yunyue.doors.cli.installed import opened, recorder
from yunyue.doors.cli.moments import DAY
from yunyue.doors.cli.typed import bounded
from yunyue.doors.cli.voice import Declined, Told, Voice
from yunyue.host.contracts import find, load_folder, shipped
from yunyue.kernel import Kernel
from yunyue.kernel.vectors import check as check_vectors
from yunyue.settlement.statement import Said
from yunyue.store.files import write_durably
from yunyue.workdays import STATE_COUNCIL

group = SpokenGroup("contract", said=Said("合同：检查、查看、新建、载入", "Contracts: check, show, start, load"))
DEFAULT = "beijing-2024"
LARGEST = 4 * 1024 * 1024
"""Bytes of a file of pairs."""


def from_disk(name: str) -> Terms | tuple[Problem, ...] | Refused:
    """The terms in a folder, or all that is wrong there."""
    folder = find(name)
    texts = folder if isinstance(folder, Refused) else load_folder(folder)
    if isinstance(texts, Refused):
        return texts
    return read(texts)


@group.command(
    "check",
    said=Said(
        "检查合同文件：逐处指出文件、行、键、规则", "Check a contract's files; each fault with file, line, key, rule"
    ),
)
@click.argument("name", metavar="FILE|FOLDER|NAME")
@answers
def check(voice: Voice, name: str) -> Answer:
    """Read all files of a contract; nothing is loaded."""
    terms = from_disk(name)
    if isinstance(terms, Refused):
        return terms
    if isinstance(terms, tuple):
        return problems(terms, voice)
    plain = {"ok": True, "contract": terms.id, "digest": digest(terms), "total": str(terms.price.total)}
    ok = voice.pick("无误", "no faults")
    return Told(plain, [f"{terms.id}: {ok}  {terms.price.total.grouped()}  {digest(terms)}"])


@group.command(
    "show", said=Said("查看合同：随程序而来的，或已载入的", "Show a contract: one that came along, or a loaded one")
)
@click.argument("name", metavar="[NAME|ID]", default=DEFAULT)
@option("--clauses", is_flag=True, zh="附各条款及其规则", en="with every clause and its rule")
@option("--readings", is_flag=True, zh="附各处文义选择", en="with every reading and its choices")
@answers
def show(voice: Voice, name: str, clauses: bool, readings: bool) -> Answer:
    """Every term with its clause; sample annexes are marked 示例."""
    terms = _shown_terms(name)
    if isinstance(terms, Refused):
        return terms
    if isinstance(terms, tuple):
        return problems(terms, voice)
    return shown(terms, Parts(clauses, readings), voice)


def _shown_terms(name: str) -> Terms | tuple[Problem, ...] | Refused:
    """A loaded contract as amended today, when one has that id; else the one on disk."""
    try:
        with opened() as kernel:
            if name in kernel.contracts():
                return kernel.terms(name)
    except Declined:
        pass  # No installation yet: what came along can be shown without one.
    return from_disk(name)


@group.command("new", said=Said("以模板新建合同文件夹", "Start a contract from the template"))
@click.argument("folder", type=click.Path(path_type=Path))
@option("--kind", type=click.Choice(tuple(KINDS)), default="instalments", zh="付款方式", en="how it is paid")
@answers
def new(voice: Voice, folder: Path, kind: str) -> Answer:
    """Four commented files that load as they are. Nothing that is there is overwritten."""
    files = template(kind)
    if isinstance(files, Refused):
        return files
    there = [name for name in files if (folder / name).exists()]
    if there:
        return Refused(f"{', '.join(there)} is there already; nothing was written", str(folder))
    for name, text in files.items():
        write_durably(folder / name, text.encode())
    plain = {"folder": str(folder), "files": list(files)}
    return Told(
        plain,
        [
            *(str(folder / name) for name in files),
            voice.pick("请修改后检查： ", "edit, then: ") + f"yunyue contract check {folder}",
        ],
    )


@group.command(
    "load", said=Said("载入合同，此后可记录其事实", "Load a contract; from then on its facts can be recorded")
)
@click.argument("name", metavar="NAME|FOLDER")
@option("--starting", type=DAY, zh="改为自此日开始的示例合同", en="as a sample whose term starts on this day")
@option("--actor", zh="记录人（假名）", en="who records it (a pseudonym)")
@answers
def load(voice: Voice, name: str, starting: date | None, actor: str | None) -> Answer:
    """Register the terms: their digest becomes a fact."""
    terms = from_disk(name)
    if isinstance(terms, Refused):
        return terms
    if isinstance(terms, tuple):
        return problems(terms, voice)
    with opened(make=True) as kernel:
        return _register(kernel, starting_on(terms, starting) if starting else terms, actor, voice)


def _register(kernel: Kernel, terms: Terms, actor: str | None, voice: Voice) -> Answer:
    done = kernel.register(terms, recorder(actor))
    if isinstance(done, Refused):
        return done
    words = ("已载入", "Loaded") if done.new else ("早已载入，未改动", "Was loaded already, unchanged")
    plain = {"contract": terms.id, "digest": digest(terms), "new": bool(done.new)}
    return Told(plain, [f"{voice.head(*words)}{terms.id}  {digest(terms)}"])


@group.command(
    "vectors", said=Said("用规则核对一份输入输出对照表", "Run a file of input and output pairs through the rules")
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--contract", "name", default=DEFAULT, zh="依据哪份合同", en="under which contract")
@answers
def vectors(voice: Voice, file: Path, name: str) -> Answer:
    """Each pair that does not hold is shown."""
    terms = from_disk(name)
    if isinstance(terms, Refused):
        return terms
    if isinstance(terms, tuple):
        return problems(terms, voice)
    text = bounded(file, LARGEST)
    if isinstance(text, Refused):
        return text
    try:
        pairs = msgspec.json.decode(text, type=list[Any])
    except msgspec.MsgspecError as broken:
        return Refused(f"not a JSON list of pairs: {broken}", str(file))
    differences = check_vectors(pairs, terms, STATE_COUNCIL)
    plain = {"pairs": len(pairs), "differences": [asdict(one) for one in differences]}
    lines = [
        voice.pick(
            f"{one.id} [{one.clause}] 应为 {one.expected}，实为 {one.found}",
            f"{one.id} [{one.clause}] expected {one.expected}, found {one.found}",
        )
        for one in differences
    ]
    ending = voice.pick(f"{len(pairs)} 对，{len(differences)} 处不符", f"{len(pairs)} pairs, {len(differences)} differ")
    return Told(plain, [*lines, ending], failed=bool(differences))


@group.command("list", said=Said("列出已载入与随程序而来的合同", "List loaded contracts and those that came along"))
@answers
def listed(voice: Voice) -> Answer:
    """Ids of loaded contracts, names of shipped ones."""
    try:
        with opened() as kernel:
            loaded = kernel.contracts()
    except Declined:
        loaded = ()
    plain = {"loaded": list(loaded), "shipped": list(shipped())}
    lines = [f"{voice.pick('已载入：', 'loaded: ')}{one}" for one in loaded]
    return Told(plain, [*lines, *(f"{voice.pick('随程序而来：', 'came along: ')}{one}" for one in shipped())])
