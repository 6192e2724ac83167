"""The tree cut into files of 256 hashes that anyone can fetch, cache and check (C2SP tlog-tiles).

Pure: paths, bytes and which tiles a growth writes; the store reads and writes them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from yunyue.answer import Refused
from yunyue.journal.errors import BrokenTree
from yunyue.journal.proofs import NodeOf
from yunyue.journal.tree import HASH_LENGTH, hashes_in, root_of

TILE_WIDTH = 256
LONGEST_ENTRY = 65535
ReadTile = Callable[[int, int, int], bytes]


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Tile `n` of `level` (0 holds leaf hashes), `width` hashes wide; 256 is a full one."""

    level: int
    n: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not (0 <= self.level < 64 and self.n >= 0 and 1 <= self.width <= TILE_WIDTH):
            raise BrokenTree(f"no such tile: level {self.level}, number {self.n}, width {self.width}")

    def path(self) -> str:
        """Its place below the log's prefix, such as tile/0/x001/234.p/17."""
        return f"tile/{self.level}/{_number_path(self.n, self.width)}"

    def entries_path(self) -> str:
        """The place of the bundle with the records of this level-0 tile, such as tile/entries/x001/234.p/17."""
        if self.level:
            raise BrokenTree(f"only tiles of level 0 have entries, not level {self.level}")
        return f"tile/entries/{_number_path(self.n, self.width)}"


def _number_path(n: int, width: int) -> str:
    groups = [f"{n % 1000:03d}"]
    while n := n // 1000:
        groups.insert(0, f"x{n % 1000:03d}")
    return "/".join(groups) + ("" if width == TILE_WIDTH else f".p/{width}")


_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


def parse_path(path: str) -> tuple[Tile, bool] | Refused:
    """The tile a path names and whether it names the entry bundle; only the one spelling of each path is accepted."""
    found = _PATH.fullmatch(path)
    if not found:
        return Refused("not a path of tlog-tiles", "path")
    kind, groups, partial = found.groups()
    level, n = 0 if kind == "entries" else int(kind), int(groups.replace("x", "").replace("/", ""))
    width = int(partial or TILE_WIDTH)
    if level > 63 or (partial and width >= TILE_WIDTH):
        return Refused("level above 63 or partial width above 255", "path")
    tile = Tile(level, n, width)
    if (tile.entries_path() if kind == "entries" else tile.path()) != path:
        return Refused("the tile number has needless leading zeros", "path")
    return tile, kind == "entries"


def encode_entries(records: Sequence[bytes]) -> bytes | Refused:
    """An entry bundle: each record after its length in two bytes; refuses a record over 65,535 bytes."""
    for at, record in enumerate(records):
        if len(record) > LONGEST_ENTRY:
            return Refused(f"{len(record)} bytes, longer than the {LONGEST_ENTRY} a bundle can hold", f"records.{at}")
    return b"".join(len(record).to_bytes(2, "big") + record for record in records)


def decode_entries(bundle: bytes) -> list[bytes] | Refused:
    """The records of an entry bundle; refuses one that is cut short or holds more than 256."""
    records: list[bytes] = []
    at = 0
    while at < len(bundle):
        start = at + 2
        at = start + int.from_bytes(bundle[at:start], "big")
        if at > len(bundle):
            return Refused("the bundle is cut short", f"records.{len(records)}")
        records.append(bundle[start:at])
    if len(records) > TILE_WIDTH:
        return Refused(f"{len(records)} records where a bundle holds at most {TILE_WIDTH}", "records")
    return records


def tiles_of_growth(old: int, new: int) -> Iterator[Tile]:
    """The tiles that a tree of `new` leaves has and one of `old` leaves had not, lowest level first, left to right.

    A tile that was partial and grew is among them with its new width. Raises BrokenTree unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise BrokenTree(f"a tree of {old} leaves cannot grow to {new}")
    level = 0
    while new > old:
        for n in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
            yield Tile(level, n, min(TILE_WIDTH, new - n * TILE_WIDTH))
        level, old, new = level + 1, old // TILE_WIDTH, new // TILE_WIDTH


def grown_tiles(old: int, leaves: Sequence[bytes], read_tile: ReadTile) -> Iterator[tuple[Tile, bytes]]:
    """Each tile of `tiles_of_growth` with its bytes, after `leaves` are added to a tree of `old` leaves.

    `read_tile` is asked at most once a level, for the partial tile of the old tree.
    """
    level, hashes = 0, list(leaves)
    while hashes:
        first, kept = divmod(old, TILE_WIDTH)
        if kept:
            hashes = [*hashes_in(checked_tile(Tile(level, first, kept), read_tile)), *hashes]
        rows = [hashes[at : at + TILE_WIDTH] for at in range(0, len(hashes), TILE_WIDTH)]
        for at, row in enumerate(rows):
            yield Tile(level, first + at, len(row)), b"".join(row)
        hashes = [root_of(row) for row in rows if len(row) == TILE_WIDTH]
        level, old = level + 1, first


def checked_tile(tile: Tile, read_tile: ReadTile) -> bytes:
    """The bytes of a tile as read; raises BrokenTree when they are not exactly as many as its width needs."""
    packed = read_tile(tile.level, tile.n, tile.width)
    if len(packed) != tile.width * HASH_LENGTH:
        raise BrokenTree(f"{tile.path()}: {len(packed)} bytes where {tile.width * HASH_LENGTH} are needed")
    return packed


def nodes_in_tiles(size: int, read_tile: ReadTile) -> NodeOf:
    """A `node_of` for proofs over the first `size` leaves, from tiles; `read_tile(level, n, width)` answers its bytes.

    Reads one tile a node and keeps none: a reader that proves many records caches in `read_tile`.
    """

    def node_of(level: int, index: int) -> bytes:
        tile_level, rows = divmod(level, 8)
        first, stop = index << rows, (index + 1) << rows
        held = size >> 8 * tile_level
        if not 0 <= first < stop <= held:
            raise BrokenTree(f"node {index} of level {level}: not complete in a tree of {size} leaves")
        n = first // TILE_WIDTH
        width = min(TILE_WIDTH, held - n * TILE_WIDTH)
        packed = checked_tile(Tile(tile_level, n, width), read_tile)
        start, end = (at - n * TILE_WIDTH for at in (first, stop))
        return root_of(hashes_in(packed[start * HASH_LENGTH : end * HASH_LENGTH]))

    return node_of
