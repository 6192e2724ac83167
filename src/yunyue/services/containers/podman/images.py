"""Has images here before a container needs them, pinned by digest, and says why one cannot be had."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from yunyue.answer import Refused
from yunyue.services.containers.errors import EngineSaid
from yunyue.services.containers.podman.libpod import Libpod
from yunyue.services.containers.project.project import BASE


@dataclass(frozen=True, slots=True)
class Image:
    """An image that is here: its id (a digest of everything in it), the user it wants to run as, and its ports."""

    identifier: str
    user: str


Admission = Callable[[str, str, str], Awaitable[Refused | None]]
"""Whether a project may run an image (project, reference, digest); None: yes."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where images that are not here come from: a registry's host and port, and a token for a project; or nowhere."""

    address: str = ""
    token: Callable[[str], str] = str


class Images:
    """Images of one podman."""

    def __init__(self, libpod: Libpod, admission: Admission) -> None:
        self._libpod = libpod
        self.source = Source()
        self._admission = admission

    async def have(self, project: str, wanted: str, policy: str) -> Image | Refused:
        """The image of a reference for a project. Refused: it is not here and cannot be fetched, or not admitted."""
        reference = by_digest(wanted)
        here = lent(project, reference) and not (policy == "Always" and self._ours(reference))
        found = await self._libpod.image(reference) if here else None
        if found is None and policy != "Never":
            fetched = await self._fetch(project, reference)
            if isinstance(fetched, Refused):
                return fetched
            found = await self._libpod.image(reference)
        if found is None:
            return Refused(f"ImagePull: there is no image {reference} here", "image", "C37")
        refused = await self._admission(project, reference, _digest(found, reference))
        if refused is not None:
            return refused
        return Image(str(found["Id"]), str(found.get("User") or (found.get("Config") or {}).get("User") or ""))

    def _ours(self, reference: str) -> bool:
        return bool(self.source.address) and reference.startswith(f"{self.source.address}/")

    async def _fetch(self, project: str, reference: str) -> Refused | None:
        if not self._ours(reference):
            if not self.source.address:
                return Refused(f"ImagePull: there is no image {reference} here", "image", "C37")
            path = f"{self.source.address}/{project}"
            return Refused(f"ImagePull: there is no image {reference} here; push it to {path}", "image", "C37")
        if not reference.removeprefix(f"{self.source.address}/").startswith((f"{project}/", f"{BASE}/")):
            return Refused(f"ImagePull: {reference} belongs to another project", "image", "C37")
        login = {"username": "platform", "password": self.source.token(project)}
        credentials = base64.urlsafe_b64encode(json.dumps(login).encode()).decode()
        try:
            await self._libpod.pull(reference, credentials)
        except EngineSaid as error:
            return Refused(f"ImagePull: {error.words}"[:500], "image", "C37")
        return None


def lent(project: str, reference: str) -> bool:
    """Whether a project may run an image that is here by this name: its own, the base images, what the operator loaded.

    Every project's images lie in one store, and podman finds them by the end of a name and by the beginning of an id.
    """
    host, _, path = reference.partition("/")
    return host == "localhost" or (("." in host or ":" in host) and path.startswith((f"{project}/", f"{BASE}/")))


def by_digest(reference: str) -> str:
    """`host/app:v1@sha256:…` without its tag, which says nothing beside a digest; others as they are."""
    named, at, digest = reference.partition("@")
    head, slash, last = named.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}@{digest}" if at else reference


def _digest(found: dict[str, object], reference: str) -> str:
    """The digest it was named by; else that in the repository it was named by, or podman's own."""
    if "@" in reference:
        return reference.partition("@")[2]
    path, slash, name = reference.partition("@")[0].rpartition("/")
    repository = f"{path}{slash}{name.partition(':')[0]}@"
    known = found.get("RepoDigests")
    listed = [str(one) for one in known] if isinstance(known, list) else []
    pushed = [one.partition("@")[2] for one in listed if one.startswith(repository)]
    own = str(found.get("Digest", ""))
    return next((one for one in pushed if one != own), own)
