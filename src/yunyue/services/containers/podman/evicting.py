"""Ends containers that have written more into their own layer than they may, so that no tenant fills everybody's disk.

Overlay knows no quotas, so the layers of containers whose root is not read-only are measured every few seconds, as a
kubelet does; the limit is `ephemeral-storage`, or one GiB. A layer is walked here: asking podman for fifty sizes costs
fifty times as much. Every file counts for a block at least, so that many small ones are found out too.
"""

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yunyue.services.containers.manifest.pod import Container
from yunyue.services.containers.manifest.quantity import octets
from yunyue.services.containers.podman.replica import Replica

if TYPE_CHECKING:
    from yunyue.services.containers.podman.yard import Yard

EVERY_MS: Final = 10_000
REST: Final = 100
"""A layer that took long to measure is left alone for so many times as long."""

MOST_OCTETS: Final = 1 << 30
BLOCK: Final = 4096


def most_written(container: Container) -> int:
    """How many octets a container may write into its own layer."""
    return octets(container.resources.limits.get("ephemeral-storage", MOST_OCTETS))


async def evict(yard: "Yard") -> int:
    """Measure each writable layer of a project; how many containers were ended. Raises EngineGone, EngineSaid."""
    now = yard.machine.now()
    due = [replica for replica in yard.replicas.values() if _writes(replica) and now >= replica.rests]
    gone = 0
    for replica in await asyncio.to_thread(_beyond, due, now) if due else ():
        most = most_written(replica.spec.container)
        why = f"{replica.row.name}: it wrote more than {most} octets into its own layer"
        yard.tell(replica.row, "warning", "Evicted", why)
        await yard.machine.libpod.stop(replica.row.container, 0)
        gone += 1
    return gone


def _writes(replica: Replica) -> bool:
    running = replica.layer and replica.row.container and replica.row.phase in ("running", "ready")
    return bool(running) and not replica.spec.container.security_context.read_only_root_filesystem


def _beyond(replicas: list[Replica], now: int) -> list[Replica]:
    found = []
    for replica in replicas:
        most, began = most_written(replica.spec.container), time.monotonic()
        if written(Path(replica.layer), most) > most:
            found.append(replica)
        replica.rests = now + int((time.monotonic() - began) * 1000 * REST)
    return found


def written(folder: Path, enough: int) -> int:
    """The octets that lie under a folder; no more are counted once there are more than enough."""
    total, waiting = 0, [str(folder)]
    while waiting and total <= enough:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            total += _size(entry)
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
    return total


def _size(entry: "os.DirEntry[str]") -> int:
    """What is gone by the time it is looked at takes no room."""
    try:
        return max(BLOCK, entry.stat(follow_symlinks=False).st_blocks * 512)
    except OSError:
        return 0
