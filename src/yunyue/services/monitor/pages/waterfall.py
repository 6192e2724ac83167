"""What a visit to a page was made of: every request, when it began and how long each part of it took."""

import msgspec

MOST_LOADS = 500
"""Requests of one visit that are kept; a page with more is judged by the first ones, and says how many there were."""


class Load(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request of a page. All times in µs; `start` counts from the visit's beginning; -1: the part did not happen.

    `size`: bytes over the network. `error`: why it failed, empty when it did not; `denied` where the guard refused it.
    """

    url: str
    method: str = "GET"
    kind: str = ""
    status: int = 0
    start: int = 0
    dns: int = -1
    connect: int = -1
    tls: int = -1
    wait: int = -1
    receive: int = -1
    size: int = 0
    address: str = ""
    error: str = ""


class Waterfall(msgspec.Struct, frozen=True, kw_only=True):
    """A visit. `landed`: the address after redirects; `status` of the page itself; `parsed` and `loaded`: µs until
    the document was parsed and until everything was loaded, -1 when it never was; `ends`: when the page's certificate
    ends (ms since 1970, 0 without one); `requests`: how many there were, of which `loads` has the first ones.
    """

    url: str
    landed: str
    title: str
    status: int
    parsed: int
    loaded: int
    size: int
    requests: int
    loads: tuple[Load, ...]
    ends: int = 0
    browser: str = ""

    @property
    def failed(self) -> tuple[Load, ...]:
        """The requests that got no good answer."""
        return tuple(one for one in self.loads if one.error or one.status >= 400)


ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(Waterfall)


def write(waterfall: Waterfall) -> bytes:
    """As it lies among the objects."""
    return ENCODER.encode(waterfall)


def read(content: bytes) -> Waterfall:
    """The waterfall of an object. Raises msgspec.DecodeError for bytes that are none."""
    return _DECODER.decode(content)
