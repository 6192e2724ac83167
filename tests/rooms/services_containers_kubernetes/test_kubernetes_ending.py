"""Tasks that swallow the word that ends them are told again."""

import asyncio

from yunyue.services.containers.kubernetes import ending
from yunyue.services.containers.kubernetes.ending import end


def test_a_task_that_swallowed_its_cancellation_is_ended_all_the_same() -> None:
    heard: list[str] = []

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append("once")
        await asyncio.Event().wait()

    async def run() -> bool:
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        await end((task,))
        return task.cancelled()

    assert ending.AGAIN_SECONDS <= 1
    assert asyncio.run(run())
    assert heard == ["once"]


def test_nothing_to_end_is_ended_at_once() -> None:
    asyncio.run(end(()))
