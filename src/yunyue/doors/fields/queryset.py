"""Querysets that ask the vault once for all rows: opening what was fetched, sealing what is written."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Manager, Model, QuerySet
from django.db.models.query import ModelIterable

from yunyue.doors.fields import sealing

Row = TypeVar("Row", bound=Model)


class SealedQuerySet(QuerySet[Row, Row]):
    """Rows come opened; what is not needed can be left closed with defer(). values() shows ciphertexts."""

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh and self._iterable_class is ModelIterable:
            sealing.open_all(self._result_cache or [])

    def iterator(self, chunk_size: int | None = None) -> Iterator[Row]:
        """As Django's, opened a chunk at a time."""
        rows = super().iterator(chunk_size)
        if self._iterable_class is not ModelIterable:
            yield from rows
            return
        while chunk := list(islice(rows, chunk_size or 2000)):
            yield from sealing.open_all(chunk)

    def bulk_create(self, objs: Iterable[Row], *args: Any, **how: Any) -> list[Row]:
        """As Django's, with one request for each sealed field."""
        rows = list(objs)
        sealing.seal_all(rows)
        return super().bulk_create(rows, *args, **how)

    def bulk_update(self, objs: Iterable[Row], fields: Iterable[str], batch_size: int | None = None) -> int:
        """As Django's, with one request for each sealed field; its index is written with it."""
        rows, names = list(objs), list(fields)
        sealing.seal_all(rows, names)
        indexes = [sealing.index_of(one) for one in sealing.sealed_fields(self.model) if one.name in names]
        every = [*names, *(one.name for one in indexes if one is not None and one.name not in names)]
        with _raw(rows):
            return super().bulk_update(rows, every, batch_size)


class SealedManager(Manager.from_queryset(SealedQuerySet)[Row]):  # type: ignore[misc]  # made by Django at run time
    """The manager of a model with sealed fields."""


@contextmanager
def _raw(rows: Collection[Model]) -> Iterator[None]:
    """Sealed fields of these show their ciphertexts meanwhile."""
    for row in rows:
        vars(row)[sealing.RAW] = True
    try:
        yield
    finally:
        for row in rows:
            vars(row).pop(sealing.RAW, None)
