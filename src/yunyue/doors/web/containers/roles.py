"""Who sees projects, and who may be at work in one: the project's own members decide further."""

from yunyue.doors.web.accounts.roles import SERVICE_READERS, Role

PROJECT_READERS = SERVICE_READERS
"""A tenant user its own department's, the others how every project of the contract does."""

WORKERS = frozenset({Role.TENANT_USER, Role.CLIENT_MANAGER, Role.SERVICE_MANAGER, Role.ENGINEER, Role.FOUNDER})
"""Who may apply, run and roll back, where the project made them a member."""
