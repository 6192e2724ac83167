"""Who sees films' jobs, and who does what with them. What a film shows is its department's own."""

from typing import Final

from yunyue.doors.web.accounts.roles import SERVICE_READERS, Role

JOB_READERS: Final = SERVICE_READERS
"""A tenant user its own department's, the others the contract's, without the films themselves."""

HANDERS: Final = frozenset({Role.TENANT_USER})
"""Who hands films in, keeps templates, plays and downloads results: the department, and nobody else."""

CANCELLERS: Final = HANDERS | {Role.ENGINEER}
"""Who stops a job: whoever handed it in, and who operates the machines."""
