"""Dashboards as data: a JSON document a person can write, checked before it is kept, exported as it was imported."""

import os
from pathlib import Path
from typing import Annotated, Final

import msgspec

from yunyue.answer import Refused

MOST_BOARDS: Final = 100
MOST_BYTES: Final = 64 * 1024

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)")]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Order = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Orders = Annotated[tuple[Order, ...], msgspec.Meta(max_length=200)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=24 * 31)]


class Wall(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="wall"):
    """How these targets are now, all of them when none is named."""

    title: Title
    orders: Orders = ()


class Latency(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="latency"):
    """Percentiles of a target's latency over the last hours, as one probe point or (empty) the verdict has it."""

    title: Title
    order: Order
    hours: Hours = 24
    point: Annotated[str, msgspec.Meta(max_length=63)] = ""


class Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="days"):
    """The last days of these targets, a cell for each day."""

    title: Title
    orders: Orders = ()


class Burn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="budget"):
    """What an objective still allows in the running month."""

    title: Title
    objective: Order


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="note"):
    """Words for whoever looks; plain text."""

    title: Title
    text: Annotated[str, msgspec.Meta(max_length=4000)]


Panel = Wall | Latency | Days | Burn | Note


class Board(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A dashboard. `tenant`: the department whose it is; empty: of everybody who reads the contract."""

    name: Name
    title: Title
    panels: Annotated[tuple[Panel, ...], msgspec.Meta(min_length=1, max_length=40)]
    tenant: Annotated[str, msgspec.Meta(max_length=64)] = ""


def understand(text: bytes) -> Board | Refused:
    """The board untrusted bytes describe, or a refusal that names field and rule."""
    if len(text) > MOST_BYTES:
        return Refused(f"a dashboard has at most {MOST_BYTES} bytes", "board", "C37")
    try:
        return msgspec.json.decode(text, type=Board)
    except (msgspec.DecodeError, UnicodeDecodeError) as broken:
        rule, _, place = str(broken).partition(" - at `$.")
        return Refused(rule, f"board.{place.rstrip('`')}".rstrip("."), "C37")


def write(board: Board) -> bytes:
    """As it is exported: read by `understand` it is the same board."""
    return msgspec.json.format(msgspec.json.encode(board), indent=2)


class Boards:
    """The boards of one contract: a file each, replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        """`folder`: the service's own."""
        self._folder = folder / "boards"

    def all(self, tenant: str = "") -> tuple[Board, ...]:
        """Every board by name, or those of one department."""
        found = [self._read(path) for path in sorted(self._folder.glob("*.json"))]
        return tuple(one for one in found if tenant in ("", one.tenant))

    def find(self, name: str, tenant: str = "") -> Board | Refused:
        """The board of that name; another department's is as if it were not there."""
        found = next((one for one in self.all(tenant) if one.name == name), None)
        return found or Refused(f"there is no dashboard {name!r}", "board", "C37")

    def keep(self, board: Board, tenant: str = "") -> Board | Refused:
        """Keep a board, in place of one of its name. Refused: another department's, or one too many."""
        if tenant and board.tenant != tenant:
            return Refused("a department keeps dashboards of its own only", "board.tenant", "C37")
        there = {one.name: one for one in self.all()}
        if tenant and board.name in there and there[board.name].tenant != tenant:
            return Refused(f"the name {board.name} is taken", "board.name", "C37")
        if board.name not in there and len(there) >= MOST_BOARDS:
            return Refused(f"{MOST_BOARDS} dashboards are kept; delete one first", "board", "C37")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._folder / f"{board.name}.tmp"
        with fresh.open("wb") as file:
            file.write(write(board))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._folder / f"{board.name}.json")
        return board

    def drop(self, name: str, tenant: str = "") -> Board | Refused:
        """Delete a board."""
        found = self.find(name, tenant)
        if isinstance(found, Board):
            (self._folder / f"{found.name}.json").unlink(missing_ok=True)
        return found

    def _read(self, path: Path) -> Board:
        return msgspec.json.decode(path.read_bytes(), type=Board)
