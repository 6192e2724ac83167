"""Puts the journal's tree where others can fetch and check it: tiles and records first, the signed head last.

Whoever reads the head finds everything under it. A killed run is simply run again. A head that does not continue the
one already published is never signed: that would be proof of two histories, in our own hand.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.tiles import TILE_WIDTH, Tile, tiles_of_growth
from yunyue.store.errors import JournalBroken
from yunyue.store.files import explain, only_one, write_durably
from yunyue.store.interface import Head, Journal
from yunyue.store.tile_files import LATEST, entries_of, hashes_of, kept_path, newest_kept, partials_of

ReadCheckpoint = Callable[[str], Checkpoint | Refused]
"""The checkpoint in a signed note, once all the log's signatures on it hold (host/signatures.read_checkpoint)."""

SignCheckpoint = Callable[[str], str]
"""The signed note over a checkpoint's text (host/keys.LogKeys.sign_checkpoint)."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A folder of published tiles, and what signs and checks the heads in it."""

    directory: Path
    sign: SignCheckpoint
    read: ReadCheckpoint

    def latest(self) -> Checkpoint | Refused | None:
        """The newest head ever signed here; None before the first one; refused when its signatures do not hold.

        The kept heads count too: putting an older `checkpoint` back, or deleting it, hides nothing.
        """
        newest: Checkpoint | None = None
        for path in (self.directory / LATEST, newest_kept(self.directory)):
            if path is None or not path.exists():
                continue
            read = self.read_head(path)
            if isinstance(read, Refused):
                return read
            if newest is None or read.size > newest.size:
                newest = read
        return newest

    def read_head(self, path: Path) -> Checkpoint | Refused:
        """The head in one of the files published here; refused when its signatures do not hold."""
        try:
            read = self.read(path.read_text())
        except (OSError, UnicodeDecodeError) as error:
            return Refused(f"the published checkpoint cannot be read: {error}", path.name)
        if isinstance(read, Refused):
            return Refused(f"the published checkpoint does not hold: {read}", path.name)
        return read

    def publish(self, journal: Journal) -> Checkpoint | Refused:
        """Publishes the journal as it stands; the head that is now published.

        Refused, with the old head still published: a journal that is shorter than that head or does not begin with
        it, another process publishing, a full disk. Raises JournalBroken when the journal contradicts itself.
        """
        try:
            with only_one(self.directory) as alone:
                if not alone:
                    return Refused("another process is publishing there; nothing was published", str(self.directory))
                return self._publish(journal)
        except OSError as error:
            return explain(error, "the journal was not published")

    def checkpoint_at(self, journal: Journal, size: int) -> str | Refused:
        """The signed note of the head at `size`, at most the published size: the one kept, or one signed now and kept.

        With `journal.size_at(moment)` this is the head of what was known at a moment.
        """
        path = kept_path(self.directory, size)
        if path.is_file():
            kept = path.read_text()
            read = self.read(kept)
            return read if isinstance(read, Refused) else kept
        latest = self.latest()
        if not isinstance(latest, Checkpoint):
            return latest or Refused("nothing is published yet", "size")
        if not 0 <= size <= latest.size:
            return Refused(f"{latest.size} leaves are published, not {size}", "size")
        if refused := continues(journal, latest):
            return refused
        return self.keep(_checkpoint(journal, journal.head_at(size)))

    def _publish(self, journal: Journal) -> Checkpoint | Refused:
        latest = self.latest()
        if isinstance(latest, Refused):
            return latest
        if latest and (refused := continues(journal, latest)):
            return refused
        head = journal.head()
        if latest and latest.size == head.size:
            self._put_last(latest)
            return latest
        if journal.head_at(head.size) != head:
            raise JournalBroken(f"the journal's {head.size} leaves and its frontier give different roots: run fsck")
        grown = list(tiles_of_growth(latest.size if latest else 0, head.size))
        for tile in grown:
            self._write(journal, tile)
        checkpoint = _checkpoint(journal, head)
        self.keep(checkpoint)
        self._put_last(checkpoint)
        self._drop_partials(grown)
        return checkpoint

    def _put_last(self, newest: Checkpoint) -> None:
        """Makes the newest kept head the published one, unless it is already."""
        kept = kept_path(self.directory, newest.size)
        path = self.directory / LATEST
        if kept.exists() and not (path.exists() and path.read_bytes() == kept.read_bytes()):
            write_durably(path, kept.read_bytes())

    def _write(self, journal: Journal, tile: Tile) -> None:
        write_durably(self.directory / tile.path(), hashes_of(journal, tile))
        if tile.level == 0:
            write_durably(self.directory / tile.entries_path(), entries_of(journal, tile))

    def keep(self, checkpoint: Checkpoint) -> str:
        """Signs a head and keeps it; a later reader of a smaller size then has a signature for exactly that."""
        note = self.sign(checkpoint.text())
        write_durably(kept_path(self.directory, checkpoint.size), note.encode())
        return note

    def _drop_partials(self, grown: list[Tile]) -> None:
        """Once a full tile is under the published head its partial versions say nothing more (tlog-tiles)."""
        for tile in grown:
            if tile.width == TILE_WIDTH:
                for folder in partials_of(self.directory, tile):
                    shutil.rmtree(folder)


def continues(journal: Journal, published: Checkpoint) -> Refused | None:
    """The refusal of a journal that is not the published one grown; None when it is."""
    if journal.origin != published.origin:
        return Refused(f"the journal of {journal.origin}, and {published.origin} is published there", "origin")
    size = journal.head().size
    if size < published.size:
        return Refused(
            f"the journal has {size} leaves and {published.size} are published: it was shortened, or an old copy was"
            " put in its place; restore the full journal",
            "size",
        )
    if journal.head_at(published.size).root != published.root:
        return Refused(
            f"the first {published.size} leaves are not those that were published: the journal was rewritten; run fsck",
            "root",
        )
    return None


def _checkpoint(journal: Journal, head: Head) -> Checkpoint:
    return Checkpoint(journal.origin, head.size, head.root)
