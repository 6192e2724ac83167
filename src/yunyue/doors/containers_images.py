"""A project's images in the installation's registry: tags, digests, sizes, and whose signatures lie beside them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from yunyue.answer import Refused
from yunyue.host.clock import SystemClock
from yunyue.services.containers.engines import engine_folder
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.catalogue import Catalogue, Tag
from yunyue.services.containers.registry.server import Registry, registry_at
from yunyue.services.containers.registry.signatures import Signatures
from yunyue.sla.span import milliseconds


@dataclass(frozen=True, slots=True)
class Image:
    """A tag and the keys whose signature of its digest is kept; it is checked when the image is to run."""

    tag: Tag
    reference: str
    signers: tuple[str, ...]


def images_of(home: Path, project: Project) -> tuple[Image, ...] | Refused:
    """What was pushed, newest first in each repository. Refused: the registry does not answer."""
    registry = registry_at(engine_folder(home / "services"), _now)
    if registry is None:
        return ()
    try:
        tags = asyncio.run(_tags(registry, project))
    except (aiohttp.ClientError, TimeoutError):
        return Refused("the registry does not answer; the platform starts it with the first project", "engine", "C37")
    store = Store(engine_folder(home / "services"))
    Signatures(store, _now)  # makes its table where there is none yet
    return tuple(Image(one, f"{registry.address}/{one.repository}:{one.name}", _signers(store, one)) for one in tags)


async def _tags(registry: Registry, project: Project) -> list[Tag]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        catalogue = Catalogue(registry, session)
        found = [await catalogue.tags(one) for one in await catalogue.repositories(project.name)]
    return [tag for tags in found for tag in tags]


def _signers(store: Store, tag: Tag) -> tuple[str, ...]:
    query = "SELECT signer FROM signatures WHERE (repository, digest) = (?, ?) ORDER BY signer"
    return tuple(str(signer) for (signer,) in store.rows(query, (tag.repository, tag.digest)))


def _now() -> int:
    return milliseconds(SystemClock().now())
