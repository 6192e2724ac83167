"""A real vault server with a department's key space: a key for cells, a key for blind indexes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from openbao import Server, our_server

from yunyue.answer import Refused
from yunyue.services.crypto.client import Client, Key

MOUNT = "bureau"


@dataclass
class Bureau(Client):
    """The department's client, which remembers what it was asked."""

    server: Server
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.server.address, self.server.token, MOUNT)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Refused:
        """As ever, and noted: the path and how many items."""
        self.asked.append((path, len(body.get("batch_input", [0]))))
        return super().post(path, body)

    def cells(self) -> Key:
        """The key of cells."""
        return self.key("cells")

    def codes(self) -> Key:
        """The key of blind indexes."""
        return self.key("codes")

    def manage(self, method: str, path: str, **body: Any) -> None:
        """A request to the vault that must go well."""
        answer = self.server.ask(method, f"{MOUNT}/{path}", body or None)
        answer.raise_for_status()

    def latest(self, name: str) -> int:
        """The latest version of a key."""
        answer = self.server.ask("GET", f"{MOUNT}/keys/{name}")
        return int(answer.json()["data"]["latest_version"])


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """One server for a file of tests."""
    folder: Path = tmp_path_factory.mktemp("fields")
    with our_server(folder / "vault") as running:
        running.initialise()
        running.ask("POST", f"sys/mounts/{MOUNT}", {"type": "transit"}).raise_for_status()
        found = Bureau(running)
        found.manage("POST", "keys/cells", type="sm4-gcm96")
        found.manage("POST", "keys/codes", type="hmac-sm3")
        yield found
        found.close()
