"""Where messages go: a webhook that gets signed CloudEvents, e-mail, and the robots of three Chinese office suites."""

from typing import Annotated, Literal

import msgspec

from yunyue.services.monitor.alerts.rules import Name
from yunyue.services.monitor.reading import require_certificates
from yunyue.services.monitor.target import parse_endpoint, parse_target

Url = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
Gather = Annotated[int, msgspec.Meta(ge=0, le=3_600)]
"""Seconds a message waits, so that what follows from one fault comes as one; an outage (severity 1) does not wait."""

Secret = Annotated[str, msgspec.Meta(max_length=200)]


class _Over(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the channels over HTTP share. `ca`: PEM of a private CA; empty: those the system trusts."""

    name: Name
    url: Url
    secret: Secret = ""
    ca: str = ""
    heartbeat: Annotated[int, msgspec.Meta(ge=0, le=10_080)] = 0
    """Minutes after which a sign of life is sent when nothing else was; 0: never."""
    gather: Gather = 0

    def __post_init__(self) -> None:
        """Raises ValueError for what is no web address, or no certificates."""
        require_certificates(self.ca)
        parse_target(self.url.partition(":")[0] if self.url.startswith(("http:", "https:")) else "https", self.url)


class Webhook(_Over, frozen=True, tag="webhook"):
    """A CloudEvent for each message, signed with HMAC-SHA-256 as Standard Webhooks has it; the secret is a must."""

    def __post_init__(self) -> None:
        """Raises ValueError without a secret: nobody could tell our messages from others."""
        _Over.__post_init__(self)
        if len(self.secret) < 16:
            raise ValueError("secret: at least 16 characters")


class DingTalk(_Over, frozen=True, tag="dingtalk"):
    """A robot of 钉钉; with a secret its address is signed."""


class Feishu(_Over, frozen=True, tag="feishu"):
    """A robot of 飞书; with a secret its message is signed."""


class WeCom(_Over, frozen=True, tag="wecom"):
    """A robot of 企业微信; the key stands in its address."""


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="mail"):
    """E-mail through a relay, host:port."""

    name: Name
    server: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    sender: Annotated[str, msgspec.Meta(pattern=r"^[^\s@<>]+@[^\s@<>]+$(?!\n)")]
    to: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=r"^[^\s@<>]+@[^\s@<>]+$(?!\n)")], ...], msgspec.Meta(min_length=1)
    ]
    security: Literal["none", "starttls", "implicit"] = "starttls"
    user: str = ""
    secret: Secret = ""
    ca: str = ""
    heartbeat: Annotated[int, msgspec.Meta(ge=0, le=10_080)] = 0
    gather: Gather = 0

    def __post_init__(self) -> None:
        """Raises ValueError; a password never goes over a connection in clear."""
        require_certificates(self.ca)
        parse_endpoint(self.server, 25)
        if self.user and self.security == "none":
            raise ValueError("user: a login needs security starttls or implicit")


Channel = Webhook | Mail | DingTalk | Feishu | WeCom
