"""What an order of monitoring states: what to probe, how often, and what counts as a success."""

from typing import Annotated, Literal

import msgspec
from cryptography.x509 import load_pem_x509_certificates

from yunyue.services.monitor.target import Target, parse_target

Kind = Literal["http", "https", "tcp", "tls_expiry"]
MEBIBYTE = 1 << 20


class Probe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One target and its probe. Whole numbers only, so that an order's document has one canonical form."""

    kind: Annotated[Kind, msgspec.Meta(title="类型", description="What to probe: http, https, tcp or tls_expiry")]
    target: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=2048,
            title="目标",
            description="A URL (http, https), else host:port (tcp, tls_expiry)",
        ),
    ]
    interval_s: Annotated[
        int, msgspec.Meta(ge=1, le=86_400, title="间隔(秒)", description="Seconds from one probe to the next")
    ] = 60
    timeout_ms: Annotated[
        int, msgspec.Meta(ge=50, le=60_000, title="超时(毫秒)", description="Milliseconds a whole probe may take")
    ] = 5_000
    status_min: Annotated[
        int, msgspec.Meta(ge=100, le=599, title="状态码下限", description="Lowest HTTP status that is a success")
    ] = 200
    status_max: Annotated[
        int, msgspec.Meta(ge=100, le=599, title="状态码上限", description="Highest HTTP status that is a success")
    ] = 299
    body_contains: Annotated[
        str, msgspec.Meta(max_length=1_000, title="正文须含", description="Text the body must contain; empty: any body")
    ] = ""
    max_body: Annotated[
        int, msgspec.Meta(ge=1, le=16 * MEBIBYTE, title="正文上限", description="Bytes; a longer body is a failure")
    ] = MEBIBYTE
    days_before: Annotated[
        int, msgspec.Meta(ge=0, le=825, title="到期前天数", description="tls_expiry fails so many days before expiry")
    ] = 14
    confirm: Annotated[
        int, msgspec.Meta(ge=1, le=10, title="确认次数", description="Failures in a row that make an incident")
    ] = 2
    ca: Annotated[
        str, msgspec.Meta(max_length=65_536, title="自有根证书", description="PEM of a private CA; empty: the system's")
    ] = ""

    def __post_init__(self) -> None:
        """Raises ValueError, naming the field, when the fields do not go together."""
        parse_target(self.kind, self.target)
        if self.status_max < self.status_min:
            raise ValueError(f"status_max: {self.status_max} is below status_min, {self.status_min}")
        if self.timeout_ms > self.interval_s * 1000:
            raise ValueError(f"timeout_ms: a probe may not last longer than the interval of {self.interval_s} s")
        if self.ca:
            _require_certificates(self.ca)

    @property
    def where(self) -> Target:
        """The target, taken apart."""
        return parse_target(self.kind, self.target)

    @property
    def timeout(self) -> float:
        """Seconds."""
        return self.timeout_ms / 1000


def _require_certificates(pem: str) -> None:
    try:
        load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise ValueError(f"ca: no certificates in PEM: {error}") from None
