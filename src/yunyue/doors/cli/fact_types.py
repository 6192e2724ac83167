"""What kinds of facts there are, and how the fields of each are typed in."""

from typing import Any

import msgspec
from msgspec import inspect

from yunyue.doors.cli.command import Answer
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice, clause_title
from yunyue.journal.facts import KINDS, Payload
from yunyue.money import Money

WORDS: dict[type[inspect.Type], tuple[str, str]] = {
    inspect.IntType: ("整数", "whole number"),
    inspect.BoolType: ("true 或 false", "true or false"),
    inspect.DecimalType: ("数", "number"),
    inspect.DateType: ("日期 2024-05-24", "day 2024-05-24"),
    inspect.DateTimeType: ("时刻 2024-05-24T09:00:00+08:00", "moment 2024-05-24T09:00:00+08:00"),
}


def every(voice: Voice) -> Answer:
    """All kinds, in the order of the papers."""
    plain = [
        {"type": kind.type, "zh": kind.title_zh, "en": kind.title_en, "clauses": list(kind.clauses)} for kind in KINDS
    ]
    rows = [(kind.type, voice.pick(kind.title_zh, kind.title_en), " ".join(kind.clauses)) for kind in KINDS]
    return Told(
        plain, table((voice.pick("种类", "type"), voice.pick("名称", "title"), voice.pick("条款", "clauses")), rows)
    )


def one(kind: type[Payload], voice: Voice) -> Answer:
    """A kind with its fields, its clauses, and what it means."""
    fields = _fields(kind)
    schema = msgspec.json.schema(kind, schema_hook=_schema)
    plain = {
        "type": kind.type,
        "zh": kind.title_zh,
        "en": kind.title_en,
        "clauses": list(kind.clauses),
        "fields": [
            {"name": name, "required": needed, "en": words[1], "zh": words[0]} for name, needed, words in fields
        ],
        "schema": schema,
    }
    heads = (voice.pick("字段", "field"), voice.pick("必填", "required"), voice.pick("写法", "how to type it"))
    rows = [(name, voice.pick("是", "yes") if needed else "", voice.pick(*words)) for name, needed, words in fields]
    lines = [f"{kind.type}  {voice.pick(kind.title_zh, kind.title_en)}"]
    lines += [f"  {clause_title(clause, voice)}" for clause in kind.clauses]
    return Told(plain, [*lines, *table(heads, rows)])


def _schema(kind: type) -> dict[str, Any]:
    if kind is Money:
        return {"type": "string", "description": "yuan with two decimals"}
    raise NotImplementedError(kind.__name__)


def _fields(kind: type[Payload]) -> list[tuple[str, bool, tuple[str, str]]]:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType), "every payload is a struct"
    return [(field.encode_name, field.required, _words(field.type)) for field in described.fields]


def _words(kind: inspect.Type) -> tuple[str, str]:
    match kind:
        case inspect.LiteralType(values=values):
            return " | ".join(map(str, values)), " | ".join(map(str, values))
        case inspect.UnionType(types=types):
            inner = next(one for one in types if not isinstance(one, inspect.NoneType))
            zh, en = _words(inner)
            return f"{zh}；留空表示无", f"{en}; empty for none"
        case inspect.VarTupleType(item_type=inspect.StructType()):
            return "changes.<路径>=<新值>，可多次", "changes.<path>=<new value>, several times"
        case inspect.VarTupleType(item_type=inner):
            zh, en = _words(inner)
            return f"{zh}；可多次", f"{en}; several times"
        case inspect.StrType():
            return _text(kind)
        case inspect.CustomType(cls=cls) if cls is Money:
            return "金额（元），两位小数", "amount in yuan, two decimals"
        case _:
            return WORDS[type(kind)]


def _text(kind: inspect.StrType) -> tuple[str, str]:
    if kind.pattern and "sha256" in kind.pattern:
        return "文件摘要，或 @文件", "digest of a document, or @FILE"
    if kind.pattern and "0[1-9]" in kind.pattern:
        return "月份 2024-05", "month 2024-05"
    return ("编号", "id") if kind.pattern else ("文字", "text")
