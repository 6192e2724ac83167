"""What every test may use: the folder of engines on the path, and the engines' fixtures. On CI nothing is skipped."""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "engines"))

pytest_plugins = ["postgres", "journals", "signing", "console_cast", "seaweed"]


OPTIONAL = {
    "spark": "the series' SQL on Apache Spark (pyspark, 450 MB, and Java 17)",
}
"""Engines too large for every run. `./yunyue test --spark` runs their tests and no others; else they are left out."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option for each optional engine."""
    for name, what in OPTIONAL.items():
        parser.addoption(f"--{name}", action="store_true", help=f"only the tests of {what}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of optional engines, or, where one was asked for, all others."""
    asked = {name for name in OPTIONAL if config.getoption(f"--{name}")}
    chosen = [item for item in items if asked & _optional(item) or not (asked or _optional(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _optional(item: pytest.Item) -> set[str]:
    """The optional engines a test needs."""
    return {str(mark.args[0]) for mark in item.iter_markers("engine")} & set(OPTIONAL)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips itself on CI has failed: what it needs is to be installed there, not done without."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped on CI: {report.longreprtext}"
    return report
