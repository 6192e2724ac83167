"""The journal's root computed from its leaves alone, trusting no hash that was kept: what was altered shows here."""

from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.store.interface import Head, Journal

PAGE = 4_096
"""Leaves hashed at a time."""


def recomputed(journal: Journal, size: int) -> Head:
    """The head the first `size` leaves give; of fewer leaves where fewer are stored."""
    frontier = Frontier()
    hashes: list[bytes] = []
    for leaf in journal.leaves(0, size):
        hashes.append(leaf_hash(leaf))
        if len(hashes) == PAGE:
            frontier, hashes = frontier.extend(hashes), []
    frontier = frontier.extend(hashes)
    return Head(frontier.size, frontier.root())
