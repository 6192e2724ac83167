"""Ends containers that have written more into their own layer than they may, so that no tenant fills everybody's disk.

Overlay knows no quotas, so the layers of containers whose root is not read-only are measured every few seconds, as a
kubelet does; the limit is `ephemeral-storage`, or one GiB.
"""

from typing import TYPE_CHECKING, Final

from yunyue.services.containers.manifest.pod import Container
from yunyue.services.containers.manifest.quantity import octets
from yunyue.services.containers.podman.replica import Replica

if TYPE_CHECKING:
    from yunyue.services.containers.podman.yard import Yard

EVERY_MS: Final = 10_000
MOST_OCTETS: Final = 1 << 30


def most_written(container: Container) -> int:
    """How many octets a container may write into its own layer."""
    return octets(container.resources.limits.get("ephemeral-storage", MOST_OCTETS))


async def evict(yard: "Yard") -> int:
    """Measure each writable layer of a project; how many containers were ended. Raises EngineGone, EngineSaid."""
    gone = 0
    for replica in list(yard.replicas.values()):
        if _writes(replica) and await _over(yard, replica):
            most = most_written(replica.spec.container)
            why = f"{replica.row.name}: it wrote more than {most} octets into its own layer"
            yard.tell(replica.row, "warning", "Evicted", why)
            await yard.machine.libpod.stop(replica.row.container, 0)
            gone += 1
    return gone


def _writes(replica: Replica) -> bool:
    running = replica.row.container and replica.row.phase in ("running", "ready")
    return bool(running) and not replica.spec.container.security_context.read_only_root_filesystem


async def _over(yard: "Yard", replica: Replica) -> bool:
    found = await yard.machine.libpod.inspect(replica.row.container, size=True)
    return found is not None and int(found.get("SizeRw") or 0) > most_written(replica.spec.container)
