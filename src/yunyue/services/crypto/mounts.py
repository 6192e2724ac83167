"""Where the key spaces of tenants hang in the service's tree of paths: "transit/" for all, or one for each tenant."""

from typing import Final

import msgspec

from yunyue.host.ciphers.chance import random_octets
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.errors import RowTampered
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.material import Secret, leave_token

RESERVED: Final = ("sys/", "auth/", "cubbyhole/", "identity/", "audit/")
TYPES: Final = ("transit", "pki", "tsa")


class Mount(msgspec.Struct, frozen=True):
    """A mount. `path` ends in a slash; `tenant` and `instance` say for whom it was ordered, empty for nobody.

    `default_ttl`, `max_ttl`: seconds a certificate under it lives; 0 for the service's own 32 days.
    """

    path: str
    identifier: str
    kind: str = "transit"
    description: str = ""
    tenant: str = ""
    instance: str = ""
    made: int = 0
    default_ttl: int = 0
    max_ttl: int = 0


class Mounts:
    """All of them."""

    def __init__(self, barrier: Barrier) -> None:
        self._barrier = barrier
        self._known: dict[str, Mount] = {}

    def forget(self) -> None:
        """Read them again."""
        self._known = {}

    def all(self) -> dict[str, Mount]:
        """Every mount by its path."""
        if not self._known:
            rows = self._barrier.under("mount/").values()
            self._known = {mount.path: mount for mount in (msgspec.json.decode(row, type=Mount) for row in rows)}
        return self._known

    def find(self, path: str) -> Mount | None:
        """The mount a request's path lies under."""
        mounts = self.all()
        place = path.find("/")
        while place >= 0:
            found = mounts.get(path[: place + 1])
            if found is not None:
                return found
            place = path.find("/", place + 1)
        return None

    def of_instance(self, instance: str) -> Mount | None:
        """The mount of an order."""
        return next((mount for mount in self.all().values() if mount.instance == instance), None)

    def add(self, path: str, wanted: Mount) -> Mount | Fault:
        """A new mount at the path, with a key of its own for what lies under it."""
        path = path.strip("/") + "/"
        if path == "/" or path.startswith(RESERVED) or "//" in path or not path.isascii() or not path.isprintable():
            return Fault(f"invalid mount path {path!r}")
        if wanted.kind not in TYPES:
            return Fault(f"plugin not found in the catalog: {wanted.kind}")
        with self._barrier.change():
            self.forget()
            if any(path.startswith(other) or other.startswith(path) for other in self.all()):
                return Fault(f"path is already in use at {path}")
            mount = msgspec.structs.replace(wanted, path=path, identifier=random_octets(16).hex())
            self._barrier.make_tenant(mount.identifier)
            self._barrier.write(f"mount/{path}", msgspec.json.encode(mount))
        self.forget()
        return mount

    def tune(self, path: str, default_ttl: int | None, max_ttl: int | None) -> Mount | Fault:
        """Set how long what is issued under a mount lives (seconds); None leaves it."""
        with self._barrier.change():
            self.forget()
            mount = self.all().get(path)
            if mount is None:
                return Fault(f"no handler for route {path}")
            usual = mount.default_ttl if default_ttl is None else default_ttl
            most = mount.max_ttl if max_ttl is None else max_ttl
            if 0 < most < usual:
                return Fault(f"backend max lease TTL of {most}s less than backend default lease TTL of {usual}s")
            mount = msgspec.structs.replace(mount, default_ttl=usual, max_ttl=most)
            self._barrier.write(f"mount/{path}", msgspec.json.encode(mount))
        self.forget()
        return mount

    def remove(self, path: str) -> Mount | None:
        """Take a mount away, with its keys and the key that opened them: what they encrypted is lost for ever."""
        path = path.strip("/") + "/"
        secrets: list[Secret] = []
        with self._barrier.change():
            mount = self.all().get(path)
            if mount is not None:
                secrets = self._secrets(mount)
                for row in self._barrier.rows.under(f"space/{mount.identifier}/"):
                    self._barrier.rows.put(row, None)
                self._barrier.write(f"kek/{mount.identifier}", None)
                self._barrier.write(f"mount/{path}", None)
        self.forget()
        leave_token(secrets)
        return mount

    def _secrets(self, mount: Mount) -> list[Secret]:
        """Every version of its keys; none when a row was tampered with: a mount can be taken away nevertheless."""
        try:
            rows = self._barrier.under(f"space/{mount.identifier}/version/").values()
            return [msgspec.json.decode(row, type=Secret) for row in rows]
        except RowTampered:
            return []
