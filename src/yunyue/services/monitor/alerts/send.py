"""Sends one message over a channel, and says why it did not arrive. Addresses are checked as those of probes are."""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from threading import Timer
from typing import Final

import msgspec

from yunyue.services.monitor.alerts.channels import Channel, Mail, Webhook
from yunyue.services.monitor.alerts.ledger import Notice
from yunyue.services.monitor.alerts.message import Post, robot, spoken, text, webhook
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.probes.exchange import Stage
from yunyue.services.monitor.probes.http import send as request
from yunyue.services.monitor.probes.http import write
from yunyue.services.monitor.probes.trust import context
from yunyue.services.monitor.target import parse_endpoint, parse_target

TIMEOUT_S: Final = 10.0
LONGEST_S: Final = 60.0
"""A relay that says a byte now and then would keep every single read within its time."""

MOST_REPLY: Final = 65_536


async def send(channel: Channel, notices: Sequence[Notice], network: Network, now: int) -> str:
    """Why the message did not arrive; empty when the other side took it."""
    try:
        match channel:
            case Mail():
                return await _mail(channel, notices, network)
            case Webhook():
                return await _post(channel.ca, webhook(channel, notices, now), network, asked=())
            case _:
                return await _post(channel.ca, robot(channel, notices, now), network, asked=("errcode", "code"))
    except Failure as failure:
        return failure.error
    except (OSError, ValueError) as error:  # a certificate or an address that is none: this channel's own affair
        return f"{type(error).__name__}: {error}"[:200]


async def _post(ca: str, post: Post, network: Network, asked: tuple[str, ...]) -> str:
    """Robots answer 200 whatever happens, and say in the body whether they took the message."""
    url, headers, body = post
    target = parse_target(url.partition(":")[0], url)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            written = write(target, "POST", headers, body)
            answer = await request(target, written, network, Stage(), (ca, MOST_REPLY, False))
    except TimeoutError:
        return "timeout"
    if not 200 <= answer.status <= 299:
        return f"status {answer.status}"
    return _robots_answer(answer.body, asked) if asked else ""


def _robots_answer(body: bytes, asked: tuple[str, ...]) -> str:
    try:
        said = msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        return "the robot's answer is no JSON object"
    codes = [said[name] for name in asked if name in said]
    return "" if codes == [0] else f"the robot answered {codes or 'without a code'}"


async def _mail(channel: Mail, notices: Sequence[Notice], network: Network) -> str:
    name, port = parse_endpoint(channel.server, 25)
    address = await network.address(name, port)
    try:
        await asyncio.to_thread(_submit, channel, (name, address, port), _letter(channel, notices))
    except (smtplib.SMTPException, OSError) as error:
        return f"{type(error).__name__}: {error}"[:200]
    return ""


def _letter(channel: Mail, notices: Sequence[Notice]) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = channel.sender, ", ".join(channel.to)
    newest = notices[-1]
    more = f" (+{len(notices) - 1})" if len(notices) > 1 else ""
    letter["Subject"] = f"[Yunyue] {spoken(newest.turn)} {newest.instance} {newest.rule}{more}"
    letter["Message-ID"] = f"<{channel.name}-{newest.number}@{channel.sender.partition('@')[2]}>"
    letter.set_content(text(notices))
    return letter


def _submit(channel: Mail, place: tuple[str, str, int], letter: EmailMessage) -> None:
    trust = context(channel.ca)
    name, address, port = place
    with _Pinned(name, address, port, trust if channel.security == "implicit" else None) as relay:
        if channel.security == "starttls":
            relay.starttls(context=trust)
        if channel.user:
            relay.login(channel.user, channel.secret)
        relay.send_message(letter)


class _Pinned(smtplib.SMTP):
    """Connects to the address that was checked, and has the certificate be that of the name."""

    def __init__(self, name: str, address: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._address = address
        self._tls = tls
        self._enough = Timer(LONGEST_S, self._cut)
        self._enough.daemon = True
        self._enough.start()
        try:
            super().__init__(name, port, local_hostname="alerts.invalid", timeout=TIMEOUT_S)
        except BaseException:
            self._enough.cancel()
            raise

    def close(self) -> None:
        """Give the connection back."""
        self._enough.cancel()
        super().close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened = socket.create_connection((self._address, port), timeout)
        if self._tls is None:
            return opened
        self.sock = self._tls.wrap_socket(opened, server_hostname=host, do_handshake_on_connect=False)
        self.sock.do_handshake()
        return self.sock

    def _cut(self) -> None:
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
