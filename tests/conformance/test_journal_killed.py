"""Killed in the middle of its work, again and again, the journal loses nothing it has acknowledged."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from journals import Place
from postgres import running
from samples import NOW, ORIGIN, appended, payment, payments
from signing import Signing

from yunyue.host.keys import LogKeys
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.tree import leaf_hash, root_of
from yunyue.store.errors import StorageFailed
from yunyue.store.fsck import fsck
from yunyue.store.interface import Head
from yunyue.store.postgres import PostgresJournal
from yunyue.store.sqlite import SqliteJournal
from yunyue.store.stored import StoredJournal

ENGINES = Path(__file__).parents[1] / "engines"

ROUNDS = ((1, 1), (1, 40), (10, 7), (100, 3), (700, 2), (3_000, 1), (1, 90), (256, 5), (255, 4), (1_000, 2))
"""Batch size, and after how many acknowledgements the process is killed, while it is at work on the next batch."""


def killed(script: str, words: tuple[str, ...], acknowledgements: int) -> int:
    """Runs a script until it has acknowledged so often, kills it with SIGKILL, and answers the last it has said."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(ENGINES / script), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(acknowledgements)]
        process.kill()
        # What it managed to say before the kill reached it was promised as well.
        lines += [line for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -9
    return int(lines[-1])


def test_kill_9_loses_nothing_acknowledged_and_leaves_no_torn_head(place: Place, signing: Signing) -> None:
    for batch, acknowledgements in ROUNDS if place.kind == "sqlite" else ROUNDS[2:8]:
        journal = place.open()
        start = journal.head().size
        place.close()
        promised = killed("appender.py", (place.kind, place.address, str(batch), str(start)), acknowledgements)
        journal = place.open()
        assert isinstance(journal, StoredJournal)
        head = journal.head()
        assert head.size >= promised
        assert (head.size - start) % batch == 0, "half a batch was kept"
        assert head == Head(head.size, root_of([leaf_hash(leaf) for leaf in journal.leaves()]))
        assert [each.fact for each in journal.read(start)] == payments(start, head.size)
        assert fsck(journal, None, signing.read).faults == ()


def test_two_processes_that_append_at_once_are_both_kept_whole(place: Place, signing: Signing) -> None:
    """They are killed while both are at work; each sees its own acknowledgements, the journal has all of them."""
    place.open()
    place.close()
    words = [(place.kind, place.address, "50", str(start)) for start in (0, 1_000_000)]
    with ThreadPoolExecutor() as pool:
        promised = list(pool.map(lambda each: killed("appender.py", each, 12), words))
    journal = place.open()
    assert isinstance(journal, StoredJournal)
    numbers = [int(each.fact.id.rpartition("/")[2]) for each in journal.read()]
    for start, stop in zip((0, 1_000_000), promised, strict=True):
        own = [number for number in numbers if start <= number < start + 1_000_000]
        assert own == list(range(start, start + len(own)))
        assert stop <= start + len(own)
    assert fsck(journal, None, signing.read).faults == ()


def test_kill_9_while_publishing_leaves_a_head_that_holds_and_the_next_run_finishes(
    tmp_path: Path, signing: Signing
) -> None:
    keys = LogKeys.open(tmp_path / "keys", ORIGIN)
    assert isinstance(keys, LogKeys)
    own = Signing(keys, signing.witness_key)
    place, witness = own.publication(tmp_path / "published"), own.witness(tmp_path / "witness")
    words = (str(tmp_path / "journal.db"), str(tmp_path / "published"), str(tmp_path / "keys"))
    start = 0
    for acknowledgements in (1, 3, 2, 5):
        promised = killed("publisher.py", (*words, str(start)), acknowledgements)
        served = own.read((tmp_path / "published" / "checkpoint").read_text())
        assert isinstance(served, Checkpoint)
        assert served.size >= promised
        assert isinstance(witness.cosign_published(tmp_path / "published", NOW), str)
        journal = SqliteJournal.open(tmp_path / "journal.db", ORIGIN)
        assert isinstance(place.publish(journal), Checkpoint)
        assert fsck(journal, tmp_path / "published", own.read).faults == ()
        start = journal.head().size
        journal.close()


@pytest.mark.engine("postgres")
def test_a_postgres_server_that_dies_keeps_what_was_acknowledged_and_the_handle_comes_back(signing: Signing) -> None:
    with running() as cluster:
        journal = PostgresJournal.open(cluster.database(), ORIGIN)
        for start in range(0, 1_000, 500):
            appended(journal, payments(start, start + 500))
            assert journal.head().size == start + 500
            cluster.kill()
            with pytest.raises(StorageFailed, match="append the same facts again"):
                journal.append([payment(start + 500)], NOW)
            cluster.start()
            with pytest.raises(StorageFailed):
                journal.head()
            assert journal.head().size == start + 500
        assert appended(journal, payments(0, 1_001)).new == 1
        assert fsck(journal, None, signing.read).faults == ()
        journal.close()
