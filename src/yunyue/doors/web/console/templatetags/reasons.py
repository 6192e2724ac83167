"""Why something was refused, in the reader's language."""

from django import template
from django.utils.translation import get_language

from yunyue.doors.phrases import chinese

register = template.Library()


@register.filter
def reason(english: object) -> str:
    """The rooms say it in English, pages in the reader's language already."""
    said = str(english)
    return said if (get_language() or "").startswith("en") else chinese(said)
