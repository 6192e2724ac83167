"""The API answers what the console shows, to those who may see it, and refuses with field, rule and clause."""

import json
from typing import Any

import pytest
from console_cast import LogIn
from django.test import Client

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import APPROVERS, CONTRACT_READERS, ORDERERS, SERVICE_READERS, Role
from yunyue.journal.proofs import verify_inclusion
from yunyue.journal.tree import leaf_hash
from yunyue.settlement.exhibit import to_plain

HERE = "/api/v1"
ASKED = f"{HERE}/contracts/{{contract}}"


def contract_of(office: Office) -> str:
    """The contract of the year."""
    return office.kernel.contracts()[0]


def asked(client: Client, address: str, status: int = 200) -> Any:
    """What a GET answers, as JSON."""
    answer = client.get(HERE + address)
    assert answer.status_code == status, answer.content
    return answer.json()


def told(client: Client, address: str, values: object, status: int) -> Any:
    """What a POST answers, as JSON."""
    answer = client.post(HERE + address, json.dumps(values), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_an_operation_without_a_login_is_refused(office: Office) -> None:
    assert Client().get(f"{HERE}/contracts").status_code == 401


def test_every_operation_asks_who_is_calling(office: Office, log_in: LogIn) -> None:
    description = asked(log_in(), "/openapi.json")
    for path, operations in description["paths"].items():
        for method in operations:
            answer = getattr(Client(), method)(path, content_type="application/json")
            assert answer.status_code == 401, (method, path)


def test_the_description_is_for_accounts_only(office: Office) -> None:
    assert Client().get(f"{HERE}/openapi.json").status_code == 302


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("address", "readers"),
    [
        ("/contracts", CONTRACT_READERS),
        (ASKED.removeprefix(HERE) + "/terms", CONTRACT_READERS),
        (ASKED.removeprefix(HERE) + "/statement", CONTRACT_READERS),
        (ASKED.removeprefix(HERE) + "/why/instalment-1", CONTRACT_READERS),
        (ASKED.removeprefix(HERE) + "/facts", CONTRACT_READERS),
        ("/facts/payment-1", CONTRACT_READERS),
        ("/catalogue", SERVICE_READERS),
    ],
)
def test_each_role_reads_what_is_its_own(
    office: Office, log_in: LogIn, role: Role, address: str, readers: frozenset[Role]
) -> None:
    answer = log_in(role).get(HERE + address.format(contract=contract_of(office)))
    assert answer.status_code == (200 if role in readers else 401)


@pytest.mark.parametrize("role", [role for role in Role if role not in ORDERERS])
def test_who_may_not_order_does_not_by_the_api_either(own_office: Office, log_in: LogIn, role: Role) -> None:
    size = own_office.kernel.journal.head().size
    address = f"{HERE}/contracts/{contract_of(own_office)}/orders"
    assert log_in(role).post(address, "{}", content_type="application/json").status_code == 401
    assert own_office.kernel.journal.head().size == size


@pytest.mark.parametrize("role", [role for role in Role if role not in APPROVERS])
def test_who_may_not_approve_does_not(own_office: Office, log_in: LogIn, role: Role) -> None:
    address = f"{HERE}/contracts/{contract_of(own_office)}/orders/order-1/approval"
    assert log_in(role).post(address, "", content_type="application/json").status_code == 401


