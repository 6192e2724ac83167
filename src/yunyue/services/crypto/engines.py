"""What hangs under a mount: keys (transit), a certificate authority (pki), or the public time-stamp service (tsa)."""

from collections.abc import Callable
from typing import Protocol

from yunyue.services.crypto.ask import Answer, Ask
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.keyspace import KeySpace, Note, Reserves
from yunyue.services.crypto.mounts import Mount
from yunyue.services.crypto.pki.authority import PkiEngine
from yunyue.services.crypto.pki.records import DEFAULT_SECONDS, Records
from yunyue.services.crypto.public_stamps import PublicStamps
from yunyue.services.crypto.transit import Transit


class Engine(Protocol):
    """Does what is asked below one mount."""

    def public(self, operation: str, rest: list[str]) -> bool:
        """Whether anybody may ask, without a token; `rest`: the path below the mount."""
        ...

    def creates(self, ask: Ask) -> bool:
        """Whether the request would make something by using it, which needs the capability "create"."""
        ...

    def changes(self, ask: Ask) -> bool:
        """Whether it changes what is kept, and does not merely use it."""
        ...

    def slow(self, ask: Ask) -> bool:
        """Whether it must not hold up others."""
        ...

    def do(self, ask: Ask) -> Answer | Fault:
        """Do it."""
        ...


def engine_of(mount: Mount, barrier: Barrier, now: Callable[[], int], note: Note, reserves: Reserves) -> Engine:
    """The engine of a mount; `note` is told what it does by itself, `reserves` outlast it."""
    if mount.kind == "pki":
        records = Records(barrier, mount.identifier, now)
        records.limits = (mount.default_ttl or DEFAULT_SECONDS, mount.max_ttl or DEFAULT_SECONDS)
        return PkiEngine(records)
    space = KeySpace(barrier, mount.identifier, now)
    space.note, space.reserves = note, reserves
    return PublicStamps(barrier, space) if mount.kind == "tsa" else Transit(barrier, space)
