"""Time stamps for everybody at one address: SM2 for whoever shows an SM3 digest, P-256 for all others.

Who answers for the service mounts it (`sys/mounts/tsa`, type "tsa"); with a token its two keys are managed as
transit's are: rotated, certified, read. Nobody signs anything else with them.
"""

from typing import Final

from yunyue.services.crypto import stamping
from yunyue.services.crypto.ask import Answer, Ask
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.fault import UNSUPPORTED_PATH, Fault
from yunyue.services.crypto.key import KeyConfig
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.timestamp import Query
from yunyue.services.crypto.transit import Transit

KEYS: Final = {"p256": "ecdsa-p256", "sm2": "sm2"}
STAMP: Final = "stamp"


class PublicStamps(Transit):
    """The time-stamp service over the keys of its mount, which it makes itself."""

    def __init__(self, barrier: Barrier, space: KeySpace) -> None:
        super().__init__(barrier, space)
        for name, kind in KEYS.items():
            if space.get(name) is None:
                space.make(KeyConfig(name, kind, space.now()))

    def public(self, operation: str, rest: list[str]) -> bool:
        """A stamp is for everybody, and so is the certificate to verify it with."""
        if rest == [STAMP]:
            return operation == "update"
        return len(rest) == 2 and rest[0] == STAMP and rest[1] in KEYS and operation in ("read", "update")

    def slow(self, ask: Ask) -> bool:
        """A stamp by P-256 is quick; the rest is not."""
        return ask.rest != [STAMP, "p256"] and (ask.rest != [STAMP] or _fitting(ask) == "sm2")

    def do(self, ask: Ask) -> Answer | Fault:
        """Stamp, or manage the keys."""
        if ask.rest[0] == STAMP:
            name = ask.rest[1] if len(ask.rest) > 1 else _fitting(ask)
            ask.rest, ask.key = ["tsa", name], name
            return (stamping.stamp if ask.operation == "update" else stamping.show)(ask, self.space)
        return super().do(ask) if ask.rest[0] == "keys" else UNSUPPORTED_PATH


def _fitting(ask: Ask) -> str:
    """The key for a query: the digest it shows says whose signature its asker can read."""
    query = stamping.asked_for(ask)
    return "sm2" if isinstance(query, Query) and query.digest == "sm3" else "p256"
