"""A record of an access: who, in which role, from where, asked for what, and whether it was let through."""

from typing import Final, Literal

import msgspec

from yunyue.journal.envelope import canonical

Outcome = Literal["granted", "refused", "failed"]
LONGEST: Final = 300
"""Characters of a text that came from outside; longer ones are cut before they are kept."""


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """One request for something protected. `at`: milliseconds since 1970 UTC.

    `actor`: pseudonym ("user:7", "token:3"), empty for a stranger. `kind`: what was protected, such as "evidence".
    `what`: the page or operation; `about`: the object asked for. `address` and `request` say from where and which.
    """

    at: int
    actor: str
    role: str
    tenant: str
    door: str
    kind: str
    what: str
    about: str
    contract: str
    outcome: Outcome
    status: int
    address: str
    request: str

    def cut(self) -> "Access":
        """The same with every text at most as long as is kept, and without what cannot be written."""
        texts = {name: _kept(value) for name, value in msgspec.structs.asdict(self).items() if isinstance(value, str)}
        return msgspec.structs.replace(self, **texts)

    @property
    def leaf(self) -> bytes:
        """The canonical bytes that are hashed: JSON as in RFC 8785."""
        return canonical(self)


FIELDS: Final = tuple(field.name for field in msgspec.structs.fields(Access))


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which records are looked for; an empty text and None mean all. `since` and `until` (exclusive) are ms."""

    actor: str = ""
    role: str = ""
    kind: str = ""
    outcome: str = ""
    contract: str = ""
    words: str = ""
    since: int | None = None
    until: int | None = None


def _kept(text: str) -> str:
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8")
