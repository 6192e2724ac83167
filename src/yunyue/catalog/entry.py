"""The catalogue entry of a service: everything the console, the API, metering, the SLA and the docs need to know."""

from dataclasses import dataclass
from typing import Any

import msgspec

from yunyue.contract.terms import Named, Objective, ServiceCode


@dataclass(frozen=True, slots=True)
class Action:
    """Something a user can ask of an instance, such as "pause"."""

    code: str
    title: Named


@dataclass(frozen=True, slots=True)
class Meter:
    """What is counted for billing: a code as the price list names it, and the unit of one."""

    code: str
    title: Named
    unit: Named


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured for the SLA, under the name an objective of the contract gives it."""

    code: str
    title: Named


@dataclass(frozen=True, slots=True)
class NotAvailable:
    """Why a service cannot be ordered yet, in both languages."""

    reason: Named


@dataclass(frozen=True, slots=True)
class Entry:
    """A service of clause 三 (C37). `parameters` is the msgspec struct that describes an order of it.

    Its fields carry a Chinese title and an English description; `objectives` hold when the contract has no annex 3.
    Raises ValueError when a code appears twice, or an objective names another service or an unknown indicator.
    """

    code: ServiceCode
    title: Named
    parameters: type[msgspec.Struct]
    actions: tuple[Action, ...]
    meters: tuple[Meter, ...]
    indicators: tuple[Indicator, ...]
    objectives: tuple[Objective, ...]
    state: NotAvailable | None = None
    clause: str = "C37"

    def __post_init__(self) -> None:
        for what in (self.actions, self.meters, self.indicators):
            _require_once(self.code, [one.code for one in what])
        known = {one.code for one in self.indicators}
        for objective in self.objectives:
            if objective.service != self.code or objective.indicator not in known:
                raise ValueError(f"{self.code}: objective {objective.id} measures {objective.indicator!r}, not offered")

    @property
    def available(self) -> bool:
        """Whether it can be ordered today."""
        return self.state is None

    def action(self, code: str) -> Action | None:
        """The action of that code, if the service has it."""
        return next((one for one in self.actions if one.code == code), None)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of an order's parameters, for forms and the API."""
        return msgspec.json.schema(self.parameters)


def _require_once(service: str, codes: list[str]) -> None:
    if len(set(codes)) != len(codes):
        raise ValueError(f"{service}: a code appears twice among {', '.join(codes)}")
