"""The patterns that texts from outside must fit: none lets a line break in at the end, as a bare $ would."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"
ONE_LINE = r"$(?!\n)"


def patterns() -> Iterator[tuple[str, str]]:
    """Every pattern given to msgspec, and its file."""
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Meta", "msgspec.Meta"):
                for given in node.keywords:
                    if given.arg == "pattern" and isinstance(given.value, ast.Constant):
                        yield str(given.value.value), str(path.relative_to(SOURCES))


def test_a_pattern_of_msgspec_ends_where_the_text_ends() -> None:
    found = list(patterns())
    assert len(found) > 20
    assert [one for one in found if one[0].endswith("$")] == []


def test_a_pattern_that_ends_so_takes_a_word_and_not_a_word_and_a_line_break() -> None:
    assert re.search("^[a-z]+" + ONE_LINE, "word")
    assert re.search("^[a-z]+$", "word\n"), "which is why"
    assert not re.search("^[a-z]+" + ONE_LINE, "word\n")


def test_our_own_expressions_are_asked_whether_they_match_all_of_a_text() -> None:
    """`match` with a $ at the end has the same hole; `fullmatch` has not."""
    hole = re.compile(r"re\.compile\(\s*r?\"\^[^\"]*\$\"")
    named = re.compile(r"^(\w+)\b[^=\n]*= " + hole.pattern, re.MULTILINE)
    for path in sorted(SOURCES.rglob("*.py")):
        text = path.read_text()
        for name in named.findall(text):
            assert not re.search(rf"\b{name}\.match\(", text), f"{path.relative_to(SOURCES)}: {name}.match"
