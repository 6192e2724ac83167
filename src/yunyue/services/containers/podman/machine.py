"""What all projects of an installation share: podman's socket, the store, control groups, volumes, places to start.

More than four containers at once start no faster, and each of them later.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from yunyue.services.containers.podman.cgroups import Cgroups
from yunyue.services.containers.podman.images import Images
from yunyue.services.containers.podman.libpod import Libpod
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.volumes import Volumes
from yunyue.services.containers.project.store import Store

STARTS_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Machine:
    """One installation's. `now`: milliseconds since 1970; `counted(contract, indicator, instance, ok, error, us)`."""

    places: Places
    store: Store
    libpod: Libpod
    session: aiohttp.ClientSession
    volumes: Volumes
    images: Images
    now: Callable[[], int]
    cgroups: Cgroups = field(default_factory=Cgroups)
    starts: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(STARTS_AT_ONCE))
