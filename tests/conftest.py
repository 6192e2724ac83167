"""What every test may use: the folder of engines on the path, and the engines' fixtures. On CI nothing is skipped."""

import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "engines"))

# A shell starts what runs in its background deaf to Ctrl-C, and so every program that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["postgres", "journals", "signing", "console_cast", "broker_cast", "seaweed"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips itself on CI has failed: what it needs is to be installed there, not done without."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped on CI: {report.longreprtext}"
    return report
