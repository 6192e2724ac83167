"""The services that were found, by code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from yunyue.answer import Refused
from yunyue.catalog.entry import Entry
from yunyue.catalog.notyet import refusal
from yunyue.catalog.service import Service


@dataclass(frozen=True, slots=True)
class Registry:
    """Services by code, in the order in which they were given."""

    services: Mapping[str, Service]

    @classmethod
    def of(cls, services: Iterable[Service]) -> "Registry | Refused":
        """A registry of the services. Refused: two of one code."""
        found: dict[str, Service] = {}
        for service in services:
            code = service.entry.code
            if code in found:
                return Refused(f"two services are called {code!r}", "services", "C37")
            found[code] = service
        return cls(MappingProxyType(found))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The catalogue."""
        return tuple(service.entry for service in self.services.values())

    def service(self, code: str) -> Service | Refused:
        """The service of that code."""
        known = ", ".join(self.services) or "none"
        return self.services.get(code) or Refused(f"there is no service {code!r}; known: {known}", "service", "C37")

    def orderable(self, code: str) -> Refused | None:
        """None when the service can be ordered today; else why not."""
        match self.service(code):
            case Refused() as unknown:
                return unknown
            case service:
                return None if service.entry.available else refusal(service.entry)
