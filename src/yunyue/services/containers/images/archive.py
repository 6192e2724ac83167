"""Writes an image as an archive that podman loads: one layer, octet for octet the same from the same files."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

NOBODY: Final = 65532
"""The user of our base images, as distroless images have it: a number, so that anybody can tell it from root."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an image holds. `files`: path to octets and mode; `links`: path to target; `folders`: to modes."""

    name: str
    files: Mapping[str, tuple[bytes, int]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, int] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    user: str = str(NOBODY)
    ports: tuple[int, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


def write_archive(recipe: Recipe, target: Path) -> str:
    """Write the archive; the image's digest. Raises OSError on a full disk."""
    return write_layer(recipe, _layer(recipe), target)


def write_layer(recipe: Recipe, layer: bytes, target: Path) -> str:
    """The same, of a layer that is there already as a tar."""
    digest = hashlib.sha256(layer).hexdigest()
    config = json.dumps(_config(recipe, digest), sort_keys=True).encode()
    identifier = hashlib.sha256(config).hexdigest()
    manifest = [{"Config": f"{identifier}.json", "RepoTags": [recipe.name], "Layers": [f"{digest}/layer.tar"]}]
    with tarfile.open(target, "w") as archive:
        for name, content in (
            (f"{digest}/layer.tar", layer),
            (f"{identifier}.json", config),
            ("manifest.json", json.dumps(manifest).encode()),
        ):
            archive.addfile(_entry(name, 0o644, size=len(content)), io.BytesIO(content))
    return f"sha256:{identifier}"


def _config(recipe: Recipe, digest: str) -> dict[str, Any]:
    return {
        "architecture": "amd64",
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {
            "User": recipe.user,
            "Cmd": list(recipe.command),
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            "ExposedPorts": {f"{port}/tcp": {} for port in recipe.ports},
            "Labels": dict(recipe.labels),
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "yunyue containers base-image"}],
    }


def _layer(recipe: Recipe) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as layer:
        for path, mode in sorted(recipe.folders.items()):
            layer.addfile(_entry(path, mode, kind=tarfile.DIRTYPE))
        for path, (content, mode) in sorted(recipe.files.items()):
            layer.addfile(_entry(path, mode, size=len(content)), io.BytesIO(content))
        for path, target in sorted(recipe.links.items()):
            layer.addfile(_entry(path, 0o777, kind=tarfile.SYMTYPE, link=target))
    return held.getvalue()


def _entry(path: str, mode: int, *, size: int = 0, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path.lstrip("/"))
    entry.mode, entry.size, entry.type, entry.linkname = mode, size, kind, link
    return entry
