"""A target is ordered by one person and approved by another; its samples are shown as they are."""

import json

import contract_year
import pytest
from console_cast import LogIn, text
from django.test import Client

from yunyue.catalog import GAP, Sample
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.monitor.watching import Target, targets
from yunyue.journal.facts import OrderPlaced

WANTED = {"item": "monitor-probes", "tenant": "dept-1", "kind": "tcp", "target": "127.0.0.1:9", "interval_s": "30"}


def ordered(client: Client, **changed: str) -> int:
    return client.post("/monitoring/order?contract=beijing-2024", {**WANTED, **changed}).status_code


def newest() -> Target:
    return targets(contract_year.CONTRACT)[0]


def test_the_watched_target_of_the_contract_is_there(office: Office, log_in: LogIn) -> None:
    page = text(log_in(language="en").get("/monitoring"))
    assert "order-1" in page
    assert "No sample yet" in page
    assert "98.711 %" in page


def test_ordering_records_the_order_with_its_parameters(own_office: Office, log_in: LogIn) -> None:
    assert ordered(log_in(Role.CLIENT_MANAGER)) == 302
    target = newest()
    assert target.asked["target"] == "127.0.0.1:9"
    assert target.asked["interval_s"] == 30
    assert target.stage == "placed"
    fact = own_office.kernel.journal.find(target.fact)
    assert fact is not None
    assert isinstance(fact.fact.data, OrderPlaced)
    assert fact.fact.source == "/console"


def test_facts_name_an_account_by_its_number_only(own_office: Office, log_in: LogIn) -> None:
    ordered(log_in(Role.TENANT_USER))
    assert newest().actor.startswith("user:")
    assert newest().actor.removeprefix("user:").isdigit()


@pytest.mark.parametrize(
    ("field", "value"),
    [("interval_s", "0"), ("interval_s", "often"), ("kind", "smoke"), ("target", "nowhere at all"), ("item", "gold")],
)
def test_a_wrong_order_is_refused_by_field_and_records_nothing(
    own_office: Office, log_in: LogIn, field: str, value: str
) -> None:
    before = own_office.kernel.journal.head().size
    client = log_in(Role.CLIENT_MANAGER, language="en")
    answer = client.post("/monitoring/order?contract=beijing-2024", {**WANTED, field: value})
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)
    assert own_office.kernel.journal.head().size == before


def test_a_refused_order_keeps_what_was_typed(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER, language="en")
    answer = client.post("/monitoring/order?contract=beijing-2024", {**WANTED, "interval_s": "0"})
    assert 'value="127.0.0.1:9"' in text(answer)


def test_whoever_ordered_does_not_approve(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.FOUNDER, language="en")
    ordered(client)
    answer = client.post(f"/monitoring/approve/{newest().order.order}?contract=beijing-2024")
    assert answer.status_code == 422
    assert "whoever placed an order does not approve it" in text(answer)
    assert newest().stage == "placed"


def test_another_person_approves_and_the_service_is_delivered(own_office: Office, log_in: LogIn) -> None:
    ordered(log_in(Role.CLIENT_MANAGER))
    answer = log_in(Role.CLIENT_APPROVER).post(f"/monitoring/approve/{newest().order.order}?contract=beijing-2024")
    assert answer.status_code == 302, text(answer)
    assert newest().stage == "delivered"


def test_an_order_that_is_not_there_is_not_approved(own_office: Office, log_in: LogIn) -> None:
    assert log_in(Role.CLIENT_APPROVER).post("/monitoring/approve/nothing").status_code == 422


def test_who_may_not_order_gets_no_form(office: Office, log_in: LogIn) -> None:
    assert "/monitoring/order" not in text(log_in(Role.THIRD_PARTY).get("/monitoring"))
    assert "/monitoring/order" in text(log_in(Role.TENANT_USER).get("/monitoring"))


def sampled(office: Office, *samples: tuple[int, bool, str, int]) -> None:
    """Put samples of order-1 into the series: minute, whether good, error, microseconds."""
    start = int(contract_year.at("2024-10-19").timestamp() * 1000)
    made = [
        Sample("order-1", "availability", start + minute * 60_000, ok, error, us) for minute, ok, error, us in samples
    ]
    taken = office.hosting.series.append(made, "test", 1, 0)
    assert taken == len(made)


def test_the_chart_gets_good_samples_failures_and_gaps_apart(own_office: Office, log_in: LogIn) -> None:
    sampled(own_office, (0, True, "", 12_300), (1, False, "timeout", 0), (2, False, GAP, 0))
    told = json.loads(log_in().get("/monitoring/latency/order-1").content)
    assert told["points"] == [
        ["2024-10-19 10:00:00", 12.3, ""],
        ["2024-10-19 10:01:00", None, "timeout"],
        ["2024-10-19 10:02:00", None, "gap"],
    ]


@pytest.mark.parametrize(
    ("sample", "state"),
    [((0, True, "", 900), "up"), ((0, False, "refused", 0), "down"), ((0, False, GAP, 0), "unknown")],
)
def test_a_target_is_as_its_newest_sample_and_a_gap_says_nothing(
    own_office: Office, sample: tuple[int, bool, str, int], state: str
) -> None:
    sampled(own_office, sample)
    assert targets(contract_year.CONTRACT)[-1].state == state


def test_the_samples_of_an_order_of_nobody_are_not_found(office: Office, log_in: LogIn) -> None:
    assert log_in().get("/monitoring/latency/order-2").status_code == 404
