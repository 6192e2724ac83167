"""What lies in the registry: tags and digests of a project's repositories, and how long they are kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final
from urllib.parse import quote

import aiohttp

from yunyue.answer import Refused
from yunyue.services.containers.registry.passes import Access
from yunyue.services.containers.registry.server import Registry

MANIFESTS: Final = (
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json"
)
PIECE: Final = 1 << 20
PAGE: Final = 1000
"""The registry lists no more at once, and refuses to be asked for more."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, the digest it stands for, the octets of its layers, and when the image was made (ms; 0: unknown)."""

    repository: str
    name: str
    digest: str
    octets: int
    made: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What an image is made of: the digests of its layers, from the lowest, their octets, and its labels."""

    repository: str
    digest: str
    layers: tuple[str, ...]
    octets: int
    labels: Mapping[str, str]


class Catalogue:
    """Asks the registry with the platform's own passes."""

    def __init__(self, registry: Registry, session: aiohttp.ClientSession) -> None:
        self._registry = registry
        self._session = session

    async def repositories(self, project: str) -> tuple[str, ...]:
        """A project's repositories, by name."""
        return tuple(one for one in await self.everything() if one.startswith(f"{project}/"))

    async def everything(self) -> tuple[str, ...]:
        """Every repository, by name."""
        names: list[str] = []
        while True:
            last = f"&last={quote(names[-1], safe='')}" if names else ""
            found = await self._get(f"/v2/_catalog?n={PAGE}{last}", Access("", ("*",)))
            page = (found.get("repositories") or []) if isinstance(found, dict) else []
            names += page
            if len(page) < PAGE:
                return tuple(sorted(names))

    async def tags(self, repository: str) -> tuple[Tag, ...]:
        """The tags of a repository, newest first."""
        found = await self._get(f"/v2/{repository}/tags/list", Access(repository, ("pull",)))
        names = (found.get("tags") or []) if isinstance(found, dict) else []
        tags = [await self._tag(repository, name) for name in names]
        return tuple(sorted((one for one in tags if one is not None), key=lambda one: (-one.made, one.name)))

    async def digest(self, repository: str, tag: str) -> str | Refused:
        """The digest a tag stands for now."""
        found = await self._tag(repository, tag)
        return found.digest if found is not None else Refused(f"there is no image {repository}:{tag}", "image", "C37")

    async def contents(self, repository: str, tag: str) -> Contents | Refused:
        """What a tag (or digest) is made of. Refused: there is none, or it is an index of several images."""
        access = Access(repository, ("pull",))
        url = f"http://{self._registry.address}/v2/{repository}/manifests/{tag}"
        async with self._session.get(url, headers=self._headers(access, MANIFESTS)) as answer:
            if answer.status != 200:
                return Refused(f"there is no image {repository}:{tag}", "image", "C37")
            manifest = json.loads(await answer.read())
            digest = answer.headers.get("Docker-Content-Digest", "")
        if "config" not in manifest:
            return Refused(f"{repository}:{tag} is an index of several images; name one by its digest", "image", "C37")
        config = await self._get(f"/v2/{repository}/blobs/{manifest['config']['digest']}", access) or {}
        layers = manifest.get("layers") or ()
        return Contents(
            repository=repository,
            digest=digest,
            layers=tuple(str(one["digest"]) for one in layers),
            octets=sum(int(one.get("size", 0)) for one in layers),
            labels=(config.get("config") or {}).get("Labels") or {},
        )

    async def fetch(self, repository: str, digest: str, into: IO[bytes]) -> None:
        """Write a layer into a file. Raises ClientError."""
        url = f"http://{self._registry.address}/v2/{repository}/blobs/{digest}"
        headers = self._headers(Access(repository, ("pull",)), "*/*")
        async with self._session.get(url, headers=headers, raise_for_status=True) as answer:
            async for piece in answer.content.iter_chunked(PIECE):
                into.write(piece)

    async def _tag(self, repository: str, name: str) -> Tag | None:
        access = Access(repository, ("pull",))
        url = f"http://{self._registry.address}/v2/{repository}/manifests/{name}"
        async with self._session.get(url, headers=self._headers(access, MANIFESTS)) as answer:
            if answer.status != 200:
                return None
            manifest = json.loads(await answer.read())
            digest = answer.headers.get("Docker-Content-Digest", "")
        config = manifest.get("config") or {}
        made = await self._get(f"/v2/{repository}/blobs/{config.get('digest')}", access) if config else {}
        octets = sum(int(layer.get("size", 0)) for layer in manifest.get("layers") or ())
        return Tag(repository, name, digest, octets, _moment(made if isinstance(made, dict) else {}))

    async def remove(self, repository: str, digest: str) -> Refused | None:
        """Delete an image with all its tags; its layers go with the next `collect`."""
        url = f"http://{self._registry.address}/v2/{repository}/manifests/{digest}"
        async with self._session.delete(url, headers=self._headers(Access(repository, ("delete",)), "*/*")) as answer:
            gone = answer.status in (202, 404)
        return None if gone else Refused(f"the registry answers {answer.status}", "image", "C37")

    async def retain(self, repository: str, newest: int, in_use: frozenset[str]) -> tuple[Tag, ...]:
        """Delete what is neither among a repository's newest tags nor in use (by digest); what went."""
        tags = await self.tags(repository)
        kept = {one.digest for one in tags[:newest]} | in_use
        beyond = {tag.digest: tag for tag in tags[newest:] if tag.digest not in kept}
        return tuple([tag for tag in beyond.values() if await self.remove(repository, tag.digest) is None])

    async def parts(self, repository: str, digest: str) -> frozenset[str]:
        """The manifests that an index is made of; none of other manifests."""
        url = f"http://{self._registry.address}/v2/{repository}/manifests/{digest}"
        async with self._session.get(url, headers=self._headers(Access(repository, ("pull",)), MANIFESTS)) as answer:
            if answer.status != 200:
                return frozenset()
            listed = json.loads(await answer.read()).get("manifests") or ()
        return frozenset(str(one["digest"]) for one in listed)

    async def _get(self, path: str, access: Access) -> Any:
        url = f"http://{self._registry.address}{path}"
        async with self._session.get(url, headers=self._headers(access, "*/*")) as answer:
            if answer.status != 200:
                return None
            return json.loads(await answer.read())

    def _headers(self, access: Access, accept: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._registry.platform_pass((access,))}", "Accept": accept}


def _moment(config: Mapping[str, Any]) -> int:
    try:
        found = datetime.fromisoformat(str(config.get("created", ""))[:19] + "+00:00")
    except ValueError:
        return 0
    return max(0, int(found.timestamp() * 1000))
