"""An open vault on a clock that stands still, and someone at its desk who asks in the shapes of transit."""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from yunyue.answer import Refused
from yunyue.host.clock import BEIJING, VirtualClock
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.mounts import Mount
from yunyue.services.crypto.vault import Reply, Request, Vault

BEGAN = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)


def b64(text: str | bytes) -> str:
    """Base64, as texts travel."""
    return b64encode(text.encode() if isinstance(text, str) else text).decode()


@dataclass(frozen=True)
class Shown:
    """An answer, read."""

    status: int
    json: Any

    @property
    def data(self) -> Any:
        """What was asked for. Fails when it was refused."""
        assert self.status == 200, (self.status, self.json)
        return self.json["data"]

    @property
    def error(self) -> str:
        """Why it was refused. Fails when it was not."""
        assert self.status >= 400, (self.status, self.json)
        return "; ".join(self.json["errors"])


class Desk:
    """Asks a vault, by default as root."""

    def __init__(self, folder: Path, clock: VirtualClock | None = None) -> None:
        self.folder = folder
        self.clock = clock or VirtualClock(BEGAN)
        self.vault = Vault(folder, self.clock)
        self.root = ""
        self.parts: list[bytes] = []

    def make(self, shares: int = 1, threshold: int = 1, suite: str = "sm4-gcm") -> "Desk":
        """Make the vault and leave it open, with transit/ mounted."""
        made = self.vault.opening.initialise(shares, threshold, suite)
        assert not isinstance(made, Refused), made
        self.parts, self.root = made
        assert self("POST", "sys/mounts/transit", {"type": "transit"}).status == 204
        return self

    def reply(self, method: str, path: str, body: Any = None, token: str | None = None, wrap: str = "") -> Reply:
        """One request, as bytes come back."""
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        path, _, query = path.partition("?")
        pairs = dict(one.split("=") for one in query.split("&")) if query else {}
        shown = self.root if token is None else token
        return self.vault.handle(Request(method, path, sent, shown, pairs, wrap))

    def __call__(self, method: str, path: str, body: Any = None, token: str | None = None, wrap: str = "") -> Shown:
        """One request, read."""
        reply = self.reply(method, path, body, token, wrap)
        return Shown(reply.status, json.loads(reply.body) if reply.body else None)

    def post(self, path: str, **body: Any) -> Shown:
        """POST with these fields."""
        return self("POST", path, body)

    def key(self, name: str, kind: str = "aes256-gcm96", **more: Any) -> Shown:
        """A key under transit/."""
        return self.post(f"transit/keys/{name}", type=kind, **more)

    def encrypt(self, name: str, text: str = "text", **more: Any) -> str:
        """A ciphertext."""
        return str(self.post(f"transit/encrypt/{name}", plaintext=b64(text), **more).data["ciphertext"])

    def decrypt(self, name: str, ciphertext: str, **more: Any) -> Shown:
        """What is behind a ciphertext."""
        return self.post(f"transit/decrypt/{name}", ciphertext=ciphertext, **more)

    def token(self, policy: str, **more: Any) -> str:
        """A token with one policy of this text."""
        assert self("PUT", "sys/policies/acl/some", {"policy": policy}).status == 204
        return str(self.post("auth/token/create", policies=["some"], **more).json["auth"]["client_token"])

    @property
    def mount(self) -> Mount:
        """transit/."""
        return self.vault.mounts.all()["transit/"]

    @property
    def space(self) -> KeySpace:
        """The keys under transit/."""
        return self.vault.transit(self.mount).space

    def reopened(self) -> "Desk":
        """The same vault after its process ended; sealed."""
        self.vault.close()
        again = Desk(self.folder, self.clock)
        again.root, again.parts = self.root, self.parts
        return again

    def unseal(self) -> "Desk":
        """Opened with all shares."""
        for part in self.parts:
            if self.vault.sealed:
                assert self("PUT", "sys/unseal", {"key": part.hex()}).status == 200
        assert not self.vault.sealed
        return self


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A made and open vault."""
    return Desk(tmp_path / "vault").make()
