"""One question to the series: which SQL, with which values, over which files and rows; engines differ in spelling only.

The SQL files keep to what every engine reads alike, so a question is never rewritten. Only a parameter, `$name` in the
files, is spelled as the engine wants it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

Row = tuple[Any, ...]
Values = Mapping[str, str | int]

PARAMETER: Final = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Question:
    """SQL over the one table `samples`, and the values of its parameters: text or whole numbers."""

    sql: str
    values: Values

    def spelled(self, spell: Callable[[str, str | int], str]) -> str:
        """The SQL with each parameter as `spell` writes it; comments, which engines may misread, are left out."""
        bare = "\n".join(line for line in self.sql.splitlines() if not line.lstrip().startswith("--"))
        return PARAMETER.sub(lambda found: spell(found[1], self.values[found[1]]), bare)


class Engine(Protocol):
    """Answers questions over sealed files and rows of the tail, seen as one table. Thread-safe."""

    def ask(self, paths: Sequence[Path], rows: Sequence[Row], question: Question) -> list[Row]:
        """The rows of the answer, in the order the SQL asks for."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...
