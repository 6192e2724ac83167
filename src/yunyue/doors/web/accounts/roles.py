"""The nine roles people come in with, and the side each stands on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """One account has one role: the three administrators are three people, and a maker is never the checker."""

    CLIENT_MANAGER = "client_manager", _("Client manager")
    CLIENT_APPROVER = "client_approver", _("Client approver")
    TENANT_USER = "tenant_user", _("Tenant user")
    SERVICE_MANAGER = "service_manager", _("Service manager")
    ENGINEER = "engineer", _("Engineer")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("System administrator")
    SECURITY_ADMINISTRATOR = "security_administrator", _("Security administrator")
    AUDIT_ADMINISTRATOR = "audit_administrator", _("Audit administrator")
    THIRD_PARTY = "third_party", _("Third party")
