"""Which hashes of the journal's tree are kept on disk: the root of every complete block of 256, 256 x 256, ... records.

They are the hashes of C2SP tiles of level 1 and up, an eighth of a byte per record. Each is written once, in the same
transaction as the record that completes it, and never changes; the hashes below are computed from the records.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yunyue.journal.tiles import TILE_WIDTH
from yunyue.journal.tree import Frontier, root_of

LEVELS_A_TILE = 8
"""A block of 256 is a subtree of this height; kept nodes stand at levels 8, 16, 24 and so on."""

KeptNode = tuple[int, int, bytes]
"""Level in the tree (a multiple of 8, above 0), index in that level, 32-byte hash."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The tree after records were added: its frontier, and the kept nodes that became complete."""

    frontier: Frontier
    nodes: tuple[KeptNode, ...]


def grow(frontier: Frontier, hashes: Sequence[bytes]) -> Growth:
    """Adds leaf hashes to the tree; every pair is hashed once."""
    size, peaks = frontier.size, list(frontier.peaks)
    nodes: list[KeptNode] = []
    edges: list[tuple[bytes, ...]] = []
    carried: Sequence[bytes] = hashes
    level = 0
    while carried:
        filled = size % TILE_WIDTH
        kept = filled.bit_count()
        edge = Frontier(filled, tuple(peaks[len(peaks) - kept :]))
        del peaks[len(peaks) - kept :]
        edge, complete = _fill(edge, carried)
        edges.append(edge.peaks)
        level, size = level + LEVELS_A_TILE, size // TILE_WIDTH
        nodes.extend((level, size + at, node) for at, node in enumerate(complete))
        carried = complete
    whole = [*peaks, *(peak for edge_peaks in reversed(edges) for peak in edge_peaks)]
    return Growth(Frontier(frontier.size + len(hashes), tuple(whole)), tuple(nodes))


def _fill(edge: Frontier, hashes: Sequence[bytes]) -> tuple[Frontier, list[bytes]]:
    """The unfinished block after `hashes`, and the roots of the blocks they completed."""
    first = TILE_WIDTH - edge.size
    if len(hashes) < first:
        return edge.extend(hashes), []
    complete = [edge.extend(hashes[:first]).root()]
    last = first + (len(hashes) - first) // TILE_WIDTH * TILE_WIDTH
    complete.extend(root_of(hashes[at : at + TILE_WIDTH]) for at in range(first, last, TILE_WIDTH))
    return Frontier().extend(hashes[last:]), complete
