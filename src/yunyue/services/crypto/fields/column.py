"""A sealed column and its blind index, whatever library maps them: many cells in one request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from yunyue.answer import Refused
from yunyue.services.crypto.client import Key

KeyOf = Callable[[], Key]
"""Asked at each use: a program reads its settings late, and its token may change."""
INDEX_LENGTH: Final = 64
"""Characters of the longest blind index: a version, a colon, 32 octets in Base64."""
T = TypeVar("T")


class ColumnFailed(Exception):
    """A cell could not be sealed, opened or searched: the vault's reason. A database library takes no values for it."""


class Sealed(str):
    """The content of a cell: a ciphertext, told apart from a text by its type and never by how it looks."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column; a cell is a row's identity (as text) and its content."""

    table: str
    column: str
    key: KeyOf

    def bound(self, identity: str) -> bytes:
        """What a cell is authenticated with: table, column and row, each after its length so that none runs over."""
        parts = [part.encode() for part in (self.table, self.column, identity)]
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)

    def seal(self, cells: Sequence[tuple[str, str]]) -> list[Sealed]:
        """Ciphertexts of (identity, text). Raises ColumnFailed."""
        items = [(text.encode(), self.bound(identity)) for identity, text in cells]
        return [Sealed(one) for one in self._done(self.key().encrypt_many(items) if items else [])]

    def open(self, cells: Sequence[tuple[str, str]]) -> list[str]:
        """Texts of (identity, ciphertext). Raises ColumnFailed, also for a cell of another row, column or table."""
        items = [(sealed, self.bound(identity)) for identity, sealed in cells]
        return [one.decode() for one in self._done(self.key().decrypt_many(items) if items else [])]

    def turn(self, cells: Sequence[tuple[str, str]]) -> list[Sealed]:
        """The same cells under the key's latest version; their texts stay in the vault. Raises ColumnFailed."""
        items = [(sealed, self.bound(identity)) for identity, sealed in cells]
        return [Sealed(one) for one in self._done(self.key().rewrap_many(items) if items else [])]

    def _done(self, answer: list[T] | Refused) -> list[T]:
        return _done(answer, f"{self.table}.{self.column}")


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """The index of a column: codes under a key of its own. It shows which rows are equal, and how often."""

    table: str
    column: str
    key: KeyOf

    def codes(self, values: Sequence[str]) -> list[str]:
        """Codes under the key's latest version. Raises ColumnFailed."""
        return self._codes(values, 0) if values else []

    def searched(self, values: Sequence[str]) -> list[str]:
        """Every code a row with one of these values may carry: under the latest version and the one before.

        So rows are found while an index is brought to a new version; it is to be done before the version after that.
        Raises ColumnFailed.
        """
        found = self.codes(values)
        latest = version_of(found[0]) if found else 1
        if latest == 1:
            return found
        before = self.key().indexes([one.encode() for one in values], self._name, latest - 1)
        # Once indexing is done the version before may be forbidden; then there is nothing more to look for.
        return found if isinstance(before, Refused) else [*found, *before]

    def _codes(self, values: Sequence[str], version: int) -> list[str]:
        return _done(self.key().indexes([one.encode() for one in values], self._name, version), self._name)

    @property
    def _name(self) -> str:
        return f"{self.table}.{self.column}"


def version_of(code: str) -> int:
    """The version of the key that a ciphertext or a code was made under; 0 for what is neither."""
    number = code.removeprefix("vault:v").partition(":")[0]
    return int(number) if number.isascii() and number.isdigit() else 0


def _done(answer: list[T] | Refused, what: str) -> list[T]:
    if isinstance(answer, Refused):
        raise ColumnFailed(f"{what}: {answer.reason}")
    return answer
