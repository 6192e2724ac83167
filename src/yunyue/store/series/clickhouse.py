"""ClickHouse: a server over HTTP ("clickhouse://user:password@host:8123/"), or chDB in this process ("clickhouse://").

A question brings its samples along as an external table, cut to the instance, indicator and time it asks for; so the
server needs no access to our files and keeps nothing.
"""

import io
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlencode

import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped] # it ships no types
import pyarrow.dataset as ds  # type: ignore[import-untyped] # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped] # it ships no types

from yunyue.store.series import parquet
from yunyue.store.series.errors import EngineFailed
from yunyue.store.series.question import Question, Row

STRUCTURE: Final = (
    "position Int64, instance String, indicator String, ts Int64, local_day Int32, ok Bool, error String, "
    "latency_us Int64"
)
RULES: Final = {
    "join_use_nulls": "1",
    "prefer_column_name_to_alias": "1",
    "output_format_json_quote_64bit_integers": "0",
}
PATIENCE_SECONDS: Final = 300
BOUNDARY: Final = "yunyue-samples-6f1d2c"


class ClickHouse:
    """A server by its HTTP interface."""

    def __init__(self, address: SplitResult) -> None:
        """`address`: clickhouse://user:password@host:port/database, or clickhouses:// for TLS."""
        scheme = "https" if address.scheme == "clickhouses" else "http"
        self._url = f"{scheme}://{address.hostname}:{address.port or (8443 if scheme == 'https' else 8123)}/"
        self._database = address.path.strip("/")
        user = unquote(address.username or "")
        self._credentials = (
            {"X-ClickHouse-User": user, "X-ClickHouse-Key": unquote(address.password or "")} if user else {}
        )

    def ask(self, paths: Sequence[Path], rows: Sequence[Row], question: Question) -> list[Row]:
        """See `Engine.ask`. Raises EngineFailed with the server's words."""
        asked = {
            **RULES,
            "query": f"{_sql(question)} FORMAT JSONCompactEachRow",
            "samples_format": "Parquet",
            "samples_structure": STRUCTURE,
            **({"database": self._database} if self._database else {}),
            **{f"param_{name}": str(value) for name, value in question.values.items()},
        }
        request = urllib.request.Request(  # noqa: S310  # the scheme is one of two written above
            f"{self._url}?{urlencode(asked)}",
            data=_form(_parquet(cut(paths, rows, question))),
            headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **self._credentials},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310  # as above
                return [tuple(json.loads(line)) for line in answer.read().splitlines()]
        except urllib.error.HTTPError as error:
            raise EngineFailed(
                f"ClickHouse answers {error.code}: {error.read(500).decode('utf-8', 'replace')}"
            ) from error
        except OSError as error:
            raise EngineFailed(f"ClickHouse does not answer at {self._url}: {error}") from error

    def close(self) -> None:
        """Nothing is held."""


class ChDB:
    """ClickHouse's engine in this process, from the package chdb, which whoever sets it installs."""

    def __init__(self) -> None:
        self._lock = Lock()

    def ask(self, paths: Sequence[Path], rows: Sequence[Row], question: Question) -> list[Row]:
        """See `Engine.ask`. One question at a time: the engine is one for the process."""
        # Loaded only when somebody chose it: it is 400 MB.
        import chdb  # type: ignore[import-not-found, import-untyped, unused-ignore]

        with self._lock:
            return answered(chdb, cut(paths, rows, question), question)

    def close(self) -> None:
        """The engine ends with the process."""


def answered(engine: Any, samples: pa.Table, question: Question) -> list[Row]:
    """What chDB says over an Arrow table. Raises EngineFailed with its words."""
    plain = samples.cast(pa.schema([(one.name, _bare(one.type)) for one in samples.schema]))  # noqa: F841  # chDB finds the table by the name of this variable
    rules = ", ".join(f"{name} = {value}" for name, value in RULES.items())
    text = f"{_sql(question).replace('FROM samples', 'FROM Python(plain)')} SETTINGS {rules}"
    try:
        told = engine.query(text, "JSONCompactEachRow", params=dict(question.values))
    except Exception as error:
        # The package has no error of its own below Exception.
        raise EngineFailed(f"chDB: {error}") from error
    return [tuple(json.loads(line)) for line in str(told).splitlines()]


def cut(paths: Sequence[Path], rows: Sequence[Row], question: Question) -> pa.Table:
    """The samples a question can be about, as one table."""
    wanted = _filter(question)
    parts = [parquet.table(rows).filter(wanted)]
    if paths:
        sealed = ds.dataset([str(path) for path in paths], schema=parquet.SCHEMA, format="parquet")
        parts.append(sealed.to_table(filter=wanted).cast(parquet.SCHEMA))
    return pa.concat_tables(one.unify_dictionaries() for one in parts).unify_dictionaries()


def _filter(question: Question) -> pc.Expression:
    wanted = pc.scalar(True)
    for name in ("instance", "indicator"):
        if name in question.values:
            wanted = wanted & (pc.field(name) == question.values[name])
    if "since" in question.values:
        wanted = wanted & (pc.field("ts") >= question.values["since"]) & (pc.field("ts") < question.values["until"])
    return wanted


def _sql(question: Question) -> str:
    """Parameters as ClickHouse spells them, with their types."""
    return question.spelled(lambda name, value: f"{{{name}:{'String' if isinstance(value, str) else 'Int64'}}}")


def _bare(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


def _parquet(samples: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(samples, file, compression="zstd")
    return file.getvalue()


def _form(content: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="samples"; filename="samples"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
