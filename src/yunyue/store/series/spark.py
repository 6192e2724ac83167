"""Apache Spark: a cluster that shares the folder of sealed files, or local threads ("spark://local[4]").

pyspark and Java 17 are brought by whoever sets it; nothing here loads them otherwise.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Final

from yunyue.store.series import parquet
from yunyue.store.series.question import Question, Row

SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "8",
    "spark.log.level": "ERROR",
    "spark.sql.parquet.enableVectorizedReader": "false",
}
"""Spark's own reader of columns does not know BYTE_STREAM_SPLIT, in which latencies lie; Parquet's reader does."""


class Spark:
    """One session for the process, made at the first question."""

    def __init__(self, master: str) -> None:
        """`master` as Spark names it: local[2], spark://host:7077."""
        self._master = master
        self._lock = Lock()
        self._session: Any = None

    def ask(self, paths: Sequence[Path], rows: Sequence[Row], question: Question) -> list[Row]:
        """See `Engine.ask`. Questions wait for each other: a temporary view has one name in a session."""
        with self._lock, TemporaryDirectory(prefix="yunyue-tail-", dir=_beside(paths)) as folder:
            tail = Path(folder) / "tail.parquet"
            parquet.write(rows, tail)
            session = self._ready()
            session.read.parquet(*(str(path) for path in (*paths, tail))).createOrReplaceTempView("samples")
            found = session.sql(question.spelled(lambda name, _: f":{name}"), args=dict(question.values)).collect()
            return [tuple(row) for row in found]

    def close(self) -> None:
        """End the session."""
        with self._lock:
            if self._session is not None:
                self._session.stop()
                self._session = None

    def _ready(self) -> Any:
        if self._session is None:
            # Loaded only when somebody chose it: it is 450 MB and starts a Java machine.
            from pyspark.sql import SparkSession  # type: ignore[import-not-found, import-untyped, unused-ignore]

            builder: Any = SparkSession.builder
            builder = builder.master(self._master).appName("yunyue")
            for name, value in SETTINGS.items():
                builder = builder.config(name, value)
            self._session = builder.getOrCreate()
        return self._session


def _beside(paths: Sequence[Path]) -> Path | None:
    """The workers of a cluster see the folder of the sealed files, so the tail is lent to them there."""
    return paths[0].parent if paths else None
