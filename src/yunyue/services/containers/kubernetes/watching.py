"""Keeps a copy of a project's objects of one kind: a list, then every change since, for as long as it is asked to.

A watch ends when the server likes, and some end often; it is taken up where it stopped. When the server has forgotten
that far back (410), everything is listed again, and what is gone by then is told as gone.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from yunyue.host.log import logger
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.kubernetes.api import Api

Json = dict[str, Any]
Heard = Callable[[str, Json], None]

AGAIN_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 300
"""So long a watch is asked to last; a connection that died without a word is noticed then."""

PAGE: Final = 500
GONE: Final = 410
log = logger(__name__)


class Forgotten(Exception):
    """The server no longer knows what happened since; list again."""


@dataclass(slots=True)
class Watch:
    """One kind in one namespace. `heard(deed, object)`: ADDED, MODIFIED or DELETED, after the copy has it."""

    api: Api
    path: str
    selector: str
    heard: Heard
    held: dict[str, Json] = field(default_factory=dict)
    version: str = ""
    trouble: str = ""
    lists: int = 0
    listed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                if not self.version:
                    await self.list()
                await self.follow()
            except Forgotten:
                self.version = ""
            except (EngineGone, EngineSaid) as error:
                if (task := asyncio.current_task()) is not None and task.cancelling():
                    raise asyncio.CancelledError from error
                self.trouble = str(error)
                if isinstance(error, EngineSaid) and error.status == GONE:
                    self.version = ""
                    continue
                await asyncio.sleep(AGAIN_SECONDS)

    async def list(self) -> None:
        """Everything as it is now; pages belong to one moment."""
        found: dict[str, Json] = {}
        more, version = "", ""
        while True:
            query = {"limit": str(PAGE), **({"continue": more} if more else {}), **self._selected()}
            page = await self.api.ask("GET", self.path, **query)
            for one in page.get("items") or ():
                found[_name(one)] = one
            version = str(page["metadata"]["resourceVersion"])
            more = str(page["metadata"].get("continue") or "")
            if not more:
                break
        self._replace(found)
        self.version = version
        self.lists += 1
        self.trouble = ""
        self.listed.set()

    def _replace(self, found: dict[str, Json]) -> None:
        before, self.held = self.held, found
        for name, one in before.items():
            if name not in found or _uid(found[name]) != _uid(one):
                self.heard("DELETED", one)
        for name, one in found.items():
            known = before.get(name)
            if known is None or _uid(known) != _uid(one):
                self.heard("ADDED", one)
            elif _version(known) != _version(one):
                self.heard("MODIFIED", one)

    async def follow(self) -> None:
        """Until the watch ends. Raises Forgotten, EngineGone, EngineSaid."""
        query = {
            "watch": "true",
            "resourceVersion": self.version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(LONGEST_SECONDS),
            **self._selected(),
        }
        async with contextlib.aclosing(self.api.lines(self.path, **query)) as lines:
            async for line in lines:
                self.trouble = ""
                if line.strip():
                    self._take(line)

    def _take(self, line: str) -> None:
        try:
            change = json.loads(line)
            deed, one = str(change["type"]), change["object"]
        except (ValueError, KeyError, TypeError) as error:
            raise EngineGone("the cluster does not answer: a watch was cut off in the middle of a line") from error
        if deed == "ERROR":
            if one.get("code") == GONE:
                raise Forgotten
            raise EngineSaid(int(one.get("code") or 500), str(one.get("message") or "a watch failed")[:600])
        self.version = _version(one) or self.version
        if deed == "BOOKMARK":
            return
        if deed == "DELETED":
            self.held.pop(_name(one), None)
        else:
            self.held[_name(one)] = one
        self.heard(deed, one)

    def _selected(self) -> dict[str, str]:
        return {"labelSelector": self.selector} if self.selector else {}


def _name(one: Json) -> str:
    return str(one["metadata"]["name"])


def _uid(one: Json) -> str:
    return str(one["metadata"].get("uid", ""))


def _version(one: Json) -> str:
    return str((one.get("metadata") or {}).get("resourceVersion", ""))
