"""What the platform answers when it will not do something: a value that says why, and by which clause.

A refusal is an expected outcome and therefore a value. Exceptions are kept for broken promises.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """A clear no: what was wrong, where, by which rule, and which clause asks for the rule.

    `field` is a dotted path into what was given (empty when the whole of it is meant); `clause` is an id of
    contract/clauses (such as "C02"), empty when no clause applies.
    """

    reason: str
    field: str = ""
    clause: str = ""

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        source = f" [{self.clause}]" if self.clause else ""
        return f"{where}{self.reason}{source}"
