"""Runs a command in a container and says how it ended."""

import asyncio

from yunyue.services.containers.podman.libpod import Libpod

STEP_SECONDS = 0.02


async def exec_status(libpod: Libpod, container: str, words: tuple[str, ...], seconds: float) -> int:
    """The status of a command; its output is thrown away. Raises TimeoutError, EngineSaid, EngineGone."""
    body = {"Cmd": list(words), "AttachStdout": True, "AttachStderr": True}
    made = await libpod.ask("POST", f"/containers/{container}/exec", body)
    session = str(made["Id"])
    await libpod.ask("POST", f"/exec/{session}/start", {"Detach": True})
    pause = STEP_SECONDS
    async with asyncio.timeout(seconds):
        while True:
            found = await libpod.ask("GET", f"/exec/{session}/json")
            if not found["Running"]:
                return int(found["ExitCode"])
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.5)
