"""What the crypto service answers when it will not do something: the sentence, and the status transit clients expect.

Transit's own statuses are kept, however odd: "already exists" and "exporting is disallowed" are 500 there, and programs
test for them.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    """A clear no. An empty reason is sent as an empty list of errors, as transit does for things not found.

    `asker`: what was asked is at fault, although transit answers 500; it is no failure of the service.
    """

    reason: str
    status: int = HTTPStatus.BAD_REQUEST
    asker: bool = False

    @property
    def errors(self) -> list[str]:
        """The list of errors in the answer's body."""
        return [self.reason] if self.reason else []


def internal(reason: str, status: int = HTTPStatus.INTERNAL_SERVER_ERROR) -> Fault:
    """A refusal that transit sends as 500, in the shape its clients know."""
    return Fault(f"1 error occurred:\n\t* {reason}\n\n", status, asker=True)


DENIED: Final = Fault("permission denied", HTTPStatus.FORBIDDEN)
NOT_ALLOWED: Final = Fault("1 error occurred:\n\t* permission denied\n\n", HTTPStatus.FORBIDDEN)
NOT_FOUND: Final = Fault("", HTTPStatus.NOT_FOUND)
UNSUPPORTED_PATH: Final = Fault("1 error occurred:\n\t* unsupported path\n\n", HTTPStatus.NOT_FOUND)
UNSUPPORTED_OPERATION: Final = Fault("1 error occurred:\n\t* unsupported operation\n\n", HTTPStatus.METHOD_NOT_ALLOWED)
SEALED: Final = Fault("Vault is sealed", HTTPStatus.SERVICE_UNAVAILABLE)
UNINITIALIZED: Final = Fault("Vault is not initialized", HTTPStatus.SERVICE_UNAVAILABLE)
STANDBY: Final = Fault("this machine stands by; another one serves the vault", HTTPStatus.SERVICE_UNAVAILABLE)
