"""A PKCS#11 token as custodian of the unsealing key, and as the place of key pairs that never leave it."""

from typing import Final

from yunyue.answer import Refused
from yunyue.host.ciphers.errors import CipherBroken
from yunyue.host.ciphers.hsm import Hsm

BOUND: Final = b"yunyue crypto unsealing key"


class TokenCustodian:
    """See Custodian."""

    kind = "pkcs11"

    def __init__(self, hsm: Hsm) -> None:
        self.hsm = hsm

    def wrap(self, secret: bytes) -> bytes | Refused:
        """See Custodian.wrap."""
        try:
            return self.hsm.wrap(secret, BOUND)
        except CipherBroken as error:
            return Refused(str(error), "crypto_seal")

    def unwrap(self, sealed: bytes) -> bytes | Refused:
        """See Custodian.unwrap."""
        try:
            found = self.hsm.unwrap(sealed, BOUND)
        except CipherBroken as error:
            return Refused(str(error), "crypto_seal")
        return found or Refused("the token holds another key than the one this vault was sealed with", "crypto_seal")

    def look(self) -> None:
        """See Custodian.look."""
        self.hsm.look()
