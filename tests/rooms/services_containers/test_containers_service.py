"""The five verbs of the service, and its work: projects come, pause, resume and go; samples reach the series."""

import asyncio
import contextlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from podman_cast import Installation, deployment, install
from services_cast import TestHost
from wishing import until

from yunyue.answer import Refused
from yunyue.catalog import Order
from yunyue.host.clock import SystemClock
from yunyue.journal.facts import ServiceDelivered, ServiceResumed, ServiceRetired, ServiceSuspended
from yunyue.services.containers.engines import engine_folder, engine_of
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.metering.sending import send
from yunyue.services.containers.podman.places import FOLDER
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.service import name_of, service


class RealTime(TestHost):
    """A host whose clock runs and whose sleep waits."""

    __test__ = False

    def monotonic(self) -> float:
        return SystemClock().monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.2))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[RealTime]:
    install()
    made = RealTime(tmp_path, time=SystemClock().now())
    place = Installation(tmp_path / FOLDER)
    place.claim()
    yield made
    place.destroy()


def order(identifier: str = "o1", **parameters: object) -> Order:
    return Order(identifier, "containers", Decimal(1), "bureau", parameters)


def test_an_order_makes_a_project_under_its_name(host: RealTime) -> None:
    assert service.provision(order(name="shop", vcpu=3), host) == (ServiceDelivered(order="o1"),)
    found = Projects(Store(host.root / FOLDER)).named("shop")
    assert isinstance(found, Project)
    assert (found.tenant, found.quota.milli, found.number) == ("bureau", 3000, 1)


def test_a_name_that_is_taken_and_other_parameters_are_refused(host: RealTime) -> None:
    service.provision(order(name="shop"), host)
    taken = service.provision(order("o2", name="shop"), host)
    assert taken == Refused("there already is a project 'shop'", "parameters.name", "C37")
    other = service.provision(order(name="shop", vcpu=9), host)
    assert other == Refused("order o1 is provided with other parameters", "parameters", "C37")


@pytest.mark.parametrize("parameters", [{"name": "Shop"}, {"vcpu": 0}, {"replicas": 201}, {"engine": "docker"}])
def test_wrong_parameters_are_refused_by_field(host: RealTime, parameters: dict[str, object]) -> None:
    answer = service.provision(Order("o1", "containers", Decimal(1), "bureau", parameters), host)
    assert isinstance(answer, Refused)
    assert answer.field == f"parameters.{next(iter(parameters))}"


@pytest.mark.parametrize("text", ["order-01jd2v0m8x", "O1", "订单 7", "x" * 80])
def test_an_orders_id_becomes_a_name_that_may_be_one(text: str) -> None:
    found = name_of(text)
    assert found.startswith("p")
    assert len(found) <= 40
    assert not found.endswith("-")


def test_it_pauses_and_resumes_once_each(host: RealTime) -> None:
    service.provision(order(), host)
    assert service.operate("o1", "pause", host) == (ServiceSuspended(order="o1", ground="client_request"),)
    assert isinstance(service.operate("o1", "pause", host), Refused)
    assert service.operate("o1", "resume", host) == (ServiceResumed(order="o1"),)
    assert service.retire("o1", host) == (ServiceRetired(order="o1"),)
    assert service.operate("o1", "pause", host) == Refused("the instance is retired", "instance", "C37")


def test_the_last_admin_stays(host: RealTime) -> None:
    service.provision(order(), host)
    projects = Projects(Store(host.root / FOLDER))
    assert projects.grant("o1", "li", "admin") is None
    assert projects.grant("o1", "wu", "viewer") is None
    assert projects.grant("o1", "li", "viewer") == Refused("a project keeps at least one admin", "members", "C37")
    assert projects.grant("o1", "wu", "admin") is None
    assert projects.grant("o1", "li", None) is None
    assert (projects.role("o1", "li"), projects.role("o1", "wu")) == (None, "admin")


def test_samples_reach_the_series_once_even_when_the_note_of_it_is_lost(host: RealTime) -> None:
    service.provision(order(), host)
    store = Store(host.root / FOLDER)
    project = Projects(store).find("o1")
    assert isinstance(project, Project)
    ledger, contract = Ledger(store), project.contract
    for at in (1_000, 2_000, 3_000):
        ledger.sample(project, "success", at, error="" if at < 3_000 else "late")
    assert send(store, contract, host) == 3
    for at in (1_000, 2_000, 3_000):
        ledger.sample(project, "success", at, error="" if at < 3_000 else "late")
    with store.change() as db:
        db.execute("UPDATE counters SET value = 0 WHERE name = ?", (f"sent:{contract}",))
    send(store, contract, host)
    assert [one.ok for one in host.samples()] == [True, True, False]


def test_at_work_it_runs_what_is_applied_and_takes_it_away_when_retired(host: RealTime) -> None:
    service.provision(order(name="shop"), host)
    folder = host.root / FOLDER
    place = Installation(folder)
    found = place.projects.named("shop")
    assert isinstance(found, Project)

    async def worked() -> None:
        working = asyncio.create_task(service.work(host))
        try:
            await asyncio.to_thread(until, place.places.socket.exists)
            await asyncio.to_thread(until, (place.places.run / "hosts" / "1").exists)
            await asyncio.to_thread(place.load, "localhost/web:1")
            place.apply(found, deployment(replicas=1))
            await asyncio.to_thread(place.complete, found)
            await asyncio.to_thread(until, lambda: [one for one in host.samples() if one.indicator == "success"])
            assert service.operate("o1", "pause", host)
            await asyncio.to_thread(until, lambda: place.engine.replicas(found) == ())
            service.retire("o1", host)
            await asyncio.to_thread(until, lambda: not (place.places.run / "hosts" / "1").exists())
        finally:
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working

    asyncio.run(worked())


def test_an_engine_that_is_not_there_is_refused_and_nothing_is_delivered(host: RealTime) -> None:
    refused = service.provision(order("o2", name="far", engine="kubernetes"), host)
    assert refused == Refused("no Kubernetes cluster is configured", "parameters.engine", "C37")
    assert Projects(Store(host.root / FOLDER)).all() == ()


def test_the_doors_find_the_engine_of_a_project(host: RealTime) -> None:
    service.provision(order(name="shop"), host)
    folder = host.root / FOLDER
    assert engine_folder(Path("/home/services")) == Path("/home/services/containers") / FOLDER
    projects = Projects(Store(folder))
    shop = projects.named("shop")
    assert isinstance(shop, Project)
    assert not isinstance(engine_of(shop, folder, lambda: 0), Refused)
    assert isinstance(projects.named("nobody"), Refused)
