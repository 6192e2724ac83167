"""The tour's last part: export, verification by another process, and what that says once a single bit is wrong."""

from dataclasses import dataclass
from pathlib import Path

from yunyue.doors.cli.bundles import Checked, bundle, verified
from yunyue.doors.cli.tour.stage import Stage, accepted
from yunyue.settlement.statement import Statement

WHERE = b'"amount":"1150.08"'
"""The amount that is forged: what the late payment cost."""


@dataclass(frozen=True, slots=True)
class Proven:
    """The bundle on disk, what the verifier said of it, and of a copy with one bit flipped."""

    path: Path
    size: int
    key: str
    sound: Checked
    forged_at: int
    forged: Checked


def prove(stage: Stage, statement: Statement, folder: Path, language: str) -> Proven:
    """Write the bundle, verify it, flip a bit of one amount in a copy, verify that."""
    made = accepted(bundle(stage.kernel, statement))
    path = folder / "statement.yunyue"
    path.write_bytes(made)
    key = stage.kernel.keys.note_keys()[0].to_text()
    sound = verified(path, (key,), language)
    at = made.index(WHERE) + len(WHERE) - 2
    forgery = folder / "forged.yunyue"
    forgery.write_bytes(flipped(made, at))
    return Proven(path, len(made), key, sound, at, verified(forgery, (key,), language))


def flipped(content: bytes, at: int) -> bytes:
    """The same bytes with the lowest bit of one of them changed."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
