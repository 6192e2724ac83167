"""The part of the check that reads what is published: every tile, every bundle of records, every signed head."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.errors import BrokenTree
from yunyue.journal.proofs import consistency_proof, verify_consistency
from yunyue.journal.tiles import Tile, nodes_in_tiles, parse_path, tiles_of_growth
from yunyue.store.errors import JournalBroken
from yunyue.store.fault import Fault
from yunyue.store.interface import Journal
from yunyue.store.publish import ReadCheckpoint, continues
from yunyue.store.recompute import recomputed
from yunyue.store.tile_files import KEPT, LATEST, entries_of, hashes_of, kept_path, kept_sizes, newest_kept, tile_reader

AGAIN = "the journal has it right: yunyue journal publish --again writes it again from the journal"
FIRST = "leave this file as it is; restore the journal first, then run yunyue journal fsck again"
RESTORE = "stop writing; restore the journal from the last backup and compare its head with the client's witness"
COMPARE = "stop publishing; compare the journal with its last backup and with the client's witness"
KEYS = "put back the keys this journal was signed with, from where they were kept; if they are there, restore a backup"


@dataclass
class Published:
    """What was found, and how much was read."""

    faults: list[Fault] = field(default_factory=list)
    tiles: int = 0
    heads: int = 0


def check_published(journal: Journal, directory: Path, read: ReadCheckpoint, *, altered: bool = False) -> Published:
    """Compares everything in the folder with the journal, and the signed heads with each other.

    `altered`: the journal is known to be damaged. It is then no measure of what is published: rather the reverse.
    """
    found = Published()
    if not (directory / LATEST).exists() and not kept_sizes(directory):
        return found
    latest = _head(directory / LATEST, read)
    if isinstance(latest, Refused):
        found.faults.append(Fault(LATEST, str(latest), _remedy_of_head(directory, read)))
        return found
    if wrong := _not_signed(journal, latest) if altered else _unlike(journal, latest):
        found.faults.append(Fault(LATEST, wrong, RESTORE if altered else COMPARE))
    if wrong and not altered:
        return found
    remedy = FIRST if altered else AGAIN
    found.faults.extend(_tile_faults(journal, directory, latest.size, found, remedy))
    found.faults.extend(_head_faults(journal, directory, read, found, remedy))
    return found


def _remedy_of_head(directory: Path, read: ReadCheckpoint) -> str:
    """An unreadable head is written again where a kept one holds; where none does, the keys are not those."""
    kept = newest_kept(directory)
    return KEYS if kept is None or isinstance(_head(kept, read), Refused) else AGAIN


def _not_signed(journal: Journal, latest: Checkpoint) -> str:
    """Says so when the leaves, hashed again one by one, do not give the signed root; empty when they do."""
    try:
        if recomputed(journal, latest.size).root == latest.root:
            return ""
    except JournalBroken:
        pass  # Named already, as a fault of the journal; its leaves cannot be read in order.
    return f"the leaves do not give the signed root over {latest.size} leaves: the journal is what was altered"


def _head(path: Path, read: ReadCheckpoint) -> Checkpoint | Refused:
    try:
        return read(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        return Refused(f"cannot be read: {error}")


def _unlike(journal: Journal, head: Checkpoint) -> str:
    """Why the journal does not continue this signed head; empty when it does."""
    try:
        return str(continues(journal, head) or "")
    except JournalBroken as broken:
        return str(broken)


def _tile_faults(journal: Journal, directory: Path, size: int, found: Published, remedy: str) -> Iterator[Fault]:
    wanted = {path for tile in tiles_of_growth(0, size) for path in _paths(tile)}
    for path in sorted((directory / "tile").rglob("*")):
        name = path.relative_to(directory).as_posix()
        # A dot file is what a killed run left behind; the next run takes it over.
        if path.is_dir() or path.name.startswith("."):
            continue
        found.tiles += 1
        wanted.discard(name)
        if what := _tile_fault(journal, name, path.read_bytes()):
            yield Fault(name, what, remedy)
    for name in sorted(wanted):
        yield Fault(name, "missing under the published head", remedy)


def _paths(tile: Tile) -> tuple[str, ...]:
    return (tile.path(), tile.entries_path()) if tile.level == 0 else (tile.path(),)


def _tile_fault(journal: Journal, name: str, content: bytes) -> str:
    """What is wrong with one file; empty when nothing is."""
    parsed = parse_path(name)
    if isinstance(parsed, Refused):
        return str(parsed)
    tile, is_entries = parsed
    try:
        expected = entries_of(journal, tile) if is_entries else hashes_of(journal, tile)
    except JournalBroken as broken:
        return str(broken)
    if content == expected:
        return ""
    differs = next((at for at, (one, other) in enumerate(zip(content, expected, strict=False)) if one != other), None)
    return (
        f"{len(content)} bytes for {len(expected)}"
        if differs is None
        else f"differs from the journal at byte {differs}"
    )


def _head_faults(
    journal: Journal, directory: Path, read: ReadCheckpoint, found: Published, remedy: str
) -> Iterator[Fault]:
    heads = []
    for size in kept_sizes(directory):
        path = kept_path(directory, size)
        name = path.relative_to(directory).as_posix()
        found.heads += 1
        head = _head(path, read)
        if isinstance(head, Refused):
            yield Fault(name, str(head), remedy)
        elif head.size != size:
            yield Fault(name, f"holds the head of {head.size} leaves", remedy)
        elif wrong := _unlike(journal, head):
            yield Fault(name, wrong, COMPARE if remedy == AGAIN else FIRST)
        else:
            heads.append(head)
    yield from _steps(directory, heads, remedy)


def _steps(directory: Path, heads: list[Checkpoint], remedy: str) -> Iterator[Fault]:
    """Proves from the published tiles alone, as a stranger would, that each head continues the one before."""
    for old, new in pairwise(heads):
        place = f"{KEPT}: {old.size} to {new.size}"
        try:
            proof = consistency_proof(old.size, new.size, nodes_in_tiles(heads[-1].size, tile_reader(directory)))
        except BrokenTree as broken:
            yield Fault(place, str(broken), remedy)
            continue
        outcome = verify_consistency(old.size, old.root, new.size, new.root, proof)
        if not outcome:
            yield Fault(place, f"the published tiles do not prove it: {outcome}", remedy)
