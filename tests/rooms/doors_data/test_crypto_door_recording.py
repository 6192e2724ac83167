"""No answer leaves before its use is recorded; many share a write, and slow work holds up nobody."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from crypto_cast import Desk, b64
from door_cast import ask, desk, door, root, run

from yunyue.doors.data.crypto import CryptoDoor
from yunyue.services.crypto.errors import StorageFailed
from yunyue.services.crypto.uselog import Use

__all__ = ["desk", "door"]


def test_many_at_once_share_the_writes_and_all_are_recorded(
    desk: Desk, door: CryptoDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.key("k", "sm4-gcm96")
    before, batches, append = desk.vault.log.head()[0], [], desk.vault.log.append

    def counting(uses: list[Use]) -> None:
        batches.append(len(uses))
        append(uses)

    monkeypatch.setattr(desk.vault.log, "append", counting)

    async def work() -> None:
        asked = [ask(door, "POST", "/v1/transit/encrypt/k", {"plaintext": b64(str(n))}, root(desk)) for n in range(300)]
        shown = await asyncio.gather(*asked)
        assert {one.status for one, _ in shown} == {200}
        assert len({one.data["ciphertext"] for one, _ in shown}) == 300

    run(work)
    assert desk.vault.log.head()[0] == before + 300 == before + sum(batches)
    assert len(batches) < 30
    assert desk.vault.log.faults() == []


def test_no_answer_leaves_before_its_use_is_recorded(
    desk: Desk, door: CryptoDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.key("k")

    def failing(uses: list[Use]) -> None:
        raise StorageFailed("the disk is gone")

    monkeypatch.setattr(desk.vault.log, "append", failing)

    async def work() -> None:
        for path, body in (("encrypt/k", {"plaintext": b64("x")}), ("keys/new", {})):
            shown, _ = await ask(door, "POST", f"/v1/transit/{path}", body, root(desk))
            assert (shown.status, "use log" in shown.error) == (500, True)
        assert (await ask(door, "GET", "/v1/sys/health"))[0].status == 200

    run(work)


def test_a_slow_operation_does_not_hold_up_a_quick_one(desk: Desk, door: CryptoDoor) -> None:
    desk.key("slow", "rsa-4096")
    desk.key("quick")
    order: list[str] = []

    async def one(name: str, path: str, body: Any) -> None:
        await ask(door, "POST", f"/v1/transit/{path}", body, root(desk))
        order.append(name)

    async def work() -> None:
        batch = {"batch_input": [{"input": b64(str(number))} for number in range(40)]}
        await asyncio.gather(one("slow", "sign/slow", batch), one("quick", "encrypt/quick", {"plaintext": b64("x")}))

    run(work)
    assert order == ["quick", "slow"]


def test_house_is_kept_until_it_is_cancelled(desk: Desk, door: CryptoDoor) -> None:
    desk.key("k", auto_rotate_period="1h")
    desk.clock.move(timedelta(hours=2))

    async def work() -> None:
        task = asyncio.create_task(door.keep_house())
        while desk.space.get("k").config.latest == 1:  # type: ignore[union-attr]  # the key was just made
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(work)
    assert desk("GET", "transit/keys/k").data["latest_version"] == 2


@pytest.mark.parametrize("error", [OverflowError("too large"), StorageFailed("the disk is full")])
def test_whatever_fails_in_the_log_refuses_one_request_and_blocks_no_other(
    desk: Desk, door: CryptoDoor, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(uses: list[Use]) -> None:
        raise error

    async def work() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(desk.vault.log, "append", broken)
            refused, _ = await asyncio.wait_for(ask(door, "POST", "/v1/transit/random/16", {}, root(desk)), 10)
        assert refused.status == 500
        assert "data" not in refused.json
        done, _ = await asyncio.wait_for(ask(door, "POST", "/v1/transit/random/16", {}, root(desk)), 10)
        assert done.status == 200

    run(work)
