"""What is sent: the text people read, and the signed bodies each kind of channel expects."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import msgspec

from yunyue.journal.envelope import BEIJING
from yunyue.services.monitor.alerts.channels import DingTalk, Feishu, Webhook, WeCom
from yunyue.services.monitor.alerts.ledger import Notice

_EPOCH = datetime(1970, 1, 1, 8, tzinfo=BEIJING)
WORDS = {"firing": "告警", "still": "静默结束仍告警", "resolved": "恢复", "escalated": "升级", "alive": "在线"}
Post = tuple[str, tuple[tuple[str, str], ...], bytes]
"""URL, header fields, body."""


def moment(ms: int) -> datetime:
    """The Beijing time of a count of milliseconds."""
    return _EPOCH + timedelta(milliseconds=ms)


def spoken(turn: str) -> str:
    """A turn as receivers know it: who was not told that an alert began is told so when its silence is over."""
    return "firing" if turn == "still" else turn


def text(notices: Sequence[Notice]) -> str:
    """A line for each, the gravest first; then those over."""
    ordered = sorted(notices, key=lambda one: (one.turn == "resolved", one.severity, one.number))
    return "\n".join(
        f"[{WORDS[one.turn]} {spoken(one.turn)}] {one.severity} {one.instance} {one.rule}: {one.about}"
        f" ({moment(one.at):%Y-%m-%d %H:%M:%S})"
        for one in ordered
    )


def webhook(channel: Webhook, notices: Sequence[Notice], now: int) -> Post:
    """A CloudEvent 1.0 in JSON, signed as Standard Webhooks: id, timestamp and body under HMAC-SHA-256.

    The id is that of the newest notice: sent again, the message has the same one, and the receiver drops it.
    """
    identifier = f"{channel.name}-{notices[-1].number}"
    event = {
        "specversion": "1.0",
        "id": identifier,
        "source": "/services/monitor",
        "type": "yunyue.monitor.alerts",
        "time": moment(notices[-1].at).isoformat(timespec="milliseconds"),
        "datacontenttype": "application/json",
        "data": {"alerts": [_plain(one) for one in notices]},
    }
    body = msgspec.json.encode(event)
    stamp = str(now // 1000)
    signed = hmac.digest(channel.secret.encode(), f"{identifier}.{stamp}.".encode() + body, "sha256")
    headers = (
        ("Content-Type", "application/cloudevents+json; charset=utf-8"),
        ("webhook-id", identifier),
        ("webhook-timestamp", stamp),
        ("webhook-signature", f"v1,{base64.b64encode(signed).decode()}"),
    )
    return channel.url, headers, body


def robot(channel: DingTalk | Feishu | WeCom, notices: Sequence[Notice], now: int) -> Post:
    """A text message in the form of the office suite, signed where it has a signature."""
    said = text(notices)
    match channel:
        case DingTalk():
            body: dict[str, Any] = {"msgtype": "text", "text": {"content": said}}
            return _signed_address(channel, now), _JSON, msgspec.json.encode(body)
        case Feishu():
            body = {"msg_type": "text", "content": {"text": said}, **_feishu_signature(channel, now)}
            return channel.url, _JSON, msgspec.json.encode(body)
        case WeCom():
            return channel.url, _JSON, msgspec.json.encode({"msgtype": "text", "text": {"content": said}})


_JSON = (("Content-Type", "application/json; charset=utf-8"),)


def _signed_address(channel: DingTalk, now: int) -> str:
    """DingTalk signs milliseconds and secret with the secret, and takes the signature in the address."""
    if not channel.secret:
        return channel.url
    signed = hmac.digest(channel.secret.encode(), f"{now}\n{channel.secret}".encode(), "sha256")
    join = "&" if "?" in channel.url else "?"
    return f"{channel.url}{join}timestamp={now}&sign={quote_plus(base64.b64encode(signed))}"


def _feishu_signature(channel: Feishu, now: int) -> dict[str, str]:
    """Feishu takes seconds and secret as the key and signs nothing with it."""
    if not channel.secret:
        return {}
    stamp = str(now // 1000)
    signed = hmac.new(f"{stamp}\n{channel.secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(signed).decode()}


def _plain(notice: Notice) -> dict[str, object]:
    return {
        "rule": notice.rule,
        "instance": notice.instance,
        "turn": spoken(notice.turn),
        "severity": notice.severity,
        "about": notice.about,
        "at": moment(notice.at).isoformat(timespec="milliseconds"),
    }
