"""The nine roles people come in with, the one-time tenth, and what groups of them may do."""

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
    FOUNDER = "founder", _("One-time administrator")


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})
"""Three people who watch each other. Once all three exist, the one-time administrator is retired."""

CONTRACT_READERS = frozenset(Role) - {Role.TENANT_USER, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR}
"""Who sees what the contract says is owed: both sides, who audits, and a third party; not who runs the machine."""

SERVICE_READERS = CONTRACT_READERS | {Role.TENANT_USER}
"""Who sees how the services do."""

ORDERERS = frozenset({Role.CLIENT_MANAGER, Role.TENANT_USER, Role.FOUNDER})
"""Who may order a service."""

APPROVERS = frozenset({Role.CLIENT_APPROVER, Role.FOUNDER})
"""Who may approve an order that somebody else placed."""

OPENERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.FOUNDER})
"""Who may open, disable and reset accounts. The security administrator may not: it approves what these do."""

ACCOUNT_CHECKERS = frozenset({Role.SECURITY_ADMINISTRATOR})
"""Who lets an account in that another person opened."""

BUSINESS = frozenset({Role.CLIENT_MANAGER, Role.CLIENT_APPROVER, Role.SERVICE_MANAGER, Role.ENGINEER})
"""Both sides at work: who records and decides under a contract. people/duties says who may do what of it."""

STAFF_READERS = BUSINESS | {Role.AUDIT_ADMINISTRATOR}
"""Who sees the register of staff: both sides and who audits, no third party."""

NOTE_READERS = STAFF_READERS | {Role.TENANT_USER}
"""Who reads the notes of tickets, which may name people: both sides, the department, who audits; no third party."""

AUDITORS = frozenset({Role.AUDIT_ADMINISTRATOR})
"""Who reads the access records, and nobody else: not who runs the machine, not whom they are about."""

THIRD_PARTIES = frozenset({Role.THIRD_PARTY})
"""Who supervises or assesses (监理、测评): reads, verifies and comments."""

EVIDENCE_READERS = THIRD_PARTIES | AUDITORS
"""Who sees the evidence page."""

STATUS_KEEPERS = frozenset({Role.TENANT_USER, Role.CLIENT_MANAGER, Role.FOUNDER})
"""Who shows a public status page: what is public of a department is the client's own choice."""
