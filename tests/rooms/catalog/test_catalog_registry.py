"""The registry: services by code, doubles refused, and which can be ordered."""

from dataclasses import dataclass

import pytest

from yunyue.answer import Refused
from yunyue.catalog import Entry, Host, NoParameters, NotAvailable, NotYet, Order, Registry, Result, Service, Window
from yunyue.contract.terms import Named, ServiceCode

SOON = NotAvailable(Named(zh="尚未提供", en="not yet available"))


def entry(code: ServiceCode, state: NotAvailable | None) -> Entry:
    title = Named(zh=f"服务{code}", en=f"Service {code}")
    return Entry(code, title, NoParameters, (), (), (), (), state)


@dataclass(frozen=True)
class Ready:
    """A service that does nothing, successfully."""

    entry: Entry

    def provision(self, order: Order, host: Host) -> Result:
        return ()

    def operate(self, instance: str, action: str, host: Host) -> Result:
        return ()

    def meter(self, instance: str, window: Window, host: Host) -> Result:
        return ()

    def indicate(self, instance: str, window: Window, host: Host) -> Result:
        return ()

    def retire(self, instance: str, host: Host) -> Result:
        return ()


READY = Ready(entry("monitor", None))
NOT_YET = NotYet(entry("scan", SOON))


def registry(*services: Service) -> Registry:
    found = Registry.of(services)
    assert isinstance(found, Registry)
    return found


def test_services_are_found_by_code() -> None:
    assert registry(READY, NOT_YET).service("scan") is NOT_YET


def test_the_catalogue_lists_entries_in_the_order_given() -> None:
    assert [one.code for one in registry(NOT_YET, READY).entries] == ["scan", "monitor"]


def test_two_services_of_one_code_are_refused() -> None:
    refused = Registry.of([READY, Ready(READY.entry)])
    assert refused == Refused("two services are called 'monitor'", "services", "C37")


def test_an_available_service_can_be_ordered() -> None:
    assert registry(READY).orderable("monitor") is None


def test_a_service_that_is_not_available_says_why_in_both_languages() -> None:
    refused = registry(NOT_YET).orderable("scan")
    assert refused is not None
    assert refused.reason == "服务scan:尚未提供 / Service scan: not yet available"
    assert refused.clause == "C37"


def test_an_unknown_service_is_refused_with_the_known_ones() -> None:
    refused = registry(READY, NOT_YET).orderable("gpu")
    assert refused is not None
    assert refused.reason == "there is no service 'gpu'; known: monitor, scan"


def test_nothing_at_all_is_a_registry_too() -> None:
    assert str(registry().service("scan")) == "service: there is no service 'scan'; known: none [C37]"


def test_an_available_entry_cannot_be_given_out_as_not_yet_available() -> None:
    with pytest.raises(ValueError, match="monitor is available"):
        NotYet(READY.entry)


def test_a_registry_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        registry(READY).services["scan"] = NOT_YET  # type: ignore[index] # the type forbids it; so must the value
