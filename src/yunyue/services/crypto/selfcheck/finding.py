"""A finding: which requirement, what was looked at, what was seen; and the report they make."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from yunyue.services.crypto.selfcheck.clauses import ITEMS, Item
from yunyue.settlement.statement import Said

State = Literal["meets", "partly", "fails", "inapplicable", "unchecked"]
STATES: Final[tuple[State, ...]] = get_args(State)
STATE_TITLES: Final[dict[State, Said]] = {
    "meets": Said("符合", "Meets"),
    "partly": Said("部分符合", "Partly meets"),
    "fails": Said("不符合", "Does not meet"),
    "inapplicable": Said("不适用", "Not applicable"),
    "unchecked": Said("未检测", "Not checked"),
}
NOTHING: Final = "—"
"""What was looked at when nothing was."""
LABEL: Final = Said(
    "自评：由软件按可见范围得出，不是商用密码应用安全性评估，不构成任何认证",
    "Self-assessment by software of what it can see; no security assessment of commercial cryptography, no certificate",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """`item`: the id of a requirement; `looked_at`: the endpoint, file, column or key; `said`: what was seen there."""

    item: str
    state: State
    looked_at: str
    said: Said


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement with what was found of it, and the state of all that together."""

    item: Item
    state: State
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Every requirement of the technical layers, looked at or not. `made` in milliseconds since 1970."""

    made: int
    rows: tuple[Row, ...]

    def counted(self) -> dict[State, int]:
        """How many requirements have each state."""
        return {state: sum(row.state == state for row in self.rows) for state in STATES}


def report(made: int, findings: Iterable[Finding]) -> Report:
    """The report of these findings. What nothing was found of is unchecked, with the reason."""
    found = list(findings)
    rows = []
    for item in ITEMS:
        here = tuple(one for one in found if one.item == item.id) or (_unseen(item),)
        rows.append(Row(item, together([one.state for one in here]), here))
    return Report(made, tuple(rows))


def together(states: list[State]) -> State:
    """The state of several: one failure beside something good is partly, failures alone fail, the unseen count not."""
    seen = {one for one in states if one not in ("unchecked", "inapplicable")}
    if not seen:
        return "inapplicable" if set(states) == {"inapplicable"} else "unchecked"
    if seen == {"meets"}:
        # Something that could not be looked at may be worse than what was seen.
        return "partly" if "unchecked" in states else "meets"
    return "fails" if seen == {"fails"} else "partly"


def _unseen(item: Item) -> Finding:
    said = (
        Said("本项未提供检测对象", "nothing was given to look at")
        if item.visible
        else Said("软件无法看到，须现场核查", "software cannot see this; it takes an inspection on site")
    )
    return Finding(item.id, "unchecked", NOTHING, said)
