"""Under which entry of the navigation a page stands: its own, or the one it belongs to."""

from collections.abc import Mapping
from typing import Final

WHOLE: Final[Mapping[str, str]] = {
    "orders": "orders:orders",
    "tickets": "tickets:tickets",
    "scores": "scores:scores",
    "archive": "archive:papers",
    "monitor": "monitor:wall",
    "containers": "containers:projects",
    "crypto": "crypto:keys",
    "transcode": "transcode:jobs",
}
"""By area, the entry its pages stand under where nothing else is said."""

BELOW: Final[Mapping[str, tuple[str, ...]]] = {
    "console:kinds": ("console:record",),
    "console:proposals": ("console:proposal", "console:decision"),
    "console:journal": ("console:fact", "console:verify", "console:journal-export"),
    "console:statement": ("console:why", "console:statement-export"),
    "console:overview": ("console:sla", "console:wall"),
    "monitor:targets": (
        *("monitor:target", "monitor:order", "monitor:approve", "monitor:latency"),
        *("monitor:course", "monitor:picture"),
    ),
    "monitor:status-pages": ("monitor:status-close",),
    "monitor:names": ("monitor:names-look",),
    "access:records": ("access:proof", "access:export"),
    "access:audit": ("access:check",),
    "access:evidence": ("access:evidence-fact", "access:comment"),
    "accounts:accounts": ("accounts:open", "accounts:disable", "accounts:reset"),
    "accounts:approvals": ("accounts:approve",),
    "accounts:tokens": ("accounts:make-token", "accounts:revoke-token"),
}
"""By entry, the pages that stand under it though their area has several."""

_ENTRY: Final = {page: entry for entry, pages in BELOW.items() for page in (entry, *pages)}


def section_of(page: str, entries: frozenset[str]) -> str:
    """The entry, of these, that a page stands under: itself where it is one; "" where it stands under none."""
    if page in entries:
        return page
    return _ENTRY.get(page) or WHOLE.get(page.partition(":")[0], "")
