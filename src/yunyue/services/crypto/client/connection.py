"""The way to a vault over HTTP: one connection for each thread, kept open, asked again once when it went stale."""

import http.client
import json
import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from yunyue.answer import Refused

if TYPE_CHECKING:
    from yunyue.services.crypto.client.key import Key

TIMEOUT_SECONDS: Final = 30
LARGEST_ANSWER: Final = 64 << 20
_STALE: Final = (http.client.RemoteDisconnected, http.client.CannotSendRequest, ConnectionResetError, BrokenPipeError)


class _Kept:
    """A connection that is closed when nobody holds it any more: its thread ended, or its client is gone."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Client:
    """One key space. `address` such as https://cloud.example; `mount` where the keys hang, without /v1/.

    Any number of threads may share it. Raises ValueError for an address that is none.
    """

    def __init__(self, address: str, token: str, mount: str = "transit") -> None:
        self._parts = urlsplit(address)
        if self._parts.scheme not in ("http", "https") or not self._parts.hostname:
            raise ValueError(f"an address begins with http:// or https://, not {address!r}")
        self._token = token
        self.mount = mount.strip("/")
        self._threads = threading.local()

    def key(self, name: str) -> "Key":
        """The key of that name."""
        from yunyue.services.crypto.client.key import Key  # a key needs its client, so one of both imports late

        return Key(self, name)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Refused:
        """What the vault answers under "data" at a path below the mount. Refused: its own reason; nobody answers."""
        answer = self.ask("POST", f"{self.mount}/{path}", body)
        return answer if isinstance(answer, Refused) else answer.get("data") or {}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | Refused:
        """The whole answer at a path below /v1/; {} for none. LIST is sent as GET …?list=true, as proxies ask."""
        target = quote(f"/v1/{path}") + ("?list=true" if method == "LIST" else "")
        try:
            status, content = self._exchanged("GET" if method == "LIST" else method, target, body)
            answer: dict[str, Any] = json.loads(content) if content else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            return Refused(f"the vault does not answer: {error}", "address")
        if status >= 400:
            return Refused("; ".join(_reasons(answer)) or _said(status), path)
        return answer

    def close(self) -> None:
        """Close this thread's connection; the next request opens another."""
        kept: _Kept | None = getattr(self._threads, "kept", None)
        if kept is not None:
            kept.connection.close()
            self._threads.kept = None

    def _exchanged(self, method: str, target: str, body: dict[str, Any] | None) -> tuple[int, bytes]:
        sent = None if body is None else json.dumps(body)
        headers = {"X-Vault-Token": self._token, "Content-Type": "application/json"}
        fresh = getattr(self._threads, "kept", None) is None
        while True:
            connection = self._connection()
            try:
                connection.request(method, target, sent, headers)
                response = connection.getresponse()
                return response.status, response.read(LARGEST_ANSWER)
            except _STALE:
                # The server closed a connection that lay idle; on a fresh one the fault is real.
                self.close()
                if fresh:
                    raise
                fresh = True

    def _connection(self) -> http.client.HTTPConnection:
        kept: _Kept | None = getattr(self._threads, "kept", None)
        if kept is None:
            kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
            made = kind(self._parts.hostname or "", self._parts.port, timeout=TIMEOUT_SECONDS)
            kept = self._threads.kept = _Kept(made)
        return kept.connection


def _reasons(answer: dict[str, Any]) -> list[str]:
    """Why not: the errors of the whole, or in a batch that of each item that was refused."""
    items = (answer.get("data") or {}).get("batch_results") or []
    listed = [f"item {index}: {item['error']}" for index, item in enumerate(items) if item.get("error")]
    return [str(one).strip() for one in answer.get("errors") or listed]


def _said(status: int) -> str:
    return "there is nothing of that name" if status == 404 else f"status {status}"
