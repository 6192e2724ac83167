"""What is refused when text or numbers are not money, a rate, or shares of one whole."""

from __future__ import annotations

SHOWN = 60  # characters of refused text that a message repeats


def shown(value: object) -> str:
    """The refused value as a message may repeat it: quoted, and cut short when it is long."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


class NotMoney(ValueError):
    """The value is no amount of money; `rule` says which rule it breaks."""

    def __init__(self, value: object, rule: str) -> None:
        super().__init__(f"{shown(value)} is not an amount of money: {rule}")
        self.rule = rule


class NotExact(TypeError):
    """A number that is not exact (a float, say) met money; money is counted in whole numbers and fractions only."""

    def __init__(self, value: object, wanted: str) -> None:
        super().__init__(f"{shown(value)} is {type(value).__name__}; money is only multiplied by {wanted}")


class NotRate(ValueError):
    """The text is no rate; `rule` says which rule it breaks."""

    def __init__(self, value: object, rule: str) -> None:
        super().__init__(f"{shown(value)} is not a rate: {rule}")
        self.rule = rule


class NoReason(ValueError):
    """Somebody rounded without naming the clause or reading that asks for it."""

    def __init__(self) -> None:
        super().__init__('rounding needs its reason: the clause or the reading that asks for it, such as "A6"')


class NotWhole(ValueError):
    """The shares do not divide the total into instalments as clause 八(二) (C06) demands."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"clause 八(二) (C06): {rule}")
        self.rule = rule
