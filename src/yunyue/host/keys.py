"""The keys that sign for this installation: the log's own pair, and the key of a witness for a second party.

They lie as unencrypted PKCS#8 PEM in files of mode 0600 in a folder of mode 0700, made on first use.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import structlog

from yunyue.answer import Refused
from yunyue.host.ciphers import Signer, Unavailable, provider_for
from yunyue.host.ciphers.errors import WrongText
from yunyue.host.ciphers.interface import Algorithm
from yunyue.host.keyfile import open_key
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import Note, NoteKey, Signature, SignatureKind, format_note, made_signature, signed_message

ED25519_FILE = "journal.ed25519"
SM2_FILE = "journal.sm2"
WITNESS_FILE = "witness.ed25519"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LogKeys:
    """What signs this log's checkpoints; `origin` is both the log's name and the name of its keys."""

    origin: str
    ed25519: Signer
    sm2: Signer | Unavailable

    @classmethod
    def open(cls, folder: Path, origin: str, *, create: bool = True) -> Self | Refused:
        """The keys in `folder`, made when missing; pass create=False where a journal already exists.

        Refuses a file or folder others can read, and a file that is not a key. Without SM2 on this machine the
        reason is logged and the log signs with Ed25519 alone.
        """
        ed25519 = _open(folder / ED25519_FILE, Algorithm.ED25519, create=create)
        if not isinstance(ed25519, Refused | Unavailable):
            sm2 = _open(folder / SM2_FILE, Algorithm.SM2, create=create)
            if isinstance(sm2, Unavailable):
                _log.warning("checkpoints go without an SM2 signature", reason=str(sm2))
            return sm2 if isinstance(sm2, Refused) else cls(origin, ed25519, sm2)
        return Refused(str(ed25519), ED25519_FILE) if isinstance(ed25519, Unavailable) else ed25519

    def note_keys(self) -> tuple[NoteKey, ...]:
        """The public keys whose signatures this log's checkpoints carry, Ed25519 first."""
        return tuple(key for key, _ in self._pairs())

    def sign_checkpoint(self, text: str) -> str:
        """The signed note over the text of a checkpoint of this log; raises WrongText for any other text."""
        read = Checkpoint.parse(text)
        if isinstance(read, Refused):
            raise WrongText(f"not a checkpoint: {read}")
        if read.origin != self.origin:
            raise WrongText(f"a checkpoint of {read.origin}, and these are the keys of {self.origin}")
        lines = (made_signature(key, signer.sign(signed_message(key, text))) for key, signer in self._pairs())
        return format_note(Note(text, tuple(lines)))

    def _pairs(self) -> list[tuple[NoteKey, Signer]]:
        pairs = [(NoteKey(self.origin, SignatureKind.ED25519, self.ed25519.public), self.ed25519)]
        if not isinstance(self.sm2, Unavailable):
            pairs.append((NoteKey(self.origin, SignatureKind.SM2, self.sm2.public), self.sm2))
        return pairs


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """What a witness signs checkpoints of a log with, after it has checked that the log only grew."""

    name: str
    signer: Signer

    @classmethod
    def open(cls, folder: Path, name: str, *, create: bool = True) -> Self | Refused:
        """The witness's key in `folder`, made when missing; refuses as LogKeys.open does."""
        signer = _open(folder / WITNESS_FILE, Algorithm.ED25519, create=create)
        if isinstance(signer, Unavailable):
            return Refused(str(signer), WITNESS_FILE)
        return signer if isinstance(signer, Refused) else cls(name, signer)

    def note_key(self) -> NoteKey:
        """The public key to give to those who trust this witness."""
        return NoteKey(self.name, SignatureKind.COSIGNATURE, self.signer.public)

    def cosign(self, text: str, at: int) -> Signature:
        """The cosignature/v1 line over a checkpoint's text at POSIX second `at`; raises WrongText for other text."""
        if isinstance(read := Checkpoint.parse(text), Refused):
            raise WrongText(f"not a checkpoint: {read}")
        key = self.note_key()
        return made_signature(key, self.signer.sign(signed_message(key, text, at)), at)


def _open(path: Path, algorithm: Algorithm, *, create: bool) -> Signer | Refused | Unavailable:
    provider = provider_for(algorithm)
    return provider if isinstance(provider, Unavailable) else open_key(path, provider, create=create)
