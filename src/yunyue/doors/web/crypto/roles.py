"""Who sees keys, and who does what with them. The provider's people see how keys are, and touch none."""

from yunyue.doors.web.accounts.roles import APPROVERS, ORDERERS, SERVICE_READERS, Role

KEY_READERS = SERVICE_READERS
"""A tenant user its own department's, the others the contract's."""

KEEPERS = ORDERERS
"""Who turns a key over, stops it, lets it go on, and asks that it be destroyed: the client's side."""

DESTROYERS = APPROVERS
"""Who agrees, as another person, that a key be destroyed."""

SAVERS = KEEPERS | DESTROYERS
"""Who brings a key back that waits for destruction: that is never the wrong thing to do in a hurry."""

CHECKERS = KEEPERS | {Role.CLIENT_APPROVER, Role.SERVICE_MANAGER, Role.ENGINEER}
"""Who runs a self-check, which makes this machine connect to the endpoints it is given."""
