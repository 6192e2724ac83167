"""The DNS probe: what a server says of a name, against what the order expects and what a reference server says."""

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure, NotMade, socket_error
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import timed
from yunyue.services.monitor.target import parse_endpoint

Records = frozenset[str]
Server = tuple[str, int]


async def probe_dns(probe: Probe, network: Network) -> None:
    """Returns when the server's answer is the one expected. Raises Failure; NotMade without a reference to compare."""
    async with timed(probe) as progress:
        server = await _server(probe.resolver, network)
        progress.connected = True
        found = await _ask(probe, server)
        if probe.expected_answers and found != probe.expected_answers:
            raise Failure("answer")
        if probe.reference and not found & await _reference(probe, network):
            raise Failure("hijacked")


async def records(probe: Probe, network: Network) -> Records:
    """What the order's resolver says of a name. Raises Failure, NotMade, TimeoutError."""
    return await _ask(probe, await _server(probe.resolver, network))


async def _server(named: str, network: Network) -> Server:
    """The server named, checked like any target; without a name the first one of this system."""
    if named:
        host, port = parse_endpoint(named, 53)
        return await network.address(host, port), port
    try:
        return str(dns.resolver.get_default_resolver().nameservers[0]), 53
    except (dns.exception.DNSException, IndexError):
        raise NotMade("this system names no DNS server; the order can name one") from None


async def _reference(probe: Probe, network: Network) -> Records:
    """The reference server's records. A reference that is down says nothing against the target."""
    try:
        return await _ask(probe, await _server(probe.reference, network))
    except Failure as failure:
        if failure.error in ("no_such_name", "no_record"):
            return frozenset()
        raise NotMade(f"the reference server did not answer: {failure.error}") from None


async def _ask(probe: Probe, server: Server) -> Records:
    kind = dns.rdatatype.from_text(probe.record)
    try:
        query = dns.message.make_query(dns.name.from_text(probe.where.host), kind)
        answer, _ = await dns.asyncquery.udp_with_fallback(query, server[0], timeout=probe.timeout, port=server[1])
    except dns.exception.Timeout:
        raise TimeoutError from None
    except dns.exception.DNSException:
        raise Failure("protocol") from None
    except (OSError, EOFError) as error:
        raise Failure(socket_error(error)) from None
    return _records(answer)


def _records(answer: dns.message.Message) -> Records:
    if answer.rcode() == dns.rcode.NXDOMAIN:
        raise Failure("no_such_name")
    if answer.rcode() != dns.rcode.NOERROR:
        raise Failure("server_failure")
    found = _chained(answer)
    if found is None:
        raise Failure("no_record")
    return frozenset(_written(record.to_text()) for record in found)


def _chained(answer: dns.message.Message) -> dns.rrset.RRset | None:
    """The records of the name asked for, or of that which its aliases lead to; those of other names say nothing."""
    try:
        return answer.resolve_chaining().answer if isinstance(answer, dns.message.QueryMessage) else None
    except dns.exception.DNSException:
        raise Failure("protocol") from None


def _written(record: str) -> str:
    """As an order writes it: lower case, without the final dot, a text without its quotes."""
    return record.lower().rstrip(".").strip('"')
