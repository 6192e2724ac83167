"""Signatures of images: whose digest was signed by whom, kept beside the registry and checked before anything runs.

Debian's podman and skopeo come without sigstore, so the manifest's digest is signed by ourselves, with SM2 and a key of
the crypto service. What is signed is one line that names repository and digest, so that a signature of one image is
worth nothing for another.
"""

from collections.abc import Callable
from typing import Final, Protocol

from yunyue.answer import Refused
from yunyue.services.containers.project.store import Store

SCHEMA: Final = """CREATE TABLE IF NOT EXISTS signatures (
  repository TEXT NOT NULL, digest TEXT NOT NULL, signer TEXT NOT NULL, signature BLOB NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (repository, digest, signer)
) STRICT"""


class Signer(Protocol):
    """A key that signs and verifies, such as an SM2 key of the crypto service."""

    @property
    def name(self) -> str:
        """The key's name."""
        ...

    def sign(self, text: bytes) -> bytes | Refused:
        """The signature of a text."""
        ...

    def verify(self, text: bytes, signature: bytes) -> bool | Refused:
        """Whether it is this key's signature of the text."""
        ...


class Signatures:
    """Those of an installation. `now`: ms."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        with store.change() as db:
            db.execute(SCHEMA)

    def sign(self, repository: str, digest: str, signer: Signer) -> Refused | None:
        """Sign an image. Refused: the key cannot."""
        made = signer.sign(text_of(repository, digest))
        if isinstance(made, Refused):
            return made
        with self._store.change(durable=True) as db:
            values = (repository, digest, signer.name, made, self._now())
            db.execute("INSERT OR REPLACE INTO signatures VALUES (?, ?, ?, ?, ?)", values)
        return None

    def admitted(self, repository: str, digest: str, signer: Signer) -> Refused | None:
        """None when the image carries the key's signature. Refused: it carries none, or a wrong one."""
        query = "SELECT signature FROM signatures WHERE (repository, digest, signer) = (?, ?, ?)"
        found = self._store.rows(query, (repository, digest, signer.name))
        if not found:
            return Refused(f"ImageSignature: {repository}@{digest} is not signed by {signer.name}", "image", "C37")
        held = signer.verify(text_of(repository, digest), bytes(found[0][0]))
        if isinstance(held, Refused):
            return held
        return None if held else Refused(f"ImageSignature: the signature of {repository} is wrong", "image", "C37")


def text_of(repository: str, digest: str) -> bytes:
    """What is signed."""
    return f"yunyue-image/v1 {repository} {digest}\n".encode()
