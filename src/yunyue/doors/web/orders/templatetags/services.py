"""What the eight services are called, in the reader's language."""

from django import template

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.console.templatetags.words import said

register = template.Library()


@register.filter
def service_title(code: str) -> str:
    """The title of a service; its code where it is installed no more."""
    found = office().hosting.registry.service(code)
    return code if isinstance(found, Refused) else said(found.entry.title)
