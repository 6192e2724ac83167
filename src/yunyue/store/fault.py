"""What a check of the journal found wrong: where, what, and what to do about it."""

from dataclasses import dataclass

from yunyue.store.interface import Head


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written."""

    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. What to do: {self.remedy}."


@dataclass(frozen=True, slots=True)
class Report:
    """What was re-read: the head the leaves give, how many published tiles and signed heads, and every fault."""

    head: Head
    tiles: int
    heads: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Nothing was found wrong."""
        return not self.faults
