"""Speaks HAProxy's runtime API over its socket."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yunyue.services.containers.errors import EngineGone

PATIENCE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Place:
    """A server's place in a slot: where it points, and HAProxy's flags of what an administrator said of it."""

    name: str
    address: str
    port: int
    admin: int

    @property
    def free(self) -> bool:
        """Whether nobody has it: it is in maintenance."""
        return bool(self.admin & 1)

    @property
    def draining(self) -> bool:
        """Whether it only ends what it began."""
        return bool(self.admin & 8)


class Runtime:
    """One question is one connection, as HAProxy likes it."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def ask(self, *commands: str, payload: str = "") -> str:
        """The answers to some commands, in a row. Raises EngineGone without any."""
        text = ";".join(commands) + (f" <<\n{payload}\n" if payload else "") + "\n"
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._exchange(text)
        except (OSError, TimeoutError) as error:
            raise EngineGone(f"haproxy does not answer: {error or type(error).__name__}") from error

    async def _exchange(self, text: str) -> str:
        reader, writer = await asyncio.open_unix_connection(str(self._socket))
        try:
            writer.write(text.encode())
            await writer.drain()
            return (await reader.read(-1)).decode("utf-8", "replace")
        finally:
            writer.close()

    async def places(self) -> dict[str, dict[str, Place]]:
        """Every place of every slot, by names."""
        found: dict[str, dict[str, Place]] = {}
        for line in (await self.ask("show servers state")).splitlines():
            words = line.split(" ")
            if len(words) < 20 or line.startswith("#"):
                continue
            place = Place(words[3], words[4], int(words[18]), int(words[6]))
            found.setdefault(words[1], {})[words[3]] = place
        return found

    async def sessions(self, slot: str) -> dict[str, int]:
        """How many sessions each place of a slot has now."""
        found: dict[str, int] = {}
        for line in (await self.ask(f"show stat {slot} 4 -1")).splitlines():
            words = line.split(",")
            if len(words) > 5 and words[1].startswith("r") and words[4].isdigit():
                found[words[1]] = int(words[4])
        return found
