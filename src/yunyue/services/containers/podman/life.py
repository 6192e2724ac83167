"""When a process of another parent ends, and how long to wait before the next try."""

import asyncio
import os
from pathlib import Path
from typing import Final

LONG_LIFE_MS: Final = 60_000
LONGEST_MS: Final = 300_000
FIRST_MS: Final = 500


async def ended(pid: int) -> None:
    """Return once the process is gone. The kernel says so at once; nothing is polled."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    gone: asyncio.Future[None] = loop.create_future()

    def notice() -> None:
        if not gone.done():
            gone.set_result(None)

    loop.add_reader(descriptor, notice)
    try:
        await gone
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def belongs(pid: int, container: str) -> bool:
    """Whether the process still is the container's: a number may have been given to another process since."""
    try:
        return container in Path(f"/proc/{pid}/cgroup").read_text()
    except OSError:
        return False


def back_off(short_lives: int) -> int:
    """Milliseconds to wait after so many lives in a row that were short: 0, 0, 0.5 s, 1 s, 2 s … five minutes."""
    return 0 if short_lives <= 2 else min(FIRST_MS << min(short_lives - 3, 20), LONGEST_MS)
