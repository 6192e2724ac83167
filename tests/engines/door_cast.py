"""The crypto door over an open vault without a network: raw requests in, answers and what was passed on out."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crypto_cast import Desk, Shown
from starlette.types import Message, Receive, Scope, Send

from yunyue.doors.data.crypto import CryptoDoor

PASSED_ON: list[str] = []


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    """Whatever is behind the door."""
    PASSED_ON.append(scope["path"])
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "vault").make()
    yield made
    made.vault.close()


@pytest.fixture
def door(desk: Desk) -> CryptoDoor:
    return CryptoDoor(desk.vault, behind, harden=False)


async def ask(
    door: CryptoDoor, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[Shown, dict[bytes, bytes]]:
    """One request, its body in pieces of 1 MiB."""
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    pieces = [content[start : start + (1 << 20)] for start in range(0, len(content), 1 << 20)] or [b""]
    sent: list[Message] = []
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }

    async def receive() -> Message:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    await door(scope, receive, send)
    text = sent[1]["body"]
    return Shown(sent[0]["status"], json.loads(text) if text else None), dict(sent[0]["headers"])


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        return await work()

    return asyncio.run(whole())


def root(desk: Desk) -> dict[str, str]:
    return {"X-Vault-Token": desk.root}
