"""What the pages about second factors ask of an account."""

from django import template

from yunyue.doors.web.accounts.gate import lacks_factor
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.settings import PLATFORM

register = template.Library()


@register.simple_tag
def needs_factor(account: object) -> bool:
    """Whether this account has yet to set up the second factor its role needs."""
    return isinstance(account, Account) and lacks_factor(account)


@register.simple_tag
def providers_offered() -> bool:
    """Whether people may come in through a provider elsewhere."""
    return bool(PLATFORM.oidc_issuer)
