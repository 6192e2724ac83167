"""Kill -9 in the middle of rotations and uses: no key and no acknowledged record is lost, and the store opens again."""

import signal
import threading
from pathlib import Path

import pytest
import requests
from crypto_cast import Desk, b64
from openbao import our_server

from yunyue.services.crypto.uselog import UseLog

WORKERS = 3


@pytest.mark.parametrize("round_", range(4))
def test_nothing_acknowledged_is_lost(tmp_path: Path, round_: int) -> None:
    ciphertexts: list[tuple[str, str]] = []
    rotations: list[int] = []
    answered: list[str] = []
    enough = threading.Event()

    with our_server(tmp_path / "vault") as server:
        server.initialise()
        server.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
        server.ask("POST", "transit/keys/k", {"type": "sm4-gcm96"}).raise_for_status()

        def encrypting(worker: int) -> None:
            number = 0
            while True:
                text = b64(f"{worker}-{number}")
                try:
                    made = server.ask("POST", "transit/encrypt/k", {"plaintext": text})
                except requests.RequestException:
                    return
                if made.status_code == 200:
                    ciphertexts.append((text, made.json()["data"]["ciphertext"]))
                    answered.append(made.json()["request_id"])
                number += 1

        def rotating() -> None:
            while True:
                try:
                    turned = server.ask("POST", "transit/keys/k/rotate")
                except requests.RequestException:
                    return
                if turned.status_code == 200:
                    rotations.append(turned.json()["data"]["latest_version"])
                if len(rotations) > 10 + round_ * 7:
                    enough.set()

        threads = [threading.Thread(target=encrypting, args=(worker,)) for worker in range(WORKERS)]
        threads.append(threading.Thread(target=rotating))
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        server.process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join(60)
        shares, root = server.shares, server.token

    desk = Desk(tmp_path / "vault")
    desk.root, desk.parts = root, [bytes.fromhex(share) for share in shares]
    desk.unseal()
    assert desk("GET", "transit/keys/k").data["latest_version"] >= max(rotations)
    assert len(ciphertexts) > 10
    assert all(desk.decrypt("k", sealed).data["plaintext"] == text for text, sealed in ciphertexts)
    log = UseLog(tmp_path / "vault" / "uses.db")
    recorded = [use for _, use in log.read(0, 10**6) if use.operation == "update encrypt" and use.status == 200]
    assert len(recorded) >= len(answered)
    assert log.faults() == []
    assert desk.post("transit/keys/k/rotate").status == 200
    desk.vault.close()
    log.close()
