"""What an order of monitoring states: what to probe, how often, and what counts as a success."""

from typing import Annotated, Literal

import msgspec

from yunyue.services.monitor import fields
from yunyue.services.monitor.applies import require_applicable, require_points
from yunyue.services.monitor.content.asks import require_page
from yunyue.services.monitor.expectation import Expectation, require_expectation
from yunyue.services.monitor.page import Forbidden
from yunyue.services.monitor.reading import lines, octets, require, require_certificates, sendable
from yunyue.services.monitor.scenario import Step, require_steps
from yunyue.services.monitor.target import Target, parse_endpoint, parse_target

Kind = Literal[
    "http",
    "https",
    "tcp",
    "tls_expiry",
    "tls",
    "udp",
    "icmp",
    "dns",
    "websocket",
    "smtp",
    "imap",
    "postgres",
    "page",
    "openmetrics",
]
Record = Literal["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SOA", "CAA"]
Security = Literal["none", "starttls", "implicit"]


def _no_steps() -> tuple[Step, ...]:
    """A default by function stays out of the JSON Schema, where an empty tuple would be no JSON value."""
    return ()


class Probe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One target and its probe. Whole numbers only, so that an order's document has one canonical form."""

    kind: Annotated[
        Kind,
        msgspec.Meta(
            title="类型",
            description="What to probe: a web page, a connection, a certificate, a name, a mail server, a database …",
        ),
    ]
    target: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=2048,
            title="目标",
            description="A URL (http, https, websocket), a host (icmp), a domain name (dns), else host:port",
        ),
    ]
    interval_s: Annotated[
        int, msgspec.Meta(ge=1, le=86_400, title="间隔（秒）", description="Seconds from one probe to the next")
    ] = 60
    timeout_ms: Annotated[
        int, msgspec.Meta(ge=50, le=60_000, title="超时（毫秒）", description="Milliseconds a whole probe may take")
    ] = 5_000
    status_min: Annotated[
        int, msgspec.Meta(ge=100, le=599, title="状态码下限", description="Lowest HTTP status that is a success")
    ] = 200
    status_max: Annotated[
        int, msgspec.Meta(ge=100, le=599, title="状态码上限", description="Highest HTTP status that is a success")
    ] = 299
    body_contains: fields.BodyContains = ""
    max_body: fields.MaxBody = fields.MEBIBYTE
    days_before: Annotated[
        int, msgspec.Meta(ge=0, le=825, title="到期前天数", description="tls kinds fail so many days before expiry")
    ] = 14
    confirm: Annotated[
        int, msgspec.Meta(ge=1, le=10, title="确认次数", description="Failures in a row that make an incident")
    ] = 2
    ca: Annotated[
        str, msgspec.Meta(max_length=65_536, title="自有根证书", description="PEM of a private CA; empty: the system's")
    ] = ""
    method: fields.Method = "GET"
    headers: fields.Headers = ""
    send: fields.Send = ""
    statuses: fields.Statuses = ""
    expect_headers: fields.ExpectHeaders = ""
    body_lacks: fields.BodyLacks = ""
    body_matches: fields.BodyMatches = ""
    json_path: fields.JsonPath = ""
    json_value: fields.JsonValue = ""
    element: fields.Element = ""
    element_text: fields.ElementText = ""
    min_body: fields.MinBody = 0
    max_redirects: Annotated[
        int,
        msgspec.Meta(ge=0, le=10, title="最多重定向", description="Redirects followed; 0: the first answer is judged"),
    ] = 5
    lands_on: Annotated[
        str,
        msgspec.Meta(
            max_length=2048, title="最终地址", description="What the URL begins with at which the redirects must end"
        ),
    ] = ""
    forbidden_words: Annotated[
        str,
        msgspec.Meta(max_length=20_000, title="敏感词", description="Words the page must not hold, one a line"),
    ] = ""
    allowed_hosts: Annotated[
        str,
        msgspec.Meta(
            max_length=20_000,
            title="允许外链",
            description="Hosts the page's links may lead to, one a line, .gov.cn for all below; empty: not checked",
        ),
    ] = ""
    no_mixed: Annotated[
        bool, msgspec.Meta(title="禁止混合内容", description="Whether a page over https may have no parts over http")
    ] = False
    steps: Annotated[
        tuple[Step, ...],
        msgspec.Meta(title="步骤", description="A scenario: requests one after the other under the target, in JSON"),
    ] = msgspec.field(default_factory=_no_steps)
    expect: Annotated[
        str,
        msgspec.Meta(
            max_length=4_000, title="应答须含", description="What the reply must contain: text, or hex: and hexadecimal"
        ),
    ] = ""
    record: Annotated[Record, msgspec.Meta(title="记录类型", description="Which DNS record is asked for")] = "A"
    resolver: Annotated[
        str,
        msgspec.Meta(
            max_length=300, title="解析服务器", description="DNS server asked, host or host:port; empty: the system's"
        ),
    ] = ""
    reference: Annotated[
        str,
        msgspec.Meta(
            max_length=300, title="参照服务器", description="DNS server whose answer must share a record with the other"
        ),
    ] = ""
    answers: Annotated[
        str,
        msgspec.Meta(
            max_length=4_000,
            title="应有解析",
            description="Records the DNS answer must hold, one a line, and no others",
        ),
    ] = ""
    tls_min: Annotated[
        Literal["1.0", "1.1", "1.2", "1.3"],
        msgspec.Meta(title="最低 TLS 版本", description="kind tls fails when the target accepts an older version"),
    ] = "1.2"
    security: Annotated[
        Security,
        msgspec.Meta(title="加密方式", description="smtp, imap, postgres: none, starttls, or implicit (TLS at once)"),
    ] = "none"
    database: Annotated[
        str, msgspec.Meta(max_length=63, title="数据库", description="PostgreSQL database; empty: the user's")
    ] = ""
    login: Annotated[
        str,
        msgspec.Meta(
            max_length=63,
            pattern=r"^[A-Za-z0-9_-]*$(?!\n)",
            title="登录凭据",
            description="Name of a login the operator keeps (user and password never stand in an order)",
        ),
    ] = ""

    structure_permille: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=1000,
            title="结构差异（‰）",
            description="Difference from the baseline that is a finding; 0: not looked",
        ),
    ] = 0
    picture_permille: Annotated[
        int,
        msgspec.Meta(
            ge=0, le=1000, title="视觉差异（‰）", description="Share of changed pixels that is a finding; 0: not looked"
        ),
    ] = 0
    link_checks: Annotated[
        int,
        msgspec.Meta(ge=0, le=200, title="检查链接数", description="Links of the site followed once a day; 0: none"),
    ] = 0
    icp: Annotated[
        str, msgspec.Meta(max_length=40, title="备案号", description="ICP number the page must show; empty: not looked")
    ] = ""
    domain_days: Annotated[
        int,
        msgspec.Meta(ge=0, le=825, title="域名到期前天数", description="Days before the domain's end; 0: not asked"),
    ] = 0
    registry: Annotated[
        str,
        msgspec.Meta(
            max_length=500, title="域名注册查询", description="An RDAP server's URL, or a WHOIS server as host:port"
        ),
    ] = ""

    points: Annotated[
        str,
        msgspec.Meta(
            max_length=2_000,
            title="拨测点",
            description="Probe points, one a line (platform: this one); empty: only this",
        ),
    ] = ""
    quorum: Annotated[
        int, msgspec.Meta(ge=1, le=32, title="判定点数", description="Points that must fail for a failure")
    ] = 1
    behind: Annotated[
        str,
        msgspec.Meta(
            max_length=128,
            title="依赖订单",
            description="Order of the gateway it lies behind: no alarm while that fails",
        ),
    ] = ""

    def __post_init__(self) -> None:
        """Raises ValueError, naming the field, when the fields do not go together."""
        require_applicable(self)
        self._require_target()
        if self.status_max < self.status_min:
            raise ValueError(f"status_max: {self.status_max} is below status_min, {self.status_min}")
        if self.timeout_ms > self.interval_s * 1000:
            raise ValueError(f"timeout_ms: a probe may not last longer than the interval of {self.interval_s} s")
        require_certificates(self.ca)
        require_expectation(self.expectation)
        require("headers", self.headers, sendable)
        require("send", self.send, octets)
        require("expect", self.expect, octets)
        require_steps(self.steps)
        require_points(self.kind, self.interval_s, self.points_named, self.quorum)
        if self.kind == "page":
            require_page(self.interval_s, self.icp, self.domain_days, self.registry)
        if (self.forbidden or self.element) and self.max_body > fields.MEBIBYTE:
            raise ValueError(
                "max_body: of a page whose content is looked at, 1048576 at most; reading more takes too long"
            )

    def _require_target(self) -> None:
        parse_target(self.kind, self.target)
        for name in ("resolver", "reference"):
            if server := getattr(self, name):
                require(name, server, lambda text: parse_endpoint(text, 53))
        if self.steps and self.where.path not in ("", "/"):
            raise ValueError("target: of a scenario, the URL has no path; the steps have")
        if self.kind == "udp" and not self.send:
            raise ValueError("send: a UDP probe needs something to send; without an answer nothing is known")

    @property
    def points_named(self) -> tuple[str, ...]:
        """The probe points, each once; none when the platform alone probes."""
        return tuple(dict.fromkeys(lines(self.points)))

    @property
    def where(self) -> Target:
        """The target, taken apart."""
        return parse_target(self.kind, self.target)

    @property
    def timeout(self) -> float:
        """Seconds."""
        return self.timeout_ms / 1000

    @property
    def expectation(self) -> Expectation:
        """What an answer over HTTP must be."""
        return Expectation(
            statuses=self.statuses or f"{self.status_min}-{max(self.status_min, self.status_max)}",
            headers=self.expect_headers,
            contains=self.body_contains,
            lacks=self.body_lacks,
            matches=self.body_matches,
            json_path=self.json_path,
            json_value=self.json_value,
            element=self.element,
            element_text=self.element_text,
            least=self.min_body,
            most=self.max_body,
        )

    @property
    def forbidden(self) -> Forbidden:
        """What the page must not hold."""
        return Forbidden(self.forbidden_words, self.allowed_hosts, self.no_mixed)

    @property
    def expected_answers(self) -> frozenset[str]:
        """The records a DNS answer must hold, in lower case and without the final dot."""
        return frozenset(line.lower().rstrip(".") for line in lines(self.answers))
