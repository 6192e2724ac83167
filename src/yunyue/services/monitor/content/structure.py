"""How far a page's structure is from the approved one: which elements are there, under which, and what they load.

Compared are the paths of elements as two bags, which takes time in proportion to the page and finds a moved part no
difference; texts are not structure. Elements that bring programs or other pages in (scripts, frames, forms that send
elsewhere) are a finding each, however little of the page they are: that is what tampering usually adds.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from yunyue.services.monitor.pages.sight import Node

BRINGING: Final = {
    "script": "src",
    "iframe": "src",
    "frame": "src",
    "object": "data",
    "embed": "src",
    "form": "action",
    "base": "href",
    "link": "href",
}
"""What brings something in, or sends something out, and by which attribute."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`permille` of the elements of both pages that the other has not; `brought`: places programs newly come from."""

    permille: int
    brought: tuple[str, ...]


def compare(approved: tuple[Node, ...], now: tuple[Node, ...], url: str) -> Difference:
    """The difference of a page (at `url`) from its baseline; 0 for equal ones, 1000 with nothing in common."""
    before, after = Counter(_paths(approved)), Counter(_paths(now))
    total = before.total() + after.total()
    common = 2 * (before & after).total()
    permille = -(-(total - common) * 1000 // total) if total else 0
    known = set(_brought(approved, url))
    return Difference(permille, tuple(sorted(set(_brought(now, url)) - known)))


def _paths(nodes: tuple[Node, ...]) -> Iterator[str]:
    """Each element with its name and class, under those of the three elements above it."""
    above: list[str] = []
    for node in nodes:
        del above[node.depth :]
        above += [""] * (node.depth - len(above))
        if node.name != "#text":
            own = f"{node.name}#{node.attributes.get('id', '')}.{node.attributes.get('class', '')}"
            above.append(own)
            yield ">".join(above[-4:])


def _brought(nodes: tuple[Node, ...], url: str) -> Iterator[str]:
    """Such as "script https://a.example": the element and the host it names; without one, of the page itself."""
    for node in nodes:
        attribute = BRINGING.get(node.name)
        place = node.attributes.get(attribute, "") if attribute else ""
        if attribute and (place or node.name == "script"):
            yield f"{node.name} {_origin(place, url)}"
        if node.name == "meta" and node.attributes.get("http-equiv", "").lower() == "refresh":
            yield f"refresh {node.attributes.get('content', '')[:200]}"


def _origin(place: str, url: str) -> str:
    if not place:
        return "of the page"
    try:
        parts = urlsplit(urljoin(url, place.strip()))
    except ValueError:
        return place[:200]
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
