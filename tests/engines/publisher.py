"""A process to be killed: appends to a journal in SQLite and publishes it, again and again, saying each head's size.

python publisher.py JOURNAL DIRECTORY KEYS START
"""

import sys
from itertools import count
from pathlib import Path

from samples import ORIGIN, appended, payments

from yunyue.host.keys import LogKeys
from yunyue.host.signatures import read_checkpoint
from yunyue.journal.checkpoint import Checkpoint
from yunyue.store.publish import Publication
from yunyue.store.sqlite import SqliteJournal

STEP = 130


def main(address: str, directory: str, folder: str, start: int) -> None:
    """Appends and publishes until killed."""
    journal, keys = SqliteJournal.open(Path(address), ORIGIN), LogKeys.open(Path(folder), ORIGIN, create=False)
    assert isinstance(keys, LogKeys)
    public = keys.note_keys()
    place = Publication(Path(directory), keys.sign_checkpoint, lambda note: read_checkpoint(note, ORIGIN, public))
    for first in count(start, STEP):
        appended(journal, payments(first, first + STEP))
        outcome = place.publish(journal)
        assert isinstance(outcome, Checkpoint), outcome
        sys.stdout.write(f"{outcome.size}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
