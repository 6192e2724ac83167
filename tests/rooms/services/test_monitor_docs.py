"""docs/monitor.md says what there is: every failure, kind of probe, rule and channel."""

from pathlib import Path
from typing import get_args

from yunyue.services.monitor.alerts.channels import Channel
from yunyue.services.monitor.alerts.rules import Condition
from yunyue.services.monitor.outcome import Error
from yunyue.services.monitor.parameters import Kind

ROOT = Path(__file__).parents[3]


def test_the_documentation_names_every_failure_a_probe_can_have() -> None:

    text = (ROOT / "docs" / "monitor.md").read_text("utf-8")
    assert [error for error in get_args(Error) if f"`{error}`" not in text] == []


def test_the_documentation_names_every_kind_of_probe_and_rule_and_channel() -> None:

    tags = [str(one.__struct_config__.tag) for one in (*get_args(Condition), *get_args(Channel))]
    text = (ROOT / "docs" / "monitor.md").read_text("utf-8")
    assert [name for name in (*get_args(Kind), *tags) if f"`{name}`" not in text] == []
