"""Every clause has exactly one rule and at least one case written as text, and nothing speaks for a clause unknown."""

import importlib
from pathlib import Path

import pytest

from yunyue.contract.clauses import CLAUSES
from yunyue.settlement import rules

HERE = Path(__file__).parent


def cases_of(clause: str) -> list[str]:
    """The names of the cases written as text for a clause."""
    found = []
    for path in sorted(HERE.glob("test_case_*.py")):
        module = importlib.import_module(path.stem)
        found += [name for name, test in vars(module).items() if clause in getattr(test, "written_for", ())]
    return found


@pytest.mark.parametrize("clause", [one.id for one in CLAUSES])
def test_the_clause_has_exactly_one_rule(clause: str) -> None:
    assert [module.__name__ for module in rules.MODULES if clause in module.CLAUSES] == [rules.CLAUSES[clause]]


@pytest.mark.parametrize("clause", [one.id for one in CLAUSES])
def test_the_clause_has_a_case_written_as_text(clause: str) -> None:
    assert cases_of(clause)


def test_no_rule_speaks_for_a_clause_that_does_not_exist() -> None:
    assert set(rules.CLAUSES) <= {one.id for one in CLAUSES}


def test_every_module_of_the_rules_is_either_asked_or_helps_one_that_is() -> None:
    helpers = {"schedule"}  # when instalments fall due, for four of the rules
    files = {path.stem for path in Path(rules.__file__).parent.glob("*.py")} - {"__init__"}
    assert {module.__name__.rsplit(".", 1)[-1] for module in rules.MODULES} | helpers == files
