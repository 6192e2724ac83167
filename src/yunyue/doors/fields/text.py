"""A text field whose column holds ciphertexts bound to their row."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.core.exceptions import FieldError
from django.db.models import AutoField, Lookup, Model, TextField
from django.db.models.lookups import IsNull
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_save

from yunyue.doors.fields import sealing
from yunyue.doors.fields.configured import key_of
from yunyue.doors.fields.lookups import SealedCell, SealedExact, SealedIn
from yunyue.services.crypto.fields import ColumnFailed, Sealed, SealedColumn

if TYPE_CHECKING:
    Text = TextField[str | None, str | None]
else:
    Text = TextField


class Opening(DeferredAttribute):
    """Reads a sealed field: opens it when it is first asked for. Raises ColumnFailed."""

    field: "SealedTextField"

    def __get__(self, instance: Model | None, cls: type[Model] | None = None) -> Any:
        """The text; the ciphertext while the instance is being written."""
        if instance is None:
            return self
        super().__get__(instance, cls)
        if sealing.RAW in vars(instance):
            return sealing.made(instance, self.field)
        if isinstance(vars(instance)[self.field.attname], Sealed):
            sealing.open_field(instance, self.field)
        return vars(instance)[self.field.attname]

    def __set__(self, instance: Model, value: str | None) -> None:
        """A new text, or what was read. Defined so that reading goes through `__get__` even when there is a value."""
        vars(instance)[self.field.attname] = value


class SealedTextField(Text):
    """Text that only the vault can read. `key`: its name there; `identity`: the field that names the row for ever.

    The identity is known before the row is written: a UUID with a default or a natural key, no counted number.
    """

    descriptor_class = Opening

    def __init__(self, *args: Any, key: str = "", identity: str = "", **how: Any) -> None:
        self.key_name, self.identity = key, identity
        super().__init__(*args, **how)

    @cached_property
    def sealed_column(self) -> SealedColumn:
        """The column, whatever library maps it."""
        return SealedColumn(self.model._meta.db_table, str(self.column), lambda: key_of(self.key_name))

    def deconstruct(self) -> Any:
        """For migrations."""
        name, path, args, how = super().deconstruct()
        return name, path, args, {**how, "key": self.key_name, "identity": self.identity}

    def contribute_to_class(self, cls: type[Model], name: str, private_only: bool = False) -> None:
        """Also watches the model's instances come and go."""
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract and cls.__module__ != "__fake__":
            post_init.connect(self._read, sender=cls)
            pre_save.connect(self._saving, sender=cls)

    def _read(self, instance: Model, **_: Any) -> None:
        if isinstance(vars(instance).get(self.attname), Sealed) and not self._identity_deferred(instance):
            sealing.note_identity(instance, self)

    def _identity_deferred(self, instance: Model) -> bool:
        return self.identity in instance.get_deferred_fields()

    def _saving(self, update_fields: frozenset[str] | None, raw: bool, **_: Any) -> None:
        """A text and its code are written together or not at all."""
        if raw:
            raise FieldError(f"{self}: a fixture has no place for a sealed field; restore the database's own dump")
        index = sealing.index_of(self)
        if (
            update_fields is not None
            and index is not None
            and (self.name in update_fields) != (index.name in update_fields)
        ):
            raise FieldError(f"{self}: name {index.name} in update_fields too, or rows are no longer found by it")

    def from_db_value(self, value: str | None, *_: Any) -> Sealed | None:
        """What a row holds; opened when the instance is asked for it."""
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: Model, add: bool) -> Sealed | None:
        """The ciphertext to write. Raises ColumnFailed."""
        del add
        if vars(model_instance).get(self.attname) is None:
            return None
        if sealing.made(model_instance, self) is None:
            sealing.seal([model_instance], self)
        return sealing.made(model_instance, self)

    def get_prep_value(self, value: Any) -> Sealed | None:
        """Lets no plain text through to the database. Raises FieldError: update(), a filter, a default of a column."""
        if value is None or isinstance(value, Sealed):
            return value
        raise FieldError(f"{self}: plain text does not go into a sealed column; set it on an instance and save that")

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        """Equality through the index, and whether there is a text; nothing else can be asked of a ciphertext."""
        always: dict[str, type[Lookup[Any]]] = {"isnull": IsNull, "cell": SealedCell}
        if lookup_name in always:
            return always[lookup_name]
        known: dict[str, type[Lookup[Any]]] = {"exact": SealedExact, "in": SealedIn}
        return known.get(lookup_name) if sealing.index_of(self) is not None else None

    def get_transform(self, lookup_name: str) -> None:
        """None: nothing can be computed from a ciphertext."""
        del lookup_name

    def value_to_string(self, obj: Model) -> str:
        """Raises ColumnFailed: dumpdata would write what the column hides."""
        del obj
        raise ColumnFailed(f"{self}: dumpdata would write the plain text; back the database up by its own dump")

    def check(self, **how: Any) -> list[checks.CheckMessage]:
        """What is wrong with the field as it is declared."""
        return [*super().check(**how), *self._wrong()]

    def _wrong(self) -> list[checks.CheckMessage]:
        found: list[checks.CheckMessage] = []
        if not self.key_name:
            found.append(checks.Error("A sealed field names its key", hint='key="…"', obj=self, id="yunyue.E001"))
        named = next((one for one in self.model._meta.fields if one.name == self.identity), None)
        if named is None or named is self:
            text = "A sealed field names the field its row is known by"
            found.append(checks.Error(text, hint='identity="id"', obj=self, id="yunyue.E002"))
        elif isinstance(named, AutoField):
            text = (
                "The database counts this identity only when the row is written, so nothing can be bound to it before"
            )
            hint = "use UUIDField(default=uuid.uuid4) or a natural key"
            found.append(checks.Error(text, hint=hint, obj=self, id="yunyue.E003"))
        if self.unique or getattr(self, "db_index", False):
            text = "A ciphertext is never twice the same: put unique or db_index on the blind index"
            found.append(checks.Error(text, obj=self, id="yunyue.E004"))
        return found
