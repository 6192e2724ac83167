"""Makes the container of a replica: image, user, files, volumes, variables, limits, in this order."""

import asyncio
from pathlib import Path
from typing import Any

from yunyue.answer import Refused
from yunyue.services.containers.errors import EngineSaid
from yunyue.services.containers.manifest.objects import StatefulSet
from yunyue.services.containers.manifest.pod import PodSpec, Volume
from yunyue.services.containers.manifest.quantity import octets
from yunyue.services.containers.podman.ground import Ground
from yunyue.services.containers.podman.mounts import Owner, Shelf, bind, environment, files, memory, write_files
from yunyue.services.containers.podman.specification import Making, body
from yunyue.services.containers.podman.user import runs_as
from yunyue.services.containers.project.rows import ReplicaRow
from yunyue.services.containers.project.wishes import Wishes


class Builder:
    """Makes containers of one project from what it wishes now."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._machine = ground.machine
        self._project = ground.project

    async def build(self, row: ReplicaRow, spec: PodSpec, wishes: Wishes) -> str | Refused:
        """The id of a container that is made and not started. Refused: image, user, key, volume. Raises EngineSaid."""
        container = spec.container
        image = await self._machine.images.have(self._project.name, container.image, container.image_pull_policy)
        if isinstance(image, Refused):
            return image
        user = runs_as(spec, image.user)
        if isinstance(user, Refused):
            return Refused(f"CreateContainerConfigError: {user.reason}", user.field, user.clause)
        own = {"name": row.name, "project": self._project.name, "address": ""}
        variables = environment(spec, wishes.shelf, own)
        if isinstance(variables, Refused):
            return Refused(f"CreateContainerConfigError: {variables.reason}", variables.field, variables.clause)
        mounts = await asyncio.to_thread(self._mounts, row, spec, wishes, user.owner)
        if isinstance(mounts, Refused):
            return Refused(f"FailedMount: {mounts.reason}", mounts.field, mounts.clause)
        places, number = self._machine.places, self._project.number
        self._machine.cgroups.reset_peak(f"{places.project_cgroup(number)}/{row.name}")
        fs_group = spec.security_context.fs_group
        made = body(
            spec,
            Making(
                name=places.container(number, row.name, row.attempt),
                hostname=row.name,
                image=image.identifier,
                user=user.user,
                groups=(str(fs_group),) if fs_group is not None else (),
                labels=self._labels(row),
                environment=variables,
                mounts=tuple(mounts),
                network=places.network(number),
                cgroup=f"{places.project_cgroup(number)}/{row.name}",
                egress=self._project.wanted.egress,
            ),
        )
        return await self._create(made)

    async def _create(self, made: dict[str, Any]) -> str:
        """A container of that name that was made before a crash, and never started, is made anew."""
        try:
            return await self._machine.libpod.create(made)
        except EngineSaid as error:
            if "already in use" not in error.words:
                raise
        await self._machine.libpod.remove(str(made["name"]))
        return await self._machine.libpod.create(made)

    def _labels(self, row: ReplicaRow) -> dict[str, str]:
        return {
            "yunyue.installation": self._machine.places.key,
            "yunyue.project": self._project.order,
            "yunyue.replica": row.name,
            "yunyue.workload": f"{row.kind}/{row.workload}",
            "yunyue.revision": str(row.revision),
        }

    def _mounts(self, row: ReplicaRow, spec: PodSpec, wishes: Wishes, owner: Owner) -> list[dict[str, Any]] | Refused:
        names = {
            "destination": "/etc/hosts",
            "type": "bind",
            "source": str(self._ground.hosts),
            "options": ["ro", "bind"],
        }
        found: list[dict[str, Any]] = [names]
        ready: dict[str, Path | None] = {}
        volumes = {one.name: one for one in spec.volumes}
        for mount in spec.container.volume_mounts:
            volume = volumes.get(mount.name)
            if volume is not None and volume.empty_dir is not None:
                found.append(memory(mount, volume.empty_dir.size_limit))
                continue
            if mount.name not in ready:
                prepared = self._prepared(row, mount.name, volume, wishes, owner)
                if isinstance(prepared, Refused):
                    return prepared
                ready[mount.name] = prepared
            source = ready[mount.name]
            if source is not None:
                claim = volume.persistent_volume_claim if volume is not None else None
                only_read = claim.read_only if claim is not None else volume is not None
                found.append(bind(mount, source, read_only=only_read))
        return found

    def _prepared(
        self, row: ReplicaRow, name: str, volume: Volume | None, wishes: Wishes, owner: Owner
    ) -> Path | Refused | None:
        if volume is None:
            return self._own_claim(row, name, wishes, owner)
        if volume.persistent_volume_claim is not None:
            return self._claim(volume.persistent_volume_claim.claim_name, wishes, owner)
        return self._files(row, volume, wishes.shelf, owner)

    def _files(self, row: ReplicaRow, volume: Volume, shelf: Shelf, owner: Owner) -> Path | Refused | None:
        content = files(volume, shelf)
        if content is None or isinstance(content, Refused):
            return content
        places = self._machine.places
        root = places.secrets if volume.secret is not None else places.mounts
        folder = root / self._project.folder / f"{row.name}.{row.attempt}" / volume.name
        try:
            write_files(folder, content, owner)
        except OSError as error:
            return Refused(f"its files cannot be written: {error.strerror}", f"volume {volume.name}", "C37")
        return folder

    def _claim(self, name: str, wishes: Wishes, owner: Owner) -> Path | Refused:
        claim = next((one for one in wishes.claims if one.name == name), None)
        if claim is None:
            return Refused(f"there is no PersistentVolumeClaim {name}", f"volume {name}", "C37")
        size = octets(claim.spec.resources.requests["storage"])
        return self._machine.volumes.attach(self._project.folder, name, size, owner.group)

    def _own_claim(self, row: ReplicaRow, name: str, wishes: Wishes, owner: Owner) -> Path | Refused:
        """The volume a StatefulSet's replica has for itself."""
        for one in wishes.each(StatefulSet):
            for template in one.spec.volume_claim_templates:
                if one.name == row.workload and template.metadata.name == name:
                    size = octets(template.spec.resources.requests["storage"])
                    return self._machine.volumes.attach(self._project.folder, f"{name}-{row.name}", size, owner.group)
        return Refused(f"there is no volume {name}", f"volume {name}", "C37")
