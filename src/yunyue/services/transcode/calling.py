"""Posts the ends of jobs to the tenants' own servers: CloudEvents in JSON, signed, tried again for a day.

The signature is that of Standard Webhooks: `webhook-signature: v1,<base64 of HMAC-SHA256 over id.timestamp.body>`.
A name is resolved once and the connection goes to the address that was checked, so that it cannot lead inside.
"""

import hashlib
import hmac
import http.client
import socket
import ssl
from base64 import b64encode
from typing import Final
from urllib.parse import urlsplit

from yunyue.catalog import Host
from yunyue.host.log import logger
from yunyue.services.monitor.target import forbidden
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.secret import secret_for

PAUSES_MS: Final = (10_000, 60_000, 600_000, 3_600_000, 3_600_000, 21_600_000, 43_200_000)
TIMEOUT: Final = 10.0
AT_ONCE: Final = 50
_log = logger("yunyue.transcode")


class Caller:
    """Sends what is due."""

    def __init__(self, place: Place, host: Host) -> None:
        self._place = place
        self._host = host

    def due(self) -> int:
        """Try every call whose time has come; how many were taken."""
        now = self._place.queue.now()
        sql = "SELECT id, tenant, url, body, tries FROM calls WHERE state = 'waiting' AND not_before <= ? LIMIT ?"
        with self._place.queue.database.transaction() as hand:
            found = hand.run(sql, (now, AT_ONCE))
        taken = 0
        for name, tenant, url, body, tries in found:
            reason = self._post(name, tenant, url, body.encode())
            taken += not reason
            self._noted(name, tries, reason, now)
        return taken

    def _noted(self, name: str, tries: int, reason: str, now: int) -> None:
        last = tries >= len(PAUSES_MS)
        state = "taken" if not reason else "given up" if last else "waiting"
        pause = 0 if last else PAUSES_MS[tries]
        sql = "UPDATE calls SET state = ?, tries = tries + 1, not_before = ?, reason = ? WHERE id = ?"
        with self._place.queue.database.transaction() as hand:
            hand.run(sql, (state, now + pause, reason, name))
        if reason:
            _log.warning("a callback did not arrive", call=name, state=state, reason=reason)

    def _post(self, name: str, tenant: str, url: str, body: bytes) -> str:
        """Why it did not arrive; empty when it did."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        allowed = self._host.allow_private or self._host.proven(tenant, host)
        address = checked_address(host, parts.port or (443 if parts.scheme == "https" else 80), allowed=allowed)
        if not address[0]:
            return address[1]
        stamp = str(self._place.queue.now() // 1000)
        headers = {
            "Content-Type": "application/cloudevents+json",
            "Host": parts.netloc,
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(secret_for(self._place, tenant), name, stamp, body),
        }
        try:
            return _posted(
                parts.scheme,
                (host, address[0], parts.port),
                parts._replace(scheme="", netloc="").geturl(),
                headers,
                body,
            )
        except (OSError, http.client.HTTPException) as error:
            return f"{type(error).__name__}: {error}"[:200]


def signature(secret: str, name: str, stamp: str, body: bytes) -> str:
    """What the receiver compares."""
    made = hmac.new(secret.encode(), f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{b64encode(made).decode()}"


def checked_address(host: str, port: int, *, allowed: bool) -> tuple[str, str]:
    """The address to connect to; or nothing, and why not."""
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return "", "the name does not resolve"
    for one in found:
        if reason := forbidden(one, private_allowed=allowed):
            return "", reason
    return found[0], ""


def _posted(scheme: str, where: tuple[str, str, int | None], path: str, headers: dict[str, str], body: bytes) -> str:
    name, address, port = where
    connection = (
        _Pinned(name, address, port)
        if scheme == "https"
        else http.client.HTTPConnection(address, port, timeout=TIMEOUT)
    )
    try:
        connection.request("POST", path or "/", body, headers)
        status = connection.getresponse().status
    finally:
        connection.close()
    return "" if 200 <= status < 300 else f"status {status}"


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, and has the certificate be that of the name."""

    def __init__(self, name: str, address: str, port: int | None) -> None:
        super().__init__(name, port, timeout=TIMEOUT)
        self._address = address

    def connect(self) -> None:
        opened = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = ssl.create_default_context().wrap_socket(opened, server_hostname=self.host)
