"""The key a film is encrypted with, and the small files through which the engines read it."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from yunyue.services.transcode.plan.package import KEY_FILE, KEY_FLAGS, KEY_NOTE


@dataclass(frozen=True, slots=True)
class ContentKey:
    """Sixteen octets each: the key, its id, the initialisation vector; `address`: where players fetch the key.

    `sealed`: the key under the tenant's own key, as the crypto service writes it.
    """

    key: bytes = field(repr=False)
    identifier: bytes
    vector: bytes
    address: str
    sealed: str = ""

    def write(self, folder: Path) -> None:
        """Put it where the engines look, for our own user only; the job clears the folder away at its end."""
        flags = f"--enable_raw_key_encryption\n--keys=label=all:key_id={self.identifier.hex()}:key={self.key.hex()}"
        flags += f":iv={self.vector.hex()}\n--protection_scheme=cbcs\n--clear_lead=0\n--protection_systems=Common\n"
        note = f"{self.address}\n/out/{KEY_FILE}\n{self.vector.hex()}\n"
        for name, content in (
            (KEY_FILE, self.key),
            (KEY_NOTE, note.encode()),
            (KEY_FLAGS, f"{flags}--hls_key_uri={self.address}\n".encode()),
        ):
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
