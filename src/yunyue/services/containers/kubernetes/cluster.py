"""What all projects of an installation share in a cluster: its API server, what it can do, the store, our key."""

from collections.abc import Callable
from dataclasses import dataclass

from yunyue.services.containers.kubernetes.abilities import Abilities
from yunyue.services.containers.kubernetes.api import Api
from yunyue.services.containers.project.store import Store


@dataclass(frozen=True, slots=True)
class Cluster:
    """One installation's. `key` tells it from other installations there; `now`: ms."""

    api: Api
    abilities: Abilities
    store: Store
    key: str
    now: Callable[[], int]
