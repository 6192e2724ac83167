"""The configuration of a project's HAProxy: made once, with empty places that are filled while it runs.

HAProxy can change servers, maps and certificates while it runs, but not frontends. So a project gets as many frontends
as its quota has ports, twice: the first half of the slots is for HTTP, the second for TCP, and nothing is ever
reloaded. A request that finds a dead replica is tried again with another one; one that might have been carried
out already (POST, PATCH) only when the connection was never made.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FIRST_PORT: Final = 20_000
EDGE_PORT: Final = 8_080
EDGE_TLS_PORT: Final = 8_443
CHECK_MS: Final = 2_000
"""HAProxy looks for itself only in case the platform is away; a starved replica is not dead, so it is patient."""
SPARE: Final = 8
"""Places beyond the quota of replicas, for those that surge and those that drain."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A project's balancer: where it listens, how many slots of each kind it has, and how many servers each."""

    folder: Path
    address: str
    ports: int
    servers: int

    @property
    def socket(self) -> Path:
        """The runtime API."""
        return self.folder / "haproxy.sock"

    @property
    def pidfile(self) -> Path:
        """The running process."""
        return self.folder / "haproxy.pid"

    @property
    def exact(self) -> Path:
        """The map of hosts and whole paths."""
        return self.folder / "exact.map"

    @property
    def beginnings(self) -> Path:
        """The map of hosts and beginnings of paths."""
        return self.folder / "beginnings.map"

    @property
    def certificates(self) -> Path:
        """The list of certificates."""
        return self.folder / "certificates.list"

    @property
    def fallback(self) -> Path:
        """The certificate shown to hosts that have none."""
        return self.folder / "fallback.pem"

    def slot(self, place: int, *, http: bool) -> int:
        """The slot of a place from 0: HTTP slots first."""
        return place if http else place + self.ports

    def port(self, slot: int) -> int:
        """Where a slot listens."""
        return FIRST_PORT + slot

    def text(self) -> str:
        """The whole configuration."""
        slots = [self._slot(slot, "http" if slot < self.ports else "tcp") for slot in range(2 * self.ports)]
        return "\n".join((self._global(), self._edge(), *slots, ""))

    def _global(self) -> str:
        return f"""global
    stats socket {self.socket} mode 600 level admin
    stats timeout 1h
    pidfile {self.pidfile}
    maxconn 8192
    nbthread 1
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    tune.ssl.default-dh-param 2048
defaults
    timeout connect 1s
    timeout client 300s
    timeout server 300s
    timeout queue 5s
    timeout check 3s
    timeout http-request 15s
    timeout http-keep-alive 30s
    retries 5
    option redispatch 1
    balance leastconn"""

    def _edge(self) -> str:
        host = "http-request set-var(txn.host) req.hdr(host),field(1,:),lower"
        whole = "http-request set-var(txn.whole) var(txn.host),concat(,txn.path)"
        path = "http-request set-var(txn.path) path"
        any_host = "http-request set-var(txn.any) str(*),concat(,txn.path)"
        lookups = "\n".join(
            f"    http-request set-var(txn.slot) var(txn.{given}),map_{way}({file}) if !{{ var(txn.slot) -m found }}"
            for given in ("whole", "any")
            for way, file in (("str", self.exact), ("beg", self.beginnings))
        )
        return f"""frontend edge
    mode http
    option forwardfor
    bind {self.address}:{EDGE_PORT}
    bind {self.address}:{EDGE_TLS_PORT} ssl crt-list {self.certificates} alpn h2,http/1.1
    http-request set-header X-Forwarded-Proto https if {{ ssl_fc }}
    http-request set-header X-Forwarded-Proto http if !{{ ssl_fc }}
    {path}
    {host}
    {whole}
    {any_host}
{lookups}
    acl known var(txn.slot) -m found
    http-request return status 404 content-type text/plain string "no such host or path" unless known
    use_backend %[var(txn.slot)]"""

    def _slot(self, slot: int, mode: str) -> str:
        retry = (
            "\n    retry-on conn-failure empty-response response-timeout"
            "\n    http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE }"
            "\n    option http-keep-alive\n    option forwardfor if-none"
        )
        return f"""listen s{slot}
    mode {mode}
    bind {self.address}:{self.port(slot)}{retry if mode == "http" else ""}
    # A replica that is killed takes its end of a connection with it and may say no word: without these a request waits.
    option srvtcpka
    srvtcpka-idle 1s
    srvtcpka-intvl 1s
    srvtcpka-cnt 2
    default-server check inter {CHECK_MS}ms fall 3 rise 1 tcp-ut 2s
    server-template r 1-{self.servers} 0.0.0.0:1 disabled"""
