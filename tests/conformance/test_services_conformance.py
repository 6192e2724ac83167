"""What every service of the group `yunyue.services` promises, ours and a third party's alike."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tomllib import loads

import msgspec
import pytest
from services_cast import START, T0, TestHost

from yunyue.answer import Refused
from yunyue.catalog import Entry, Order, Result, Sample, Service, Window, Works
from yunyue.journal.envelope import Fact, read, write
from yunyue.journal.facts import (
    KINDS,
    IncidentClosed,
    IncidentOpened,
    Payload,
    SampleWindow,
    ServiceDelivered,
    ServiceResumed,
    ServiceRetired,
    ServiceSuspended,
    UsageMetered,
)
from yunyue.services.crypto.service import FOLDER, HostClock
from yunyue.services.crypto.vaults import close_vault, vault_at
from yunyue.services.discovery import discover

FOUND = discover()
SERVICES = list(FOUND.registry.services.values())
READY = [one for one in SERVICES if one.entry.available]
LATER = [one for one in SERVICES if not one.entry.available]
WINDOW = Window(START, START + timedelta(hours=1))
CONTRACT = Path(__file__).parents[2] / "contracts" / "beijing-2024"

PARAMETERS: Mapping[str, Mapping[str, object]] = {
    "containers": {},
    "crypto": {},
    "monitor": {"kind": "tcp", "target": "127.0.0.1:9", "timeout_ms": 100},
    "transcode": {},
}
"""An order that each available service takes, on this machine and without anything outside it."""

MAY_SAY: Mapping[str, tuple[type[Payload], ...]] = {
    "provision": (ServiceDelivered,),
    "operate": (ServiceSuspended, ServiceResumed, ServiceDelivered, IncidentOpened, IncidentClosed),
    "meter": (UsageMetered,),
    "indicate": (SampleWindow,),
    "retire": (ServiceRetired,),
}
"""What each verb may answer. Money, acceptance and verdicts are never a service's to say."""

every = pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.entry.code)
ready = pytest.mark.parametrize("service", READY, ids=lambda one: one.entry.code)
later = pytest.mark.parametrize("service", LATER, ids=lambda one: one.entry.code)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[TestHost]:
    """A host on which every service can work: the vault of the crypto service is made and open, as an operator does."""
    host = TestHost(tmp_path, agreed=tuple(one for service in READY for one in service.entry.objectives))
    vault_at(tmp_path / FOLDER, HostClock(host), development=True)
    yield host
    close_vault(tmp_path / FOLDER)


def order(service: Service, identifier: str = "o1", **more: object) -> Order:
    code = service.entry.code
    return Order(identifier, f"{code}-item", Decimal(1), "bureau", {**PARAMETERS[code], **more})


def said(result: Result) -> tuple[Payload, ...]:
    assert not isinstance(result, Refused), result
    return result


def verbs(service: Service, host: TestHost, instance: str) -> dict[str, Callable[[], Result]]:
    """Every verb but provision, on an instance."""
    action = next((one.code for one in service.entry.actions), "pause")
    return {
        "operate": lambda: service.operate(instance, action, host),
        "meter": lambda: service.meter(instance, WINDOW, host),
        "indicate": lambda: service.indicate(instance, WINDOW, host),
        "retire": lambda: service.retire(instance, host),
    }


def of_contract(file: str, key: str, entry: Entry) -> list[dict[str, str]]:
    lines = loads((CONTRACT / file).read_text("utf-8"))[key]
    return [line for line in lines if line["service"] == entry.code]


def test_every_available_service_has_an_order_to_be_tested_with() -> None:
    assert {one.entry.code for one in READY} <= set(PARAMETERS)
    assert FOUND.broken == ()


