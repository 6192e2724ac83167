"""The engines the series' SQL must read alike, each over the same samples: two of them are databases of the tests."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg
import pyarrow.parquet as pq  # type: ignore[import-untyped] # it ships no types

from yunyue.store.series.question import Question, Row

TABLE = (
    "CREATE TABLE samples (position BIGINT, instance TEXT, indicator TEXT, ts BIGINT, local_day INTEGER, ok {truth}, "
    "error TEXT, latency_us BIGINT)"
)
PYSPARK = "pyspark==4.1.4"

Ask = Callable[[Sequence[Path], Sequence[Row], Question], list[Row]]


def every_row(paths: Sequence[Path], rows: Sequence[Row]) -> list[Row]:
    """Sealed rows and those of the tail, as the table has them."""
    sealed = [tuple(line.values()) for path in paths for line in pq.read_table(path).to_pylist()]
    return sealed + [(a, b, c, t, (t + 28_800_000) // 86_400_000, bool(ok), e, us) for a, b, c, t, ok, e, us in rows]


def sqlite(paths: Sequence[Path], rows: Sequence[Row], question: Question) -> list[Row]:
    """SQLite, which knows no booleans and needs none."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(TABLE.format(truth="INTEGER"))
        db.executemany("INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?)", every_row(paths, rows))
        return db.execute(question.spelled(lambda name, _: f":{name}"), dict(question.values)).fetchall()


def postgres_at(conninfo: str) -> Ask:
    """PostgreSQL, whose driver takes % for its own."""

    def ask(paths: Sequence[Path], rows: Sequence[Row], question: Question) -> list[Row]:
        sql = Question(question.sql.replace("%", "%%"), question.values).spelled(lambda name, _: f"%({name})s")
        with psycopg.connect(conninfo) as connection:
            connection.execute("DROP TABLE IF EXISTS samples")
            connection.execute(TABLE.format(truth="BOOLEAN"))
            with connection.cursor().copy("COPY samples FROM STDIN") as copy:
                for row in every_row(paths, rows):
                    copy.write_row(row)
            return connection.execute(sql, dict(question.values)).fetchall()

    return ask


def pyspark_ready() -> None:
    """Make pyspark importable: installed once into a cache of the user, with Debian's Java 17 when there is none."""
    if shutil.which("java") is None:
        command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "openjdk-17-jre-headless"]
        subprocess.run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=True)
    from openbao import installed

    folder = str(installed(PYSPARK))
    if folder not in sys.path:
        sys.path.append(folder)
    # Spark's workers are Python processes of their own and must find the package too.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH", ""))))


class _Door(BaseHTTPRequestHandler):
    """ClickHouse's HTTP interface, as far as a question uses it, in front of ClickHouse's engine (chDB)."""

    server: "_Server"

    def do_POST(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        body = self.rfile.read(int(self.headers["Content-Length"]))
        shown = (self.headers.get("X-ClickHouse-User"), self.headers.get("X-ClickHouse-Key"))
        if shown != self.server.credentials:
            self._say(403, b"Code: 516. Authentication failed")
            return
        try:
            self._say(200, self.server.answer(asked, body))
        except Exception as error:
            # Whatever the engine says is the answer, as it is a real server's.
            self._say(400, str(error).encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the base class names it so
        """Silent."""


class _Server(ThreadingHTTPServer):
    credentials: tuple[str | None, str | None]
    folder: Path

    def answer(self, asked: dict[str, str], body: bytes) -> bytes:
        """Runs the query over the external table that came along."""
        import chdb  # type: ignore[import-untyped, unused-ignore]  # 400 MB, so only where it is needed

        assert (asked["samples_format"], asked["samples_structure"][:14]) == ("Parquet", "position Int64")
        content = body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
        file = self.folder / "samples.parquet"
        file.write_bytes(content)
        table = f"file('{file}', 'Parquet', '{asked['samples_structure']}')"
        sql = asked["query"].replace("FROM samples", f"FROM {table}").removesuffix(" FORMAT JSONCompactEachRow")
        rules = ", ".join(f"{name} = {asked[name]}" for name in ("join_use_nulls", "prefer_column_name_to_alias"))
        params = {name.removeprefix("param_"): text for name, text in asked.items() if name.startswith("param_")}
        query: Any = chdb.query
        return str(query(f"{sql} SETTINGS {rules}", "JSONCompactEachRow", params=params)).encode()


@contextmanager
def clickhouse_door(folder: Path, user: str | None = None, password: str | None = None) -> Iterator[int]:
    """The port of a server that speaks ClickHouse's HTTP interface over its real engine."""
    server = _Server(("127.0.0.1", 0), _Door)
    server.credentials, server.folder = (user, password), folder
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
