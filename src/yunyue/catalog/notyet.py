"""A service that is in the catalogue and cannot be ordered yet: every verb refuses with the entry's reason."""

from dataclasses import dataclass

from yunyue.answer import Refused
from yunyue.catalog.entry import Entry
from yunyue.catalog.host import Host
from yunyue.catalog.order import Order, Window
from yunyue.catalog.service import Result


@dataclass(frozen=True, slots=True)
class NotYet:
    """The service of an entry that is not available. Raises ValueError for an entry that is."""

    entry: Entry

    def __post_init__(self) -> None:
        if self.entry.available:
            raise ValueError(f"{self.entry.code} is available; it needs a service that works")

    def provision(self, order: Order, host: Host) -> Result:  # noqa: ARG002 - every verb refuses, whatever is asked
        """Refused."""
        return refusal(self.entry)

    def operate(self, instance: str, action: str, host: Host) -> Result:  # noqa: ARG002 - every verb refuses, whatever is asked
        """Refused."""
        return refusal(self.entry)

    def meter(self, instance: str, window: Window, host: Host) -> Result:  # noqa: ARG002 - every verb refuses, whatever is asked
        """Refused."""
        return refusal(self.entry)

    def indicate(self, instance: str, window: Window, host: Host) -> Result:  # noqa: ARG002 - every verb refuses, whatever is asked
        """Refused."""
        return refusal(self.entry)

    def retire(self, instance: str, host: Host) -> Result:  # noqa: ARG002 - every verb refuses, whatever is asked
        """Refused."""
        return refusal(self.entry)


def refusal(entry: Entry) -> Refused:
    """Why the service of the entry cannot be ordered, in both languages. Raises ValueError when it can."""
    if entry.state is None:
        raise ValueError(f"{entry.code} is available")
    reason = entry.state.reason
    return Refused(f"{entry.title.zh}:{reason.zh} / {entry.title.en}: {reason.en}", "order.service", entry.clause)
