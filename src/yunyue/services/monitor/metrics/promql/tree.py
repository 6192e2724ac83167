"""What an expression is made of."""

from dataclasses import dataclass
from typing import Literal

Compare = Literal["=", "!=", "=~", "!~"]
Operator = Literal["+", "-", "*", "/", "%", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless"]
COMPARISONS = ("==", "!=", ">", "<", ">=", "<=")
SETS = ("and", "or", "unless")


@dataclass(frozen=True, slots=True)
class Number:
    """A number by itself."""

    value: float


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label must say."""

    label: str
    how: Compare
    text: str


@dataclass(frozen=True, slots=True)
class Selector:
    """Series by name and labels; `range_ms` 0 is the newest value of each, else all of so long; `offset_ms` earlier."""

    name: str
    matchers: tuple[Matcher, ...]
    range_ms: int = 0
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one expression."""

    function: str
    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Series put together; `without`: the labels are those to drop."""

    function: str
    inner: "Expression"
    labels: tuple[str, ...]
    without: bool


@dataclass(frozen=True, slots=True)
class Binary:
    """Two sides. `labels` None: all labels are matched; `on`: only these are, else all but these. `truth`: 0 or 1."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    labels: tuple[str, ...] | None = None
    on: bool = False
    truth: bool = False


@dataclass(frozen=True, slots=True)
class Negative:
    """The other sign."""

    inner: "Expression"


Expression = Number | Selector | Call | Aggregate | Binary | Negative


def is_scalar(one: Expression) -> bool:
    """Whether it is a number and no set of series."""
    match one:
        case Number():
            return True
        case Negative(inner):
            return is_scalar(inner)
        case Binary(_, left, right):
            return is_scalar(left) and is_scalar(right)
        case _:
            return False
