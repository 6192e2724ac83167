"""The bill of materials of an image: its Debian packages, read from its layers, as CycloneDX 1.6 JSON."""

import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from yunyue.answer import Refused

STATUS: Final = "var/lib/dpkg/status"
LARGEST: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Package:
    """A package and its version; empty when nobody knows it."""

    name: str
    version: str


def bill(archive: Path, name: str, digest: str) -> str | Refused:
    """CycloneDX of an image that podman saved as an archive. Refused: it is no archive of an image."""
    try:
        packages = set(_packages(archive))
    except (tarfile.TarError, KeyError, ValueError, OSError) as error:
        return Refused(f"not an archive of an image: {type(error).__name__}", "image", "C37")
    return bill_of(packages, name, digest)


def bill_of(packages: Iterable[Package], name: str, digest: str) -> str:
    """CycloneDX of an image of which the packages are known."""
    bom = Bom()
    image = Component(name=name, version=digest, type=ComponentType.CONTAINER, bom_ref=digest)
    bom.metadata.component = image
    for one in sorted(packages, key=lambda one: (one.name, one.version)):
        url = PackageURL("deb", "debian", one.name, one.version or None)
        bom.components.add(Component(name=one.name, version=one.version or None, purl=url, bom_ref=url.to_string()))
    bom.register_dependency(image, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=1)


def labelled(labels: Mapping[str, str]) -> Iterator[Package]:
    """What an image says of itself, such as our base images without dpkg."""
    for name in filter(None, str(labels.get("yunyue.packages", "")).split(",")):
        yield Package(name, str(labels.get(f"yunyue.version.{name}", "")))


def packages_of(layer: tarfile.TarFile) -> Iterator[Package]:
    """What dpkg noted in a layer; the layer is read once, from its beginning to its end."""
    for entry in layer:
        name = entry.name.removeprefix("./")
        if entry.isfile() and (name == STATUS or name.startswith(f"{STATUS}.d/")) and entry.size <= LARGEST:
            read = layer.extractfile(entry)
            yield from _stanzas(read.read().decode("utf-8", "replace") if read is not None else "")


def _packages(archive: Path) -> Iterator[Package]:
    with tarfile.open(archive) as whole:
        manifest = json.loads(_read(whole, "manifest.json"))[0]
        yield from labelled((json.loads(_read(whole, manifest["Config"])).get("config") or {}).get("Labels") or {})
        for layer in manifest["Layers"]:
            member = whole.extractfile(layer)
            if member is not None:
                with tarfile.open(fileobj=io.BytesIO(member.read())) as opened:
                    yield from packages_of(opened)


def _stanzas(text: str) -> Iterator[Package]:
    for stanza in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line and not line.startswith(" "))
        if "Package" in fields and "installed" in fields.get("Status", "installed"):
            yield Package(fields["Package"], fields.get("Version", ""))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    return member.read() if member is not None else b""