class TestEntry:
    @every
    def test_it_has_the_shape_of_a_service(self, service: Service) -> None:
        assert isinstance(service, Service)
        assert service.entry.clause == "C37"

    @every
    def test_everything_a_reader_sees_is_in_both_languages(self, service: Service) -> None:
        entry = service.entry
        titles = [entry.title, *(one.title for one in entry.actions), *(one.title for one in entry.meters)]
        titles += [one.title for one in entry.indicators]
        titles += [one.title for one in entry.objectives] + [one.unit for one in entry.meters]
        titles += [entry.state.reason] if entry.state else []
        assert all(one.zh.strip() and one.en.strip() for one in titles)

    @every
    def test_its_parameters_have_a_schema_with_titles_and_descriptions(self, service: Service) -> None:
        schema = service.entry.schema()
        assert msgspec.json.decode(msgspec.json.encode(schema)) == schema
        fields = schema["$defs"][service.entry.parameters.__name__]["properties"]
        assert all(one.get("title") and one.get("description") for one in fields.values())

    @every
    def test_it_counts_every_meter_the_contracts_price_list_bills_it_by(self, service: Service) -> None:
        billed = {line["meter"] for line in of_contract("catalogue.toml", "items", service.entry)}
        assert billed
        assert billed <= {one.code for one in service.entry.meters}

    @every
    def test_it_offers_every_indicator_the_contracts_objectives_measure(self, service: Service) -> None:
        measured = {line["indicator"] for line in of_contract("sla.toml", "objectives", service.entry)}
        assert measured
        assert measured <= {one.code for one in service.entry.indicators}

    @every
    def test_its_own_objectives_have_other_ids_than_any_other_services(self, service: Service) -> None:
        mine = {one.id for one in service.entry.objectives}
        others = {one.id for other in SERVICES if other is not service for one in other.entry.objectives}
        assert mine
        assert not mine & others


class TestNotYet:
    @later
    def test_every_verb_refuses_with_the_one_reason(self, service: Service, host: TestHost) -> None:
        reason = FOUND.registry.orderable(service.entry.code)
        assert reason is not None
        assert "not yet available" in reason.reason
        wanted = Order("o1", "item", Decimal(1), "bureau", {})
        answers = [service.provision(wanted, host), *(verb() for verb in verbs(service, host, "o1").values())]
        assert answers == [reason] * 5

    @later
    def test_it_leaves_nothing_behind(self, service: Service, host: TestHost) -> None:
        service.provision(Order("o1", "item", Decimal(1), "bureau", {}), host)
        assert list(host.folder.iterdir()) == []


