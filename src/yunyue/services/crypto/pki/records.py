"""What a certificate authority keeps: its keys, issuers, roles, certificates and revocations, each a sealed row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import msgspec

from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pair_makers import load_pair
from yunyue.host.ciphers.pairs import Kind, Pair
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.errors import VaultBroken
from yunyue.services.crypto.pki.role import Role

T = TypeVar("T")
DEFAULT_SECONDS: Final = 32 * 24 * 3600
CRL_SECONDS: Final = 3 * 24 * 3600


class CaKey(msgspec.Struct, frozen=True):
    """A key pair of the authority. `secret`: PKCS#8 DER."""

    identifier: str
    kind: Kind
    secret: bytes
    name: str = ""


class Issuer(msgspec.Struct, frozen=True):
    """A certificate that issues (DER), the key behind it ("" when it lies elsewhere), and how far its CRL has counted.

    `revoked`: milliseconds since 1970, 0 for never.
    """

    identifier: str
    certificate: bytes
    key: str = ""
    name: str = ""
    crl_number: int = 0
    revoked: int = 0


class Issued(msgspec.Struct, frozen=True):
    """A certificate that was issued (DER), by whom. Times in milliseconds; `revoked` 0 for never."""

    serial: str
    certificate: bytes
    issuer: str
    made: int
    ends: int
    revoked: int = 0


class Crl(msgspec.Struct, frozen=True):
    """A list of revoked certificates (DER), and until when it speaks (milliseconds)."""

    content: bytes
    ends: int


class Settings(msgspec.Struct, frozen=True):
    """What is set for a whole authority."""

    default: str = ""
    issuing_certificates: list[str] = []
    crl_distribution_points: list[str] = []
    ocsp_servers: list[str] = []
    crl_seconds: int = CRL_SECONDS
    crl_disabled: bool = False
    ocsp_disabled: bool = False
    tidied: int = 0
    """When old rows were last cleared away, and how many went."""
    tidied_rows: int = 0


class Records:
    """The rows of one mount. `limits`: seconds a certificate lives by default and at most, as tuned for the mount."""

    def __init__(self, barrier: Barrier, identifier: str, now: Callable[[], int]) -> None:
        self._barrier = barrier
        self._root = f"space/{identifier}/"
        self.now = now
        self.limits = (DEFAULT_SECONDS, DEFAULT_SECONDS)
        self._pairs: dict[str, Pair] = {}

    @contextmanager
    def change(self) -> Iterator[None]:
        """All that is put inside becomes true at once, or nothing does."""
        with self._barrier.change():
            yield

    def names(self, kind: str) -> list[str]:
        """The names of all rows of a kind."""
        return self._barrier.names(f"{self._root}{kind}/")

    def all(self, kind: str, shape: type[T]) -> list[T]:
        """Every row of a kind."""
        return [msgspec.json.decode(row, type=shape) for row in self._barrier.under(f"{self._root}{kind}/").values()]

    def get(self, kind: str, name: str, shape: type[T]) -> T | None:
        """One row."""
        row = self._barrier.read(f"{self._root}{kind}/{name}")
        return None if row is None else msgspec.json.decode(row, type=shape)

    def put(self, kind: str, name: str, content: msgspec.Struct | None) -> None:
        """Write one row or, with None, remove it."""
        self._barrier.write(f"{self._root}{kind}/{name}", None if content is None else msgspec.json.encode(content))

    @property
    def settings(self) -> Settings:
        """What is set."""
        return self.get("config", "settings", Settings) or Settings()

    def set(self, **changed: object) -> Settings:
        """Change what is set."""
        with self.change():
            settings = msgspec.structs.replace(self.settings, **changed)
            self.put("config", "settings", settings)
        return settings

    def role(self, name: str) -> Role | None:
        """A role."""
        return self.get("role", name, Role)

    def issuers(self) -> list[Issuer]:
        """Every issuer, oldest first as far as their names tell."""
        return self.all("issuer", Issuer)

    def issuer(self, reference: str) -> Issuer | None:
        """An issuer by its identifier or name, or "default"."""
        wanted = self.settings.default if reference in ("", "default") else reference
        found = self.get("issuer", wanted, Issuer) if wanted else None
        return found or next((one for one in self.issuers() if one.name and one.name == wanted), None)

    def pair(self, key: str) -> tuple[Kind, Pair] | None:
        """The key pair of that identifier. Raises VaultBroken when this machine can no longer use it."""
        row = self.get("key", key, CaKey) if key else None
        if row is None:
            return None
        found = self._pairs.get(key)
        if found is None:
            made = load_pair(row.kind, row.secret)
            if isinstance(made, Unavailable):
                raise VaultBroken(str(made))
            found = self._pairs[key] = made
        return row.kind, found
