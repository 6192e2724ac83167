"""A project's images in the installation's registry: tags, digests, sizes, and whose signatures lie beside them."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import aiohttp

from yunyue.answer import Refused
from yunyue.host.clock import SystemClock
from yunyue.services.containers.engines import engine_folder
from yunyue.services.containers.project.image_rules import KeptImageRules
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.bills import bill_at
from yunyue.services.containers.registry.catalogue import Catalogue, Tag
from yunyue.services.containers.registry.server import Registry, registry_at
from yunyue.services.containers.registry.signatures import Signatures
from yunyue.services.containers.registry.signing_keys import signing_key
from yunyue.sla.span import milliseconds

T = TypeVar("T")
NAME: Final = re.compile(r"[a-z0-9]+([._/-]+[a-z0-9]+)*")
TAG: Final = re.compile(r"(\w[\w.-]{0,127}|sha256:[0-9a-f]{64})", re.ASCII)
GONE: Final = Refused("the registry does not answer; the platform starts it with the first project", "engine", "C37")


@dataclass(frozen=True, slots=True)
class Image:
    """A tag and the keys whose signature of its digest is kept; it is checked when the image is to run."""

    tag: Tag
    reference: str
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """An image's digest that a key signed."""

    repository: str
    digest: str
    signer: str


def images_of(home: Path, project: Project) -> tuple[Image, ...] | Refused:
    """What was pushed, newest first in each repository. Refused: the registry does not answer."""
    registry = registry_at(engine_folder(home / "services"), _now)
    if registry is None:
        return ()
    try:
        tags = asyncio.run(_tags(registry, project))
    except (aiohttp.ClientError, TimeoutError):
        return GONE
    store = Store(engine_folder(home / "services"))
    Signatures(store, _now)  # makes its table where there is none yet
    return tuple(Image(one, f"{registry.address}/{one.repository}:{one.name}", _signers(store, one)) for one in tags)


async def _tags(registry: Registry, project: Project) -> list[Tag]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        catalogue = Catalogue(registry, session)
        found = [await catalogue.tags(one) for one in await catalogue.repositories(project.name)]
    return [tag for tags in found for tag in tags]


def bill_of(home: Path, project: Project, image: str) -> str | Refused:
    """CycloneDX of one of a project's images, such as "app:v1" or "app@sha256:…". Refused: there is none."""
    where = _found(home, project, image)
    return where if isinstance(where, Refused) else _asked(where[0], lambda it: bill_at(it, where[1], where[2]))


def sign(home: Path, project: Project, image: str, name: str) -> Signed | Refused:
    """Sign one with a key of the crypto service. Refused: there is no such image or key, or the key cannot."""
    folder = engine_folder(home / "services")
    key, where = signing_key(folder, name), _found(home, project, image)
    if isinstance(key, Refused):
        return key
    if isinstance(where, Refused):
        return where
    registry, repository, tag = where
    digest = _asked(registry, lambda it: it.digest(repository, tag))
    if isinstance(digest, Refused):
        return digest
    refused = Signatures(Store(folder), _now).sign(repository, digest, key)
    return refused or Signed(repository, digest, name)


def rules_of(home: Path) -> KeptImageRules:
    """What projects ask of their images."""
    return KeptImageRules(Store(engine_folder(home / "services")))


def _found(home: Path, project: Project, image: str) -> tuple[Registry, str, str] | Refused:
    """The registry, and repository and tag (or digest) of a project's own image."""
    registry = registry_at(engine_folder(home / "services"), _now)
    name = image.removeprefix(f"{registry.address}/" if registry else "").removeprefix(f"{project.name}/")
    named, _, digest = name.partition("@")
    repository, _, tag = named.partition(":")
    if registry is None or not NAME.fullmatch(repository) or not TAG.fullmatch(digest or tag or "latest"):
        return Refused(f"there is no image {project.name}/{image}", "image", "C37")
    return registry, f"{project.name}/{repository}", digest or tag or "latest"


def _asked(registry: Registry, question: Callable[[Catalogue], Awaitable[T | Refused]]) -> T | Refused:
    async def ask() -> T | Refused:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            return await question(Catalogue(registry, session))

    try:
        return asyncio.run(ask())
    except (aiohttp.ClientError, TimeoutError):
        return GONE


def _signers(store: Store, tag: Tag) -> tuple[str, ...]:
    query = "SELECT signer FROM signatures WHERE (repository, digest) = (?, ?) ORDER BY signer"
    return tuple(str(signer) for (signer,) in store.rows(query, (tag.repository, tag.digest)))


def _now() -> int:
    return milliseconds(SystemClock().now())
