"""When a domain's registration ends, as its registry says: RDAP (RFC 9083 §4.5) or, of older ones, WHOIS (RFC 3912).

The server is the order's to name, and reached under the same rules as any target.
"""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

import msgspec

from yunyue.services.monitor.content.findings import Seen
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure, NotMade, socket_error
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.exchange import Stage
from yunyue.services.monitor.probes.http import send, write
from yunyue.services.monitor.target import parse_endpoint, parse_target

SECONDS: Final = 15.0
MOST_REPLY: Final = 1 << 20
_LINE: Final = re.compile(
    r"^\s*(?:registry expiry date|registrar registration expiration date|expiration time|expiry date|expires"
    r"|expiration date|paid-till)\s*:\s*(\S+(?: \d\d:\d\d:\d\d)?)",
    re.I | re.M,
)
_FORMS: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d-%b-%Y", "%Y.%m.%d", "%Y/%m/%d")


class Event(msgspec.Struct):
    """What happened, or will, to a registration."""

    eventAction: str = ""  # noqa: N815 - the name in the standard
    eventDate: str = ""  # noqa: N815 - the name in the standard


class Registration(msgspec.Struct):
    """The part of an RDAP answer we read."""

    events: tuple[Event, ...] = ()


async def domain(probe: Probe, network: Network) -> tuple[Seen, ...]:
    """A finding when the domain ends within the days the order gives. Raises NotMade: the registry did not say."""
    name = registrable(probe.where.host)
    ends = await end_of(name, probe, network)
    if ends - network.now() >= timedelta(days=probe.domain_days):
        return ()
    return (Seen("domain", name, f"the registration of {name} ends on {ends:%Y-%m-%d}"),)


async def end_of(name: str, probe: Probe, network: Network) -> datetime:
    """The moment a registration ends. Raises NotMade."""
    try:
        async with asyncio.timeout(SECONDS):
            if probe.registry.startswith("http"):
                return _of_rdap(await _rdap(name, probe, network))
            return _of_whois(await _whois(name, probe.registry, network))
    except (Failure, TimeoutError) as failure:
        raise NotMade(f"the registry did not answer: {str(failure) or 'timeout'}") from None


def registrable(host: str) -> str:
    """The part that was registered: two labels, three under such as .gov.cn and .com.cn."""
    labels = host.lower().rstrip(".").split(".")
    second = labels[-2] if len(labels) > 2 else ""
    deep = len(labels[-1]) == 2 and (
        second in ("gov", "com", "net", "org", "edu", "ac", "mil", "co") or len(second) == 2
    )
    return ".".join(labels[-3:] if deep else labels[-2:])


async def _rdap(name: str, probe: Probe, network: Network) -> bytes:
    url = f"{probe.registry.rstrip('/')}/domain/{quote(name)}"
    target = parse_target(url.partition(":")[0], url)
    written = write(target, "GET", (("Accept", "application/rdap+json"),), b"")
    answer = await send(target, written, network, Stage(), (probe.ca, MOST_REPLY, False))
    if answer.status != 200:
        raise NotMade(f"the registry answered with status {answer.status}")
    return answer.body


def _of_rdap(body: bytes) -> datetime:
    try:
        events = msgspec.json.decode(body, type=Registration).events
        dates = [one.eventDate for one in events if one.eventAction == "expiration"]
        return _zoned(datetime.fromisoformat(dates[0]))
    except (msgspec.DecodeError, ValueError, IndexError, RecursionError):
        raise NotMade("the registry's answer names no expiration") from None


async def _whois(name: str, registry: str, network: Network) -> str:
    host, port = parse_endpoint(registry, 43)
    address = await network.address(host, port)
    try:
        reader, writer = await asyncio.open_connection(address, port)
        try:
            writer.write(f"{name}\r\n".encode("ascii"))
            heard = b""
            while len(heard) < MOST_REPLY and (piece := await reader.read(65_536)):
                heard += piece
        finally:
            writer.transport.abort()
    except OSError as error:
        raise Failure(socket_error(error)) from None
    return heard.decode("utf-8", "replace")


def _of_whois(text: str) -> datetime:
    for written in _LINE.findall(text):
        for form in _FORMS:
            try:
                return datetime.strptime(written, form).replace(tzinfo=UTC)
            except ValueError:
                continue
        try:
            return _zoned(datetime.fromisoformat(written))
        except ValueError:
            continue
    raise NotMade("the registry's answer names no expiration")


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
