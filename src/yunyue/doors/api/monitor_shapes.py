"""What monitoring tells programs: targets, attempts, budgets."""

from typing import Any, Literal

from ninja import Schema

from yunyue.contract.terms import Method


class TargetShown(Schema):
    """A watched target. `sample`: the newest; `days`: the last 30, `share` in 1/1000 %, null without a sample."""

    order: str
    target: str
    kind: str
    tenant: str
    stage: str
    state: Literal["up", "down", "unknown"]
    sample: dict[str, Any] | None
    days: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    findings: int


class SampleShown(Schema):
    """An attempt: `ts` in ms, `error` empty when ok and "gap" when none was made, `latency_us` in µs."""

    instance: str
    indicator: str
    ts: int
    ok: bool
    error: str
    latency_us: int


class BurntShown(Schema):
    """A day: bad units so far in the month, and what is left."""

    day: str
    bad: int
    left: str


class BudgetShown(Schema):
    """What an objective allows in a month by a method: minutes, by M6 attempts. `figure` null: nothing was counted."""

    objective: str
    month: str
    method: Method
    agreed: bool
    figure: str | None
    allowed: str
    bad: int
    left: str
    days: list[BurntShown]
