"""What every test may use: the folder of engines on the path, and the engines' fixtures. On CI nothing is skipped."""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "engines"))

pytest_plugins = ["postgres", "journals", "signing", "console_cast", "seaweed"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two podmans of one machine disturb each other, so what runs containers is a stage of its own."""
    for item in items:
        if "cloud" in getattr(item, "fixturenames", ()):
            item.add_marker("podman")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips itself on CI has failed: what it needs is to be installed there, not done without."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped on CI: {report.longreprtext}"
    return report