def test_writing_needs_the_csrf_token(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    answer = strict.post(f"{HERE}/contracts/x/orders", "{}", content_type="application/json")
    assert answer.status_code == 403


def test_the_statement_is_the_one_the_kernel_gives(office: Office, log_in: LogIn) -> None:
    contract = contract_of(office)
    day = office.clock.now().date()
    given = asked(log_in(), f"/contracts/{contract}/statement?as_of={day}")
    expected = office.kernel.statement(contract, day)
    assert given == json.loads(json.dumps(to_plain(expected)))  # type: ignore[arg-type]  # a refusal has no shape


@pytest.mark.parametrize(
    ("asked_for", "field"),
    [
        ("terms?as_of=1999-12-31", "as_of"),
        ("statement?as_of=9999-12-31", "as_of"),
        ("statement?known_at=0001-01-01T00:00:00%2B08:00", "known_at"),
        ("statement?known_at=2024-01-01T00:00:00", "known_at"),
        ("why/instalment-1?as_of=2200-01-01", "as_of"),
    ],
)
def test_a_day_nobody_can_mean_is_not_settled(office: Office, log_in: LogIn, asked_for: str, field: str) -> None:
    given = asked(log_in(), f"/contracts/{contract_of(office)}/{asked_for}", 422)
    assert given["field"] == field


@pytest.mark.parametrize(
    ("as_of", "time", "field"),
    [
        ("9999-12-31", "2024-05-01T00:00:00+08:00", "as_of"),
        ("2024-05-01", "0001-01-02T00:00:00+00:00", "supposed.0.time"),
    ],
)
def test_nothing_is_supposed_on_a_day_nobody_can_mean(
    office: Office, log_in: LogIn, as_of: str, time: str, field: str
) -> None:
    supposed = {"type": "funds.arrived", "time": time, "data": {"instalment": 1}}
    wanted = {"as_of": as_of, "supposed": [supposed]}
    assert told(log_in(), f"/contracts/{contract_of(office)}/suppose", wanted, 422)["field"] == field


def test_an_unknown_contract_is_refused_with_the_known_ones(office: Office, log_in: LogIn) -> None:
    given = asked(log_in(), "/contracts/nowhere/statement", 404)
    assert given["field"] == "contract"
    assert contract_of(office) in given["reason"]


def test_why_tells_formula_steps_and_facts(office: Office, log_in: LogIn) -> None:
    given = asked(log_in(), f"/contracts/{contract_of(office)}/why/instalment-1")
    assert given["formula"]["en"] == "1,916,794.40 × 50% = 958,397.20"
    assert given["steps"][0]["value"] == "958,397.20"
    assert given["clause"] == "C03"


def test_a_line_that_is_not_there_is_refused(office: Office, log_in: LogIn) -> None:
    assert asked(log_in(), f"/contracts/{contract_of(office)}/why/nothing", 404)["field"] == "finding"


def test_pages_of_facts_lead_through_all_of_them(office: Office, log_in: LogIn) -> None:
    client, contract = log_in(), contract_of(office)
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        page = asked(client, f"/contracts/{contract}/facts?after={after}&limit=7")
        found += [fact["id"] for fact in page["facts"]]
        after = page["next"]
    assert found == [one.fact.id for one in office.kernel.facts(contract)]


def test_facts_of_one_type_are_those_only(office: Office, log_in: LogIn) -> None:
    page = asked(log_in(), f"/contracts/{contract_of(office)}/facts?type=contract.signed")
    assert {fact["type"] for fact in page["facts"]} == {"contract.signed"}


def test_a_facts_proof_leads_from_its_bytes_to_the_root(own_office: Office, log_in: LogIn) -> None:
    given = asked(log_in(), "/facts/payment-1")
    proof = given["proof"]
    leaf = leaf_hash(given["leaf"].encode())
    path = [bytes.fromhex(one) for one in proof["path"]]
    assert leaf.hex() == proof["leaf_hash"]
    assert verify_inclusion(leaf, proof["index"], proof["size"], path, bytes.fromhex(proof["root"]))
    assert proof["root"] == own_office.kernel.journal.head_at(proof["size"]).root.hex()


def test_what_if_records_nothing(own_office: Office, log_in: LogIn) -> None:
    contract, size = contract_of(own_office), own_office.kernel.journal.head().size
    moment = own_office.clock.now().isoformat()
    supposed = {"type": "funds.arrived", "time": moment, "data": {"instalment": 3}}
    day = own_office.clock.now().date().isoformat()
    given = told(log_in(), f"/contracts/{contract}/suppose", {"as_of": day, "supposed": [supposed]}, 200)
    assert len(given["supposed"]) == 1
    assert own_office.kernel.journal.head().size == size


@pytest.mark.parametrize(
    ("supposed", "field"),
    [
        ({"type": "no.such", "time": "2024-05-01T00:00:00+08:00", "data": {}}, "type"),
        ({"type": "funds.arrived", "time": "2024-05-01T00:00:00", "data": {"instalment": 1}}, "supposed.0.time"),
        ({"type": "funds.arrived", "time": "2024-05-01T00:00:00+08:00", "data": {}}, "funds.arrived"),
    ],
)
def test_what_cannot_be_supposed_is_refused_by_field(
    office: Office, log_in: LogIn, supposed: dict[str, object], field: str
) -> None:
    values = {"as_of": "2024-06-01", "supposed": [supposed]}
    assert told(log_in(), f"/contracts/{contract_of(office)}/suppose", values, 422)["field"] == field


def test_a_service_not_yet_available_is_refused_with_that_reason(own_office: Office, log_in: LogIn) -> None:
    closed = next(entry for entry in own_office.hosting.registry.entries if not entry.available)
    wish: dict[str, object] = {
        "service": closed.code,
        "item": "any",
        "quantity": "1",
        "tenant": "dept-1",
        "deliver_by": "2024-06-01",
        "parameters": {},
    }
    given = told(log_in(), f"/contracts/{contract_of(own_office)}/orders", wish, 422)
    assert given["field"] == "order.service"
    assert given["clause"] == "C37"


def test_the_catalogue_describes_the_parameters_of_an_order(office: Office, log_in: LogIn) -> None:
    monitor = next(one for one in asked(log_in(), "/catalogue") if one["code"] == "monitor")
    assert monitor["available"]
    assert "target" in json.dumps(monitor["parameters"])


def test_a_field_that_is_not_understood_is_named_with_its_rule_in_both_languages(office: Office, log_in: LogIn) -> None:
    wanted = {"service": "monitor", "item": "monitor-probes", "quantity": "many", "deliver_by": "2024-06-01"}
    client = log_in(Role.CLIENT_MANAGER)
    answer = client.post(f"{HERE}/contracts/beijing-2024/orders", wanted, content_type="application/json")
    assert answer.status_code == 422
    said = answer.json()
    assert said["field"] == "body.wanted.quantity"
    assert said["reason"].startswith("the API does not take this: ")
    assert said["reason_zh"].startswith("接口不接受此内容：")


def test_every_operation_says_that_it_may_answer_401_and_403(office: Office, log_in: LogIn) -> None:
    described = asked(log_in(), "/openapi.json")
    for operations in described["paths"].values():
        for operation in operations.values():
            assert {"401", "403"} <= operation["responses"].keys()
