"""Asks a replica whether it lives and is ready, from the host: no image needs curl, and a probe's cost is nobody's."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import aiohttp

from yunyue.services.containers.manifest.checks import port_number
from yunyue.services.containers.manifest.pod import HttpGet, PodSpec, Probe

Run = Callable[[tuple[str, ...], float], Awaitable[int]]
"""Runs a command in the container within some seconds; its status."""

EAGER_SECONDS: Final = 0.01
"""Until the first success a probe is repeated this soon, then ever more slowly up to its period: a replica that is up
is not kept waiting for the next round."""


@dataclass(frozen=True, slots=True)
class Asker:
    """One replica's way to be asked."""

    session: aiohttp.ClientSession
    address: str
    spec: PodSpec
    run: Run

    async def ask(self, probe: Probe) -> str:
        """Empty when it is well, else what was wrong."""
        try:
            async with asyncio.timeout(probe.timeout_seconds):
                return await self._ask(probe)
        except TimeoutError:
            return f"no answer within {probe.timeout_seconds} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return str(error) or type(error).__name__

    async def _ask(self, probe: Probe) -> str:
        if probe.http_get is not None:
            return await self._http(probe.http_get)
        if probe.tcp_socket is not None:
            port = port_number(probe.tcp_socket.port, self.spec)
            _, writer = await asyncio.open_connection(self.address, port)
            writer.close()
            return ""
        words = probe.exec.command if probe.exec is not None else ()
        status = await self.run(words, probe.timeout_seconds)
        return "" if status == 0 else f"the command ended with {status}"

    async def _http(self, way: HttpGet) -> str:
        port = port_number(way.port, self.spec)
        path = way.path if way.path.startswith("/") else f"/{way.path}"
        url = f"{way.scheme.lower()}://{self.address}:{port}{path}"
        headers = {"User-Agent": "yunyue-probe", **{one.name: one.value for one in way.http_headers}}
        async with self.session.get(url, headers=headers, ssl=False, allow_redirects=False) as answer:
            return "" if 200 <= answer.status < 400 else f"status {answer.status}"


async def until_changed(asker: Asker, probe: Probe, *, good: bool, eager: bool) -> str:
    """Ask on until so many answers in a row say otherwise than `good`; what the last one said."""
    streak, pause = 0, EAGER_SECONDS if eager else float(probe.period_seconds)
    await asyncio.sleep(0 if eager else pause)
    while True:
        said = await asker.ask(probe)
        streak = 0 if (not said) == good else streak + 1
        if streak >= (probe.failure_threshold if good else probe.success_threshold):
            return said
        pause = min(pause * 1.3, probe.period_seconds) if eager else probe.period_seconds
        await asyncio.sleep(EAGER_SECONDS if streak and not good else pause)
