"""The published tree as files (C2SP tlog-tiles): what stands in each tile and entry bundle, and where.

Besides the tiles, every head ever signed is kept below `checkpoint-at/`, named by its size.
"""

from collections.abc import Iterator
from pathlib import Path

from yunyue.answer import Refused
from yunyue.journal.errors import BrokenTree
from yunyue.journal.tiles import TILE_WIDTH, ReadTile, Tile, encode_entries
from yunyue.journal.tree import HASH_LENGTH, leaf_hash
from yunyue.store.errors import JournalBroken
from yunyue.store.interface import Journal

LATEST = "checkpoint"
KEPT = "checkpoint-at"


def hashes_of(journal: Journal, tile: Tile) -> bytes:
    """The bytes of a tile, from the journal."""
    first = tile.n * TILE_WIDTH
    if tile.level == 0:
        return b"".join(leaf_hash(leaf) for leaf in journal.leaves(first, first + tile.width))
    return b"".join(journal.node(8 * tile.level, at) for at in range(first, first + tile.width))


def entries_of(journal: Journal, tile: Tile) -> bytes:
    """The bundle with the records of a level-0 tile, from the journal."""
    first = tile.n * TILE_WIDTH
    bundle = encode_entries(list(journal.leaves(first, first + tile.width)))
    if isinstance(bundle, Refused):
        raise JournalBroken(f"{tile.entries_path()}: {bundle}")
    return bundle


def kept_path(directory: Path, size: int) -> Path:
    """Where the signed head of that size is kept: a thousand files to a folder."""
    return directory / KEPT / f"{size // 1000:06d}" / str(size)


def kept_sizes(directory: Path) -> list[int]:
    """The sizes of which a signed head is kept, smallest first."""
    found = (directory / KEPT).glob("*/*")
    return sorted(int(path.name) for path in found if path.name.isdecimal() and path.name.isascii())


def newest_kept(directory: Path) -> Path | None:
    """The signed head of the largest size, without looking through them all."""
    found = directory / KEPT
    for _ in range(2):
        names = [path for path in found.iterdir() if path.name.isdecimal()] if found.is_dir() else []
        if not names:
            return None
        found = max(names, key=lambda path: int(path.name))
    return found


def partials_of(directory: Path, tile: Tile) -> Iterator[Path]:
    """The folders of partial versions of a full tile."""
    paths = (tile.path(), tile.entries_path()) if tile.level == 0 else (tile.path(),)
    return (folder for path in paths if (folder := directory / f"{path}.p").is_dir())


def tile_reader(directory: Path) -> ReadTile:
    """Reads published tiles; a partial one is cut from the full one once that has taken its place.

    Raises BrokenTree for a tile that is not there.
    """

    def read_tile(level: int, n: int, width: int) -> bytes:
        for tile in (Tile(level, n, width), Tile(level, n)):
            path = directory / tile.path()
            if path.is_file():
                return path.read_bytes()[: width * HASH_LENGTH]
        raise BrokenTree(f"{Tile(level, n, width).path()}: not published")

    return read_tile
