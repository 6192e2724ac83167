"""The door where the registry's passes are asked for: who, by which push token, for which repositories, on record.

The form is the Docker registry's token authentication. What the platform itself pulls is not on record here: it pulls
what somebody applied, and that is.
"""

import asyncio
import base64
import binascii
import contextlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.host.randomness import token
from yunyue.services.containers.project.project import BASE, PLATFORM, Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.registry.passes import SECONDS, Access, Passes
from yunyue.services.containers.registry.records import Note
from yunyue.services.containers.registry.tokens import PushTokens
from yunyue.store.access import Access as Record

WORKERS: Final = ("pull", "push", "delete")
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Caller:
    """Whom a name and a word stand for. `name` "": they prove nothing; `project` None: there is none of that name."""

    user: str
    name: str = ""
    path: str = ""
    project: Project | None = None

    @property
    def may(self) -> tuple[str, ...]:
        """What they may do on their own path."""
        return ("pull",) if self.user == PLATFORM else WORKERS

    def granted(self, wanted: Iterable[str]) -> tuple[Access, ...]:
        """What they get of what they want; nothing of another project's."""
        found = (allowed(one, self.path, self.may) for one in wanted) if self.name else ()
        return tuple(one for one in found if one is not None and one.actions)


class TokenDoor:
    """Of one registry. `now`: ms."""

    def __init__(
        self, passes: Passes, projects: Projects, tokens: PushTokens, now: Callable[[], int], note: Note
    ) -> None:
        self._passes = passes
        self._projects = projects
        self._tokens = tokens
        self._now = now
        self._note = note
        self._secret = token()

    def platform_token(self, project: str) -> str:
        """The platform's own word at this door, which pulls for a project."""
        return f"{self._secret}:{project}"

    async def ask(self, request: web.Request) -> web.Response:
        """GET /token?scope=repository:web/app:pull,push with a project's name and a push token of its own.

        401: the token is none of the project's. 503: the asking could not be put on record.
        """
        caller = self._who(*_credentials(request.headers.get("Authorization", "")))
        wanted = [one for text in request.query.getall("scope", []) for one in text.split(" ") if one]
        granted = caller.granted(wanted)
        if caller.name != PLATFORM:
            record = self._record(request, caller, wanted, let_in=bool(caller.name) and whole(wanted, granted))
            refused = await asyncio.to_thread(self._note, record)
            if refused is not None:
                log.error("access.unrecorded", reason=str(refused))
                return _error(503, "UNAVAILABLE")
        if not caller.name:
            return _error(401, "UNAUTHORIZED")
        made = self._passes.sign(caller.user, granted, self._now(), token())
        return web.json_response({"token": made, "access_token": made, "expires_in": SECONDS})

    def _who(self, user: str, given: str) -> _Caller:
        if user == PLATFORM:
            secret, _, path = given.partition(":")
            return _Caller(user, PLATFORM, path) if _same(secret, self._secret) else _Caller(user)
        project = self._projects.named(user)
        if isinstance(project, Refused):
            return _Caller(user)
        name = self._tokens.held(project.order, given)
        return _Caller(user, name and f"push:{project.name}/{name}", project.name, project)

    def _record(self, request: web.Request, caller: _Caller, wanted: list[str], *, let_in: bool) -> Record:
        """Not the name given, where there is no such project: people type secrets there."""
        return Record(
            at=self._now(),
            actor=caller.name,
            role="",
            tenant=caller.project.tenant if caller.project is not None and caller.name else "",
            door="registry",
            kind="business",
            what="GET token",
            about=" ".join([*([caller.project.name] if caller.project is not None else []), *wanted]),
            contract=caller.project.contract if caller.project is not None else "",
            outcome="granted" if let_in else "refused",
            status=200 if caller.name else 401,
            address=request.remote or "",
            request=request.headers.get("X-Request-ID", ""),
        )


def allowed(scope: str, project: str, may: tuple[str, ...]) -> Access | None:
    """What of a scope such as repository:web/app:pull,push a project gets: its own path, and pulls of base images."""
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    if kind != "repository" or ".." in name:
        return None
    wanted = tuple(one for one in actions.split(",") if one in may)
    if name.startswith(f"{project}/"):
        return Access(name, wanted)
    if name.startswith(f"{BASE}/"):
        return Access(name, tuple(one for one in wanted if one == "pull"))
    return None


def whole(wanted: Sequence[str], granted: Sequence[Access]) -> bool:
    """Whether every action that was asked for was granted."""
    return sum(text.count(",") + 1 for text in wanted) == sum(len(one.actions) for one in granted)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"errors": [{"code": code}]}, status=status)


def _credentials(header: str) -> tuple[str, str]:
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    with contextlib.suppress(binascii.Error, ValueError):
        user, _, given = base64.b64decode(value, validate=True).decode().partition(":")
        return user, given
    return "", ""
