"""The bill of materials of an image as it lies in the registry, by its digest: read from its layers, nothing is run."""

import tarfile
import tempfile
from typing import IO, Final

import aiohttp

from yunyue.answer import Refused
from yunyue.services.containers.images.bill import Package, bill_of, labelled, packages_of
from yunyue.services.containers.registry.catalogue import Catalogue, Contents

MOST_OCTETS: Final = 4 << 30
"""Of all layers together, as they are sent."""


async def bill_at(catalogue: Catalogue, repository: str, tag: str) -> str | Refused:
    """CycloneDX 1.6 JSON of a tag or digest. Refused: there is none, it is an index, too large or no image's layers."""
    contents = await catalogue.contents(repository, tag)
    if isinstance(contents, Refused):
        return contents
    if contents.octets > MOST_OCTETS:
        return Refused(f"the image has more than {MOST_OCTETS >> 30} GiB of layers", "image", "C37")
    try:
        found = await _packages(catalogue, contents)
    except (tarfile.TarError, OSError, EOFError, ValueError, aiohttp.ClientError) as problem:
        return Refused(f"not an archive of an image: {type(problem).__name__}", "image", "C37")
    return bill_of(found, repository, contents.digest)


async def _packages(catalogue: Catalogue, contents: Contents) -> set[Package]:
    """Layer after layer, the latest word on a package's version last. Raises TarError and ClientError."""
    found = set(labelled(contents.labels))
    for layer in contents.layers:
        with tempfile.TemporaryFile() as file:
            await catalogue.fetch(contents.repository, layer, file)
            file.seek(0)
            found |= _of_layer(file)
    return found


def _of_layer(file: IO[bytes]) -> set[Package]:
    with tarfile.open(fileobj=file, mode="r|*") as layer:
        return set(packages_of(layer))
