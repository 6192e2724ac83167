"""Finds rows of a sealed field by the blind index beside it; the ciphertexts are not looked at."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db.models import Lookup
from django.db.models.expressions import Col
from django.db.models.lookups import Exact

from yunyue.doors.fields import sealing

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

    AnyLookup = Lookup[Any]
    AnyExact = Exact[Any]
else:
    AnyLookup = Lookup
    AnyExact = Exact


class SealedIn(AnyLookup):
    """field__in: the codes of the values, under the versions a row may carry."""

    lookup_name = "in"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[str] | None:
        """The values as texts. Raises FieldError for another column or a query: they cannot be compared."""
        values = [self.rhs] if self.lookup_name == "exact" else self.rhs
        if hasattr(values, "resolve_expression") or any(hasattr(one, "resolve_expression") for one in values):
            raise FieldError("a sealed field is compared with texts only")
        return [str(one) for one in values if one is not None]

    def as_sql(self, compiler: "SQLCompiler", connection: "BaseDatabaseWrapper") -> tuple[str, tuple[Any, ...]]:
        """One condition on the index. Raises ColumnFailed."""
        index = sealing.index_beside(self.lhs.target) if isinstance(self.lhs, Col) else None
        if index is None:
            raise FieldError("a sealed field is compared as itself, and through its blind index")
        codes = index.blind.searched(self.rhs)
        if not codes:
            return "1 = 0", ()
        sql, params = compiler.compile(Col(self.lhs.alias, index))
        marks = ", ".join(["%s"] * len(codes))
        del connection
        return f"{sql} IN ({marks})", (*params, *codes)


class SealedExact(SealedIn):
    """field=value."""

    lookup_name = "exact"

    def get_prep_lookup(self) -> list[str] | None:
        """None asks whether there is a text at all; Django turns it into that question itself."""
        return None if self.rhs is None else super().get_prep_lookup()


class SealedCell(AnyExact):
    """field__cell=ciphertext: the very cell, for writing only what nobody changed meanwhile."""

    lookup_name = "cell"

    def get_rhs_op(self, connection: "BaseDatabaseWrapper", rhs: str) -> str:
        """Equality, as every database writes it."""
        del connection
        return f"= {rhs}"
