"""Asks podman over its socket (libpod REST API v4); only the questions this room has.

The official bindings are synchronous and lose events; the API itself is small.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

import aiohttp

from yunyue.services.containers.errors import EngineGone, EngineSaid

BASE: Final = "/v4.0.0/libpod"
PATIENCE: Final = aiohttp.ClientTimeout(total=120)
FOREVER: Final = aiohttp.ClientTimeout(total=None)
Body = dict[str, Any]


class Libpod:
    """One session on the socket. Every question raises EngineGone without an answer, EngineSaid with an error."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open; nothing is asked yet."""
        connector = aiohttp.UnixConnector(path=str(self.path), limit=64)
        self._session = aiohttp.ClientSession("http://podman", connector=connector, timeout=PATIENCE)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """One question and its JSON answer; None without content."""
        words = {name: _word(value) for name, value in query.items()}
        assert self._session is not None
        try:
            async with self._session.request(method, BASE + path, json=body, params=words) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise EngineGone(f"podman does not answer: {error or type(error).__name__}") from error
        if answer.status >= 400:
            raise EngineSaid(answer.status, _said(content))
        return _read(content)

    async def alive(self) -> bool:
        """Whether podman answers."""
        try:
            async with asyncio.timeout(5):
                await self.ask("GET", "/_ping")
        except (EngineGone, EngineSaid, TimeoutError):
            return False
        return True

    async def create(self, body: Body) -> str:
        """Make a container; its id."""
        made = await self.ask("POST", "/containers/create", body)
        return str(made["Id"])

    async def start(self, name: str) -> None:
        """Start a container."""
        await self.ask("POST", f"/containers/{name}/start")

    async def inspect(self, name: str) -> Body | None:
        """Everything about a container; None when there is none."""
        return await self._maybe("GET", f"/containers/{name}/json")

    async def containers(self, label: str) -> list[Body]:
        """Those with a label, running or not."""
        found = await self.ask("GET", "/containers/json", all=True, filters=json.dumps({"label": [label]}))
        return list(found or [])

    async def stop(self, name: str, seconds: int) -> None:
        """Ask it to end, and end it after so many seconds; nothing when it is not running."""
        try:
            await self.ask("POST", f"/containers/{name}/stop", timeout=seconds)
        except EngineSaid as error:
            if error.status not in (304, 404):
                raise

    async def remove(self, name: str) -> None:
        """Remove a container with its own volumes; nothing when there is none."""
        await self._maybe("DELETE", f"/containers/{name}", force=True, timeout=0, v=True)

    async def wait(self, name: str) -> int:
        """Until it has ended; its status."""
        ended = await self.ask("POST", f"/containers/{name}/wait", condition="stopped")
        return int(ended)

    async def image(self, reference: str) -> Body | None:
        """Everything about an image that is here; None when it is not."""
        return await self._maybe("GET", f"/images/{quote(reference, safe='')}/json")

    async def pull(self, reference: str, credentials: str = "") -> None:
        """Fetch an image. Raises EngineSaid with the registry's words."""
        assert self._session is not None
        query = {"reference": reference, "quiet": "true", "tlsVerify": "false", "policy": "always"}
        headers = {"X-Registry-Auth": credentials} if credentials else {}
        try:
            async with self._session.post(f"{BASE}/images/pull", params=query, headers=headers) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise EngineGone(f"podman does not answer: {error or type(error).__name__}") from error
        if answer.status >= 400:
            raise EngineSaid(answer.status, _said(content))
        for line in content.splitlines():
            said = json.loads(line)
            if said.get("error"):
                raise EngineSaid(404, str(said["error"]))

    async def load(self, archive: Path) -> tuple[str, ...]:
        """Take in images from an archive; their names."""
        assert self._session is not None
        with archive.open("rb") as file:
            try:
                async with self._session.post(f"{BASE}/images/load", data=file) as answer:
                    content = await answer.read()
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                raise EngineGone(f"podman does not answer: {error or type(error).__name__}") from error
        if answer.status >= 400:
            raise EngineSaid(answer.status, _said(content))
        return tuple(json.loads(content)["Names"] or ())

    async def network(self, name: str) -> Body | None:
        """A network; None when there is none."""
        return await self._maybe("GET", f"/networks/{name}/json")

    async def stream(self, method: str, path: str, **query: Any) -> AsyncIterator[bytes]:
        """An answer that comes in pieces, as they come."""
        words = {name: _word(value) for name, value in query.items()}
        assert self._session is not None
        try:
            async with self._session.request(method, BASE + path, params=words, timeout=FOREVER) as answer:
                if answer.status >= 400:
                    raise EngineSaid(answer.status, _said(await answer.read()))
                async for piece in answer.content.iter_any():
                    yield piece
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise EngineGone(f"podman does not answer: {error or type(error).__name__}") from error

    async def _maybe(self, method: str, path: str, **query: Any) -> Body | None:
        try:
            found = await self.ask(method, path, **query)
        except EngineSaid as error:
            if error.status == 404:
                return None
            raise
        return found if isinstance(found, dict) else {}


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(content: bytes) -> Any:
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")


def _said(content: bytes) -> str:
    said = _read(content)
    if isinstance(said, dict):
        return str(said.get("message") or said.get("cause") or said)
    return str(said or "no words")
