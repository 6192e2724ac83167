"""What a model's instances hold of their sealed fields: a text, or a ciphertext nobody opened yet.

An instance remembers by which identity its cells were read, so that a row that is given another takes them along.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from django.db.models import Field, Model

from yunyue.services.crypto.fields import ColumnFailed, Sealed

if TYPE_CHECKING:
    from yunyue.doors.fields.index import BlindIndexField
    from yunyue.doors.fields.text import SealedTextField

Instance = TypeVar("Instance", bound=Model)
_MADE: Final = "_sealed_made"
_READ_AS: Final = "_sealed_read_as"
RAW: Final = "_sealed_raw"
"""While an instance has this, its sealed fields show their ciphertexts."""


class Made(NamedTuple):
    """A ciphertext, the text in it, and the identity it is bound to."""

    text: str
    identity: str
    cell: Sealed


def sealed_fields(kind: type[Model]) -> list["SealedTextField"]:
    """The sealed fields of a model."""
    from yunyue.doors.fields.text import SealedTextField  # the field uses this module, so one of both imports late

    return [one for one in kind._meta.concrete_fields if isinstance(one, SealedTextField)]


def index_of(field: "SealedTextField") -> "BlindIndexField | None":
    """The blind index of a sealed field."""
    return index_beside(field)


def index_beside(field: "Field[Any, Any]") -> "BlindIndexField | None":
    """The blind index beside a field; None when it has none."""
    from yunyue.doors.fields.index import BlindIndexField  # likewise

    fields: Sequence[Field[Any, Any]] = field.model._meta.concrete_fields
    return next((one for one in fields if isinstance(one, BlindIndexField) and one.of == field.name), None)


def identity(instance: Model, field: "SealedTextField") -> str:
    """The row's identity as text, the same whether it was read or given. Raises ColumnFailed when it has none."""
    named = instance._meta.get_field(field.identity)
    value = getattr(instance, named.attname if isinstance(named, Field) else field.identity)
    if value is None or value == "":
        raise ColumnFailed(
            f"{field}: the row has no {field.identity} yet; give it one before it is saved (a UUID with a default, say)"
        )
    return str(named.to_python(value) if isinstance(named, Field) else value)


def note_identity(instance: Model, field: "SealedTextField") -> None:
    """Remember as what row the instance was read."""
    if isinstance(vars(instance).get(field.attname), Sealed):
        vars(instance).setdefault(_READ_AS, {})[field.attname] = identity(instance, field)


def read_as(instance: Model, field: "SealedTextField") -> str:
    """As what row a cell was read."""
    known: dict[str, str] = vars(instance).get(_READ_AS, {})
    return known.get(field.attname) or identity(instance, field)


def made(instance: Model, field: "SealedTextField") -> Sealed | None:
    """The ciphertext to write, when one is at hand for the instance's text and identity."""
    value, kept = vars(instance).get(field.attname), vars(instance).get(_MADE, {}).get(field.attname)
    if isinstance(value, Sealed):
        return value if read_as(instance, field) == identity(instance, field) else None
    fits = isinstance(kept, Made) and (kept.text, kept.identity) == (value, identity(instance, field))
    return kept.cell if fits else None


def keep(instance: Model, field: "SealedTextField", found: Made) -> None:
    """Remember a ciphertext, and show its text from now on."""
    vars(instance).setdefault(_MADE, {})[field.attname] = found
    vars(instance)[field.attname] = found.text


def open_all(instances: Iterable[Instance]) -> list[Instance]:
    """The instances with every sealed field opened, one request for each field. Raises ColumnFailed."""
    found = list(instances)
    for kind in {type(one) for one in found}:
        for field in sealed_fields(kind):
            _open([one for one in found if type(one) is kind], field)
    return found


def seal_all(instances: Iterable[Model], names: Iterable[str] | None = None) -> None:
    """Make the ciphertexts (and codes) of all instances, one request for each field; saving then asks for none.

    `names`: only these fields. Raises ColumnFailed.
    """
    found, wanted = list(instances), None if names is None else set(names)
    for kind in {type(one) for one in found}:
        for field in sealed_fields(kind):
            if wanted is None or field.name in wanted:
                seal([one for one in found if type(one) is kind], field)


def seal(instances: Sequence[Model], field: "SealedTextField") -> None:
    """Make the ciphertexts that are not at hand."""
    _open(
        [one for one in instances if isinstance(vars(one).get(field.attname), Sealed) and not made(one, field)], field
    )
    open_ = [one for one in instances if isinstance(vars(one).get(field.attname), str) and not made(one, field)]
    cells = [(identity(one, field), str(vars(one)[field.attname])) for one in open_]
    for one, cell, done in zip(open_, cells, field.sealed_column.seal(cells), strict=True):
        keep(one, field, Made(cell[1], cell[0], done))
    index = index_of(field)
    if index is not None:
        index.fill(instances, field)


def open_field(instance: Model, field: "SealedTextField") -> None:
    """Open one field of one instance."""
    _open([instance], field)


def _open(instances: Sequence[Model], field: "SealedTextField") -> None:
    closed = [one for one in instances if isinstance(vars(one).get(field.attname), Sealed)]
    cells = [(read_as(one, field), vars(one)[field.attname]) for one in closed]
    for one, cell, text in zip(closed, cells, field.sealed_column.open(cells), strict=True):
        keep(one, field, Made(text, cell[0], cell[1]))
