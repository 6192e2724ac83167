"""Sealed columns for SQLAlchemy's ORM.

    class Citizen(Base):
        id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
        number_cell: Mapped[Cell] = mapped_column("number", SealedText())
        number_index: Mapped[str | None] = mapped_column(String(64), index=True)
        number = sealed("number_cell", key=cells, identity="id", index="number_index", index_key=codes)

`citizen.number` is text; `Citizen.number == "…"` and `.in_([…])` search the index. Before a flush every new text is
sealed, one request for each column; `open_all(citizens)` opens many at once. A type alone does not know its row, so
plain text never passes one: a Core statement with it is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import BinaryExpression, Column, ColumnElement, Dialect, Text, event, inspect, select
from sqlalchemy.ext.hybrid import Comparator, hybrid_property
from sqlalchemy.orm import Session
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from yunyue.services.crypto.fields.column import BlindIndex, ColumnFailed, KeyOf, Sealed, SealedColumn, version_of

T = TypeVar("T")
_ATTRIBUTES: Final = "__sealed_attributes__"
_OPENED: Final = "__sealed_opened__"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that is sealed before the next flush."""

    text: str

    def __repr__(self) -> str:
        return "Waiting(…)"


Cell = Sealed | Waiting | None


class SealedText(TypeDecorator[Cell]):
    """The type of the column: text that is a ciphertext. Raises ColumnFailed for any other."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """What is written."""
        del dialect
        if value is None or isinstance(value, Sealed):
            return value
        raise ColumnFailed("plain text does not go into a sealed column; set the sealed attribute and flush")

    def process_result_value(self, value: Any, dialect: Dialect) -> Cell:
        """What is read."""
        del dialect
        return None if value is None else Sealed(value)


@dataclass(frozen=True, slots=True)
class SealedAttribute:
    """How one attribute of a class is sealed: the attributes of its cell, its row's identity, and its index."""

    cell: str
    identity: str
    key: KeyOf
    index: str = ""
    index_key: KeyOf | None = None

    def column(self, kind: type[Any]) -> SealedColumn:
        """The column behind."""
        column = _column(kind, self.cell)
        return SealedColumn(column.table.name, column.name, self.key)

    def blind(self, kind: type[Any]) -> BlindIndex:
        """Its index. Raises ColumnFailed when there is none."""
        column = _column(kind, self.cell)
        if self.index_key is None or not self.index:
            raise ColumnFailed(f"{column.table.name}.{column.name} has no blind index, so it cannot be searched")
        return BlindIndex(column.table.name, column.name, self.index_key)

    def identity_of(self, row: Any) -> str:
        """The row's identity as text; given now by its column's default. Raises ColumnFailed when there is none."""
        value = getattr(row, self.identity)
        if value is None:
            default: Any = _column(type(row), self.identity).default
            if default is not None and (default.is_callable or default.is_scalar):
                value = default.arg(None) if default.is_callable else default.arg
                setattr(row, self.identity, value)
        if value is None:
            raise ColumnFailed(f"{type(row).__name__}.{self.identity} is not known yet; give the row an identity first")
        return str(value)


class _Searched(Comparator[str | None]):
    """Equality through the index; anything else cannot be asked of a ciphertext."""

    def __init__(self, kind: type[Any], attribute: SealedAttribute) -> None:
        super().__init__(getattr(kind, attribute.cell))
        self._kind = kind
        self._attribute = attribute

    def __eq__(self, other: Any) -> ColumnElement[bool]:  # type: ignore[override]  # SQLAlchemy's own way to compare
        cell: ColumnElement[Any] = getattr(self._kind, self._attribute.cell)
        return cell.is_(None) if other is None else self.in_([other])

    def in_(self, other: Any) -> BinaryExpression[bool]:
        """Rows with one of these values. Raises ColumnFailed without an index."""
        codes = self._attribute.blind(self._kind).searched([str(one) for one in other])
        index: ColumnElement[Any] = getattr(self._kind, self._attribute.index)
        found: BinaryExpression[bool] = index.in_(codes)
        return found

    def operate(self, op: Any, *other: Any, **how: Any) -> ColumnElement[Any]:
        """Whether there is a text at all; nothing else. Raises ColumnFailed."""
        if op in (operators.is_, operators.is_not) and other == (None,):
            found: ColumnElement[Any] = op(getattr(self._kind, self._attribute.cell), None, **how)
            return found
        raise ColumnFailed(f"a sealed column cannot be compared by {op.__name__}; only == and in_")


def sealed(
    cell: str, *, key: KeyOf, identity: str, index: str = "", index_key: KeyOf | None = None
) -> "hybrid_property[str | None]":
    """A text attribute over the column attribute `cell`, bound to the attribute `identity` of its row."""
    attribute = SealedAttribute(cell, identity, key, index, index_key)

    def read(self: Any) -> str | None:
        return _read(self, attribute)

    def write(self: Any, text: str | None) -> None:
        setattr(self, attribute.cell, None if text is None else Waiting(text))

    def compare(cls: Any) -> Comparator[str | None]:
        return _Searched(cls, attribute)

    found = hybrid_property(read).setter(write).comparator(compare)
    setattr(found, _ATTRIBUTES, attribute)
    return found


