"""Posts the ends of jobs to the tenants' own servers: CloudEvents in JSON, signed, tried again for a day.

The signature is that of Standard Webhooks: `webhook-signature: v1,<base64 of HMAC-SHA256 over id.timestamp.body>`.
A name is resolved once and the connection goes to the address that was checked, so that it cannot lead inside.
One tenant's slow server holds up that tenant's calls alone.
"""

import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Timer
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.host.log import logger
from yunyue.services.monitor.target import forbidden
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.secret import secret_for

PAUSES_MS: Final = (10_000, 60_000, 600_000, 3_600_000, 3_600_000, 21_600_000, 43_200_000)
TIMEOUT: Final = 10.0
LONGEST: Final = 15.0
"""Seconds a call may take in all, however often its server says another byte."""

AT_ONCE: Final = 50
TENANTS_AT_ONCE: Final = 8
_log = logger("yunyue.transcode")


class Caller:
    """Sends what is due."""

    def __init__(self, place: Place, host: Host, stop: Event | None = None) -> None:
        self._place = place
        self._host = host
        self._stop = stop or Event()

    def due(self) -> int:
        """Try every call whose time has come; how many were taken."""
        now = self._place.queue.now()
        whose = "SELECT DISTINCT tenant FROM calls WHERE state = 'waiting' AND not_before <= ? ORDER BY tenant"
        with self._place.queue.database.transaction() as hand:
            tenants = [str(row[0]) for row in hand.run(whose, (now,))]
        with ThreadPoolExecutor(TENANTS_AT_ONCE, "calls") as pool:
            return sum(pool.map(lambda tenant: self._tenants(tenant, now), tenants))

    def _tenants(self, tenant: str, now: int) -> int:
        """Try one tenant's, the longest due first, up to the first that does not arrive; how many were taken."""
        sql = (
            "SELECT id, url, body, tries FROM calls WHERE state = 'waiting' AND not_before <= ? AND tenant = ?"
            " ORDER BY not_before, id LIMIT ?"
        )
        with self._place.queue.database.transaction() as hand:
            found = hand.run(sql, (now, tenant, AT_ONCE))
        for taken, (name, url, body, tries) in enumerate(found):
            reason = self._post(name, tenant, url, body.encode())
            self._noted(name, tries, reason, now)
            if reason or self._stop.is_set():
                return taken + (not reason)
        return len(found)

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
        where = callable_at(url)
        if isinstance(where, Refused):
            return where.reason
        host = where.hostname or ""
        allowed = self._host.allow_private or self._host.proven(tenant, host)
        address = checked_address(host, where.port or (443 if where.scheme == "https" else 80), allowed=allowed)
        if not address[0]:
            return address[1]
        stamp = str(self._place.queue.now() // 1000)
        headers = {
            "Content-Type": "application/cloudevents+json",
            "Host": where.netloc,
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(secret_for(self._place, tenant), name, stamp, body),
        }
        try:
            return _posted(where, address[0], headers, body)
        except (OSError, http.client.HTTPException) as error:
            return f"{type(error).__name__}: {error}"[:200]


def callable_at(url: str) -> SplitResult | Refused:
    """An address that can be called. Refused: another scheme, no host, a port there is not, a password, bare 汉字."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        sound = False
    if not sound:
        return Refused(
            "a callback goes to http:// or https://, a host, perhaps a port, and no password", "callback", "C37"
        )
    if not url.isascii() or not url.isprintable() or " " in url:
        return Refused(
            "an address is written in ASCII: a name as xn--…, other letters of a path as %…", "callback", "C37"
        )
    return parts


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


def _posted(where: SplitResult, address: str, headers: dict[str, str], body: bytes) -> str:
    name = where.hostname or ""
    connection = (
        _Pinned(name, address, where.port)
        if where.scheme == "https"
        else http.client.HTTPConnection(address, where.port, timeout=TIMEOUT)
    )
    path = where._replace(scheme="", netloc="", fragment="").geturl()
    # A server that says a byte now and then would keep every single read within its time.
    enough = Timer(LONGEST, _shut, (connection,))
    enough.start()
    try:
        connection.request("POST", path if path.startswith("/") else f"/{path}", body, headers)
        status = connection.getresponse().status
    finally:
        enough.cancel()
        connection.close()
    return "" if 200 <= status < 300 else f"status {status}"


def _shut(connection: http.client.HTTPConnection) -> None:
    open_: Any = connection.sock
    if open_ is not None:
        with contextlib.suppress(OSError):
            open_.shutdown(socket.SHUT_RDWR)


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, and has the certificate be that of the name."""

    def __init__(self, name: str, address: str, port: int | None) -> None:
        super().__init__(name, port, timeout=TIMEOUT)
        self._address = address

    def connect(self) -> None:
        opened = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = ssl.create_default_context().wrap_socket(opened, server_hostname=self.host)
