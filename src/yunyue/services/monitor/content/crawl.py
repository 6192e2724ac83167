"""Links of a site that lead nowhere: those of a page are followed once, within the site and a few at a time."""

import asyncio
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from yunyue.services.monitor.content.findings import Seen
from yunyue.services.monitor.content.words import links
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.pages.sight import Sight
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.exchange import Stage
from yunyue.services.monitor.probes.http import REDIRECTS, redirected, send, write
from yunyue.services.monitor.target import Target, parse_target

AT_ONCE: Final = 4
EACH_SECONDS: Final = 10.0
MOST_BODY: Final = 16 << 20
MOST_REDIRECTS: Final = 5
GONE: Final = {404, 410}


async def broken_links(sight: Sight, probe: Probe, network: Network) -> tuple[Seen, ...]:
    """Each link of the page's own site that ends in 404, 410, 5xx or nowhere; at most `link_checks` are followed."""
    places = list(_same_site(sight, probe.where.host))[: probe.link_checks]
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(place: Target) -> Seen | None:
        async with turns:
            why = await _why_broken(place, probe.ca, network)
        return Seen("broken_link", place.url, f"{place.url[:300]}: {why}") if why else None

    found = await asyncio.gather(*(one(place) for place in places))
    return tuple(seen for seen in found if seen is not None)


def _same_site(sight: Sight, host: str) -> Iterator[Target]:
    """Each link within the site once, in the order of the page."""
    done: set[str] = set()
    for _, url in links(sight, {"a": "href", "area": "href"}):
        plain = url.partition("#")[0]
        try:
            same = urlsplit(plain).hostname == host.lower()
            target = parse_target(plain.partition(":")[0], plain) if same else None
        except ValueError:
            continue  # an address that nobody could visit is the page's own affair
        if target is not None and target.scheme in ("http", "https") and plain not in done:
            done.add(plain)
            yield target


async def _why_broken(target: Target, ca: str, network: Network) -> str:
    """What is wrong with the end of a link; empty when it leads somewhere, or asks for a login."""
    try:
        async with asyncio.timeout(EACH_SECONDS):
            for _ in range(MOST_REDIRECTS + 1):
                stage = Stage()
                answer = await send(target, write(target, "GET", (), b""), network, stage, (ca, MOST_BODY, False))
                location = answer.headers.get("location")
                if answer.status not in REDIRECTS or location is None:
                    bad = answer.status in GONE or answer.status >= 500
                    return f"status {answer.status}" if bad else ""
                target = redirected(target, location)
            return "redirect_loop"
    except Failure as failure:
        return "" if failure.error == "too_large" else failure.error
    except TimeoutError:
        return "timeout"
