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

HAPPENINGS: Final[dict[str, Any]] = {
    "Created": pgettext_lazy("event", "Created"),
    "Changed": pgettext_lazy("event", "Changed"),
    "Deleted": pgettext_lazy("event", "Deleted"),
    "Ready": pgettext_lazy("event", "Ready"),
    "Complete": pgettext_lazy("event", "Complete"),
    "Progressing": pgettext_lazy("event", "In progress"),
    "Failed": pgettext_lazy("event", "Failed"),
    "RolledBack": pgettext_lazy("event", "Rolled back"),
    "Scaled": pgettext_lazy("event", "Scaled"),
    "Died": pgettext_lazy("event", "Died"),
    "StartFailed": pgettext_lazy("event", "Did not start"),
    "Unhealthy": pgettext_lazy("event", "Unhealthy"),
    "NotReady": pgettext_lazy("event", "Not ready"),
    "NoRoom": pgettext_lazy("event", "No room"),
    "Evicted": pgettext_lazy("event", "Evicted"),
    "Missed": pgettext_lazy("event", "Missed"),
    "BalancerFull": pgettext_lazy("event", "Balancer full"),
    "EngineTrouble": pgettext_lazy("event", "Engine in trouble"),
    "EngineBack": pgettext_lazy("event", "Engine back"),
    "Exec": pgettext_lazy("event", "Command run"),
    "Forward": pgettext_lazy("event", "Port opened"),
    "Member": pgettext_lazy("event", "Member"),
    "PushToken": pgettext_lazy("event", "Push token"),
    "Signed": pgettext_lazy("event", "Signed"),
    "Rules": pgettext_lazy("event", "Rules of images"),
}
"""What the engines call what happens. A cluster's own words stay as they are."""

ROLES: Final[dict[str, Any]] = {
    "viewer": pgettext_lazy("container", "Viewer"),
    "deployer": pgettext_lazy("container", "Deployer"),
    "admin": pgettext_lazy("container", "Admin"),
}
DETAILS: Final[dict[str, Any]] = {
    "image": _("Image"),
    "hosts": _("Hosts"),
    "ports": _("Ports"),
    "address": _("Address"),
    "storage": _("Storage"),
    "schedule": _("Schedule"),
    "zone": _("Time zone"),
    "target": _("Target"),
    "replicas": _("Replicas"),
}
KINDS: Final[dict[str, Any]] = {"replica": _("Replica"), "Project": _("Project")}
"""What is no kind of Kubernetes has a name of ours."""


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
def minute(at: int) -> str:
    """The same to the minute, for narrow tables."""
    return moment(at)[:16]


@register.filter
def mib(octets: int) -> str:
    """MiB."""
    return f"{octets / 2**20:.1f}"


@register.filter
def sidetone(line: str) -> str:
    """Whether a line of a difference was added or taken away."""
    return "added" if line.startswith("+") else "gone" if line.startswith("-") else "kept"


@register.filter
def happening(reason: str) -> str:
    """What kind of thing happened."""
    return str(HAPPENINGS.get(reason, reason))


@register.filter
def rolewords(role: str) -> str:
    """A role in a project."""
    return str(ROLES[role])


@register.filter
def detailwords(key: str) -> str:
    """What a detail of an object is."""
    return str(DETAILS.get(key, key))


@register.filter
def kindwords(kind: str) -> str:
    """A kind of Kubernetes as it is written there; what is ours in the reader's words."""
    return str(KINDS.get(kind, kind))
