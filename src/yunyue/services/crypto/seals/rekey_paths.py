"""sys/rekey/… (also under sys/rotate/root): new shares by the agreement of the old ones, in the shapes clients know."""

from base64 import b64encode
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.crypto.ask import DONE, Answer, Ask, decoder_of
from yunyue.services.crypto.fault import UNSUPPORTED_PATH, Fault
from yunyue.services.crypto.seal import Seal
from yunyue.services.crypto.seals.rekey import Rekey


class InitBody(msgspec.Struct):
    """How many shares, and how many of them open."""

    secret_shares: int = 0
    secret_threshold: int = 0
    pgp_keys: list[str] = []
    require_verification: bool = False
    backup: bool = False


class UpdateBody(msgspec.Struct):
    """One old share."""

    key: str = ""
    nonce: str = ""


_INIT: Final = decoder_of(InitBody)
_UPDATE: Final = decoder_of(UpdateBody)


class RekeyPaths:
    """The requests about rekeying. Who asks has "sudo" there; what decides are the shares."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self.rekey = Rekey(seal)

    def do(self, ask: Ask, verb: list[str]) -> Answer | Fault:
        """Do what is asked; `verb`: the path's end."""
        match (ask.operation, *verb):
            case ("read", "init"):
                return self._said(self._status())
            case ("update", "init"):
                return self._begin(ask)
            case ("delete", "init"):
                self.rekey.cancel()
                return DONE
            case ("update", "update"):
                return self._give(ask)
            case _:
                return UNSUPPORTED_PATH

    def _begin(self, ask: Ask) -> Answer | Fault:
        body = ask.read(_INIT)
        if isinstance(body, Fault):
            return body
        if body.pgp_keys or body.require_verification or body.backup:
            return Fault("pgp_keys, backup and require_verification are not supported")
        begun = self.rekey.begin(body.secret_shares, body.secret_threshold)
        return Fault(begun.reason) if isinstance(begun, Refused) else self._said(self._status())

    def _give(self, ask: Ask) -> Answer | Fault:
        body, begun = ask.read(_UPDATE), self.rekey.begun
        if isinstance(body, Fault):
            return body
        done = self.rekey.give(body.nonce, body.key)
        if isinstance(done, Refused):
            return Fault(done.reason)
        if done is None or begun is None:
            return self._said(self._status())
        return self._said(
            {
                "complete": True,
                "nonce": begun.nonce,
                "keys": [part.hex() for part in done],
                "keys_base64": [b64encode(part).decode() for part in done],
                "backup": False,
                "pgp_fingerprints": None,
                "verification_required": False,
            }
        )

    def _status(self) -> dict[str, Any]:
        begun, config = self.rekey.begun, self._seal.config
        return {
            "started": begun is not None,
            "nonce": begun.nonce if begun else "",
            "t": begun.threshold if begun else 0,
            "n": begun.shares if begun else 0,
            "progress": len(begun.parts) if begun else 0,
            "required": config.threshold if config else 0,
            "pgp_fingerprints": None,
            "backup": False,
            "verification_required": False,
        }

    @staticmethod
    def _said(content: dict[str, Any]) -> Answer:
        """Old clients read these at the top level, new ones under "data"."""
        return Answer(content, beside=content)
