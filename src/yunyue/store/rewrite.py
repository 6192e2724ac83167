"""Writes everything published again from the journal: the remedy of damaged tiles and heads.

Only a journal whose every leaf was read again, and whose leaves give the newest head that was signed, may do this:
otherwise the published tree is the better witness of the two, and must stay as it is.
"""

from pathlib import Path

from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.tiles import Tile, parse_path, tiles_of_growth
from yunyue.store.files import explain, only_one, write_durably
from yunyue.store.fsck import check_leaves
from yunyue.store.publish import Publication, continues
from yunyue.store.stored import StoredJournal
from yunyue.store.tile_files import LATEST, entries_of, hashes_of, kept_path, kept_sizes, newest_kept

KEYS = "put back the folder of keys that belongs to this journal, or the folder of tiles from a backup"


def rewrite(publication: Publication, journal: StoredJournal) -> Checkpoint | Refused:
    """Tiles, records and kept heads under the newest signed head, and that head last.

    Refused, and nothing written: a journal with a fault or one that does not give that head, no head that holds with
    the keys, another process publishing. Files below `tile/` that belong to no tile are taken away.
    """
    faults = check_leaves(journal).faults
    if faults:
        reason = f"the journal itself is not as it was written, so nothing is published from it: {faults[0]}"
        return Refused(reason, "journal")
    try:
        with only_one(publication.directory) as alone:
            if not alone:
                return Refused("another process is publishing there; nothing was written", str(publication.directory))
            return _rewrite(publication, journal)
    except OSError as error:
        return explain(error, "the published tree was not written again")


def _rewrite(publication: Publication, journal: StoredJournal) -> Checkpoint | Refused:
    newest = _newest(publication)
    refused = newest if isinstance(newest, Refused) else _forked(publication, journal, newest)
    if isinstance(newest, Refused) or refused:
        return refused or Refused("nothing is published yet", LATEST)
    _tiles(publication.directory, journal, newest.size)
    _heads(publication, journal, newest)
    write_durably(publication.directory / LATEST, kept_path(publication.directory, newest.size).read_bytes())
    return newest


def _newest(publication: Publication) -> Checkpoint | Refused:
    """The newest head whose signatures hold, of the published one and the last one kept."""
    paths = [publication.directory / LATEST, newest_kept(publication.directory)]
    there = [path for path in paths if path is not None and path.exists()]
    if not there:
        return Refused("nothing is published yet", LATEST)
    read = [publication.read_head(path) for path in there]
    held = [one for one in read if isinstance(one, Checkpoint)]
    if not held:
        return Refused(f"no published head holds with the keys of this installation: {read[0]}; {KEYS}", LATEST)
    return max(held, key=lambda one: one.size)


def _forked(publication: Publication, journal: StoredJournal, newest: Checkpoint) -> Refused | None:
    """A signed head that is not this journal's: proof of something, and never written over."""
    if refused := continues(journal, newest):
        return refused
    for size in kept_sizes(publication.directory):
        kept = publication.read_head(kept_path(publication.directory, size))
        if isinstance(kept, Checkpoint) and (refused := continues(journal, kept)):
            return refused
        if size > journal.head().size:
            return Refused(f"a head of {size} leaves was kept, and the journal has {journal.head().size}", "size")
    return None


def _tiles(directory: Path, journal: StoredJournal, size: int) -> None:
    wanted: dict[str, bytes] = {}
    there = [path for path in (directory / "tile").rglob("*") if path.is_file()]
    known = [parse_path(path.relative_to(directory).as_posix()) for path in there]
    # An earlier partial tile stays: whoever holds the head of that size still asks for it.
    earlier = [found[0] for found in known if not isinstance(found, Refused) and _within(found[0], size)]
    for tile in (*tiles_of_growth(0, size), *earlier):
        wanted[tile.path()] = hashes_of(journal, tile)
        if tile.level == 0:
            wanted[tile.entries_path()] = entries_of(journal, tile)
        for path, content in wanted.items():
            write_durably(directory / path, content)
        there = [path for path in there if path.relative_to(directory).as_posix() not in wanted]
        wanted.clear()
    for stranger in there:
        stranger.unlink()


def _within(tile: Tile, size: int) -> bool:
    return (tile.n * 256 + tile.width) << (8 * tile.level) <= size


def _heads(publication: Publication, journal: StoredJournal, newest: Checkpoint) -> None:
    """Every kept head that cannot be read, or stands under another size, is signed again."""
    for size in {*kept_sizes(publication.directory), newest.size}:
        path = kept_path(publication.directory, size)
        kept = publication.read_head(path) if path.exists() else None
        if not isinstance(kept, Checkpoint) or kept.size != size:
            head = journal.head_at(size)
            publication.keep(Checkpoint(journal.origin, head.size, head.root))


__all__ = ["rewrite"]
