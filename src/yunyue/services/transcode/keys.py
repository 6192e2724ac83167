"""The way to the crypto service: a fresh content key for a film, and the same key again for its players.

The plain key lives in memory and, while the engines run, in the job's own folder. What is kept is sealed under the
tenant's own key, so that whoever takes that key away has taken every film encrypted with it.
"""

import hashlib
from typing import Final, Protocol

from yunyue.answer import Refused
from yunyue.services.transcode.engine.keys import ContentKey

OCTETS: Final = 16
ADDRESS: Final = "../key"
"""Beside the folders of the renditions: the door that serves the playlists serves the key, to whoever has the link."""


class KeyDoor(Protocol):
    """What we ask of the crypto service; its client's Key has exactly this shape."""

    def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
        """A data key, and the same sealed."""
        ...

    def decrypt(self, ciphertext: str, bound: bytes = b"") -> bytes | Refused:
        """What was sealed."""
        ...


def no_keys() -> Refused:
    """Why no key can be had."""
    return Refused("encryption needs a key space of the crypto service; name it in keys.json", "encryption", "C37")


def content_key(job: str, sealed: str, address: str, door: KeyDoor | None) -> ContentKey | Refused:
    """The key of a job. Its id and vector follow from the job, so that a second try gives the same bytes."""
    if door is None:
        return no_keys()
    plain = door.decrypt(sealed)
    if isinstance(plain, Refused):
        return plain
    if len(plain) != OCTETS:
        return Refused("the crypto service gave a key of another length", "encryption", "C37")
    identifier = hashlib.sha256(f"key-id {job}".encode()).digest()[:OCTETS]
    vector = hashlib.sha256(f"vector {job}".encode()).digest()[:OCTETS]
    return ContentKey(plain, identifier, vector, address.replace("{key}", job) or ADDRESS, sealed)
