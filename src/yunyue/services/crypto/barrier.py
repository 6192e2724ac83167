"""Rows as the service sees them: readable while the vault is open, and only where they were written.

A row under space/<id>/ is sealed with that tenant's own key, which lies at kek/<id>; every other row with the keyring's
active term.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from yunyue.host.ciphers.chance import random_octets
from yunyue.services.crypto.errors import IsSealed, RowTampered
from yunyue.services.crypto.keyring import SECRET, Keyring, Wrap
from yunyue.services.crypto.rows import Rows


class Barrier:
    """What stands between the service and its rows. `keyring` is None while the vault is sealed."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.keyring: Keyring | None = None
        self._tenants: dict[str, Wrap] = {}

    @property
    def sealed(self) -> bool:
        """Whether nothing can be read or written."""
        return self.keyring is None

    def open_with(self, keyring: Keyring | None) -> None:
        """Open with a keyring, or close with None."""
        self.keyring = keyring
        self._tenants = {}

    def read(self, path: str) -> bytes | None:
        """What was written at the path. Raises RowTampered, IsSealed."""
        row = self.rows.get(path)
        return None if row is None else self._wrap(path).open(path, row)

    def under(self, prefix: str) -> dict[str, bytes]:
        """Everything under a prefix, by its path. Raises RowTampered, IsSealed."""
        return {path: self._wrap(path).open(path, row) for path, row in self.rows.under(prefix).items()}

    def names(self, prefix: str) -> list[str]:
        """What the paths under a prefix go on with, up to the next slash; each once, sorted."""
        rest = (path.removeprefix(prefix) for path in self.rows.under(prefix))
        return sorted({name.split("/")[0] for name in rest})

    def write(self, path: str, content: bytes | None) -> None:
        """Write or, with None, remove."""
        self.rows.put(path, None if content is None else self._wrap(path).seal(path, content))

    @contextmanager
    def change(self) -> Iterator[None]:
        """All that is written inside becomes true at once, or nothing does."""
        with self.rows.transaction():
            yield

    def make_tenant(self, identifier: str) -> None:
        """A fresh key for a tenant's rows."""
        self.write(f"kek/{identifier}", random_octets(SECRET))

    def _wrap(self, path: str) -> "Keyring | Wrap":
        if self.keyring is None:
            raise IsSealed("the vault is sealed")
        if not path.startswith("space/"):
            return self.keyring
        identifier = path.split("/")[1]
        found = self._tenants.get(identifier)
        if found is None:
            secret = self.read(f"kek/{identifier}")
            if secret is None:
                raise RowTampered(f"the key of the tenant behind {path} is gone")
            found = self._tenants[identifier] = Wrap(self.keyring.suite, secret)
        return found
