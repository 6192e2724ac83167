"""How clocks read: hours and minutes, the severity's name, an allowance in words."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def lasts(time: timedelta) -> str:
    """Hours and minutes, such as 2:05; with a sign below zero."""
    minutes = int(abs(time).total_seconds()) // 60
    return f"{'−' if time < timedelta() else ''}{minutes // 60}:{minutes % 60:02}"


@register.filter
def severity(number: int) -> str:
    """What a severity is called."""
    return {
        1: _("I outage"),
        2: _("II degraded"),
        3: _("III one function"),
        4: _("IV question"),
    }[number]


@register.filter
def allowance(text: str) -> str:
    """An allowance such as "2 h" or "1 wd" (working day) in words."""
    number, unit = text.split(" ")
    words = {"min": _("%(count)s min"), "h": _("%(count)s h"), "wd": _("%(count)s wd")}
    return words[unit] % {"count": number}
