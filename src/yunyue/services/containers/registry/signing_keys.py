"""The keys that sign images: those of the crypto service, reached by the key space that `keys.json` names.

The file lies in the engine's folder and holds an address, a token and a mount; mode 0600, or it is refused. Private
keys never leave the crypto service: it signs, and it is asked whether a signature holds.
"""

import base64
import stat
from pathlib import Path
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.crypto.client import Client

FILE: Final = "keys.json"


class KeySpace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where keys are."""

    address: str
    token: str
    mount: str


class CryptoKey:
    """signatures.Signer: a key of the crypto service."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name

    @property
    def name(self) -> str:
        """The key's name."""
        return self._name

    def sign(self, text: bytes) -> bytes | Refused:
        """The signature, with the version of the key, as transit writes it."""
        made = self._client.post(f"sign/{self._name}", {"input": base64.b64encode(text).decode()})
        if isinstance(made, Refused):
            return _said(self._name, made)
        return str(made["signature"]).encode()

    def verify(self, text: bytes, signature: bytes) -> bool | Refused:
        """Whether the crypto service says that it is this key's signature of the text."""
        asked = {"input": base64.b64encode(text).decode(), "signature": signature.decode("ascii", "replace")}
        found = self._client.post(f"verify/{self._name}", asked)
        return _said(self._name, found) if isinstance(found, Refused) else bool(found["valid"])


def signing_key(folder: Path, name: str) -> CryptoKey | Refused:
    """A key by its name. Refused: no key space is named, or in a file that others may read."""
    path = folder / FILE
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        found = msgspec.json.decode(path.read_bytes(), type=KeySpace)
        client = Client(found.address, found.token, found.mount)
    except FileNotFoundError:
        return Refused(f"ImageSignature: no key space of the crypto service is named in {path}", "signed_by", "C37")
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        return Refused(f"ImageSignature: {path} is not used: {error}", "signed_by", "C37")
    if mode & 0o077:
        return Refused(f"ImageSignature: {path} may be read by others and is not used", "signed_by", "C37")
    return CryptoKey(client, name)


def _said(name: str, why: Refused) -> Refused:
    return Refused(f"ImageSignature: the crypto service refuses key {name}: {why.reason}", "signed_by", "C37")
