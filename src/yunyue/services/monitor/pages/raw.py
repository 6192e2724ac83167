"""What the program inside the sandbox wrote down, and the waterfall it makes together with what the guard measured."""

import math
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from yunyue.services.monitor.pages.guard import Guard, Way
from yunyue.services.monitor.pages.sight import Node, Sight
from yunyue.services.monitor.pages.waterfall import MOST_LOADS, Load, Waterfall

_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
LONGEST_US: Final = 3_600_000_000


class Asked(msgspec.Struct, frozen=True):
    """A request as chromium told of it. `at`, `end`: seconds by its clock; `timing`: ms, as in its protocol."""

    url: str
    method: str
    kind: str
    at: float
    end: float = 0.0
    status: int = 0
    address: str = ""
    error: str = ""
    size: float = 0.0
    ends: float = 0.0
    connection: float = 0
    timing: dict[str, Any] | None = None


class Raw(msgspec.Struct, frozen=True):
    """The story of a visit."""

    error: str
    late: bool
    crashed: bool
    browser: str
    requests: tuple[Asked, ...]
    count: int
    began: float
    parsed: float
    loaded: float
    landed: str = ""
    title: str = ""
    nodes: tuple[Node, ...] = ()


def sighted(raw: Raw, guard: Guard, url: str, picture: bytes) -> Sight:
    """The waterfall: chromium's times, and where a connection was made the guard's, who made it."""
    ways = list(guard.ways)
    known = {0.0}
    loads = []
    for one in raw.requests[:MOST_LOADS]:
        way = _taken(one.url, ways) if one.connection not in known or not one.status else None
        known.add(one.connection)
        loads.append(_load(one, raw.began, way))
    page = next((one for one in raw.requests if one.kind == "Document" and not 300 <= one.status <= 399), None)
    waterfall = Waterfall(
        url=url,
        landed=raw.landed,
        title=raw.title,
        status=page.status if page else 0,
        parsed=_since(raw.parsed, raw.began),
        loaded=_since(raw.loaded, raw.began),
        size=guard.size,
        requests=raw.count,
        loads=tuple(loads),
        ends=int(page.ends * 1000) if page else 0,
        browser=raw.browser,
    )
    return Sight(waterfall, picture, raw.nodes)


def _load(asked: Asked, began: float, way: Way | None) -> Load:
    """A request; the first one on a connection carries what it took to make it."""
    timing = asked.timing or {}
    heard = _number(timing, "receiveHeadersEnd", -1.0)
    told = _number(timing, "requestTime", asked.at)
    received = _since(asked.end, told) - round(heard * 1000) if asked.end and heard >= 0 else -1
    return Load(
        url=asked.url,
        method=asked.method,
        kind=asked.kind,
        status=asked.status,
        start=max(0, _since(asked.at, began)),
        dns=way.dns if way else -1,
        connect=way.connect if way else -1,
        tls=_part(timing, "sslStart", "sslEnd"),
        wait=_part(timing, "sendEnd", "receiveHeadersEnd"),
        receive=max(-1, min(received, LONGEST_US)),
        size=int(asked.size),
        address=way.address if way else "",
        error=(way.error if way and way.error else asked.error),
    )


def _taken(url: str, ways: list[Way]) -> Way | None:
    """The first connection to the place of that URL which no request before has used."""
    parts = urlsplit(url)
    try:
        place = (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0))
    except ValueError:
        return None
    found = next((one for one in ways if (one.host, one.port) == place), None)
    if found is not None:
        ways.remove(found)
    return found


def _part(timing: dict[str, Any], first: str, last: str) -> int:
    """µs of a part of a request; -1 when it did not happen."""
    start, end = _number(timing, first, -1.0), _number(timing, last, -1.0)
    if start < 0 or end < start:
        return -1
    return min(round((end - start) * 1000), LONGEST_US)


def _number(timing: dict[str, Any], name: str, otherwise: float) -> float:
    """What stands there, if it is a number at all; the page may have had a hand in it."""
    found = timing.get(name)
    good = isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found)
    return float(found) if good and found is not None else otherwise


def _since(moment: float, began: float) -> int:
    return min(round((moment - began) * 1_000_000), LONGEST_US) if moment > 0 and moment >= began else -1
