"""Runs a command in a container and says how it ended.

The command is followed to its end by its output: of one that runs detached podman notes the end only much later.
"""

import asyncio

from yunyue.answer import Refused
from yunyue.services.containers.engine import Command
from yunyue.services.containers.errors import EngineSaid
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.sessions import shell


async def exec_status(places: Places, container: str, words: tuple[str, ...], seconds: float) -> int:
    """The status of a command; its output is thrown away. Raises TimeoutError, EngineSaid, EngineGone."""
    async with asyncio.timeout(seconds):
        running = await shell(places, container, Command(words))
        if isinstance(running, Refused):
            raise EngineSaid(500, running.reason)
        try:
            while await running.read():
                pass
            return await running.status()
        finally:
            await running.close()
