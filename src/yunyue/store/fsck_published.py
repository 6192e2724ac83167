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
from yunyue.store.tile_files import KEPT, LATEST, entries_of, hashes_of, kept_path, kept_sizes, tile_reader

REWRITE = "the journal has it right: write the published tiles again from it"
RESIGN = "delete the file; the journal signs and keeps this head again when it is asked for"
COMPARE = "stop publishing; compare the journal with its last backup and with the client's witness"


@dataclass
class Published:
    """What was found, and how much was read."""

    faults: list[Fault] = field(default_factory=list)
    tiles: int = 0
    heads: int = 0


def check_published(journal: Journal, directory: Path, read: ReadCheckpoint) -> Published:
    """Compares everything in the folder with the journal, and the signed heads with each other."""
    found = Published()
    if not (directory / LATEST).exists() and not kept_sizes(directory):
        return found
    latest = _head(directory / LATEST, read)
    if isinstance(latest, Refused):
        found.faults.append(Fault(LATEST, str(latest), "publish again: the newest of the kept heads takes its place"))
        return found
    if refused := _unlike(journal, latest):
        found.faults.append(Fault(LATEST, refused, COMPARE))
        return found
    found.faults.extend(_tile_faults(journal, directory, latest.size, found))
    found.faults.extend(_head_faults(journal, directory, read, found))
    return found


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


def _tile_faults(journal: Journal, directory: Path, size: int, found: Published) -> Iterator[Fault]:
    wanted = {path for tile in tiles_of_growth(0, size) for path in _paths(tile)}
    for path in sorted((directory / "tile").rglob("*")):
        name = path.relative_to(directory).as_posix()
        # A dot file is what a killed run left behind; the next run takes it over.
        if path.is_dir() or path.name.startswith("."):
            continue
        found.tiles += 1
        wanted.discard(name)
        if what := _tile_fault(journal, name, path.read_bytes()):
            yield Fault(name, what, REWRITE)
    for name in sorted(wanted):
        yield Fault(name, "missing under the published head", REWRITE)


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


def _head_faults(journal: Journal, directory: Path, read: ReadCheckpoint, found: Published) -> Iterator[Fault]:
    heads = []
    for size in kept_sizes(directory):
        path = kept_path(directory, size)
        name = path.relative_to(directory).as_posix()
        found.heads += 1
        head = _head(path, read)
        if isinstance(head, Refused):
            yield Fault(name, str(head), RESIGN)
        elif head.size != size:
            yield Fault(name, f"holds the head of {head.size} leaves", RESIGN)
        elif wrong := _unlike(journal, head):
            yield Fault(name, wrong, COMPARE)
        else:
            heads.append(head)
    yield from _steps(directory, heads)


def _steps(directory: Path, heads: list[Checkpoint]) -> Iterator[Fault]:
    """Proves from the published tiles alone, as a stranger would, that each head continues the one before."""
    for old, new in pairwise(heads):
        place = f"{KEPT}: {old.size} to {new.size}"
        try:
            proof = consistency_proof(old.size, new.size, nodes_in_tiles(heads[-1].size, tile_reader(directory)))
        except BrokenTree as broken:
            yield Fault(place, str(broken), REWRITE)
            continue
        outcome = verify_consistency(old.size, old.root, new.size, new.root, proof)
        if not outcome:
            yield Fault(place, f"the published tiles do not prove it: {outcome}", REWRITE)
