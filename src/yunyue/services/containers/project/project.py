"""A project, its quota and its members."""

from typing import Final, Literal
from urllib.parse import quote

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.policy.rules import Policy

GIB: Final = 1 << 30
BASE: Final = "base"
"""The path in the registry whose images everybody may pull, unsigned too, and nobody but the platform pushes."""

PLATFORM: Final = "platform"
"""Who the platform itself is at the registry's door."""

RESERVED: Final = (BASE, PLATFORM)
"""Names no project may have: its people would push what everybody trusts."""

Role = Literal["viewer", "deployer", "admin"]
RANKS: Final[tuple[Role, ...]] = ("viewer", "deployer", "admin")
NEEDS: Final[dict[str, Role]] = {
    "get": "viewer",
    "logs": "viewer",
    "events": "viewer",
    "top": "viewer",
    "diff": "viewer",
    "rollout": "viewer",
    "apply": "deployer",
    "delete": "deployer",
    "scale": "deployer",
    "undo": "deployer",
    "exec": "deployer",
    "forward": "deployer",
    "push": "deployer",
    "members": "admin",
    "rules": "admin",
    "sign": "admin",
}
"""The least role for each verb; a verb that is not here is nobody's."""


class Quota(msgspec.Struct, frozen=True):
    """What a project may use at once: thousandths of a processor, octets, counts."""

    milli: int
    memory: int
    storage: int
    replicas: int
    ports: int


class Project(msgspec.Struct, frozen=True):
    """One order's project. `number` is its place in addresses; times in ms, `ended` 0 while it runs."""

    order: str
    contract: str
    tenant: str
    name: str
    number: int
    wanted: ProjectOrder
    made: int
    ended: int = 0
    paused: bool = False

    @property
    def folder(self) -> str:
        """What its folders on this machine are called: an order's id may hold slashes, which must lead nowhere."""
        return quote(self.order, safe=":")

    @property
    def quota(self) -> Quota:
        """As ordered."""
        return Quota(
            milli=self.wanted.vcpu * 1000,
            memory=self.wanted.memory_gib * GIB,
            storage=self.wanted.storage_gib * GIB,
            replicas=self.wanted.replicas,
            ports=self.wanted.ports,
        )

    @property
    def policy(self) -> Policy:
        """As ordered."""
        return Policy(allow_root=self.wanted.allow_root)


class Member(msgspec.Struct, frozen=True):
    """A person of a project, and what they may do."""

    project: str
    person: str
    role: Role


def may(role: Role | None, verb: str) -> Refused | None:
    """None when the role covers the verb; unknown verbs and strangers are refused."""
    least = NEEDS.get(verb)
    if role is None:
        return Refused("you are not a member of this project", "project", "C37")
    if least is None or RANKS.index(role) < RANKS.index(least):
        return Refused(f"this needs the role {least or 'of nobody'} in the project; yours is {role}", "project", "C37")
    return None
