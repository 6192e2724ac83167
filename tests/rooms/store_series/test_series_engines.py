"""One SQL for every engine: whoever reads the samples gets the same rows, to the last bit."""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import pytest
from postgres import Cluster
from series_cast import MINUTE, T0, each_minute, later
from sql_engines import Ask, clickhouse_door, postgres_at, pyspark_ready, sqlite

from yunyue.answer import Refused
from yunyue.store.series import EngineFailed, Means, Series, engine, parquet
from yunyue.store.series.clickhouse import ChDB, ClickHouse
from yunyue.store.series.duck import Duck
from yunyue.store.series.question import Engine, Question, Row
from yunyue.store.series.spark import Spark

DAY = 1440 * MINUTE
SQL = {name: (files("yunyue.store.series") / f"{name}.sql").read_text("utf-8") for name in ("windows", "daily")}
BOUNDS = {"start": T0 - DAY // 2, "end": T0 + 2 * DAY, "since": T0 - 3 * DAY // 2, "until": T0 + 3 * DAY}
HOSTILE = "o'; DROP TABLE samples; -- 目标"
QUESTIONS = {
    "a window": Question(SQL["windows"], {"instance": "o1", "indicator": "availability", **BOUNDS}),
    "a hostile name": Question(SQL["windows"], {"instance": HOSTILE, "indicator": "availability", **BOUNDS}),
    "days": Question(SQL["daily"], {"indicator": "availability", **BOUNDS}),
    "nothing": Question(SQL["daily"], {"indicator": "coverage", **BOUNDS}),
}


def flapping(seed: int) -> list[Row]:
    """Rows of the tail: outages over midnights and edges, gaps, two samples of one millisecond, odd intervals."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for instance in ("o1", "o2", HOSTILE):
        ts, down = T0 - 2 * DAY, False
        while ts < T0 + 4 * DAY:
            down = down != (chance.random() < 0.004)
            error = "gap" if chance.random() < 0.01 else "reset" if down else ""
            rows.append((len(rows), instance, "availability", ts, int(not error), error, 1500))
            ts += chance.choice([0, 15_000, 60_000, 60_000, 61_000, 7_200_000 if chance.random() < 0.02 else 60_000])
    return rows


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[Row]]:
    """Half of the samples in a sealed file, half in the tail."""
    rows = flapping(7)
    path = tmp_path_factory.mktemp("sealed") / "a.parquet"
    parquet.write(rows[::2], path)
    return [path], rows[1::2]


@pytest.fixture(scope="module")
def truth(stored: tuple[list[Path], list[Row]]) -> dict[str, str]:
    """What DuckDB says of each question."""
    return {name: fingerprint(Duck().ask(*stored, one)) for name, one in QUESTIONS.items()}


def fingerprint(rows: Sequence[Row]) -> str:
    """Every value in its type, in order; the number of rows in front."""
    lines = "\n".join(json.dumps(list(row), ensure_ascii=True) for row in rows)
    return f"{len(rows)} {hashlib.sha256(lines.encode()).hexdigest()}"


def test_the_questions_have_answers_worth_comparing(truth: dict[str, str]) -> None:
    numbers = {name: int(one.split()[0]) for name, one in truth.items()}
    assert numbers["a window"] > 1000
    assert numbers["a hostile name"] > 1000
    assert numbers["days"] == 9
    assert numbers["nothing"] == 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_sqlite_says_the_same(question: str, stored: tuple[list[Path], list[Row]], truth: dict[str, str]) -> None:
    assert fingerprint(sqlite(*stored, QUESTIONS[question])) == truth[question]


@pytest.fixture(scope="module")
def postgres_ask(postgres: Cluster) -> Ask:
    return postgres_at(postgres.database())


@pytest.mark.parametrize("question", QUESTIONS)
def test_postgresql_says_the_same(
    question: str, stored: tuple[list[Path], list[Row]], truth: dict[str, str], postgres_ask: Ask
) -> None:
    assert fingerprint(postgres_ask(*stored, QUESTIONS[question])) == truth[question]


@pytest.mark.parametrize("question", QUESTIONS)
def test_chdb_says_the_same(question: str, stored: tuple[list[Path], list[Row]], truth: dict[str, str]) -> None:
    assert fingerprint(ChDB().ask(*stored, QUESTIONS[question])) == truth[question]


@pytest.fixture(scope="module")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouse]:
    with clickhouse_door(tmp_path_factory.mktemp("clickhouse"), "monitor", "pä ss") as port:
        found = engine(f"clickhouse://monitor:p%C3%A4%20ss@127.0.0.1:{port}/default")
        assert isinstance(found, ClickHouse)
        yield found


@pytest.mark.parametrize("question", QUESTIONS)
def test_clickhouse_over_http_says_the_same(
    question: str, stored: tuple[list[Path], list[Row]], truth: dict[str, str], clickhouse: ClickHouse
) -> None:
    assert fingerprint(clickhouse.ask(*stored, QUESTIONS[question])) == truth[question]


@pytest.mark.spark
@pytest.mark.timeout(900)
# Spark's bridge to Java leaves its sockets to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_spark_says_the_same(stored: tuple[list[Path], list[Row]], truth: dict[str, str]) -> None:
    pyspark_ready()
    spark = engine("spark://local[2]")
    assert isinstance(spark, Spark)
    try:
        assert {name: fingerprint(spark.ask(*stored, one)) for name, one in QUESTIONS.items()} == truth
    finally:
        spark.close()


def test_a_series_answers_through_the_engine_it_was_given(tmp_path: Path) -> None:
    errors = ["", "reset", "reset", "", "gap", ""]
    answers = []
    engines: tuple[Engine, ...] = (Duck(), ChDB())
    for number, chosen in enumerate(engines):
        series = Series.open(tmp_path / str(number), means=Means(engine=chosen))
        series.append(each_minute(errors), "probe", 1, 0)
        series.seal(later(0), force=True)
        series.append(each_minute(errors, T0 + 10 * MINUTE), "probe", 1, 6)
        bounds = (T0, T0 + 60 * MINUTE)
        days = series.daily_exactly("availability", *bounds)
        seen = series.windows("o1", "availability", *bounds)
        answers.append((days, seen.minutes, seen.outages, series.recent("o1", 3), series.latest("availability")))
        series.close()
    assert answers[0] == answers[1]


def test_a_server_that_refuses_or_is_not_there_fails_with_its_words(
    stored: tuple[list[Path], list[Row]], tmp_path: Path
) -> None:
    with clickhouse_door(tmp_path, "monitor", "right") as port:
        wrong = engine(f"clickhouse://monitor:wrong@127.0.0.1:{port}/")
        assert isinstance(wrong, ClickHouse)
        with pytest.raises(EngineFailed, match="403: Code: 516"):
            wrong.ask(*stored, QUESTIONS["days"])
    with pytest.raises(EngineFailed, match="does not answer"):
        wrong.ask(*stored, QUESTIONS["days"])


def test_the_default_is_duckdb_and_a_master_is_named_as_spark_does() -> None:
    assert isinstance(engine("duckdb"), Duck)
    assert isinstance(engine("clickhouse://"), ChDB)


@pytest.mark.parametrize(
    "setting", ["", "oracle://x", "duckdb://x", "clickhouse://host:port/", "spark://", "clickhouse://[x", "DUCKDB"]
)
def test_another_engine_is_refused_by_name(setting: str) -> None:
    refused = engine(setting)
    assert isinstance(refused, Refused)
    assert refused.field == "series"
    assert repr(setting) in refused.reason


def test_an_engine_whose_package_is_missing_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yunyue.store.series.engines.find_spec", lambda _name: None)
    refused = engine("spark://host:7077")
    assert isinstance(refused, Refused)
    assert "the package pyspark" in refused.reason
