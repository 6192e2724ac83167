"""Asks a cluster's API server: one question and its answer, or a stream of lines; errors in the server's own words.

Answers are taken as they come, as JSON: which version of a kind a server speaks is its own to say (`abilities`).
"""

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final, Self

import httpx2

from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.kubernetes.names import MANAGER
from yunyue.services.containers.kubernetes.reach import Reach

PATIENCE: Final = httpx2.Timeout(30, connect=5)
SILENCE: Final = httpx2.Timeout(None, connect=5)
"""For streams: a watch may say nothing for long; the server ends it by itself."""

APPLY: Final = "application/apply-patch+yaml"
MERGE: Final = "application/merge-patch+json"
AT_ONCE: Final = 400
"""Connections at most; a project holds one for each kind it watches."""

Json = dict[str, Any]


class Api:
    """A client. Every question raises EngineGone without an answer, EngineSaid with an error."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=20)
        self._client = httpx2.AsyncClient(
            base_url=reach.server,
            verify=reach.tls,
            auth=reach.identity,
            timeout=PATIENCE,
            trust_env=False,
            limits=limits,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    async def ask(self, method: str, path: str, body: object = None, *, kind: str = "", **query: str) -> Json:
        """One question. `kind`: the content's type, JSON without one."""
        content = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": kind or "application/json"} if content is not None else {}
        try:
            answer = await self._client.request(method, path, content=content, headers=headers, params=query)
        except (httpx2.HTTPError, OSError) as error:
            raise EngineGone(f"the cluster does not answer: {_cause(error)}") from error
        if answer.status_code >= 400:
            raise EngineSaid(answer.status_code, said(answer.status_code, answer.content))
        return _read(answer.content)

    async def text(self, path: str, **query: str) -> str:
        """One question whose answer is text."""
        try:
            answer = await self._client.get(path, params=query)
        except (httpx2.HTTPError, OSError) as error:
            raise EngineGone(f"the cluster does not answer: {_cause(error)}") from error
        if answer.status_code >= 400:
            raise EngineSaid(answer.status_code, said(answer.status_code, answer.content))
        return answer.text

    async def apply(self, path: str, body: Mapping[str, Any], manager: str = MANAGER) -> Json:
        """Server-side apply: what we state is ours, whoever owned it before; what we stop to state goes."""
        return await self.ask("PATCH", path, body, kind=APPLY, fieldManager=manager, force="true")

    async def find(self, path: str) -> Json | None:
        """One object; None when there is none."""
        try:
            return await self.ask("GET", path)
        except EngineSaid as error:
            if error.status == 404:
                return None
            raise

    async def remove(self, path: str, **query: str) -> None:
        """Delete; what is gone already is gone."""
        try:
            await self.ask("DELETE", path, **query)
        except EngineSaid as error:
            if error.status != 404:
                raise

    async def lines(self, path: str, **query: str) -> AsyncGenerator[str]:
        """The lines of a stream until it ends or breaks; an empty one comes first, once the server has begun."""
        try:
            async with self._client.stream("GET", path, params=query, timeout=SILENCE) as answer:
                if answer.status_code >= 400:
                    raise EngineSaid(answer.status_code, said(answer.status_code, await answer.aread()))
                yield ""
                async for line in answer.aiter_lines():
                    yield line
        except (httpx2.HTTPError, OSError) as error:
            raise EngineGone(f"the cluster does not answer: {_cause(error)}") from error


def _cause(error: BaseException) -> str:
    """In a few words, without addresses or what was sent."""
    return str(error).partition("\n")[0][:200] or type(error).__name__


def _read(content: bytes) -> Json:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise EngineGone("the cluster does not answer: this is no JSON") from error
    return found if isinstance(found, dict) else {}


def said(status: int, content: bytes) -> str:
    """What an error answer says: the message of a Status, else its number. Never more of it than 600 characters."""
    try:
        message = str(json.loads(content).get("message", ""))
    except (ValueError, AttributeError):
        message = ""
    return (message or f"status {status}")[:600]
