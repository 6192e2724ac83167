"""What one visit brought home: the waterfall, the picture, the elements and texts of the page as the browser had it."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from yunyue.services.monitor.pages.waterfall import Waterfall

_ENCODER = msgspec.json.Encoder(order="sorted")


class Node(msgspec.Struct, frozen=True, array_like=True):
    """An element with its attributes, or a text (name "#text"), at its depth in the document."""

    depth: int
    name: str
    said: dict[str, str] | str

    @property
    def attributes(self) -> dict[str, str]:
        """None of a text."""
        return self.said if isinstance(self.said, dict) else {}

    @property
    def text(self) -> str:
        """Empty of an element."""
        return self.said if isinstance(self.said, str) else ""


_DECODER = msgspec.json.Decoder(tuple[Node, ...])


@dataclass(frozen=True, slots=True)
class Sight:
    """A visit. `picture`: a PNG, empty when none could be taken. `nodes`: in the order of the document."""

    waterfall: Waterfall
    picture: bytes
    nodes: tuple[Node, ...]

    @property
    def structure(self) -> bytes:
        """The nodes as they lie among the objects."""
        return write(self.nodes)


def write(nodes: tuple[Node, ...]) -> bytes:
    """Nodes as JSON, [depth, name, attributes or text] each."""
    return _ENCODER.encode(nodes)


def read(content: bytes) -> tuple[Node, ...]:
    """The nodes of an object. Raises msgspec.DecodeError for bytes that are none."""
    return _DECODER.decode(content)


_UNSEEN = ("script", "style", "noscript", "template")


def shown_text(nodes: tuple[Node, ...]) -> Iterator[str]:
    """The texts of the page that are no programs or styles."""
    above: list[str] = []
    for node in nodes:
        del above[node.depth :]
        above += [""] * (node.depth - len(above))
        if node.name == "#text":
            if not any(name in _UNSEEN for name in above):
                yield node.text
        else:
            above.append(node.name)
