"""Real keys for the log and for its witness, made once a run, and what the store asks of them."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from samples import ORIGIN

from yunyue.answer import Refused
from yunyue.host.keys import LogKeys, WitnessKey
from yunyue.host.signatures import read_checkpoint
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import Signature
from yunyue.store.publish import Publication
from yunyue.store.witness import Witness


@dataclass(frozen=True)
class Signing:
    """The log's keys and the witness's."""

    log: LogKeys
    witness_key: WitnessKey

    def sign(self, text: str) -> str:
        """The signed note over a checkpoint."""
        return self.log.sign_checkpoint(text)

    def read(self, written: str) -> Checkpoint | Refused:
        """The checkpoint in a note the log signed with all its keys."""
        return read_checkpoint(written, ORIGIN, self.log.note_keys())

    def cosign(self, text: str, at: int) -> Signature:
        """The witness's line."""
        return self.witness_key.cosign(text, at)

    def publication(self, directory: Path) -> Publication:
        """A place to publish in."""
        return Publication(directory, self.sign, self.read)

    def witness(self, folder: Path, origin: str = ORIGIN) -> Witness:
        """A witness with its memory there."""
        return Witness(folder, origin, self.read, self.cosign)


@pytest.fixture(scope="session")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Signing:
    """Keys of the log of ORIGIN: Ed25519 and, as this project's machines have it, SM2."""
    folder = tmp_path_factory.mktemp("keys")
    log, witness = LogKeys.open(folder / "log", ORIGIN), WitnessKey.open(folder / "witness", "witness.example")
    assert isinstance(log, LogKeys)
    assert isinstance(witness, WitnessKey)
    return Signing(log, witness)
