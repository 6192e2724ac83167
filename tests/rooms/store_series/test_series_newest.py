"""The newest sample of every instance is found together, and files are read once after each sealing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from yunyue.catalog import Sample
from yunyue.store.series import Series
from yunyue.store.series.duck import Duck
from yunyue.store.series.question import Question, Row
from yunyue.store.series.series import Means

KIND = "availability"
NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
T0 = int(NOW.timestamp() * 1000) - 3_600_000


class Counting(Duck):
    """The engine, and how often it was asked."""

    asked = 0

    def ask(self, paths: Sequence[Path], rows: Sequence[Row], question: Question) -> list[Row]:
        """Count, and ask."""
        self.asked += 1
        return super().ask(paths, rows, question)


def append(series: Series, seq: int, *told: tuple[str, int]) -> None:
    """Samples of instances, each so many milliseconds after the beginning."""
    samples = [Sample(instance, KIND, T0 + at, True, "", at) for instance, at in told]
    assert isinstance(series.append(samples, "p", 1, seq), int)


def newest(series: Series) -> dict[str, int]:
    return {instance: one.ts - T0 for instance, one in series.newest_of_each(KIND).items()}


def test_the_newest_of_every_instance_sealed_or_not(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    append(series, 0, ("o1", 1), ("o2", 5), ("o1", 4), ("o3", 2))
    series.seal(NOW, force=True)
    append(series, 4, ("o2", 9), ("o4", 7))
    assert newest(series) == {"o1": 4, "o2": 9, "o3": 2, "o4": 7}
    series.close()


def test_files_are_read_once_after_each_sealing(tmp_path: Path) -> None:
    engine = Counting()
    series = Series.open(tmp_path, means=Means(engine=engine))
    append(series, 0, ("o1", 1))
    series.seal(NOW, force=True)
    before = engine.asked
    assert newest(series) == newest(series) == {"o1": 1}
    assert engine.asked == before + 1
    append(series, 1, ("o1", 3))
    assert newest(series) == {"o1": 3}
    assert engine.asked == before + 1
    series.seal(NOW, force=True)
    assert newest(series) == {"o1": 3}
    assert engine.asked == before + 2
    series.close()


def test_an_empty_series_has_none(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    assert newest(series) == {}
    series.close()
