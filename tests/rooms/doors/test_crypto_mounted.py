"""The crypto service's door stands in the served process, before the console's."""

import json
import signal
import urllib.error
import urllib.request
from pathlib import Path

from server_cast import started

from yunyue.host.settings import Settings


def answered(address: str, method: str = "GET") -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(address, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_the_vault_of_an_installation_answers_its_clients_and_starts_sealed(tmp_path: Path) -> None:
    process = started(Settings(home=tmp_path / "home", port=0, log_level="error"))
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    try:
        status, state = answered(f"{address}/v1/sys/seal-status")
        assert (status, state["sealed"], state["initialized"]) == (200, True, False)
        status, refused = answered(f"{address}/v1/transit/keys", "LIST")
        assert status == 503
        assert refused["errors"]
        with urllib.request.urlopen(f"{address}/livez", timeout=30) as alive:
            assert alive.status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
