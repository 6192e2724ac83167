"""Which field means something for which kind of probe. One that would be ignored is refused."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec

WEB: Final = ("http", "https")
PAGES: Final = (*WEB, "page")

APPLIES: Final[Mapping[str, tuple[str, ...]]] = {
    "method": WEB,
    "headers": (*WEB, "websocket", "openmetrics"),
    "send": (*WEB, "tcp", "udp", "websocket"),
    "statuses": PAGES,
    "expect_headers": WEB,
    "body_lacks": WEB,
    "body_matches": WEB,
    "json_path": WEB,
    "json_value": WEB,
    "element": PAGES,
    "element_text": PAGES,
    "min_body": WEB,
    "max_redirects": WEB,
    "lands_on": PAGES,
    "forbidden_words": PAGES,
    "allowed_hosts": PAGES,
    "no_mixed": PAGES,
    "steps": WEB,
    "structure_permille": ("page",),
    "picture_permille": ("page",),
    "link_checks": ("page",),
    "icp": ("page",),
    "domain_days": ("page",),
    "registry": ("page",),
    "expect": ("tcp", "udp", "websocket", "smtp", "imap"),
    "record": ("dns",),
    "resolver": ("dns",),
    "reference": ("dns",),
    "answers": ("dns",),
    "tls_min": ("tls",),
    "security": ("smtp", "imap", "postgres"),
    "database": ("postgres",),
    "login": ("postgres",),
}
"""Fields not listed (target, interval, timeout, confirm, and those of the first version) go with every kind."""

NOT_IN_SCENARIOS: Final = (
    "allowed_hosts",
    "forbidden_words",
    "no_mixed",
    "method",
    "send",
    "statuses",
    "expect_headers",
    "body_lacks",
    "body_matches",
    "json_path",
    "element",
)


def require_applicable(probe: msgspec.Struct) -> None:
    """Raises ValueError for a field that was set and that a probe of this kind does not read."""
    kind = str(getattr(probe, "kind", ""))
    given = {name for name, default in _defaults(type(probe)).items() if getattr(probe, name) != default}
    for name in sorted(given):
        if kind not in APPLIES.get(name, (kind,)):
            raise ValueError(f"{name}: means nothing for a probe of kind {kind}; it is for {', '.join(APPLIES[name])}")
    if "steps" in given and (ignored := sorted(given.intersection(NOT_IN_SCENARIOS))):
        raise ValueError(f"{ignored[0]}: of a scenario, each step has its own")


ELSEWHERE: Final = frozenset(
    {"http", "https", "tcp", "tls_expiry", "tls", "udp", "icmp", "dns", "websocket", "smtp", "imap"}
)
"""Kinds that other probe points make: those that need no login of the operator's, no browser, and no store."""

POINT: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
SHORTEST_WITH_POINTS_S: Final = 5


def require_points(kind: str, interval_s: int, points: tuple[str, ...], quorum: int) -> None:
    """Raises ValueError, naming the field."""
    if not points and quorum > 1:
        raise ValueError("quorum: needs points")
    if not points:
        return
    if kind not in ELSEWHERE:
        raise ValueError(f"points: a probe of kind {kind} is made by the platform alone")
    if bad := [one for one in points if not POINT.fullmatch(one)]:
        raise ValueError(f"points: {bad[0]!r} is no name of a probe point")
    if quorum > len(points):
        raise ValueError(f"quorum: {quorum} of {len(points)} points can never fail")
    if interval_s < SHORTEST_WITH_POINTS_S:
        raise ValueError(f"interval_s: with points, {SHORTEST_WITH_POINTS_S} s at least")


@cache
def _defaults(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The defaults of the fields that have one."""
    fields = [one for one in msgspec.structs.fields(kind) if not one.required]
    return {
        one.name: one.default if one.default_factory is msgspec.NODEFAULT else one.default_factory() for one in fields
    }
