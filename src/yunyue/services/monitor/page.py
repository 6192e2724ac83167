"""What a page must not hold: words on a list, links to strangers (dark links), parts over http on an https page.

It reads what the server sent, not what a browser makes of it: a link that a script writes is not seen. The page is
untrusted, so no HTML parser with a weakness for certain pages reads it, but one expression whose every part is bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from yunyue.services.monitor.expectation import Answer
from yunyue.services.monitor.markup import decoded, unescaped
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.reading import lines
from yunyue.services.monitor.target import Target

_LINK = re.compile(
    r"""\b(href|src|action|data|poster)\s{0,8}=\s{0,8}(?:"([^"]{0,2048})"|'([^']{0,2048})'|([^\s>"']{1,2048}))""", re.I
)
_PARTS = {"src", "data", "poster", "action"}


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Words, a line each; hosts that links may lead to (a leading dot: and all below), a line each; parts over http."""

    words: str = ""
    hosts: str = ""
    mixed: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.hosts or self.mixed)


def inspect(answer: Answer, target: Target, forbidden: Forbidden) -> None:
    """Returns when nothing forbidden is found. Raises Failure: words, foreign_link, mixed."""
    if not forbidden:
        return
    text = readable(answer)
    if any(word in text for word in lines(forbidden.words)):
        raise Failure("words")
    allowed = (target.host.lower(), *(line.lower() for line in lines(forbidden.hosts)))
    for name, url in _links(text, target.url):
        if forbidden.hosts and not is_allowed(url, allowed):
            raise Failure("foreign_link")
        if forbidden.mixed and name in _PARTS and target.scheme == "https" and url.lower().startswith("http:"):
            raise Failure("mixed")


def readable(answer: Answer) -> str:
    """The page's text, its entities resolved."""
    return unescaped(decoded(answer.headers.get("content-type", ""), answer.body))


def _links(text: str, base: str) -> Iterator[tuple[str, str]]:
    for found in _LINK.finditer(text):
        name, *values = found.groups()
        written = next((value for value in values if value), "").strip()
        try:
            yield name.lower(), urljoin(base, written)
        except ValueError:
            yield name.lower(), written


def is_allowed(url: str, allowed: tuple[str, ...]) -> bool:
    """Whether it stays with the page or leads to a host on the list. What leads to no host leads nowhere."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return True
    return any(host == one or (one.startswith(".") and (host.endswith(one) or host == one[1:])) for one in allowed)
