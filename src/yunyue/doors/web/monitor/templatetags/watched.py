"""How monitoring's values read on a page: moments, shares, tones and checks in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django import template
from django.utils.translation import gettext_lazy as _

from yunyue.host.clock import BEIJING

register = template.Library()

TONES: Final[Mapping[str, object]] = {
    "good": _("All well"),
    "warn": _("Disturbed"),
    "bad": _("Down"),
    "gap": _("Not probed"),
    "none": _("No sample"),
}
CHECKS: Final[Mapping[str, object]] = {
    "structure": _("Structure changed"),
    "picture": _("Appearance changed"),
    "words": _("Sensitive words"),
    "foreign_link": _("Link to a stranger"),
    "mixed": _("Parts over http"),
    "broken_link": _("Broken link"),
    "certificate": _("Certificate expires"),
    "domain": _("Domain expires"),
    "icp": _("ICP number"),
}
LIFE: Final[Mapping[str, tuple[object, str]]] = {
    "new": (_("To be judged"), "warn"),
    "confirmed": (_("Confirmed"), "bad"),
    "false_positive": (_("False alarm"), "calm"),
    "fixed": (_("Mended"), "good"),
    "accepted": (_("Accepted by the client"), "calm"),
}
GROUNDS: Final[Mapping[str, object]] = {
    "maintenance": _("Planned maintenance"),
    "client_fault": _("The client's cause"),
    "majeure": _("Force majeure"),
}
EPOCH: Final = date(1970, 1, 1).toordinal()


@register.filter
def moment(milliseconds: int) -> str:
    """A moment (ms) in Beijing; a dash for none."""
    return f"{datetime.fromtimestamp(milliseconds / 1000, BEIJING):%Y-%m-%d %H:%M:%S}" if milliseconds else "—"


@register.filter
def clock(milliseconds: int) -> str:
    """The minute of a moment (ms) in Beijing."""
    return f"{datetime.fromtimestamp(milliseconds / 1000, BEIJING):%H:%M}"


@register.filter
def local_day(number: int) -> str:
    """A Beijing day counted from 1970."""
    return date.fromordinal(EPOCH + number).isoformat()


@register.filter
def milli(microseconds: int) -> str:
    """Microseconds as milliseconds; a dash for an unknown latency."""
    return f"{microseconds / 1000:.1f}" if microseconds > 0 else "—"


@register.filter
def share(value: int | None) -> str:
    """1/1000 % as per cent; a dash for none."""
    return "—" if value is None else f"{value // 1000}.{value % 1000:03d} %"


@register.filter
def units(value: Decimal | int) -> str:
    """An exact number of minutes without needless zeros."""
    whole = Decimal(value).normalize()
    return f"{whole:f}"


@register.filter
def tone(name: str) -> str:
    """A stretch's tone in words."""
    return str(TONES[name])


@register.filter
def check(name: str) -> str:
    """What a check looks for."""
    return str(CHECKS.get(name, name))


@register.filter
def ground(name: str) -> str:
    """Why time should not count."""
    return str(GROUNDS.get(name, name))


@register.filter
def life_words(state: str) -> str:
    """A finding's state in words."""
    return str(LIFE[state][0])


@register.filter
def life_tone(state: str) -> str:
    """A finding's state as a tone."""
    return LIFE[state][1]


@register.filter
def lasting(milliseconds: int) -> str:
    """A length (ms) as 1 d 02:03:04."""
    seconds = milliseconds // 1000
    days, rest = divmod(seconds, 86_400)
    text = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days} d {text}" if days else text


@register.filter
def until(start: int, end: int) -> int:
    """From one moment to another (ms)."""
    return end - start


@register.filter
def entry(mapping: Mapping[str, str], key: str) -> str:
    """What a mapping says of a key; the key itself where it says nothing."""
    return mapping.get(key, key)


@register.filter
def make_tones(names: str) -> list[str]:
    """The tones of a legend, in order."""
    return names.split()
