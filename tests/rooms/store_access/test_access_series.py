"""The access series keeps every record durably, seals them under a root, finds them, proves one, and sees damage."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.host.clock import BEIJING
from yunyue.journal.proofs import verify_inclusion
from yunyue.journal.tree import leaf_hash
from yunyue.store.access import Access, AccessSeries, Proof, Wanted
from yunyue.store.access.record import LONGEST

NOW = datetime(2024, 5, 24, 10, 0, tzinfo=BEIJING)
NOW_MS = int(NOW.timestamp() * 1000)


def access(number: int = 0, **changed: object) -> Access:
    """A record of somebody looking at a fact."""
    values: dict[str, object] = {
        "at": NOW_MS + number,
        "actor": f"user:{number % 3}",
        "role": "engineer",
        "tenant": "",
        "door": "console",
        "kind": "evidence",
        "what": "GET console:fact",
        "about": f"fact-{number}",
        "contract": "beijing-2024",
        "outcome": "granted",
        "status": 200,
        "address": "192.0.2.7",
        "request": f"request-{number}",
    }
    return Access(**{**values, **changed})  # type: ignore[arg-type]  # a test's own values


@pytest.fixture
def series(tmp_path: Path) -> Iterator[AccessSeries]:
    opened = AccessSeries.open(tmp_path / "access")
    yield opened
    opened.close()


def fill(series: AccessSeries, count: int) -> None:
    for number in range(count):
        assert series.note(access(number)) is None


def test_what_is_noted_is_found_newest_first(series: AccessSeries) -> None:
    fill(series, 5)
    found = series.search(Wanted(), 3)
    assert [one.about for _position, one in found.records] == ["fact-4", "fact-3", "fact-2"]
    assert found.total == 5


def test_a_page_begins_after_the_one_before(series: AccessSeries) -> None:
    fill(series, 5)
    assert [position for position, _one in series.search(Wanted(), 2, 2).records] == [2, 1]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(actor="user:1"), {1, 4}),
        (Wanted(outcome="refused"), {6}),
        (Wanted(kind="staff"), {7}),
        (Wanted(role="third_party"), {8}),
        (Wanted(contract="other"), {9}),
        (Wanted(words="FACT-3"), {3}),
        (Wanted(words="198.51"), {10}),
        (Wanted(since=NOW_MS + 9), {9, 10}),
        (Wanted(until=NOW_MS + 1), {0}),
        (Wanted(actor="user:1", words="fact-4"), {4}),
        (Wanted(words="'; DROP TABLE records; --"), set()),
    ],
)
@pytest.mark.parametrize("sealed", [False, True])
def test_each_filter_finds_its_records_sealed_or_not(
    series: AccessSeries, wanted: Wanted, expected: set[int], sealed: bool
) -> None:
    fill(series, 6)
    others: list[dict[str, object]] = [
        {"outcome": "refused"}, {"kind": "staff"}, {"role": "third_party"}, {"contract": "other"},
        {"address": "198.51.100.1"},
    ]  # fmt: skip
    for number, changed in enumerate(others, 6):
        series.note(access(number, actor="user:9", about="x", **changed))
    if sealed:
        assert len(series.seal(NOW, force=True)) == 1
    assert {position for position, _one in series.search(wanted, 50).records} == expected


def test_sealing_changes_nothing_that_is_found(series: AccessSeries) -> None:
    fill(series, 7)
    before = series.search(Wanted(), 50)
    series.seal(NOW, force=True)
    fill(series, 2)
    after = series.search(Wanted(), 50)
    assert after.records[2:] == before.records
    assert after.total == 9


def test_records_are_sealed_after_an_hour_and_not_sooner(series: AccessSeries) -> None:
    fill(series, 3)
    assert series.seal(NOW + timedelta(minutes=59)) == ()
    facts = series.seal(NOW + timedelta(minutes=61))
    assert [(one.series, one.first, one.rows) for one in facts] == [("access", 0, 3)]
    assert series.sealed() == facts


def test_a_sealed_record_is_proven_to_the_root_in_its_fact(series: AccessSeries) -> None:
    fill(series, 11)
    (fact,) = series.seal(NOW, force=True)
    root = bytes.fromhex(fact.digest.removeprefix("sha256:"))
    for position in range(11):
        proof = series.prove(position)
        assert isinstance(proof, Proof)
        assert proof.holds
        leaf = leaf_hash(proof.record.leaf)
        assert verify_inclusion(leaf, proof.index, fact.rows, proof.path, root)
        assert proof.record == access(position)


def test_a_record_that_waits_or_never_was_is_refused_a_proof(series: AccessSeries) -> None:
    fill(series, 1)
    waiting, never = series.prove(0), series.prove(7)
    assert isinstance(waiting, Refused)
    assert isinstance(never, Refused)
    assert "not sealed yet" in waiting.reason
    assert never.reason == "no such record"


def test_one_changed_letter_of_a_sealed_record_is_seen(series: AccessSeries, tmp_path: Path) -> None:
    import pyarrow.parquet as pq  # type: ignore[import-untyped] # it ships no types

    fill(series, 4)
    facts = series.seal(NOW, force=True)
    assert series.check() == ()
    assert series.verify(facts) == ()
    path = next((tmp_path / "access").glob("*.parquet"))
    rows = pq.read_table(path)
    column = rows.schema.get_field_index("actor")
    changed = rows.set_column(column, rows.schema.field(column), [["user:0", "user:2", "user:2", "user:0"]])
    pq.write_table(changed, path)
    assert "sealed was" in series.check()[0].reason
    proof = series.prove(1)
    assert isinstance(proof, Proof)
    assert not proof.holds


def test_a_missing_file_and_a_shortened_manifest_are_seen(series: AccessSeries, tmp_path: Path) -> None:
    fill(series, 2)
    facts = series.seal(NOW, force=True)
    next((tmp_path / "access").glob("*.parquet")).unlink()
    assert [one.reason for one in series.check()] == ["the file is missing"]
    assert isinstance(series.prove(0), Refused)
    with sqlite3.connect(tmp_path / "access" / "tail.sqlite") as db:
        db.execute("DELETE FROM segments")
    db.close()
    assert [one.reason for one in series.verify(facts)] == ["a fact seals it, and it is gone"]


def test_a_segment_without_its_fact_is_seen(series: AccessSeries) -> None:
    fill(series, 2)
    series.seal(NOW, force=True)
    assert [one.reason for one in series.verify([])] == ["no fact seals it"]


def test_many_at_once_are_all_kept_each_once(series: AccessSeries) -> None:
    def work(start: int) -> None:
        for number in range(start, start + 25):
            assert series.note(access(number)) is None

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 200, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = series.search(Wanted(), 500)
    assert sorted(position for position, _one in found.records) == list(range(200))
    assert {one.about for _position, one in found.records} == {f"fact-{number}" for number in range(200)}


def test_two_processes_note_into_one_series(series: AccessSeries, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path[:0] = sys.argv[2:]\n"
        "from test_access_series import AccessSeries, fill\n"
        "series = AccessSeries.open(Path(sys.argv[1])); fill(series, 20); series.close()"
    )
    here = [str(Path(__file__).parent)]
    others = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "access"), *here]) for _ in range(2)]
    fill(series, 20)
    assert [one.wait(60) for one in others] == [0, 0]
    found = series.search(Wanted(), 500)
    assert sorted(position for position, _one in found.records) == list(range(60))


def test_a_record_that_cannot_be_written_is_refused(series: AccessSeries, tmp_path: Path) -> None:
    series.close()
    refused = series.note(access())
    assert isinstance(refused, Refused)
    assert refused.field == "access"


def test_what_a_killed_sealing_left_is_cleared_and_sealed_again(series: AccessSeries, tmp_path: Path) -> None:
    fill(series, 3)
    folder = tmp_path / "access"
    (folder / "access-0-2.parquet").write_bytes(b"written, never entered")
    (folder / "access-0-2.tmp").write_bytes(b"half")
    (fact,) = series.seal(NOW, force=True)
    assert sorted(path.name for path in folder.glob("access-*")) == ["access-0-3.parquet"]
    assert series.check() == ()
    assert fact.rows == 3


def test_a_reopened_series_goes_on_where_it_stopped(tmp_path: Path) -> None:
    for _again in range(2):
        series = AccessSeries.open(tmp_path)
        fill(series, 2)
        series.seal(NOW, force=True)
        series.close()
    series = AccessSeries.open(tmp_path)
    assert [one.first for one in series.sealed()] == [0, 2]
    assert series.oldest() == NOW_MS
    series.close()


def test_an_empty_series_has_nothing_to_seal_and_no_oldest(series: AccessSeries) -> None:
    assert series.seal(NOW, force=True) == ()
    assert series.oldest() is None


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=2 * LONGEST) | st.just("\ud800"), status=st.integers(100, 599))
def test_whatever_text_comes_is_kept_cut_and_found_again(
    tmp_path_factory: pytest.TempPathFactory, text: str, status: int
) -> None:
    series = AccessSeries.open(tmp_path_factory.mktemp("any"))
    assert series.note(access(about=text, status=status)) is None
    series.seal(NOW, force=True)
    proof = series.prove(0)
    assert isinstance(proof, Proof)
    assert proof.holds
    assert proof.record.about == text[:LONGEST].encode("utf-8", "replace").decode()
    series.close()
