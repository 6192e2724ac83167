"""yunyue paper: the contract's papers as DOCX or PDF, made from the facts as they stand."""

from datetime import date, datetime
from pathlib import Path

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.installed import opened
from yunyue.doors.cli.settling import as_of_option, known_at_option, stated
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.kernel import Kernel
from yunyue.papers.bundle import Account
from yunyue.papers.registry import PAPERS
from yunyue.papers.source import Source
from yunyue.papers.write import Form, write
from yunyue.settlement.statement import Said, Statement
from yunyue.store.files import write_durably

group = SpokenGroup("paper", said=Said("文书：列出、生成 DOCX 或 PDF", "Papers: list them, write DOCX or PDF"))


@group.command("list", said=Said("列出全部文书及所需事项", "List every paper and what it asks for"))
@answers
def list_papers(voice: Voice) -> Answer:
    """Codes, titles, clauses, particulars; a star marks what cannot be left out."""
    rows = [
        (
            kind.code,
            voice.say(kind.title),
            " ".join(kind.clauses),
            " ".join(f"{need.key}{'*' if need.required else ''}" for need in kind.needs),
        )
        for kind in PAPERS.values()
    ]
    heads = (voice.pick("代码", "code"), voice.pick("文书", "paper"), voice.pick("条款", "clauses"))
    plain = [{"code": row[0], "title": row[1], "clauses": row[2].split(), "needs": row[3].split()} for row in rows]
    return Told(plain, table((*heads, voice.pick("所需事项", "asks for")), rows))


@group.command("write", said=Said("生成一份文书，扩展名决定格式", "Write a paper; the file's ending says which form"))
@click.argument("contract")
@click.argument("code")
@click.argument("given", metavar="[KEY=VALUE]...", nargs=-1)
@as_of_option
@known_at_option
@option("-o", "--output", required=True, type=click.Path(path_type=Path), zh="文件名", en="file to write")
@answers
def write_paper(
    voice: Voice,
    contract: str,
    code: str,
    given: tuple[str, ...],
    as_of: date | None,
    known_at: date | datetime | None,
    output: Path,
) -> Answer:
    """The same facts, terms and particulars give the same bytes."""
    form = _form(output)
    particulars = _particulars(given)
    if isinstance(form, Refused):
        return form
    if isinstance(particulars, Refused):
        return particulars
    with opened() as kernel:
        statement = stated(kernel, contract, as_of, known_at)
        source = statement if isinstance(statement, Refused) else _source(kernel, statement)
    if isinstance(source, Refused):
        return source
    made = write(code, source, particulars, form)
    if isinstance(made, Refused):
        return made
    write_durably(output, made)
    title = voice.say(PAPERS[code].title)
    return Told({"paper": code, "file": str(output), "bytes": len(made)}, [f"{output}  {len(made)} B  {title}"])


def _source(kernel: Kernel, statement: Statement) -> Source | Refused:
    terms, head = kernel.registered_terms(statement.contract), kernel.publish()
    if isinstance(terms, Refused):
        return terms
    if isinstance(head, Refused):
        return head
    return Source.of(Account(statement, terms, kernel.calendar), kernel.facts(statement.contract), head)


def _form(output: Path) -> Form | Refused:
    if not output.absolute().parent.is_dir():
        return Refused("there is no such folder to write into", str(output.absolute().parent))
    match output.suffix.lower():
        case ".docx":
            return "docx"
        case ".pdf":
            return "pdf"
        case ending:
            return Refused(f"a paper is a .docx or a .pdf, not {ending or 'a file without ending'}", "output")


def _particulars(given: tuple[str, ...]) -> dict[str, str] | Refused:
    wrong = next((one for one in given if "=" not in one), None)
    if wrong is not None:
        return Refused("write particulars as key=value", wrong)
    return dict(one.split("=", 1) for one in given)
