"""Where the key space of the crypto service is that content keys are sealed in: `keys.json` in the service's folder.

It holds an address, a token, the mount and the name of a key; mode 0600, or it is refused.
"""

import stat
from pathlib import Path
from typing import Final

import msgspec

from yunyue.host.log import logger
from yunyue.services.crypto.client import Client
from yunyue.services.transcode.keys import KeyDoor

FILE: Final = "keys.json"
_log = logger("yunyue.transcode")


class KeySpace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key of a key space."""

    address: str
    token: str
    mount: str
    key: str


def open_door(folder: Path) -> KeyDoor | None:
    """The door the file describes; None without a file, or when others may read it."""
    path = folder / FILE
    if not path.exists():
        return None
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        _log.error("keys.json may be read by others and is not used", path=str(path))
        return None
    try:
        found = msgspec.json.decode(path.read_bytes(), type=KeySpace)
        return Client(found.address, found.token, found.mount).key(found.key)
    except (msgspec.MsgspecError, ValueError) as error:
        _log.error("keys.json is not used", reason=str(error))
        return None
