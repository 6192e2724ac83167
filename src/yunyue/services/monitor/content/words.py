"""What a rendered page says and where it leads: words on a list, strangers' hosts, parts over http, the ICP number."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urljoin, urlsplit

from yunyue.journal.envelope import BEIJING
from yunyue.services.monitor.content.asks import ICP
from yunyue.services.monitor.content.findings import Seen
from yunyue.services.monitor.page import is_allowed
from yunyue.services.monitor.pages.sight import Sight, shown_text
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.reading import lines

LEADING: Final = {"a": "href", "area": "href", "form": "action", "iframe": "src", "script": "src", "img": "src"}
PARTS: Final = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src", "form": "action"}
_EPOCH: Final = datetime(1970, 1, 1, 8, tzinfo=BEIJING)


def words(sight: Sight, probe: Probe) -> Iterator[Seen]:
    """Each word of the order's list that stands in the page, also within its title, alternative texts and hints."""
    said = [sight.waterfall.title, *shown_text(sight.nodes)]
    said += [
        node.attributes[name] for node in sight.nodes for name in ("alt", "title", "content") if name in node.attributes
    ]
    text = "\n".join(said)
    for word in lines(probe.forbidden_words):
        if word in text:
            yield Seen("words", word, f"the page says {word}")


def foreign_links(sight: Sight, probe: Probe) -> Iterator[Seen]:
    """Each host outside the order's list that the page leads to, or that it asked for something."""
    if not probe.allowed_hosts:
        return
    allowed = (probe.where.host.lower(), *(line.lower() for line in lines(probe.allowed_hosts)))
    urls = {url for _, url in links(sight, LEADING)} | {one.url for one in sight.waterfall.loads}
    hosts = {_host(url) for url in urls if not is_allowed(url, allowed)}
    for host in sorted(hosts):
        yield Seen("foreign_link", host, f"the page leads to {host}")


def mixed(sight: Sight, probe: Probe) -> Iterator[Seen]:
    """Each part over http of a page over https."""
    if not probe.no_mixed or not sight.waterfall.landed.startswith("https:"):
        return
    for url in sorted({url for _, url in links(sight, PARTS) if url.startswith("http:")}):
        yield Seen("mixed", url, f"a part of the page comes over http: {url[:300]}")


def certificate(sight: Sight, probe: Probe, now: datetime) -> Iterator[Seen]:
    """The page's certificate ends within the days the order gives."""
    if not sight.waterfall.ends:
        return
    ends = _EPOCH + timedelta(milliseconds=sight.waterfall.ends)
    if ends - now < timedelta(days=probe.days_before):
        yield Seen("certificate", probe.where.host, f"the certificate ends on {ends:%Y-%m-%d}")


def icp(sight: Sight, probe: Probe) -> Iterator[Seen]:
    """The registered number is not on the page, or another one is."""
    if not probe.icp:
        return
    text = "".join("".join(one.split()) for one in shown_text(sight.nodes))
    found = sorted(set(ICP.findall(text)))
    if not found:
        yield Seen("icp", "missing", f"the page does not show the ICP number {probe.icp}")
    elif probe.icp not in found:
        yield Seen("icp", "other", f"the page shows {', '.join(found)}, not {probe.icp}")


def links(sight: Sight, which: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Element and address, resolved against the page's own."""
    for node in sight.nodes:
        written = node.attributes.get(which.get(node.name, ""), "").strip()
        if written:
            try:
                yield node.name, urljoin(sight.waterfall.landed, written)
            except ValueError:
                yield node.name, written


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url[:200]
    except ValueError:
        return url[:200]
