"""What the papers list is what the code has."""

import re
from pathlib import Path

import msgspec
import pytest

from yunyue.contract.clauses import CLAUSES, Clause
from yunyue.contract.readings import READINGS, Reading
from yunyue.host.settings import TYPES
from yunyue.journal.facts import KINDS, Payload
from yunyue.settlement import rules

DOCS = Path(__file__).resolve().parents[2] / "docs"


def rows(name: str) -> dict[str, str]:
    """The table rows of a page, by the text of their first cell."""
    found = re.findall(r"^\| `?([^|`]+?)`? \|(.*)$", (DOCS / name).read_text("utf-8"), re.MULTILINE)
    return {first: rest for first, rest in found if not set(first) <= set("-: ")}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_every_kind_of_fact_is_listed_with_its_title_fields_and_clauses(kind: type[Payload]) -> None:
    row = rows("facts.md")[kind.type]
    assert kind.title_zh in row
    assert re.findall(r"`(\w+)`", row) == [field.name for field in msgspec.structs.fields(kind)]
    assert row.rstrip(" |").endswith(" ".join(kind.clauses))


def test_no_fact_is_listed_that_does_not_exist() -> None:
    assert {name for name in rows("facts.md") if "." in name} == {kind.type for kind in KINDS}


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)
def test_every_clause_is_listed_with_its_rule_and_module(clause: Clause) -> None:
    row = rows("clauses.md")[clause.id]
    assert clause.rule_zh in row
    assert clause.rule_en in row
    assert f"`{rules.CLAUSES[clause.id].rsplit('.', 1)[-1]}`" in row


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.id)
def test_every_reading_is_listed_with_its_choices(reading: Reading) -> None:
    row = rows("clauses.md")[reading.id]
    assert re.findall(r"`(\w+)`", row) == [choice.key for choice in reading.choices]


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_setting_is_listed(name: str) -> None:
    assert f"YUNYUE_{name.upper()}" in rows("settings.md")


def test_no_setting_is_listed_that_does_not_exist() -> None:
    assert set(rows("settings.md")) - {"setting"} == {f"YUNYUE_{name.upper()}" for name in TYPES}
