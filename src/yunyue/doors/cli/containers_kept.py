"""What a project keeps beside its objects: members, push tokens, images and their rules; here, or on another machine.

What may be asked of another machine is decided there, by the token's account.
"""

import json
from typing import Any, Protocol
from urllib.parse import quote

import msgspec

from yunyue.answer import Refused
from yunyue.doors.cli.containers_server import Server, each
from yunyue.doors.containers_images import Image, Signed
from yunyue.services.containers.project.image_rules import ImageRules
from yunyue.services.containers.project.project import Member, Project
from yunyue.services.containers.registry.catalogue import Tag
from yunyue.services.containers.registry.tokens import PushToken


class Kept(Protocol):
    """Of one project: containers_keeping.Keeping, or the same of another machine, refused in the same words."""

    project: Project

    def members(self) -> tuple[Member, ...] | Refused:
        """Everyone with a role, by person."""
        ...

    def give(self, person: str, role: str) -> Refused | None:
        """Give a person a role, or take it ("none")."""
        ...

    def tokens(self) -> tuple[PushToken, ...] | Refused:
        """Push tokens, by name, without their secrets."""
        ...

    def make_token(self, name: str, days: int) -> str | Refused:
        """The secret of a new one, which nobody can read again; 0 days: it holds until it is revoked."""
        ...

    def revoke_token(self, name: str) -> Refused | None:
        """End one."""
        ...

    def images(self) -> tuple[Image, ...] | Refused:
        """What was pushed, newest first in each repository."""
        ...

    def bill(self, image: str) -> str | Refused:
        """An image's bill of materials: the JSON of CycloneDX 1.6."""
        ...

    def sign(self, image: str, key: str) -> Signed | Refused:
        """Sign an image's digest with a key of the crypto service."""
        ...

    def rules(self) -> ImageRules | Refused:
        """What is asked of images."""
        ...

    def set_rules(self, rules: ImageRules) -> Refused | None:
        """From now on."""
        ...


class KeptThere:
    """Kept: of a project of another machine's platform, over its API."""

    def __init__(self, server: Server, project: Project) -> None:
        self._server = server
        self.project = project

    def members(self) -> tuple[Member, ...] | Refused:
        """Kept: everyone with a role."""
        found = self._ask("GET", "members")
        if isinstance(found, Refused):
            return found
        return tuple(Member(self.project.order, one["person"], one["role"]) for one in found)

    def give(self, person: str, role: str) -> Refused | None:
        """Kept: a role given or taken."""
        return _done(self._ask("PUT", f"members/{quote(person, safe='')}", {"role": role}))

    def tokens(self) -> tuple[PushToken, ...] | Refused:
        """Kept: push tokens."""
        return each(PushToken, self._ask("GET", "push-tokens"))

    def make_token(self, name: str, days: int) -> str | Refused:
        """Kept: a new push token's secret."""
        found = self._ask("POST", "push-tokens", {"name": name, "days": days})
        return found if isinstance(found, Refused) else str(found["token"])

    def revoke_token(self, name: str) -> Refused | None:
        """Kept: a push token ended."""
        return _done(self._ask("DELETE", f"push-tokens/{quote(name, safe='')}"))

    def images(self) -> tuple[Image, ...] | Refused:
        """Kept: what was pushed."""
        found = self._ask("GET", "images")
        if isinstance(found, Refused):
            return found
        return tuple(Image(msgspec.convert(one, Tag), one["reference"], tuple(one["signers"])) for one in found)

    def bill(self, image: str) -> str | Refused:
        """Kept: an image's bill of materials."""
        found = self._server.ask("GET", f"/{self.project.name}/bill", image=image)
        return found if isinstance(found, Refused) else json.dumps(found, indent=1)

    def sign(self, image: str, key: str) -> Signed | Refused:
        """Kept: an image signed."""
        found = self._ask("POST", "signatures", {"image": image, "key": key})
        return found if isinstance(found, Refused) else msgspec.convert(found, Signed)

    def rules(self) -> ImageRules | Refused:
        """Kept: what is asked of images."""
        found = self._ask("GET", "image-rules")
        return found if isinstance(found, Refused) else msgspec.convert(found, ImageRules)

    def set_rules(self, rules: ImageRules) -> Refused | None:
        """Kept: from now on."""
        return _done(self._ask("PUT", "image-rules", msgspec.to_builtins(rules)))

    def _ask(self, method: str, path: str, body: object = None) -> Any | Refused:
        return self._server.ask(method, f"/{self.project.name}/{path}", body)


def _done(found: Any | Refused) -> Refused | None:
    return found if isinstance(found, Refused) else None
