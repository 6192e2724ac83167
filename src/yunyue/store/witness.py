"""The second party's witness: it remembers the last head it saw and signs a newer one only if the log merely grew.

With its signature on a head, the provider cannot show the client one history and a court another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.errors import BrokenTree
from yunyue.journal.note import Note, Signature, format_note, parse_note
from yunyue.journal.proofs import ProofFailed, consistency_proof, verify_consistency
from yunyue.journal.tiles import nodes_in_tiles
from yunyue.journal.tree import EMPTY_ROOT
from yunyue.store.admission import EPOCH, ONE_MILLISECOND
from yunyue.store.errors import JournalBroken
from yunyue.store.files import explain, only_one, write_durably
from yunyue.store.interface import Head
from yunyue.store.publish import ReadCheckpoint
from yunyue.store.tile_files import LATEST, tile_reader

Cosign = Callable[[str, int], Signature]
"""cosign(checkpoint text, POSIX second) -> its cosignature/v1 line (host/keys.WitnessKey.cosign)."""

MEMORY = "seen.json"


class _Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last head of one log: its size, and its root in base64 (as msgspec writes bytes)."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of one log whose memory lies in `folder`; losing that folder is losing the memory."""

    folder: Path
    origin: str
    read: ReadCheckpoint
    sign: Cosign

    def last(self) -> Head:
        """The last head it signed; the empty log before the first. Raises JournalBroken for a spoilt memory."""
        seen = self._memory().get(self.origin)
        return Head(0, EMPTY_ROOT) if seen is None else Head(seen.size, seen.root)

    def cosign(self, written: str, proof: Sequence[bytes], now: datetime) -> str | Refused:
        """The signed note `written` with the witness's own line added.

        `proof` shows that the log grew from `last()` to it (RFC 9162 section 2.1.4.1). Refuses a note the log did not
        sign, a shorter log, and one that does not begin with what was seen; nothing is then remembered.
        """
        try:
            with only_one(self.folder) as alone:
                if not alone:
                    return Refused("this witness is at work in another process; try again")
                return self._cosign(written, proof, now)
        except OSError as error:
            return explain(error, "the checkpoint was not cosigned")

    def cosign_published(self, directory: Path, now: datetime) -> str | Refused:
        """The same for a folder of published tiles, from which it takes the proof itself."""
        try:
            written = (directory / LATEST).read_text()
            checkpoint = self.read(written)
            if isinstance(checkpoint, Refused):
                return checkpoint
            last = self.last()
            if checkpoint.size <= last.size:
                return self.cosign(written, (), now)
            proof = consistency_proof(
                last.size, checkpoint.size, nodes_in_tiles(checkpoint.size, tile_reader(directory))
            )
            return self.cosign(written, proof, now)
        except BrokenTree as broken:
            return Refused(f"the published tiles are not whole: {broken}", "tile")
        except (OSError, UnicodeDecodeError) as error:
            return Refused(f"the published log cannot be read: {error}", LATEST)

    def _cosign(self, written: str, proof: Sequence[bytes], now: datetime) -> str | Refused:
        checkpoint, note = self.read(written), parse_note(written)
        if isinstance(checkpoint, Refused):
            return checkpoint
        if isinstance(note, Refused):
            return note
        if checkpoint.origin != self.origin:
            return Refused(f"a checkpoint of {checkpoint.origin}; this witness watches {self.origin}", "origin")
        if refused := _grew(self.last(), checkpoint, proof):
            return refused
        line = self.sign(note.text, (now - EPOCH) // (1000 * ONE_MILLISECOND))
        self._remember(checkpoint)
        others = tuple(each for each in note.signatures if (each.name, each.key_id) != (line.name, line.key_id))
        return format_note(Note(note.text, (*others, line)))

    def _memory(self) -> dict[str, _Seen]:
        path = self.folder / MEMORY
        try:
            return msgspec.json.decode(path.read_bytes(), type=dict[str, _Seen])
        except FileNotFoundError:
            return {}
        except msgspec.MsgspecError as error:
            raise JournalBroken(f"{path}: the witness's memory is spoilt ({error}); put its backup back") from error

    def _remember(self, checkpoint: Checkpoint) -> None:
        """On disk before the signature leaves: the other way round a crash would let it sign a fork."""
        memory = {**self._memory(), self.origin: _Seen(checkpoint.size, checkpoint.root)}
        write_durably(self.folder / MEMORY, msgspec.json.encode(memory, order="sorted"), 0o600)


def _grew(last: Head, now: Checkpoint, proof: Sequence[bytes]) -> Refused | None:
    """The refusal of a head that does not continue the last one; None when it does."""
    if now.size < last.size:
        return Refused(f"the log has {now.size} leaves and this witness has seen {last.size}: it was shortened", "size")
    if now.size == last.size and now.root != last.root:
        return Refused(f"another root over the same {now.size} leaves: the log was forked", "root")
    outcome = verify_consistency(last.size, last.root, now.size, now.root, proof)
    if isinstance(outcome, ProofFailed):
        return Refused(f"not shown to begin with the {last.size} leaves seen before: {outcome}", "proof")
    return None
