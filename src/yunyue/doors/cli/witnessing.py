"""The second party's act: look at the published log, compare it with what was seen before, sign that it only grew."""

from dataclasses import dataclass
from pathlib import Path

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer
from yunyue.doors.cli.voice import Told, Voice
from yunyue.host.clock import SystemClock
from yunyue.host.keys import WitnessKey
from yunyue.host.signatures import read_checkpoint
from yunyue.journal.note import NoteKey, is_key_name
from yunyue.store.files import write_durably
from yunyue.store.witness import Witness

COSIGNED = "checkpoint"


@dataclass(frozen=True, slots=True)
class Watched:
    """A published log and the keys its heads must be signed with."""

    log: Path
    keys: tuple[str, ...]


def cosign(watched: Watched, folder: Path, name: str, voice: Voice) -> Answer:
    """The head with the witness's line added, also put into the witness's folder."""
    if not is_key_name(name):
        return Refused("a witness's name has no spaces, no + and no control characters, such as client.example", "name")
    keys = []
    for text in watched.keys:
        key = NoteKey.from_text(text)
        if isinstance(key, Refused):
            return Refused(key.reason, "key")
        keys.append(key)
    own = WitnessKey.open(folder, name)
    if isinstance(own, Refused):
        return own
    origin = keys[0].name
    signer = Witness(folder, origin, lambda note: read_checkpoint(note, origin, keys), own.cosign)
    before = signer.last().size
    note = signer.cosign_published(watched.log, SystemClock().now())
    if isinstance(note, Refused):
        return note
    write_durably(folder / COSIGNED, note.encode())
    size = signer.last().size
    plain = {"checkpoint": note, "before": before, "size": size, "key": own.note_key().to_text()}
    grown = voice.pick(f"自 {before} 条增至 {size} 条，前后一致", f"grew from {before} to {size} leaves, consistently")
    return Told(plain, [grown, *note.splitlines(), f"{voice.pick('见证密钥：', 'witness key: ')}{plain['key']}"])
