"""Before an image may run: a tag of our registry becomes the digest it stands for now, and must be signed if asked.

What is kept, run and rolled back to is the digest, so a tag that moves changes nothing. The same question is asked
twice: when a manifest is applied, so that whoever applies learns it at once, and when a container is to start, since a
signature may have been withdrawn meanwhile.
"""

import asyncio
import http.client
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.services.containers.manifest.manifests import understood
from yunyue.services.containers.manifest.objects import Object
from yunyue.services.containers.policy.rules import PODS
from yunyue.services.containers.project.image_rules import KeptImageRules
from yunyue.services.containers.project.objects import document
from yunyue.services.containers.project.project import BASE, Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import template_of
from yunyue.services.containers.registry.catalogue import MANIFESTS
from yunyue.services.containers.registry.passes import Access
from yunyue.services.containers.registry.server import Registry, registry_at
from yunyue.services.containers.registry.signatures import Signatures
from yunyue.services.containers.registry.signing_keys import signing_key

PATIENCE_SECONDS: Final = 5.0
TRUST_MS: Final = 600_000
"""How long a signature that held is not asked for again: a dead replica is replaced also while the vault is sealed."""


class Gate:
    """Of one installation, by its engine's folder; any process may ask. `now`: ms."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self._folder = folder
        self._now = now
        self._store = Store(folder)
        self._rules = KeptImageRules(self._store)
        self._held: dict[tuple[str, str, str], int] = {}

    def pinned(self, project: Project, objects: Iterable[Object]) -> tuple[Object, ...] | Refused:
        """The same objects, their images by digest. Refused: `Deployment web: spec….image`, with the rule."""
        registry = registry_at(self._folder, self._now)
        found: list[Object] = []
        for one in objects:
            made = self._pinned(registry, project, one)
            if isinstance(made, Refused):
                return made
            found.append(made)
        return tuple(found)

    def _pinned(self, registry: Registry | None, project: Project, one: Object) -> Object | Refused:
        template = template_of(one)
        if template is None:
            return one
        asked = template.spec.container.image
        image = self._image(registry, project, asked)
        if isinstance(image, Refused):
            where = f"{one.kind} {one.name}: {'.'.join(PODS[one.kind])}.containers[0].image"
            return Refused(image.reason, where if image.field == "image" else image.field, image.clause)
        return one if image == asked else _with_image(one, image)

    def _image(self, registry: Registry | None, project: Project, reference: str) -> str | Refused:
        if registry is None or not reference.startswith(f"{registry.address}/"):
            return self.refused(project, reference, "") or reference
        named, _, digest = reference.partition("@")
        path = named.removeprefix(f"{registry.address}/")
        repository, _, tag = path.partition(":")
        if not repository.startswith((f"{project.name}/", f"{BASE}/")):
            return Refused(f"ImagePull: {reference} belongs to another project", "image", "C37")
        pinned = digest_of(registry, repository, digest or tag or "latest")
        if isinstance(pinned, Refused):
            return pinned
        return self.refused(project, reference, pinned) or f"{named}@{pinned}"

    def refused(self, project: Project, reference: str, digest: str) -> Refused | None:
        """None when the project asks for no signature, or the image carries it."""
        signer = self._rules.of(project.order).signed_by
        repository = repository_of(reference)
        if not signer or repository.startswith(f"{BASE}/"):
            return None
        if not digest:
            reason = f"policy image-signature: only images of the registry can be signed, by {signer}"
            return Refused(reason, "image", "C37")
        kept = (repository, digest, signer)
        if self._held.get(kept, 0) > self._now():
            return None
        key = signing_key(self._folder, signer)
        said = key if isinstance(key, Refused) else Signatures(self._store, self._now).admitted(repository, digest, key)
        if said is None:
            self._held[kept] = self._now() + TRUST_MS
            return None
        return Refused(f"policy image-signature: {said.reason}", said.field, said.clause)

    async def admit(self, project: str, reference: str, digest: str) -> Refused | None:
        """podman.images.Admission: the same question, asked before a container starts. `project`: its name."""

        def asked() -> Refused | None:
            found = Projects(self._store).named(project)
            return found if isinstance(found, Refused) else self.refused(found, reference, digest)

        return await asyncio.to_thread(asked)


def repository_of(reference: str) -> str:
    """Where an image lies in its registry: without address, tag and digest."""
    return reference.partition("@")[0].partition("/")[2].partition(":")[0]


def digest_of(registry: Registry, repository: str, tag: str) -> str | Refused:
    """The digest of a tag (or of itself, when it is there). Refused: there is none, or the registry does not answer."""
    bearer = registry.platform_pass((Access(repository, ("pull",)),))
    connection = http.client.HTTPConnection("127.0.0.1", registry.port, timeout=PATIENCE_SECONDS)
    try:
        headers = {"Authorization": f"Bearer {bearer}", "Accept": MANIFESTS}
        connection.request("HEAD", f"/v2/{repository}/manifests/{tag}", headers=headers)
        answer = connection.getresponse()
        found = answer.getheader("Docker-Content-Digest", "")
    except (OSError, http.client.HTTPException) as error:
        return Refused(f"ImagePull: the registry does not answer: {error or type(error).__name__}", "image", "C37")
    finally:
        connection.close()
    if answer.status != 200 or not found:
        return Refused(f"ImagePull: there is no image {registry.address}/{repository}:{tag}", "image", "C37")
    return found


def _with_image(one: Object, image: str) -> Object | Refused:
    content = json.loads(document(one))
    pod: Any = content
    for part in PODS[one.kind]:
        pod = pod[part]
    pod["containers"][0]["image"] = image
    return understood(content)
