"""Keeps the registry from growing for ever: by each project's rule, never what runs or a revision may go back to.

Every hour tags beyond the newest of a repository go, with manifests no tag names any more and everything of projects
that ended, whose name may be another's tomorrow. Layers nobody needs are collected once a day, while the registry
stands still for it, and this machine's own copies go with them.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Final

import aiohttp

from yunyue.host.log import logger
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.podman.libpod import Libpod
from yunyue.services.containers.project.image_rules import KeptImageRules
from yunyue.services.containers.project.project import BASE
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.catalogue import Catalogue
from yunyue.services.containers.registry.server import Registry

EVERY_SECONDS: Final = 3600.0
COLLECT_MS: Final = 86_400_000
GRACE_SECONDS: Final = 3600.0
"""A manifest without a tag may be one whose tag is about to come."""

DIGEST: Final = re.compile(r"@(sha256:[0-9a-f]{64})")
log = logger(__name__)


def in_use(store: Store) -> frozenset[str]:
    """Every digest that an object or a revision of any project names: it runs, or may be gone back to."""
    kept = [text for table in ("objects", "revisions") for (text,) in store.rows(f"SELECT said FROM {table}")]  # noqa: S608 - one of two
    return frozenset(digest for text in kept for digest in DIGEST.findall(text))


class Tidying:
    """Of one installation."""

    def __init__(self, store: Store, registry: Registry, libpod: Libpod) -> None:
        self._store = store
        self._registry = registry
        self._libpod = libpod
        self._collected = 0

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.tidy(GRACE_SECONDS)
            except (aiohttp.ClientError, EngineGone, EngineSaid, OSError, TimeoutError) as problem:
                log.warning("the registry was not tidied", reason=str(problem) or type(problem).__name__)

    async def tidy(self, grace: float) -> int:
        """Once; how many manifests went. `grace`: seconds an untagged manifest is left alone. Raises ClientError."""
        used, rules = in_use(self._store), KeptImageRules(self._store)
        living = {one.name: rules.of(one.order).newest for one in Projects(self._store).all()}
        gone = 0
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            catalogue = Catalogue(self._registry, session)
            for repository in await catalogue.everything():
                owner = repository.partition("/")[0]
                if owner != BASE:
                    gone += len(await catalogue.retain(repository, living.get(owner, 0), used))
                    gone += await self._untagged(catalogue, repository, used, grace if owner in living else 0.0)
        if gone:
            log.info("images removed", count=gone)
        await self.collect(used, now=bool(gone))
        return gone

    async def forget(self, project: str) -> None:
        """Remove the images of a project that ended, whose name may be given to another."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            catalogue = Catalogue(self._registry, session)
            for repository in await catalogue.repositories(project):
                await catalogue.retain(repository, 0, frozenset())
                await self._untagged(catalogue, repository, frozenset(), 0.0)

    async def _untagged(self, catalogue: Catalogue, repository: str, used: frozenset[str], grace: float) -> int:
        named = {one.digest for one in await catalogue.tags(repository)} | used
        parts = [await catalogue.parts(repository, one) for one in named]
        kept = named.union(*parts) if parts else named
        gone = 0
        for digest in self._registry.manifests(repository, older=grace):
            if digest not in kept and await catalogue.remove(repository, digest) is None:
                gone += 1
        return gone

    async def collect(self, used: frozenset[str], *, now: bool) -> None:
        """Give back the room of layers and of this machine's copies, when something went and a day is over."""
        moment = self._registry.now()
        if not now or moment - self._collected < COLLECT_MS:
            return
        self._collected = moment
        said = await asyncio.to_thread(self._registry.collect)
        if said:
            log.warning("layers were not collected", reason=said)
        for name in await self._unused(used):
            try:
                await self._libpod.ask("DELETE", f"/images/{name}", force=False)
            except EngineSaid as problem:
                # A container still has it; it goes another day.
                log.info("an image stays", image=name, reason=problem.words)

    async def _unused(self, used: frozenset[str]) -> list[str]:
        """Ids of this machine's copies of images of the registry that nothing names any more."""
        found = await self._libpod.ask("GET", "/images/json")
        return [str(one["Id"]) for one in found or () if self._ours(one) and not set(_digests(one)) & used]

    def _ours(self, image: dict[str, list[str]]) -> bool:
        names = [*(image.get("RepoTags") or ()), *(image.get("RepoDigests") or ())]
        mine = f"{self._registry.address}/"
        return bool(names) and all(one.startswith(mine) and not one.startswith(f"{mine}{BASE}/") for one in names)


def _digests(image: dict[str, list[str]]) -> Iterator[str]:
    for one in image.get("RepoDigests") or ():
        yield one.partition("@")[2]
