"""Which engine answers questions, chosen by one setting: duckdb, clickhouse://… or spark://…."""

from importlib.util import find_spec
from typing import Final
from urllib.parse import urlsplit

from yunyue.answer import Refused
from yunyue.store.series.clickhouse import ChDB, ClickHouse
from yunyue.store.series.duck import Duck
from yunyue.store.series.question import Engine
from yunyue.store.series.spark import Spark

DEFAULT: Final = "duckdb"
SPARK: Final = "spark://"


def engine(setting: str) -> Engine | Refused:
    """The engine a setting names. Refused: another scheme, no address, a package that is not installed."""
    if setting == DEFAULT:
        return Duck()
    if setting.removeprefix(SPARK) != setting:
        master = setting.removeprefix(SPARK)
        return _spark(master if master.startswith("local") else setting)
    try:
        address = urlsplit(setting)
        _ = address.port
    except ValueError as error:
        return Refused(f"{setting!r} is no address: {error}", "series")
    match address.scheme:
        case "clickhouse" | "clickhouses" if address.hostname:
            return ClickHouse(address)
        case "clickhouse":
            return _with("chdb") or ChDB()
        case _:
            return Refused(f"{setting!r} is neither duckdb nor clickhouse://… nor spark://…", "series")


def _spark(master: str) -> Engine | Refused:
    """Spark's own names of masters: spark://host:port, and local[n], which is no address."""
    if master == SPARK:
        return Refused(f"{SPARK!r} names no master; spark://host:7077 or spark://local[2] does", "series")
    return _with("pyspark") or Spark(master)


def _with(package: str) -> Refused | None:
    """Why the engine cannot be had; None when its package is here."""
    if find_spec(package) is None:
        return Refused(f"this engine needs the package {package}, which is not installed", "series")
    return None
