"""Damage is found: in the bytes of a file, in the manifest, and against the facts."""

import sqlite3
from pathlib import Path

import pytest
from series_cast import T0, later, sample

from yunyue.journal.facts import SegmentSealed
from yunyue.store.series import Fault, Limits, Series


def sealed(folder: Path) -> tuple[Series, tuple[SegmentSealed, ...]]:
    series = Series.open(folder, "probes", Limits(rows=256))
    series.append([sample(T0 + number) for number in range(600)], "probe", 1, 0)
    return series, series.seal(later(0), force=True)


def test_an_untouched_series_has_no_faults(tmp_path: Path) -> None:
    series, facts = sealed(tmp_path)
    assert (series.check(), series.verify(facts)) == ((), ())


@pytest.mark.parametrize("where", [0, 100, -1])
def test_one_changed_bit_in_a_sealed_file_is_found(tmp_path: Path, where: int) -> None:
    series, _ = sealed(tmp_path)
    path = tmp_path / "seg-256-256.parquet"
    content = bytearray(path.read_bytes())
    content[where] ^= 1
    path.write_bytes(content)
    faults = series.check()
    assert [one.segment for one in faults] == ["seg-256-256"]
    assert faults[0].reason.startswith("its bytes give sha256:")


def test_a_missing_file_is_found(tmp_path: Path) -> None:
    series, _ = sealed(tmp_path)
    (tmp_path / "seg-256-256.parquet").unlink()
    assert series.check() == (Fault("seg-256-256", "the file is missing"),)


def test_a_line_taken_out_of_the_manifest_is_found(tmp_path: Path) -> None:
    series, facts = sealed(tmp_path)
    with sqlite3.connect(tmp_path / "tail.sqlite") as db:
        db.execute("DELETE FROM segments WHERE first = 256")
    db.close()
    assert series.check() == (Fault("seg-512-88", "does not follow seg-0-256"),)
    assert series.verify(facts) == (Fault("seg-256-256", "a fact seals it, and it is gone"),)


def test_rows_taken_out_of_the_tail_are_found(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    series.append([sample(T0 + number) for number in range(5)], "probe", 1, 0)
    with sqlite3.connect(tmp_path / "tail.sqlite") as db:
        db.execute("DELETE FROM tail WHERE position < 2")
    db.close()
    assert series.check() == (Fault("tail", "starts at row 2, sealed is up to 0"),)


def test_a_file_and_manifest_changed_together_are_found_by_the_facts(tmp_path: Path) -> None:
    series, facts = sealed(tmp_path)
    forged = "sha256:" + "0" * 64
    with sqlite3.connect(tmp_path / "tail.sqlite") as db:
        db.execute("UPDATE segments SET digest = ? WHERE first = 0", (forged,))
    db.close()
    assert series.verify(facts) == (Fault("seg-0-256", f"its fact says {facts[0].digest}, the manifest {forged}"),)


def test_a_file_no_fact_seals_is_found(tmp_path: Path) -> None:
    series, facts = sealed(tmp_path)
    assert series.verify(facts[1:]) == (Fault("seg-0-256", "no fact seals it"),)


def test_facts_of_another_series_are_no_matter(tmp_path: Path) -> None:
    _, facts = sealed(tmp_path)
    assert Series.open(tmp_path / "other", "logs").verify(facts) == ()
