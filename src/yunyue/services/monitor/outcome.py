"""How a probe ended. Errors are told apart: a dead name, a dead host and a wrong page are three people's work."""

import asyncio
import errno
import ssl
from dataclasses import dataclass
from typing import Literal

from yunyue.services.monitor.metrics.scraped import Scraped
from yunyue.services.monitor.pages.sight import Sight

Error = Literal[
    "resolver",  # the name has no address, or nobody answered for it
    "denied",  # the address may not be probed
    "refused",  # the host answered: nobody listens there
    "unreachable",  # no way to the host
    "connect_timeout",  # no connection in time
    "tls_expired",  # the certificate is past its end, or not valid yet
    "tls_hostname",  # the certificate is another name's
    "tls_untrusted",  # nobody we trust issued the certificate, or a link of the chain was not sent
    "tls_version",  # a version of TLS older than agreed is accepted
    "tls_suite",  # a weak cipher suite is accepted
    "tls",  # any other fault of TLS
    "read_timeout",  # connected (or sent, where there is no connection), and then not answered in time
    "reset",  # the connection was cut
    "truncated",  # less came than was announced
    "protocol",  # what came is not of the protocol
    "status",  # another status than expected
    "header",  # a header field that must be there is not, or says something else
    "body",  # the text that must be there is not, or one is there that must not be
    "json",  # the body is not JSON, or something else stands at the place
    "element",  # the element that must stand on the page does not, or says something else
    "words",  # a word on the list stands in the page
    "foreign_link",  # a link leads to a host that is not on the list (dark link)
    "mixed",  # a page over https has parts over http
    "too_small",  # less than the least
    "too_large",  # more than the cap
    "redirect_loop",  # sent round in circles, or too often
    "downgrade",  # sent from https to http
    "landing",  # the redirects ended elsewhere
    "expires_soon",  # the certificate ends within the days given
    "no_such_name",  # DNS: the name does not exist (NXDOMAIN)
    "no_record",  # DNS: the name exists and has no such record
    "server_failure",  # DNS: the server answered that it cannot
    "answer",  # DNS: other records than expected
    "hijacked",  # DNS: no record in common with the reference server
    "reply",  # the reply does not contain what it must
    "greeting",  # the mail server turned us away
    "no_starttls",  # no encryption offered where it is asked for
    "login",  # the login was refused
    "query",  # the database took the login and did not answer the query
    "metrics",  # what came is no exposition of metrics
]

_EXPIRED = {9, 10}  # OpenSSL X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_OTHER_NAME = {62, 63, 64}  # X509_V_ERR_HOSTNAME_MISMATCH, EMAIL_MISMATCH, IP_ADDRESS_MISMATCH
_NO_WAY = {
    errno.EADDRNOTAVAIL,
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EHOSTDOWN,
    errno.EACCES,
    errno.EPERM,
}


Brought = Sight | Scraped
"""What probes of some kinds bring home beside how they ended."""


class Failure(Exception):
    """A probe failed for a reason that is known; only inside this room, `run` makes an Outcome of it."""

    def __init__(self, error: Error, brought: Brought | None = None) -> None:
        super().__init__(error)
        self.error: Error = error
        self.brought = brought


class NotMade(Exception):
    """No probe could be made, for a reason on our side; a gap, and nothing against the target."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Success when `error` is empty. `latency_us`: microseconds by the monotonic clock. `brought`: what else came."""

    error: Error | Literal[""]
    latency_us: int
    brought: Brought | None = None

    @property
    def ok(self) -> bool:
        """Whether it was a success."""
        return self.error == ""


def tls_error(error: ssl.SSLError) -> Error:
    """What is wrong with the target's TLS."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return "tls"
    if error.verify_code in _EXPIRED:
        return "tls_expired"
    return "tls_hostname" if error.verify_code in _OTHER_NAME else "tls_untrusted"


def socket_error(error: OSError | EOFError) -> Error:
    """What is wrong with the connection; also for what asyncio's streams raise."""
    match error:
        case ssl.SSLError():
            return tls_error(error)
        case ConnectionRefusedError():
            return "refused"
        case TimeoutError():
            return "connect_timeout"
        case ConnectionError() | asyncio.IncompleteReadError() | EOFError():
            return "reset"
        case OSError() if error.errno in _NO_WAY:
            return "unreachable"
        case _:
            return "reset"