class TestReady:
    @ready
    def test_it_delivers_what_was_ordered(self, service: Service, host: TestHost) -> None:
        assert ServiceDelivered(order="o1") in said(service.provision(order(service), host))

    @ready
    def test_the_same_order_again_gives_the_same_answer(self, service: Service, host: TestHost) -> None:
        assert service.provision(order(service), host) == service.provision(order(service), host)

    @ready
    def test_an_unknown_parameter_is_refused_by_field_and_clause(self, service: Service, host: TestHost) -> None:
        answer = service.provision(order(service, surprise="yes"), host)
        assert isinstance(answer, Refused)
        assert answer.field.startswith("parameters")
        assert answer.clause == "C37"
        assert "surprise" in answer.reason

    @ready
    def test_a_refused_order_makes_no_instance(self, service: Service, host: TestHost) -> None:
        service.provision(order(service, surprise="yes"), host)
        assert isinstance(service.retire("o1", host), Refused)

    @ready
    @pytest.mark.parametrize("verb", ["operate", "meter", "indicate", "retire"])
    def test_an_unknown_instance_is_refused(self, service: Service, host: TestHost, verb: str) -> None:
        answer = verbs(service, host, "ghost")[verb]()
        assert isinstance(answer, Refused)
        assert "ghost" in answer.reason

    @ready
    def test_an_unknown_action_is_refused_with_the_known_ones(self, service: Service, host: TestHost) -> None:
        service.provision(order(service), host)
        answer = service.operate("o1", "no-such-action", host)
        assert isinstance(answer, Refused)
        assert all(one.code in answer.reason for one in service.entry.actions)

    @ready
    def test_every_action_of_its_entry_is_understood(self, service: Service, host: TestHost) -> None:
        service.provision(order(service), host)
        for action in service.entry.actions:
            answer = service.operate("o1", action.code, host)
            assert not isinstance(answer, Refused) or "there is no action" not in answer.reason

    @ready
    def test_it_meters_each_of_its_meters_once_for_the_window(self, service: Service, host: TestHost) -> None:
        service.provision(order(service), host)
        used = [one for one in said(service.meter("o1", WINDOW, host)) if isinstance(one, UsageMetered)]
        assert sorted(one.meter for one in used) == sorted(one.code for one in service.entry.meters)
        assert {(one.order, one.start, one.end) for one in used} == {("o1", WINDOW.start, WINDOW.end)}

    @ready
    def test_its_windows_lie_in_the_one_asked_for_and_do_not_overlap(self, service: Service, host: TestHost) -> None:
        service.provision(order(service), host)
        sampled(service, host)
        for objective in service.entry.objectives:
            found = [one for one in indicated(service, host) if one.objective == objective.id]
            edges = [moment for one in found for moment in (one.start, one.end)]
            assert edges == sorted(edges)
            assert all(WINDOW.start <= one <= WINDOW.end for one in edges)

    @ready
    def test_its_windows_are_of_known_objectives_and_rest_on_sealed_files(
        self, service: Service, host: TestHost
    ) -> None:
        service.provision(order(service), host)
        sampled(service, host)
        found = indicated(service, host)
        assert found
        sealed = {one.digest for one in host.store.sealed()}
        assert {one.objective for one in found} <= {one.id for one in service.entry.objectives}
        assert all(one.segments and set(one.segments) <= sealed for one in found if one.total)
        assert all(one.good <= one.total for one in found)

    @ready
    def test_asked_twice_it_says_the_same(self, service: Service, host: TestHost) -> None:
        service.provision(order(service), host)
        sampled(service, host)
        assert service.indicate("o1", WINDOW, host) == service.indicate("o1", WINDOW, host)
        assert service.meter("o1", WINDOW, host) == service.meter("o1", WINDOW, host)

    @ready
    def test_an_instance_is_another_ones_business_in_nothing(self, service: Service, host: TestHost) -> None:
        service.provision(order(service), host)
        service.provision(order(service, "o2"), host)
        sampled(service, host)
        assert service.indicate("o2", WINDOW, host) == ()

    @ready
    def test_retired_it_stays_retired_and_can_still_be_metered(self, service: Service, host: TestHost) -> None:
        service.provision(order(service), host)
        assert ServiceRetired(order="o1") in said(service.retire("o1", host))
        assert service.retire("o1", host) == (ServiceRetired(order="o1"),)
        assert said(service.meter("o1", WINDOW, host))
        assert isinstance(service.provision(order(service), host), Refused)

    @ready
    def test_each_verb_says_only_what_it_may_and_every_fact_can_be_recorded(
        self, service: Service, host: TestHost
    ) -> None:
        answers = {"provision": service.provision(order(service), host)}
        sampled(service, host)
        answers |= {name: verb() for name, verb in verbs(service, host, "o1").items()}
        for verb, result in answers.items():
            for payload in said(result):
                assert isinstance(payload, MAY_SAY[verb])
                assert type(payload) in KINDS
                assert recorded(payload) == payload

    @ready
    def test_it_hands_nothing_to_the_kernel_by_itself_while_a_verb_runs(self, service: Service, host: TestHost) -> None:
        service.provision(order(service), host)
        for verb in verbs(service, host, "o1").values():
            verb()
        assert host.reports == []

    @ready
    def test_if_it_works_by_itself_it_has_a_verb_for_that(self, service: Service) -> None:
        assert isinstance(service, Works) == hasattr(service, "work")


def sampled(service: Service, host: TestHost) -> None:
    """An hour of samples of every indicator, every tenth of them bad, sealed."""
    for indicator in service.entry.indicators:
        samples = [
            Sample("o1", indicator.code, T0 + minute * 60_000, minute % 10 != 0, "" if minute % 10 else "reset", 1)
            for minute in range(60)
        ]
        host.store.append(samples, f"conformance:{indicator.code}", 1, 0)
    host.seal()


def indicated(service: Service, host: TestHost) -> list[SampleWindow]:
    return [one for one in said(service.indicate("o1", WINDOW, host)) if isinstance(one, SampleWindow)]


def recorded(payload: Payload) -> Payload:
    """The payload after a journey through the journal's bytes."""
    fact = Fact(id="f1", subject="c", actor="service:test", source="/services", time=START, data=payload)
    return read(write(fact, START), 0).fact.data
