"""A custodian keeps the unsealing key so that the vault opens by itself: a token, or another vault's transit key."""

from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qsl, urlsplit

from yunyue.answer import Refused
from yunyue.host.ciphers.hsm import PROVIDER, Hsm, place_of
from yunyue.host.ciphers.hsm import SCHEME as TOKEN_SCHEME
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pairs_hsm import miss_token, token_fault, use_token
from yunyue.host.log import logger
from yunyue.services.crypto.seals.remote import OtherVault
from yunyue.services.crypto.seals.token import TokenCustodian

TRANSIT_SCHEME: Final = "transit:"
_log = logger("yunyue.crypto")
FORM: Final = "transit:https://HOST/v1/MOUNT/keys/KEY?token-source=/path/of/the/token"


class Custodian(Protocol):
    """Wraps the unsealing key. What it gives back is bound to this vault's seal."""

    @property
    def kind(self) -> str:
        """ "pkcs11" or "transit", as sys/seal-status says it."""
        ...

    def wrap(self, secret: bytes) -> bytes | Refused:
        """The secret under the custodian's key."""
        ...

    def unwrap(self, sealed: bytes) -> bytes | Refused:
        """What was wrapped. Refused: the custodian cannot be reached, or it did not wrap this."""
        ...

    def look(self) -> None:
        """Find out whether it can be used now, and take it into use again when it came back; asked now and then."""
        ...


def custodian_of(setting: str) -> Custodian | Refused | None:
    """The custodian an operator set (YUNYUE_CRYPTO_SEAL); None when only shares open the vault."""
    if not setting:
        return None
    if setting.startswith(TOKEN_SCHEME):
        place = place_of(setting)
        if isinstance(place, Refused):
            return place
        hsm = Hsm.opened(place)
        if isinstance(hsm, Unavailable):
            miss_token(hsm)
            return Refused(str(hsm), "crypto_seal")
        return TokenCustodian(hsm)
    if setting.startswith(TRANSIT_SCHEME):
        return _other_vault(setting.removeprefix(TRANSIT_SCHEME))
    return Refused(f"{setting.split(':')[0]!r}: a seal is {TOKEN_SCHEME}… or {FORM}", "crypto_seal")


class Patient:
    """The custodian of a setting, asked for again each time until it is there: a token may be plugged in later."""

    def __init__(self, setting: str) -> None:
        self._setting = setting
        self.kind = PROVIDER if setting.startswith(TOKEN_SCHEME) else "transit"
        self._found: Custodian | None = None
        self._said = ""

    def wrap(self, secret: bytes) -> bytes | Refused:
        """See Custodian.wrap."""
        found = self._custodian()
        return found if isinstance(found, Refused) else found.wrap(secret)

    def unwrap(self, sealed: bytes) -> bytes | Refused:
        """See Custodian.unwrap."""
        found = self._custodian()
        return found if isinstance(found, Refused) else found.unwrap(sealed)

    def look(self) -> None:
        """See Custodian.look. A token is looked for also when shares opened the vault: keys lie in it. Logs changes."""
        if self.kind != PROVIDER:
            return
        before, found = self._said, self._custodian()
        if not isinstance(found, Refused):
            found.look()
        fault = token_fault()
        self._said = "" if fault is None else str(fault)
        if self._said and self._said != before:
            _log.error("the token cannot be used; its keys are refused until it is back", reason=self._said)
        elif before and not self._said:
            _log.warning("the token is back")

    def _custodian(self) -> Custodian | Refused:
        if self._found is None:
            made = custodian_of(self._setting)
            if isinstance(made, Refused) or made is None:
                return made or Refused("no custodian is set", "crypto_seal")
            if isinstance(made, TokenCustodian):
                use_token(made.hsm)
            self._found = made
        return self._found


def _other_vault(address: str) -> OtherVault | Refused:
    parts = urlsplit(address)
    mount, keys, key = parts.path.removeprefix("/v1/").rpartition("/keys/")
    source = dict(parse_qsl(parts.query)).get("token-source", "").removeprefix("file:")
    if parts.scheme not in ("http", "https") or not (mount and keys and key and source):
        return Refused(f"another vault's key is written {FORM}", "crypto_seal")
    try:
        token = Path(source).read_text("utf-8").strip()
    except OSError as error:
        return Refused(f"the token for the other vault cannot be read: {error}", "crypto_seal")
    return OtherVault(f"{parts.scheme}://{parts.netloc}", token, mount, key)
