"""How states, phases and moments of containers read on a page."""

from datetime import datetime
from typing import Any, Final

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunyue.doors.web.console.templatetags.words import SIGNS
from yunyue.doors.web.containers.drawing import tone_of
from yunyue.host.clock import BEIJING

register = template.Library()

STATES: Final[dict[str, Any]] = {
    "ready": pgettext_lazy("container", "Ready"),
    "progressing": _("In progress"),
    "complete": pgettext_lazy("container", "Complete"),
    "failed": pgettext_lazy("container", "Failed"),
    "paused": _("Paused"),
    "suspended": _("Suspended"),
    "bound": _("Bound"),
    "running": pgettext_lazy("container", "Running"),
    "waiting": pgettext_lazy("container", "Waiting"),
    "starting": _("Starting"),
    "draining": _("Draining"),
    "ended": pgettext_lazy("container", "Ended"),
}
DEEDS: Final[dict[str, Any]] = {
    "create": _("Create"),
    "change": _("Change"),
    "same": _("No change"),
    "delete": pgettext_lazy("container", "Delete"),
}


@register.inclusion_tag("console/parts/badge.html")
def containerstate(state: str) -> dict[str, object]:
    """A state or phase in words, with its sign."""
    tone = tone_of(state)
    return {"words": STATES.get(state, state), "tone": tone, "sign": SIGNS[tone]}


@register.filter
def statewords(state: str) -> str:
    """The same without the sign."""
    return str(STATES.get(state, state))


@register.filter
def deed(name: str) -> str:
    """What applying does to an object."""
    return str(DEEDS[name])


@register.filter
def moment(at: int) -> str:
    """A moment (ms) in Beijing; a dash for none."""
    return f"{datetime.fromtimestamp(at / 1000, BEIJING):%Y-%m-%d %H:%M:%S}" if at else "—"


@register.filter
def mib(octets: int) -> str:
    """MiB."""
    return f"{octets / 2**20:.1f}"


@register.filter
def sidetone(line: str) -> str:
    """Whether a line of a difference was added or taken away."""
    return "added" if line.startswith("+") else "gone" if line.startswith("-") else "kept"
