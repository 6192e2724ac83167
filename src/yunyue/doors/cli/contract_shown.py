"""A contract as a person reads it: terms with their clauses, the clauses themselves, the readings, what is wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from yunyue.contract import CLAUSES, READINGS, Terms, rows
from yunyue.contract.document import digest, to_plain
from yunyue.contract.loader import Problem
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice, clause_title

SAMPLE = "示例"


@dataclass(frozen=True, slots=True)
class Parts:
    """What to show besides the terms."""

    clauses: bool
    readings: bool


def problems(found: Sequence[Problem], voice: Voice) -> Told:
    """Everything wrong in a contract's files, with the clause each rule comes from."""
    plain = {"ok": False, "problems": [asdict(one) for one in found]}
    lines = [f"{replace(one, rule=voice.reason(one.rule), clause=clause_title(one.clause, voice))}" for one in found]
    return Told(plain, [*lines, voice.pick(f"{len(found)} 处有误", f"{len(found)} faults")], failed=True)


def shown(terms: Terms, parts: Parts, voice: Voice) -> Told:
    """The contract in the order of its paper."""
    plain: dict[str, Any] = {"digest": digest(terms), "terms": to_plain(terms)}
    heads = (voice.pick("条款", "clause"), voice.pick("项目", "term"), voice.pick("内容", "value"), "")
    listed = [
        (row.clause, voice.pick(row.label_zh, row.label_en), voice.pick(row.value_zh, row.value_en), _mark(row.sample))
        for row in rows(terms)
        if not row.path.startswith("readings.")
    ]
    lines = [f"{voice.pick(terms.title.zh, terms.title.en)}  {terms.id}  {digest(terms)}", *table(heads, listed)]
    if parts.clauses:
        plain["clauses"] = [asdict(one) for one in CLAUSES]
        lines += ["", *_clauses(voice)]
    if parts.readings:
        plain["readings"] = terms.readings
        lines += ["", *_readings(terms, voice)]
    return Told(plain, lines)


def _mark(sample: bool) -> str:
    return SAMPLE if sample else ""


def _clauses(voice: Voice) -> Iterable[str]:
    for one in CLAUSES:
        yield clause_title(one.id, voice)
        yield f"    {voice.pick(one.rule_zh, one.rule_en)}"
        if one.not_computed:
            yield f"    {voice.pick('不计算：', 'not computed: ')}{one.not_computed}"


def _readings(terms: Terms, voice: Voice) -> Iterable[str]:
    for reading in READINGS:
        yield f"{reading.id} {voice.pick(reading.zh, reading.en)}"
        for choice in reading.choices:
            chosen = "●" if terms.readings[reading.id] == choice.key else "○"
            yield f"  {chosen} {choice.key}: {voice.pick(choice.zh, choice.en)}"
