"""Chinese texts have full-width punctuation: every Chinese string of the rooms that people read is walked.

Half-width marks stay where they belong to something else: references to clauses such as 八(二), names of fields, values
in code, figures and times.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import yunyue

SOURCE: Final = Path(yunyue.__file__).parent
ROOMS: Final = (
    *("settlement", "contract", "papers", "people", "acceptance", "orders", "tickets", "sla"),
    *("doors/cli", "doors/phrases", "doors/web", "doors/monitor", "services", "kernel", "journal"),
)
CHINESE: Final = "\u3400-\u9fff，。；：？！（）《》“”、…"
BESIDE: Final = re.compile(rf"(?<=[{CHINESE}])[,;:?!](?!\w*[=\]])|[,;:?!](?=[\u4e00-\u9fff])")
BRACKET: Final = re.compile(r"\((?![一二三四五六七八九十]+\))[^()]*[\u4e00-\u9fff][^()]*\)")
EXEMPT: Final = re.compile(r"主机:端口|此处应为|主机:端口|名称: 值|万亿|万分之一|\[.*[\\^+*].*\]|\(\?P<|零元")
"""Marks that are quoted as the reader is to type them, English that quotes Chinese, regular expressions."""


class Text(NamedTuple):
    """A Chinese text and where it stands."""

    where: str
    text: str


@cache
def texts() -> tuple[Text, ...]:
    return tuple(walked())


def walked() -> Iterator[Text]:
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            spoken = {id(node) for node in docstrings(tree)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
                    yield from sayings(f"{path.relative_to(SOURCE)}:{node.lineno}", node.value)


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for first in body if isinstance(body, list) else ():
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def sayings(where: str, value: str) -> Iterator[Text]:
    if re.search(r"[\u4e00-\u9fff]", value) and not EXEMPT.search(value):
        yield Text(where, value)


def half_width(text: str) -> list[str]:
    """What in a text is half-width and should not be."""
    return [*BESIDE.findall(text), *BRACKET.findall(text)]


@pytest.mark.parametrize("path", sorted((SOURCE / "doors/cli").rglob("*.py")), ids=lambda path: path.stem)
def test_no_half_width_mark_follows_a_chinese_word_of_the_terminal(path: Path) -> None:
    """In an f-string the mark stands outside of the words that are picked."""
    assert re.findall(r"""pick\([^()]*\)\}[,;:?!][^\n]*""", path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.html")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_half_width_mark_follows_a_chinese_word_of_a_page(path: Path) -> None:
    """What a tag writes is Chinese in Chinese; {% colon %} follows it."""
    assert re.findall(r"(?:%\}|\}\}): [^\n]{0,40}", path.read_text("utf-8")) == []


def test_there_are_texts_to_walk() -> None:
    assert len(texts()) > 1500


@pytest.mark.parametrize("room", ROOMS)
def test_no_chinese_text_has_half_width_punctuation(room: str) -> None:
    wrong = [f"{one.where} {one.text!r}" for one in texts() if one.where.startswith(room) and half_width(one.text)]
    assert wrong == []


@pytest.mark.parametrize("sheet", sorted(SOURCE.rglob("*.po")), ids=lambda path: path.parents[3].name)
def test_no_translation_has_half_width_punctuation(sheet: Path) -> None:
    said = re.findall(r'^msgstr(?:\[0\])? "(.*[\u4e00-\u9fff].*)"$', sheet.read_text("utf-8"), re.MULTILINE)
    assert [one for one in said if half_width(one) and not EXEMPT.search(one)] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("已批准,随即开通", True),
        ("金额(元)", True),
        ("是否示例?", True),
        ("依据八(二)支付", False),
        ("时刻 10:00 起", False),
        ("已批准，随即开通（须为另一人）", False),
    ],
)
def test_what_is_half_width_is_found(text: str, wrong: bool) -> None:
    assert bool(half_width(text)) == wrong
