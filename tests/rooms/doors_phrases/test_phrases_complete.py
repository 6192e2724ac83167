"""No room gives a reason in English that the phrasebook has no Chinese for: the source itself is searched.

Every string written as a reason is looked up, with sample text where values stand. A reason that is made of nothing but
values ("{path}: {error}") says nothing of its own and is not looked up; what stands in it is a reason found elsewhere.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import yunyue
from yunyue.doors.phrases import chinese

SOURCE: Final = Path(yunyue.__file__).parent

REASONS: Final = {
    **dict.fromkeys(("Refused", "Wrong", "NotWhole", "ProofFailed", "NotCanonical", "TourStopped", "SiteFailed"), 0),
    **dict.fromkeys(("JournalBroken", "StorageFailed", "NotThisJournal", "SeriesDamaged", "ObjectDamaged"), 0),
    **dict.fromkeys(("TermsMissing", "MalformedKey", "BrokenTree", "WrongText"), 0),
    **dict.fromkeys(("Fault", "NotMoney", "NotRate", "NotCalendar", "Unavailable", "_Unreadable", "_refuse"), 1),
    **dict.fromkeys(("explain", "ok", "fault", "note"), 1),
    "Problem": 3,
    "Damage": 1,
}
"""What carries a reason, and which of its arguments that is."""

NAMED: Final = ("reason", "rule", "what")
"""The same by keyword."""

EXEMPT: Final = {
    ("services/crypto/", "Fault"): "the wire of the key service: its clients expect these very sentences",
    ("host/ciphers/", "Refused"): "goes out on the same wire",
    ("services/monitor/", "Fault"): "codes of probes, worded by the console",
    ("verify.py", "Fault"): "codes, worded in both languages where they are",
    ("doors/cli/ward/finding.py", "*"): "hands on what it is given",
}

ELSEWHERE: Final = {
    "none": "inside the console: nobody sees it",
    "not named": "inside the console: nobody sees it",
    **dict.fromkeys(
        ("-", "PostgreSQL", "Ed25519, SM2", "sha256", "x-1 GiB", "PostgreSQL, x-1"),
        "a name or a number, the same in Chinese",
    ),
    "'x-1' cannot be written as a checkpoint": "a broken promise between rooms: nobody's input leads there",
    "report x-1 in the outbox is not what was written: x-1": "the same, and goes to the log",
    "the text or a signature cannot be written as a signed note": "the same",
}


LEFT: Final = re.compile(r"[a-z]{2,} [a-z]{2,}")
COMMANDS: Final = re.compile("apt-get install [a-z0-9-]+|(bao|yunyue|journal)( [a-z]+)+")
"""What a person types stays as it is typed."""


class Reason(NamedTuple):
    """A reason as the source writes it, values replaced by samples."""

    where: str
    text: str


def reasons() -> Iterator[Reason]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith("doors/phrases/"):
            yield from in_file(name, ast.parse(path.read_text()))


def in_file(name: str, tree: ast.Module) -> Iterator[Reason]:
    scopes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for scope in (*scopes, tree):
        for node in own(scope):
            if isinstance(node, ast.Call) and not exempt(name, called(node)):
                for argument in carried(node, name):
                    for text in texts(argument, scope):
                        yield Reason(f"{name}:{node.lineno}", text)


def own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of functions inside it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from own(child)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def exempt(name: str, callee: str) -> bool:
    return any(name.startswith(place) and kind in ("*", callee) for place, kind in EXEMPT)


def carried(node: ast.Call, name: str) -> Iterator[ast.expr]:
    callee = called(node)
    if callee == "ValueError" and name.startswith(("services/monitor/", "journal/facts/")):
        yield from node.args[:1]
    at = REASONS.get(callee)
    if at is not None and (callee not in ("ok", "fault", "note") or name.startswith("doors/cli/ward/")):
        yield from node.args[at : at + 1]
        yield from (one.value for one in node.keywords if one.arg in NAMED)


def texts(value: ast.expr | None, scope: ast.AST) -> list[str]:
    """What an expression can say; nothing where it only hands on what others say."""
    match value:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(map(sample, parts))] if any(letters(one) for one in parts) else []
        case ast.IfExp(body=one, orelse=other):
            return texts(one, scope) + texts(other, scope)
        case ast.BoolOp(values=several):
            return [text for one in several for text in texts(one, scope)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [one + other for one in texts(left, scope) for other in texts(right, scope)]
        case ast.Name(id=name):
            return [text for one in assigned(name, scope) for text in texts(one, scope)]
        case _:
            return []


def assigned(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    for node in own(scope):
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            yield node.value


def letters(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and any(each.isalpha() for each in str(part.value))


def sample(part: ast.expr) -> str:
    match part:
        case ast.Constant(value=text):
            return str(text)
        case ast.FormattedValue(conversion=114):
            return "'x-1'"
        case _:
            return "x-1"


FOUND: Final = sorted({one.text: one for one in reasons()}.values())


@pytest.mark.parametrize("reason", FOUND, ids=lambda one: f"{one.where} {one.text[:50]}")
def test_every_reason_of_the_source_has_its_chinese(reason: Reason) -> None:
    if reason.text in ELSEWHERE:
        return
    said = chinese(reason.text)
    assert said != reason.text, f"{reason.where}: no phrase for {reason.text!r}"
    assert any("\u4e00" <= each <= "\u9fff" for each in said)
    assert not LEFT.search(COMMANDS.sub("", said)), f"{reason.where}: words of English are left in {said!r}"


def test_the_search_finds_the_reasons_of_every_room() -> None:
    rooms = {one.where.split("/")[0] for one in reasons()}
    wanted = {"catalog", "contract", "doors", "host", "journal", "kernel", "money", "orders", "papers", "people"}
    assert rooms >= wanted | {"services", "settlement", "sla", "store", "workdays"}
    assert len(FOUND) > 300


def test_a_reason_built_in_a_variable_is_found() -> None:
    tree = ast.parse("def f(x):\n    rule = f'no {x!r} here'\n    return Refused(rule, 'a')\n")
    assert list(in_file("orders/a.py", tree)) == [Reason("orders/a.py:3", "no 'x-1' here")]


def test_a_reason_of_values_alone_is_left_to_those_who_said_it() -> None:
    assert list(in_file("orders/a.py", ast.parse("Refused(f'{a}: {b}')"))) == []


def test_an_exemption_that_no_longer_applies_is_taken_out() -> None:
    everywhere = {one.text for one in FOUND}
    assert set(ELSEWHERE) <= everywhere
    assert all(
        any(path.as_posix().startswith((SOURCE / place).as_posix()) for path in SOURCE.rglob("*.py"))
        for place, _ in EXEMPT
    )
