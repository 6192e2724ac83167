"""How keys, certificates and findings read on a page."""

from datetime import datetime
from typing import Any, Final

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunyue.doors.web.console.templatetags.words import SIGNS, said
from yunyue.host.clock import BEIJING
from yunyue.services.crypto.selfcheck.finding import STATE_TITLES, State

register = template.Library()

STATES: Final[dict[str, tuple[Any, str]]] = {
    "open": (pgettext_lazy("seal", "Open"), "good"),
    "sealed": (_("Sealed"), "bad"),
    "new": (_("Not made yet"), "warn"),
    "active": (pgettext_lazy("key", "Active"), "good"),
    "disabled": (pgettext_lazy("key", "Disabled"), "calm"),
    "waiting": (_("Waits for destruction"), "warn"),
    "queued": (pgettext_lazy("self-check", "Waits for a worker"), "calm"),
    "running": (pgettext_lazy("self-check", "Running"), "warn"),
    "failed": (pgettext_lazy("self-check", "Ended with an error"), "bad"),
    "valid": (_("Valid"), "good"),
    "soon": (_("Ends soon"), "warn"),
    "ended": (pgettext_lazy("certificate", "Ended"), "bad"),
    "revoked": (_("Revoked"), "bad"),
}
TONES: Final[dict[State, str]] = {
    "meets": "good",
    "partly": "warn",
    "fails": "bad",
    "inapplicable": "calm",
    "unchecked": "calm",
}
ACT_NAMES: Final[dict[str, Any]] = {
    "rotate": _("Rotate"),
    "disable": _("Disable"),
    "enable": _("Enable"),
    "delete": _("Ask to destroy"),
    "undelete": _("Bring back"),
}


@register.inclusion_tag("console/parts/badge.html")
def keystate(state: str) -> dict[str, object]:
    """A state in words, with its sign."""
    if state in TONES:
        tone = TONES[state]
        return {"words": statename(state), "tone": tone, "sign": SIGNS[tone]}
    words, tone = STATES[state]
    return {"words": words, "tone": tone, "sign": SIGNS[tone]}


@register.filter
def statename(state: str) -> str:
    """A finding's state in words."""
    return said(STATE_TITLES[state])  # type: ignore[index]  # a state, as the report's type says


@register.filter
def actname(act: str) -> str:
    """An act in words."""
    return str(ACT_NAMES[act])


@register.filter
def beijing(moment: datetime) -> str:
    """A moment in Beijing time."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


@register.filter
def milliseconds(moment: int) -> str:
    """The same of milliseconds since 1970."""
    return beijing(datetime.fromtimestamp(moment / 1000, BEIJING))


@register.filter
def days(seconds: int) -> int:
    """Whole days of so many seconds, at least one."""
    return max(1, seconds // 86_400)
