"""A copy of the whole journal in two files, taken while it is in use, and the way back from it.

`journal.leaves` is every record, each after its length in two bytes; `checkpoint` is the signed head over exactly
those. It fits both stores, whichever it was taken from. Keys and published tiles are not in it: keys are copied by
their owner to another place, tiles are published again. Carry the folder off the machine: one disk is no backup.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.errors import NotCanonical
from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.store.errors import JournalBroken
from yunyue.store.files import explain, flush_folder, make_folder, write_durably
from yunyue.store.interface import Head, Journal
from yunyue.store.publish import ReadCheckpoint, SignCheckpoint

LEAVES = "journal.leaves"
SIGNED = "checkpoint"
PAGE = 1_024


class Adopts(Protocol):
    """A journal that can take over another's leaves; both stores can."""

    def adopt(self, leaves: Iterator[bytes], expected: Head) -> Head | Refused:
        """Takes the leaves over if the journal is empty and they give `expected`; all or nothing."""


def backup(journal: Journal, to: Path, sign: SignCheckpoint) -> Head | Refused:
    """Copies the journal, as it is at this moment, into the new or empty folder `to`.

    Refuses a folder that holds something, and a full disk. Raises JournalBroken when the leaves read do not give the
    journal's own head: such a copy would be worth nothing, and it is time to run fsck.
    """
    head = journal.head()
    try:
        if to.exists() and any(to.iterdir()):
            return Refused("there is something in this folder; every backup takes a new one", str(to))
        make_folder(to)
        copied = _copy(journal, head.size, to / LEAVES)
        if copied != head:
            raise JournalBroken(f"the leaves do not give the root over {head.size} leaves; run fsck")
        note = sign(Checkpoint(journal.origin, head.size, head.root).text())
        # Last of all: a folder without a checkpoint is no backup.
        write_durably(to / SIGNED, note.encode())
    except OSError as error:
        return explain(error, "no backup was made")
    return head


def restore(source: Path, journal: Adopts, read: ReadCheckpoint) -> Head | Refused:
    """Puts a backup into an empty journal; refused, with nothing put in place, unless it gives the head it signed."""
    try:
        checkpoint = read((source / SIGNED).read_text())
        if isinstance(checkpoint, Refused):
            return Refused(f"the backup's checkpoint does not hold: {checkpoint}", SIGNED)
        return journal.adopt(_leaves(source / LEAVES), Head(checkpoint.size, checkpoint.root))
    except UnicodeDecodeError:
        return Refused("the backup's checkpoint is not text", SIGNED)
    except OSError as error:
        return explain(error, "nothing was restored")


def _copy(journal: Journal, size: int, path: Path) -> Head:
    """Writes the leaves out and answers the head they give."""
    frontier, hashes = Frontier(), list[bytes]()
    with path.open("xb") as file:
        for leaf in journal.leaves(0, size):
            file.write(len(leaf).to_bytes(2, "big") + leaf)
            hashes.append(leaf_hash(leaf))
            if len(hashes) == PAGE:
                frontier, hashes = frontier.extend(hashes), []
        file.flush()
        os.fsync(file.fileno())
    flush_folder(path.parent)
    frontier = frontier.extend(hashes)
    return Head(frontier.size, frontier.root())


def _leaves(path: Path) -> Iterator[bytes]:
    """The records in a backup. Raises NotCanonical when the last one is cut short."""
    with path.open("rb") as file:
        while prefix := file.read(2):
            length = int.from_bytes(prefix, "big")
            leaf = file.read(length)
            if len(prefix) < 2 or len(leaf) < length:
                raise NotCanonical("the last leaf is cut short")
            yield leaf
