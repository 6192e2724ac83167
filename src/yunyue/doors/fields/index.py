"""The column beside a sealed one by which equal values are found."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.db.models import CharField, Model

from yunyue.doors.fields import sealing
from yunyue.doors.fields.configured import key_of
from yunyue.services.crypto.fields import BlindIndex, Sealed
from yunyue.services.crypto.fields.column import INDEX_LENGTH

if TYPE_CHECKING:
    from yunyue.doors.fields.text import SealedTextField

    Characters = CharField[str | None, str | None]
else:
    Characters = CharField

_CODED = "_sealed_coded"


class BlindIndexField(Characters):
    """Codes of the sealed field `of` under the HMAC key `key`; filled by itself, never by hand."""

    def __init__(self, *args: Any, of: str = "", key: str = "", **how: Any) -> None:
        self.of, self.key_name = of, key
        fixed = {"max_length": INDEX_LENGTH, "null": True, "editable": False}
        super().__init__(*args, **{"db_index": not how.get("unique", False), **how, **fixed})

    @cached_property
    def blind(self) -> BlindIndex:
        """The index, whatever library maps it."""
        named = next(one for one in sealing.sealed_fields(self.model) if one.name == self.of)
        return BlindIndex(self.model._meta.db_table, str(named.column), lambda: key_of(self.key_name))

    def deconstruct(self) -> Any:
        """For migrations."""
        name, path, args, how = super().deconstruct()
        kept = {key: value for key, value in how.items() if key not in ("max_length", "null", "editable")}
        return name, path, args, {**kept, "of": self.of, "key": self.key_name}

    def pre_save(self, model_instance: Model, add: bool) -> str | None:
        """The code of the text that is written beside it. Raises ColumnFailed."""
        del add
        field = model_instance._meta.get_field(self.of)
        self.fill([model_instance], field)  # type: ignore[arg-type]  # `check` says what `of` must name
        found: str | None = vars(model_instance).get(self.attname)
        return found

    def fill(self, instances: Sequence[Model], field: "SealedTextField") -> None:
        """Make the codes that are missing, in one request. What nobody opened has the code it was read with."""
        wanting = []
        for one in instances:
            text = vars(one).get(field.attname)
            if text is None:
                vars(one)[self.attname] = None
            elif not isinstance(text, Sealed) and vars(one).get(_CODED, {}).get(self.attname) != text:
                wanting.append(one)
        codes = self.blind.codes([str(vars(one)[field.attname]) for one in wanting])
        for one, code in zip(wanting, codes, strict=True):
            vars(one)[self.attname] = code
            vars(one).setdefault(_CODED, {})[self.attname] = vars(one)[field.attname]

    def check(self, **how: Any) -> list[checks.CheckMessage]:
        """What is wrong with the field as it is declared."""
        names = [one.name for one in sealing.sealed_fields(self.model)]
        found: list[checks.CheckMessage] = []
        if self.of not in names or not self.key_name:
            text = (
                f"A blind index names a sealed field of its model ({', '.join(names) or 'there is none'}) and its key"
            )
            found.append(checks.Error(text, hint='of="…", key="…"', obj=self, id="yunyue.E005"))
        return [*super().check(**how), *found]
