"""Taking away what nobody must keep any longer: whole files, the oldest first, never one in between.

Their days stay as summaries and their digests stay in the manifest, so the tree, the checkpoints and old proofs hold
as before: only the samples are gone. How long samples must be kept is not decided here.
"""

from yunyue.store.series.kept import Summaries
from yunyue.store.series.shelf import Shelf
from yunyue.store.series.tail import Segment, Tail


def expired(tail: Tail, before: int) -> tuple[Segment, ...]:
    """The files from the beginning on whose samples are all older than a moment (ms)."""
    found: list[Segment] = []
    for one in tail.segments():
        if one.stop >= before:
            break
        found.append(one)
    return tuple(found)


def prune(shelf: Shelf, tail: Tail, summaries: Summaries, before: int) -> tuple[Segment, ...]:
    """Take them away; which went. What an interrupted pruning left behind goes with them.

    First their days are kept, then one commit moves their lines of the manifest, then the files go.
    """
    going = expired(tail, before)
    if going:
        archive = summaries.archive(going)
        with tail.transaction() as db:
            db.execute("INSERT INTO archives VALUES (?)", (archive,))
            for one in going:
                db.execute("INSERT INTO pruned SELECT *, 0 FROM segments WHERE first = ?", (one.first,))
                db.execute("DELETE FROM segments WHERE first = ?", (one.first,))
    with tail.transaction() as db:
        left = {row[0] for row in db.execute("SELECT first FROM pruned WHERE gone = 0")}
    for one in tail.pruned():
        if one.first in left:
            shelf.remove(one)
            summaries.forget((one,))
            with tail.transaction() as db:
                db.execute("UPDATE pruned SET gone = 1 WHERE first = ?", (one.first,))
    return going
