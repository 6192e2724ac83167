"""What a project keeps beside its objects, as every door sees and changes it; each change is the project's event."""

from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.doors.containers import NOBODY, give, kept_projects, moment_now, push_tokens, tell
from yunyue.doors.containers_images import Image, Signed, bill_of, images_of, rules_of, sign
from yunyue.services.containers.project.image_rules import ImageRules
from yunyue.services.containers.project.project import Member, Project
from yunyue.services.containers.registry.tokens import PushToken

DAY_MS: Final = 86_400_000
MOST_DAYS: Final = 366


class Keeping:
    """Members, push tokens, images and their rules of one project of this installation. `actor`: who changes them."""

    def __init__(self, home: Path, project: Project, actor: str) -> None:
        self._home = home
        self._actor = actor
        self.project = project

    def members(self) -> tuple[Member, ...]:
        """Everyone with a role, by person."""
        return kept_projects(self._home).members(self.project.order)

    def give(self, person: str, role: str) -> Refused | None:
        """Give a person a role, or take it ("none"). Refused: no such role, no admin first, or the last would go."""
        said = "no member any more" if role == NOBODY else f"now {role}"
        return self._told("members", f"{person} is {said}", give(self._home, self.project, person, role))

    def tokens(self) -> tuple[PushToken, ...]:
        """Push tokens, by name, without their secrets."""
        return push_tokens(self._home).all(self.project.order)

    def make_token(self, name: str, days: int) -> str | Refused:
        """The secret of a new one, which nobody can read again. `days`: it holds so long; 0: until it is revoked.

        Refused: what no token is called, a name that is in use, too many.
        """
        ends = moment_now() + days * DAY_MS if days else 0
        made = push_tokens(self._home).issue(self.project.order, name, self._actor, ends)
        return self._told("push", f"push token {name} made", made if isinstance(made, Refused) else None) or made

    def revoke_token(self, name: str) -> Refused | None:
        """End one. Refused: there is none that holds."""
        refused = push_tokens(self._home).withdraw(self.project.order, name)
        return self._told("push", f"push token {name} revoked", refused)

    def images(self) -> tuple[Image, ...] | Refused:
        """What was pushed, newest first in each repository. Refused: the registry does not answer."""
        return images_of(self._home, self.project)

    def bill(self, image: str) -> str | Refused:
        """An image's bill of materials: the JSON of CycloneDX 1.6. Refused: there is no such image."""
        return bill_of(self._home, self.project, image)

    def sign(self, image: str, key: str) -> Signed | Refused:
        """Sign an image's digest with a key of the crypto service. Refused: no such image or key."""
        done = sign(self._home, self.project, image, key)
        if isinstance(done, Refused):
            return done
        self._told("sign", f"{done.repository}@{done.digest} signed by {done.signer}", None)
        return done

    def rules(self) -> ImageRules:
        """What is asked of images."""
        return rules_of(self._home).of(self.project.order)

    def set_rules(self, rules: ImageRules) -> Refused | None:
        """From now on. Refused: a count out of range, what no key is called."""
        said = f"tags kept {rules.newest}, signature of {rules.signed_by or 'nobody'}"
        return self._told("rules", said, rules_of(self._home).put(self.project.order, rules))

    def _told(self, verb: str, about: str, refused: Refused | None) -> Refused | None:
        """Tell the project of what was done; nothing of what was refused."""
        if refused is None:
            tell(self._home, self.project, self._actor, verb, about)
        return refused
