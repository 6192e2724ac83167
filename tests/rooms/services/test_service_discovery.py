"""Finding services: a broken one is named and does not take the others away."""

from importlib.metadata import EntryPoint

from yunyue.answer import Refused
from yunyue.services.discovery import GROUP, discover, gather


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, GROUP)


MONITOR = point("monitor", "yunyue.services.monitor.service:service")


def test_the_eight_services_of_clause_three_are_found() -> None:
    found = discover()
    assert {one.code for one in found.registry.entries} == {
        "os",
        "containers",
        "transcode",
        "scan",
        "protect",
        "monitor",
        "audit",
        "crypto",
    }
    assert found.broken == ()


def reason(*points: EntryPoint) -> str:
    found = gather([*points, MONITOR])
    assert [one.code for one in found.registry.entries] == ["monitor"]
    assert isinstance(found.broken[0], Refused)
    return found.broken[0].reason


def test_a_module_that_is_missing_is_named() -> None:
    assert "cannot be loaded: ModuleNotFoundError" in reason(point("ghost", "no.such.module:service"))


def test_a_name_that_is_missing_is_named() -> None:
    assert "cannot be loaded: AttributeError" in reason(point("ghost", "yunyue.money:service"))


def test_what_has_not_the_shape_of_a_service_is_named() -> None:
    assert "has not the shape of a service" in reason(point("ghost", "yunyue.money:Money"))


def test_a_service_under_another_name_is_named() -> None:
    assert reason(point("other", MONITOR.value)) == f"{MONITOR.value} calls itself 'monitor'"


def test_a_second_service_of_one_code_is_named_and_the_first_counts() -> None:
    found = gather([MONITOR, MONITOR])
    assert [one.reason for one in found.broken] == [f"{MONITOR.value} is a second service 'monitor'"]
    assert len(found.registry.entries) == 1
