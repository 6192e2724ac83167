"""The shape of a service: five verbs, each of which answers with facts or a refusal and writes nothing itself."""

from typing import Protocol, runtime_checkable

from yunyue.answer import Refused
from yunyue.catalog.entry import Entry
from yunyue.catalog.host import Host
from yunyue.catalog.order import Order, Window
from yunyue.journal.facts import Payload

Result = tuple[Payload, ...] | Refused
"""Facts for the kernel to append, in order, or the reason why nothing was done."""


@runtime_checkable
class Service(Protocol):
    """One of the eight services, or a third party's. An instance is named by the id of its order."""

    @property
    def entry(self) -> Entry:
        """What the catalogue says of it."""
        ...

    def provision(self, order: Order, host: Host) -> Result:
        """Make what was ordered; service.delivered once it is usable. Asked again for the same order: the same."""
        ...

    def operate(self, instance: str, action: str, host: Host) -> Result:
        """Do one of the entry's actions."""
        ...

    def meter(self, instance: str, window: Window, host: Host) -> Result:
        """usage.metered for each of the entry's meters."""
        ...

    def indicate(self, instance: str, window: Window, host: Host) -> Result:
        """sample.window facts for each objective whose indicator the service measures."""
        ...

    def retire(self, instance: str, host: Host) -> Result:
        """End the instance and give its resources back; service.retired."""
        ...


@runtime_checkable
class Changes(Protocol):
    """A service whose instances can be made otherwise in place, by an approved change of their order."""

    def change(self, order: Order, host: Host) -> Result:
        """Make the instance as the whole order now says; no facts of its own are needed. Refused: nothing changed."""
        ...


@runtime_checkable
class Works(Protocol):
    """A service that also works by itself, such as a scheduler of probes."""

    async def work(self, host: Host) -> None:
        """Run until cancelled."""
        ...