def open_all(rows: Iterable[T]) -> list[T]:
    """The rows, with every sealed attribute opened: one request for each column. Raises ColumnFailed."""
    found = list(rows)
    for kind in {type(row) for row in found}:
        for attribute in attributes(kind):
            closed = [row for row in found if type(row) is kind and _closed(row, attribute) is not None]
            cells = [(attribute.identity_of(row), str(getattr(row, attribute.cell))) for row in closed]
            for row, text in zip(closed, attribute.column(kind).open(cells), strict=True):
                _keep(row, attribute, getattr(row, attribute.cell), text)
    return found


def attributes(kind: type[Any]) -> list[SealedAttribute]:
    """The sealed attributes of a class, its parents' included."""
    members = [member for parent in kind.__mro__ for member in vars(parent).values()]
    return [getattr(member, _ATTRIBUTES) for member in members if hasattr(member, _ATTRIBUTES)]


def turn_over(session: Session, kind: type[Any], at_once: int = 1000) -> int:
    """Bring every cell and code of a class to the latest version of its key; how many rows changed.

    Rows are read in the order of their primary key, `at_once` at a time; the caller commits. Raises ColumnFailed.
    """
    changed, last = 0, None
    (key,) = inspect(kind).primary_key
    while True:
        query = select(kind).order_by(key).limit(at_once)
        rows = list(session.scalars(query if last is None else query.where(key > last)))
        if not rows:
            return changed
        last = inspect(rows[-1]).identity[0]
        touched: set[int] = set()
        for attribute in attributes(kind):
            touched |= _turned(rows, kind, attribute)
        changed += len(touched)
        session.flush()


def _turned(rows: list[Any], kind: type[Any], attribute: SealedAttribute) -> set[int]:
    closed = [row for row in rows if isinstance(getattr(row, attribute.cell), Sealed)]
    cells = [(attribute.identity_of(row), str(getattr(row, attribute.cell))) for row in closed]
    touched = set()
    for row, (_, old), new in zip(closed, cells, attribute.column(kind).turn(cells), strict=True):
        if version_of(old) != version_of(new):
            setattr(row, attribute.cell, new)
            touched.add(id(row))
    if attribute.index:
        texts = [_read(row, attribute) or "" for row in open_all(closed)]
        for row, code in zip(closed, attribute.blind(kind).codes(texts), strict=True):
            if getattr(row, attribute.index) != code:
                setattr(row, attribute.index, code)
                touched.add(id(row))
    return touched


def _read(row: Any, attribute: SealedAttribute) -> str | None:
    cell = getattr(row, attribute.cell)
    if cell is None or isinstance(cell, Waiting):
        return None if cell is None else cell.text
    if _closed(row, attribute) is not None:
        (text,) = attribute.column(type(row)).open([(attribute.identity_of(row), cell)])
        _keep(row, attribute, cell, text)
    found: str = vars(row)[_OPENED][attribute.cell][1]
    return found


def _closed(row: Any, attribute: SealedAttribute) -> Sealed | None:
    """The cell, when it is sealed and was not opened yet."""
    cell = getattr(row, attribute.cell)
    kept = vars(row).get(_OPENED, {}).get(attribute.cell)
    return cell if isinstance(cell, Sealed) and (kept is None or kept[0] != cell) else None


def _keep(row: Any, attribute: SealedAttribute, cell: Sealed, text: str) -> None:
    vars(row).setdefault(_OPENED, {})[attribute.cell] = (cell, text)


def _column(kind: type[Any], attribute: str) -> Column[Any]:
    found = inspect(kind).column_attrs[attribute].columns[0]
    assert isinstance(found, Column), attribute
    return found


def _seal_waiting(session: Session, *_: object) -> None:
    """Before a flush: seal what waits, all rows of a class in one request for each column."""
    rows = [row for row in (*session.new, *session.dirty) if attributes(type(row))]
    for kind in {type(row) for row in rows}:
        for attribute in attributes(kind):
            _reopen_moved(rows, kind, attribute)
            waiting = [row for row in rows if type(row) is kind and isinstance(getattr(row, attribute.cell), Waiting)]
            _seal(waiting, kind, attribute)
            _clear(rows, kind, attribute)


def _seal(waiting: list[Any], kind: type[Any], attribute: SealedAttribute) -> None:
    texts = [getattr(row, attribute.cell).text for row in waiting]
    cells = [(attribute.identity_of(row), text) for row, text in zip(waiting, texts, strict=True)]
    codes = attribute.blind(kind).codes(texts) if attribute.index else [""] * len(texts)
    made = attribute.column(kind).seal(cells)
    for row, text, cell, code in zip(waiting, texts, made, codes, strict=True):
        setattr(row, attribute.cell, cell)
        _keep(row, attribute, cell, text)
        if attribute.index:
            setattr(row, attribute.index, code)


def _reopen_moved(rows: list[Any], kind: type[Any], attribute: SealedAttribute) -> None:
    """A row that is given another identity takes its cells along: they are opened by the old and sealed by the new."""
    for row in rows:
        cell = getattr(row, attribute.cell) if type(row) is kind else None
        before = inspect(row).attrs[attribute.identity].history.deleted if isinstance(cell, Sealed) else ()
        if before and isinstance(cell, Sealed):
            (text,) = attribute.column(kind).open([(str(before[0]), cell)])
            setattr(row, attribute.cell, Waiting(text))


def _clear(rows: list[Any], kind: type[Any], attribute: SealedAttribute) -> None:
    """Where there is no text there is no code."""
    for row in rows:
        if attribute.index and type(row) is kind and getattr(row, attribute.cell) is None:
            setattr(row, attribute.index, None)


event.listen(Session, "before_flush", _seal_waiting)
