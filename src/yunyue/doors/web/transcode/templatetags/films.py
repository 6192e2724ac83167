"""How jobs, films and templates read on a page."""

from datetime import datetime
from typing import Any, Final

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from yunyue.doors.web.console.templatetags.words import SIGNS, chinese
from yunyue.host.clock import BEIJING
from yunyue.services.transcode.templates import Template

register = template.Library()

STATES: Final[dict[str, tuple[Any, str]]] = {
    "queued": (_("Waiting its turn"), "calm"),
    "running": (pgettext_lazy("job", "Running"), "warn"),
    "done": (_("Done"), "good"),
    "failed": (pgettext_lazy("job", "Failed"), "bad"),
    "cancelled": (_("Cancelled"), "calm"),
}
CALLS: Final[dict[str, tuple[Any, str]]] = {
    "waiting": (_("To be sent"), "warn"),
    "taken": (_("Arrived"), "good"),
    "given up": (_("Given up after a day"), "bad"),
}
CLASSES: Final[dict[str, Any]] = {
    "input": _("The film or the template is the cause; trying again changes nothing."),
    "limit": _("It went beyond a limit that protects the machine."),
    "engine": _("A program failed on it, also when tried again."),
    "infrastructure": _("The machine is the cause; hand the film in again."),
}
DOINGS: Final[dict[str, Any]] = {
    "encode": _("encoding"),
    "remux": _("changing the container"),
    "measure": _("measuring loudness"),
    "probe": _("searching for the right quality"),
    "score": _("searching for the right quality"),
    "package": _("packaging"),
    "join": _("joining the pieces"),
    "mux": _("joining the pieces"),
    "snapshot": _("taking snapshots"),
    "sprite": _("making the sprite sheet"),
    "subtitles": _("taking the subtitles out"),
    "compare": _("measuring quality"),
}
"""By the first word of a step's name."""


@register.inclusion_tag("console/parts/badge.html")
def jobstate(state: str) -> dict[str, object]:
    """A state in words, with its sign."""
    words, tone = STATES[state]
    return {"words": words, "tone": tone, "sign": SIGNS[tone]}


@register.inclusion_tag("console/parts/badge.html")
def callstate(state: str) -> dict[str, object]:
    """A callback's state in words, with its sign."""
    words, tone = CALLS[state]
    return {"words": words, "tone": tone, "sign": SIGNS[tone]}


@register.filter
def statename(state: str) -> str:
    """A state in words alone."""
    return str(STATES[state][0])


@register.filter
def classname(kind: str) -> str:
    """What a class of failure means for who handed the film in; "" for one without words."""
    return str(CLASSES.get(kind, ""))


@register.filter
def doing(step: str) -> str:
    """What a job does just now; the step's own name where there are no words for it."""
    return str(DOINGS.get(step.partition("-")[0], step))


@register.filter
def titled(one: Template) -> str:
    """A template's title in the reader's language, where it has two with a slash between them."""
    zh, slash, en = one.title.partition(" / ")
    return one.title or one.name if not slash else zh if chinese() else en


@register.filter
def moment(milliseconds: int) -> str:
    """Beijing time; "" for not yet."""
    if not milliseconds:
        return ""
    return datetime.fromtimestamp(milliseconds / 1000, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


@register.filter
def lasting(seconds: float | None) -> str:
    """1:02:03, or 2:03."""
    if seconds is None:
        return ""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


@register.filter
def thousandth(milliseconds: int) -> float:
    """Seconds of milliseconds."""
    return milliseconds / 1000


def seconds(milliseconds: int | None) -> str:
    """Seconds with three decimals, for a table; "" for not known."""
    return f"{milliseconds / 1000:.3f}" if milliseconds is not None else ""


@register.simple_tag
def percent(part: float, whole: float) -> str:
    """A share such as 97.5 %."""
    return f"{100 * part / whole:.1f} %"


@register.filter
def mean(values: tuple[float, ...]) -> int:
    """The mean, rounded; 0 of nothing."""
    return round(sum(values) / len(values)) if values else 0


@register.filter
def highest(values: tuple[float, ...]) -> float:
    """The largest; 0 of nothing."""
    return max(values, default=0)


@register.filter
def sizes(one: Template) -> str:
    """The sizes of a template's ladder, such as 1080 · 720."""
    if one.output in ("audio", "remux", "pictures"):
        return ""
    return " · ".join(str(rendition.short_edge) for rendition in one.video.renditions)


@register.filter
def files(count: int) -> str:
    """So many files, in words."""
    return ngettext("%(count)s file", "%(count)s files", count) % {"count": count}
