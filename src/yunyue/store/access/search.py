"""Searching the accesses: DuckDB reads the sealed files and the tail as one table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from yunyue.store.access.record import FIELDS, Access, Wanted
from yunyue.store.access.tail import record_of

EQUAL: Final = ("actor", "role", "kind", "outcome", "contract")
WORDS: Final = ("what", "about", "address", "request")


class Found(NamedTuple):
    """A page of records with their positions, newest first, and how many there are in all."""

    records: tuple[tuple[int, Access], ...]
    total: int


def search(paths: Sequence[Path], tail: Any, wanted: Wanted, page: tuple[int, int]) -> Found:
    """What fits; `page` is how many, and after how many others."""
    where, values = _where(wanted)
    with duckdb.connect(config={"threads": "1"}) as connection:
        records = connection.from_arrow(tail)
        if paths:
            records = records.union(connection.read_parquet([str(path) for path in paths]))
        records.create_view("records")
        counted = connection.execute(f"SELECT count(*) FROM records WHERE {where}", values).fetchone()  # noqa: S608  # only our own words stand in it, what was asked for is bound
        columns = ", ".join(f'"{name}"' for name in ("position", *FIELDS))
        query = f"SELECT {columns} FROM records WHERE {where} ORDER BY position DESC LIMIT ? OFFSET ?"  # noqa: S608  # as above
        rows = connection.execute(query, [*values, *page]).fetchall()
    return Found(tuple((row[0], record_of(row)) for row in rows), int(counted[0]) if counted else 0)


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    parts, values = ["true"], list[Any]()
    for name in EQUAL:
        if getattr(wanted, name):
            parts.append(f'"{name}" = ?')
            values.append(getattr(wanted, name))
    if wanted.words:
        parts.append("(" + " OR ".join(f'contains(lower("{name}"), lower(?))' for name in WORDS) + ")")
        values += [wanted.words] * len(WORDS)
    for name, sign in (("since", ">="), ("until", "<")):
        if getattr(wanted, name) is not None:
            parts.append(f'"at" {sign} ?')
            values.append(getattr(wanted, name))
    return " AND ".join(parts), values
