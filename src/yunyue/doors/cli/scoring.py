"""yunyue score: templates, the sheets given, and a month's sheet, which counts once another person has agreed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from yunyue.acceptance.scores import Row, Wanted, sheet, sheets, templates
from yunyue.answer import Refused
from yunyue.doors.cli.account_office import account_office
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.installed import opened
from yunyue.doors.cli.proposing import SOURCE, person_of, with_token
from yunyue.doors.cli.table import table
from yunyue.doors.cli.typed import Keep, document, keep_in
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.office import office
from yunyue.host.randomness import identifier
from yunyue.journal.envelope import understand
from yunyue.journal.facts import Payload, ScoreTemplateSet
from yunyue.kernel import Kernel
from yunyue.people.proposals import Intent, put_forward
from yunyue.settlement.statement import Said

group = SpokenGroup("score", said=Said("考核：模板、评分、列出", "Scores: templates, sheets, list"))
PATTERNS = ("deductions", "outages", "milestones")
ALL = "all"


@group.command("templates", said=Said("列出考核模板", "List the score templates"))
@click.argument("contract")
@answers
def listed_templates(voice: Voice, contract: str) -> Answer:
    """Each as it was set last, with its criteria."""
    with opened() as kernel:
        known = kernel.known(contract)
    if isinstance(known, Refused):
        return known
    found = templates(known)
    words = (("模板", "template"), ("指标", "criterion"), ("名称", "title"), ("最多", "most"), ("每次", "each"))
    rows = [(one.template, c.code, c.title, str(c.most), str(c.each)) for one in found for c in one.criteria]
    ending = voice.pick(f"{len(found)} 个模板", f"{len(found)} templates")
    return Told([_template(one) for one in found], [*table([voice.pick(*pair) for pair in words], rows), ending])


@group.command("list", said=Said("列出已评分的月份", "List the sheets given"))
@click.argument("contract")
@answers
def listed(voice: Voice, contract: str) -> Answer:
    """The newest month first."""
    with opened() as kernel:
        known = kernel.known(contract)
    if isinstance(known, Refused):
        return known
    found = sheets(known)
    words = (("评分", "sheet"), ("月份", "month"), ("服务", "service"), ("模板", "template"), ("得分", "points"))
    rows = [
        (one.said.score, one.said.month, one.said.service or "-", one.said.template, str(one.said.points))
        for one in found
    ]
    plain = [dict(zip((pair[1] for pair in words), row, strict=True)) for row in rows]
    ending = voice.pick(f"{len(rows)} 份评分", f"{len(rows)} sheets")
    return Told(plain, [*table([voice.pick(*pair) for pair in words], rows), ending])


@group.command("template", said=Said("提议考核模板：CRITERIA 为 代号|名称|最多|每次", "Propose a score template"))
@click.argument("contract")
@click.argument("template")
@click.argument("pattern", type=click.Choice(PATTERNS))
@click.argument("title")
@click.argument("criteria", nargs=-1, required=True)
@with_token
@answers
def set_template(voice: Voice, contract: str, template: str, pattern: str, title: str, **how: Any) -> Answer:
    """CRITERIA are code|title|most points|points for each; the last may be left out."""
    criteria = []
    for text in how["criteria"]:
        parts = [part.strip() for part in text.split("|")]
        if len(parts) not in (3, 4):
            return Refused(f"{text!r} is not code|title|most|each", "CRITERIA", "C18")
        criteria.append({"code": parts[0], "title": parts[1], "most": parts[2], "each": (*parts, "0")[3]})
    values = {"template": template, "pattern": pattern, "title": title, "criteria": criteria}
    return _forward(voice, contract, how["token_file"], lambda _kernel: understand("score.template.set", values))


@group.command("give", said=Said("提议一个月的评分：LOST 为指标、数与证据", "Propose a month's sheet"))
@click.argument("contract")
@click.argument("template")
@click.argument("month")
@click.argument("lost", nargs=-1)
@option("--service", zh="所评服务", en="the service scored")
@with_token
@answers
def give(voice: Voice, contract: str, template: str, month: str, **how: Any) -> Answer:
    """LOST is criterion=NUMBER:EVIDENCE[,EVIDENCE…]: outages or late days, points where a person sets them, or all.

    Evidence is a fact's id, a document's digest, or @FILE, which is stored.
    """

    def said(kernel: Kernel) -> Payload | Refused:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        chosen = next((one for one in templates(known) if one.template == template), None)
        rows = _rows(how["lost"], chosen, keep_in(kernel.objects))
        if isinstance(rows, Refused):
            return rows
        return sheet(known, Wanted(template, month, how["service"], rows))

    return _forward(voice, contract, how["token_file"], said)


def _rows(lost: Sequence[str], template: ScoreTemplateSet | None, keep: Keep) -> dict[str, Row] | Refused:
    """What the words say of each criterion; `all`: the whole of what it can cost."""
    found: dict[str, Row] = {}
    most = {} if template is None else {one.code: str(one.most) for one in template.criteria}
    by_hand = template is not None and template.pattern == "deductions"
    for word in lost:
        code, sign, rest = word.partition("=")
        number, colon, evidence = rest.partition(":")
        if not sign or not colon:
            return Refused(f"{word!r} is not CRITERION=NUMBER:EVIDENCE", "LOST", "C18")
        if code in found:
            return Refused(f"criterion {code!r} stands there twice", "LOST", "C18")
        shown = [document(Path(one[1:]), keep) if one.startswith("@") else one for one in evidence.split(",")]
        refused = next((one for one in shown if isinstance(one, Refused)), None)
        if refused is not None:
            return refused
        points = most.get(code, number) if number == ALL else number if by_hand else ""
        found[code] = Row("" if points else number, points, ",".join(map(str, shown)))
    return found


def _forward(voice: Voice, contract: str, token_file: Path, made: Any) -> Answer:
    """Put forward what `made` makes of the kernel, as the holder of the token."""
    with account_office():
        who = person_of(token_file, contract)
        if isinstance(who, Refused):
            return who
        kernel = office().kernel
        said = made(kernel)
        if isinstance(said, Refused):
            return said
        intent = Intent(said, kernel.clock.now(), identifier("form", kernel.clock.now()))
        waits = put_forward(kernel, contract, intent, who, SOURCE)
    if isinstance(waits, Refused):
        return waits
    words = voice.pick("已提议，待他人同意", "Proposed; another person has to agree")
    return Told({"id": intent.id, "waits": waits}, [f"{words}: {intent.id}"])


def _template(one: ScoreTemplateSet) -> dict[str, object]:
    criteria = [{"code": c.code, "title": c.title, "most": c.most, "each": c.each} for c in one.criteria]
    return {"template": one.template, "pattern": one.pattern, "title": one.title, "criteria": criteria}
