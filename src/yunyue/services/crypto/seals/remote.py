"""Another vault's transit key as custodian of the unsealing key: OpenBao, Vault, or another Yunyue."""

from base64 import b64encode

from yunyue.answer import Refused
from yunyue.services.crypto.client import Client


class OtherVault:
    """See Custodian. Nothing is kept of what it answers."""

    kind = "transit"

    def __init__(self, address: str, token: str, mount: str, key: str) -> None:
        self._client = Client(address, token, mount)
        self._name = key
        self._key = self._client.key(key)

    def wrap(self, secret: bytes) -> bytes | Refused:
        """See Custodian.wrap."""
        asked = {"plaintext": b64encode(secret).decode()}
        made = self._client.post(f"encrypt/{self._name}", asked)
        if isinstance(made, Refused):
            return Refused(f"the other vault does not seal: {made}", "crypto_seal")
        return str(made["ciphertext"]).encode()

    def unwrap(self, sealed: bytes) -> bytes | Refused:
        """See Custodian.unwrap."""
        found = self._key.decrypt(sealed.decode())
        return (
            Refused(f"the other vault does not open: {found}", "crypto_seal") if isinstance(found, Refused) else found
        )

    def look(self) -> None:
        """See Custodian.look. No key of ours lies there, so it is asked only when the vault is to be opened."""
