"""What a replica finds in its file system: files of ConfigMaps and Secrets, memory, volumes, and names of Services.

Files are written by the platform and mounted read-only, owned by the user the program runs as, so that modes mean what
they say. Secrets lie under /run only. A change of a ConfigMap or Secret makes a new revision of what mounts it: files
under a running program never change.
"""

import base64
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.services.containers.manifest.checks import relative
from yunyue.services.containers.manifest.objects import ConfigMap, Secret
from yunyue.services.containers.manifest.pod import Env, EnvFrom, KeyToPath, PodSpec, Volume, VolumeMount
from yunyue.services.containers.manifest.quantity import octets

Contents = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The ConfigMaps and Secrets of a project."""

    maps: Mapping[str, ConfigMap]
    secrets: Mapping[str, Secret]

    def content(self, kind: str, name: str, *, optional: bool) -> Contents | Refused:
        """The keys of one and their octets. Refused: there is none, and it is not optional."""
        found = self.maps.get(name) if kind == "ConfigMap" else self.secrets.get(name)
        match found:
            case ConfigMap():
                return {**_encoded(found.data), **_decoded(found.binary_data)}
            case Secret():
                return {**_decoded(found.data), **_encoded(found.string_data)}
            case _:
                return {} if optional else Refused(f"there is no {kind} {name}", "volumes", "C37")

    def used_by(self, spec: PodSpec) -> dict[str, dict[str, str]]:
        """Everything a pod takes from here, for its digest."""
        return {
            f"{kind}/{name}": {key: base64.b64encode(value).decode() for key, value in sorted(content.items())}
            for kind, name in sorted(references(spec))
            if isinstance(content := self.content(kind, name, optional=True), Mapping)
        }


def references(spec: PodSpec) -> set[tuple[str, str]]:
    """The ConfigMaps and Secrets a pod names."""
    found: set[tuple[str, str]] = set()
    for volume in spec.volumes:
        if volume.config_map is not None:
            found.add(("ConfigMap", volume.config_map.name))
        if volume.secret is not None:
            found.add(("Secret", volume.secret.secret_name))
    for source in spec.container.env_from:
        if source.config_map_ref is not None:
            found.add(("ConfigMap", source.config_map_ref.name))
        if source.secret_ref is not None:
            found.add(("Secret", source.secret_ref.name))
    for env in spec.container.env:
        if env.value_from is not None and env.value_from.config_map_key_ref is not None:
            found.add(("ConfigMap", env.value_from.config_map_key_ref.name))
        if env.value_from is not None and env.value_from.secret_key_ref is not None:
            found.add(("Secret", env.value_from.secret_key_ref.name))
    return found


OWN_FIELDS: Final = {"metadata.name": "name", "metadata.namespace": "project", "status.podIP": "address"}


def environment(spec: PodSpec, shelf: Shelf, own: Mapping[str, str]) -> dict[str, str] | Refused:
    """The variables of a container. `own`: the replica's name, project and address. Refused: a key that is missing."""
    found: dict[str, str] = {}
    for source in spec.container.env_from:
        more = _all_keys(source, shelf)
        if isinstance(more, Refused):
            return more
        found.update(more)
    for env in spec.container.env:
        value = _value(env, shelf, own)
        if isinstance(value, Refused):
            return value
        if value is not None:
            found[env.name] = value
    return found


def _all_keys(source: EnvFrom, shelf: Shelf) -> dict[str, str] | Refused:
    found: dict[str, str] = {}
    for kind, ref in (("ConfigMap", source.config_map_ref), ("Secret", source.secret_ref)):
        content = shelf.content(kind, ref.name, optional=ref.optional) if ref is not None else {}
        if isinstance(content, Refused):
            return content
        found.update({source.prefix + key: value.decode("utf-8", "replace") for key, value in content.items()})
    return found


def _value(env: Env, shelf: Shelf, own: Mapping[str, str]) -> str | Refused | None:
    source = env.value_from
    if source is None:
        return env.value
    if source.field_ref is not None:
        return own[OWN_FIELDS[source.field_ref.field_path]]
    for kind, ref in (("ConfigMap", source.config_map_key_ref), ("Secret", source.secret_key_ref)):
        if ref is None:
            continue
        content = shelf.content(kind, ref.name, optional=ref.optional)
        if isinstance(content, Refused):
            return content
        if ref.key in content:
            return content[ref.key].decode("utf-8", "replace")
        return None if ref.optional else Refused(f"{kind} {ref.name} has no key {ref.key}", f"env.{env.name}", "C37")
    return env.value


@dataclass(frozen=True, slots=True)
class Owner:
    """Who files belong to."""

    user: int
    group: int


def files(volume: Volume, shelf: Shelf) -> dict[str, tuple[bytes, int]] | Refused | None:
    """The files of a ConfigMap's or Secret's volume: path to octets and mode. None of other volumes."""
    if volume.config_map is not None:
        one = volume.config_map
        content = shelf.content("ConfigMap", one.name, optional=one.optional)
        return content if isinstance(content, Refused) else _chosen(content, one.items, one.default_mode)
    if volume.secret is not None:
        two = volume.secret
        content = shelf.content("Secret", two.secret_name, optional=two.optional)
        return content if isinstance(content, Refused) else _chosen(content, two.items, two.default_mode)
    return None


def _chosen(content: Contents, items: tuple[KeyToPath, ...], mode: int) -> dict[str, tuple[bytes, int]] | Refused:
    if not items:
        return {key: (value, mode) for key, value in content.items()}
    found: dict[str, tuple[bytes, int]] = {}
    for item in items:
        if item.key not in content:
            return Refused(f"there is no key {item.key}", "volumes", "C37")
        found[item.path] = (content[item.key], mode if item.mode is None else item.mode)
    return found


def write_files(folder: Path, content: Mapping[str, tuple[bytes, int]], owner: Owner) -> None:
    """Make a folder hold exactly these files. Raises OSError on a full disk, ValueError where a name leads elsewhere.

    We write as root: names were checked as the manifest was read, and are once more here.
    """
    if leading := [name for name in (folder.name, *content) if not relative(name)]:
        raise ValueError(f"not a name below {folder.parent}: {leading[0]!r}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755, parents=True)
    os.chown(folder, owner.user, owner.group)
    for name, (text, mode) in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        os.chown(path, owner.user, owner.group)
        path.chmod(mode & 0o777)


def bind(mount: VolumeMount, source: Path, *, read_only: bool) -> dict[str, Any]:
    """A mount of something on disk, as podman takes it."""
    place = source / mount.sub_path if mount.sub_path else source
    options = ["rbind", "nosuid", "nodev", "ro" if read_only or mount.read_only else "rw"]
    return {"destination": mount.mount_path, "type": "bind", "source": str(place), "options": options}


def memory(mount: VolumeMount, size: str | int) -> dict[str, Any]:
    """A folder in memory that every user of the container may write to."""
    options = ["rw", "nosuid", "nodev", f"size={octets(size)}", "mode=1777"]
    return {"destination": mount.mount_path, "type": "tmpfs", "source": "tmpfs", "options": options}


def _encoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {key: value.encode() for key, value in texts.items()}


def _decoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {key: base64.b64decode(value) for key, value in texts.items()}
