"""How values read on a page: in the reader's language, money grouped, states in words."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from yunyue.doors.data.files import STATIC
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.console.recording.labels import choice
from yunyue.journal.facts import BY_TYPE
from yunyue.money import Money

register = template.Library()


class Both(Protocol):
    """Words in both languages."""

    @property
    def zh(self) -> str:
        """In Chinese."""
        ...

    @property
    def en(self) -> str:
        """In English."""
        ...


STATES: Final[Mapping[str, tuple[object, str]]] = {
    "due": (_("Due"), "warn"),
    "running": (_("Running"), "bad"),
    "settled": (_("Settled"), "good"),
    "waiting": (_("Waiting"), "calm"),
    "proposed": (_("Proposed"), "warn"),
    "question": (_("Open question"), "warn"),
    "not_schedulable": (_("Not yet schedulable"), "calm"),
    "open": (_("Open"), "calm"),
    "late": (_("Late"), "bad"),
    "done": (_("Done"), "good"),
    "done_late": (_("Done late"), "warn"),
    "holds": (_("Holds"), "good"),
    "broken": (_("Broken"), "bad"),
    "up": (_("Up"), "good"),
    "down": (_("Down"), "bad"),
    "unknown": (_("No sample yet"), "calm"),
    "met": (_("Met"), "good"),
    "missed": (_("Missed"), "bad"),
    "awaiting": (_("Waiting for approval"), "warn"),
    "active": (_("Active"), "good"),
    "disabled": (_("Disabled"), "calm"),
    "expired": (_("Expired"), "calm"),
    "revoked": (_("Revoked"), "bad"),
    "approved": (_("Approved"), "good"),
    "rejected": (_("Sent back"), "bad"),
    "there": (_("There"), "good"),
    "missing": (_("Missing"), "bad"),
    "not_needed": (_("Not needed"), "calm"),
    "requested": (_("Requested"), "warn"),
    "at_post": (_("At post"), "good"),
    "nominated": (_("Proposed"), "warn"),
    "leaving": (_("Leaving"), "warn"),
    "left": (_("Left"), "calm"),
    "refused": (_("Not accepted"), "bad"),
    "waived": (_("Waived"), "calm"),
    "ordered": (_("To be reworked"), "warn"),
    "reported": (_("Reported, to be reviewed"), "warn"),
    "kept": (_("Kept"), "calm"),
    "held": (_("Under legal hold"), "warn"),
    "destroyable": (_("Retention over"), "warn"),
    "destroyed": (_("Destroyed"), "calm"),
    "placed": (_("Waiting for approval"), "warn"),
    "delivered": (_("Delivered"), "good"),
    "suspended": (_("Suspended"), "warn"),
    "retired": (_("Retired"), "calm"),
    "cancelled": (_("Cancelled"), "calm"),
    "opened": (_("To be answered"), "warn"),
    "answered": (_("Being worked on"), "calm"),
    "paused": (_("Waits for the client"), "warn"),
    "resolved": (_("Resolved"), "good"),
    "closed": (_("Closed"), "calm"),
    "passed": (_("Passed"), "good"),
    "failed": (_("Failed"), "bad"),
}
"""Each state's words, and the tone it is shown in; a sign beside it says the same to who sees no colour."""

SIGNS: Final = {"good": "✓", "warn": "!", "bad": "✗", "calm": "…"}
PARTIES: Final = {"client": _("Client"), "provider": _("Provider")}


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


@register.filter
def said(words: Both | None) -> str:
    """Words in the reader's language."""
    if words is None:
        return ""
    return words.zh if chinese() else words.en


@register.filter
def rule(clause: object) -> str:
    """What a clause asks, in the reader's language."""
    return str(getattr(clause, "rule_zh" if chinese() else "rule_en"))


@register.filter
def yuan(amount: Money | None) -> str:
    """An amount with its sign and grouped thousands; a dash for none."""
    return "—" if amount is None else f"¥{grouped(str(amount))}"


def grouped(digits: str) -> str:
    """ "1916794.40" as "1,916,794.40"."""
    whole, _point, cents = digits.partition(".")
    return f"{int(whole):,}.{cents}" if cents else f"{int(whole):,}"


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as 2024-05-24; a dash for none."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return "—" if value is None else value.isoformat()


@register.filter
def party(value: str) -> str:
    """甲方 or 乙方."""
    return str(PARTIES[value])


@register.filter
@stringfilter
def fact_title(kind: str) -> str:
    """What a type of fact is called."""
    payload = BY_TYPE[kind]
    return payload.title_zh if chinese() else payload.title_en


@register.filter
def chosen(value: str) -> str:
    """A choice of a form in the reader's language."""
    return choice(value)


@register.inclusion_tag("console/parts/badge.html")
def badge(state: str) -> dict[str, object]:
    """A state in words, with its sign."""
    words, tone = STATES[state]
    return {"words": words, "tone": tone, "sign": SIGNS[tone]}


@register.simple_tag
def asset(name: str) -> str:
    """The address of a file of ours, which changes when the file does."""
    return f"/static/{name}?v={_digest(name)}"


@register.simple_tag
def days_left(count: int) -> str:
    """So many days left, or past."""
    if count < 0:
        return pgettext("term", "ended %(count)s days ago") % {"count": -count}
    return pgettext("term", "%(count)s days left") % {"count": count}


@cache
def _digest(name: str) -> str:
    # The name comes from a template as Django's own kind of string, which pathlib does not take.
    return hashlib.sha256(Path(f"{STATIC}/{name}").read_bytes()).hexdigest()[:12]


@register.filter
def shortly(share: Decimal) -> Decimal:
    """A share in per cent as a display shows it: three decimals, more are cut off, so that no miss looks met."""
    return min(share, share.quantize(Decimal("0.001"), ROUND_DOWN), key=lambda one: len(str(one)))


@register.filter
def role_title(role: str) -> str:
    """What a role is called, in the reader's language; a role there is no more by its code."""
    return str(Role(role).label) if role in set(Role) else role
