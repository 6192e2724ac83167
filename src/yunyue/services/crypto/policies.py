"""The policies of the vault, by name; sealed like every other row, so nobody widens one in the database."""

from collections.abc import Iterable

import msgspec

from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.policy import DEFAULT, DEFAULT_TEXT, ROOT, Acl
from yunyue.services.crypto.policy_text import Rules, read_policy


class Policy(msgspec.Struct, frozen=True):
    """A policy as it was written, and when (milliseconds)."""

    name: str
    text: str
    modified: int
    version: int = 1


class Policies:
    """All of them."""

    def __init__(self, barrier: Barrier) -> None:
        self._barrier = barrier
        self._rules: dict[str, Rules] = {}

    def forget(self) -> None:
        """Read them again."""
        self._rules = {}

    def names(self) -> list[str]:
        """Every policy's name."""
        return sorted({DEFAULT, ROOT, *self._barrier.names("policy/")})

    def get(self, name: str) -> Policy | None:
        """The policy of that name."""
        if name == ROOT:
            return Policy(ROOT, "", 0)
        row = self._barrier.read(f"policy/{name}")
        if row is not None:
            return msgspec.json.decode(row, type=Policy)
        return Policy(DEFAULT, DEFAULT_TEXT, 0) if name == DEFAULT else None

    def put(self, name: str, text: str, now: int) -> Fault | None:
        """Write a policy."""
        if name == ROOT:
            return Fault('cannot update "root" policy')
        rules = read_policy(text)
        if isinstance(rules, Fault):
            return rules
        with self._barrier.change():
            old = self.get(name)
            version = 1 if old is None or not old.modified else old.version + 1
            self._barrier.write(f"policy/{name}", msgspec.json.encode(Policy(name, text, now, version)))
        self.forget()
        return None

    def delete(self, name: str) -> Fault | None:
        """Remove a policy; tokens that name it lose what it gave."""
        if name in (ROOT, DEFAULT):
            return Fault(f'cannot delete "{name}" policy')
        self._barrier.write(f"policy/{name}", None)
        self.forget()
        return None

    def acl(self, names: Iterable[str]) -> Acl:
        """What policies of these names allow together."""
        wanted = list(names)
        return Acl([self._read(name) for name in wanted], root=ROOT in wanted)

    def _read(self, name: str) -> Rules:
        known = self._rules.get(name)
        if known is None:
            policy = self.get(name)
            read = {} if policy is None else read_policy(policy.text)
            known = self._rules[name] = {} if isinstance(read, Fault) else read
        return known
