"""Score, acceptance, payment, staff change and SLA exclusion take two people, at the console and by the API alike."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from console_cast import LogIn, text
from django.test import Client

from yunyue.answer import Refused
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.journal.envelope import understand
from yunyue.kernel import Happening, Recorder

CONTRACT = "beijing-2024"
API = f"/api/v1/contracts/{CONTRACT}"
AT = "2024-10-19T10:00:00+08:00"
TEMPLATE = {
    "template": "monthly",
    "pattern": "outages",
    "title": "月度考核",
    "criteria": [{"code": "down", "title": "中断", "most": "10", "each": "2"}],
}
Values = dict[str, Any]

PROPOSED: dict[str, Callable[[str], Values]] = {
    "score.given": lambda _: {
        "score": "s-1",
        "template": "monthly",
        "month": "2024-05",
        "service": None,
        "deductions": [],
        "points": "100",
    },
    "acceptance.held": lambda paper: {"milestone": "final", "result": "passed", "opinion": paper},
    "payment.made": lambda paper: {"instalment": 2, "amount": "1.00", "document": paper},
    "staff.waived": lambda paper: {"person": "p-1", "condition": 3, "document": paper},
}
"""What the client's manager puts forward, and what each says; `paper` is a document that is there."""


def told(office: Office, kind: str, values: Values, name: str, actor: str = "user:77") -> None:
    """A fact that was there before."""
    said = understand(kind, values, strict=False)
    assert not isinstance(said, Refused), said
    done = office.kernel.record(CONTRACT, [Happening(said, office.kernel.clock.now(), name)], Recorder(actor, "/tests"))
    assert not isinstance(done, Refused), done


def put_forward(client: Client, kind: str, values: Values) -> tuple[int, Values]:
    body = json.dumps({"type": kind, "time": AT, "data": values})
    answer = client.post(f"{API}/proposals", body, content_type="application/json")
    return answer.status_code, answer.json()


def decide(client: Client, proposal: str, door: str) -> int:
    """Agree, at one of the two doors."""
    if door == "console":
        page = f"/proposals/{proposal}"
        shown = re.search(r'name="form" value="([^"]+)"', text(client.get(f"{page}?contract={CONTRACT}")))
        form = {"decision": "approve", "form": shown[1] if shown else ""}
        return int(client.post(f"{page}/decision?contract={CONTRACT}", form).status_code)
    body = json.dumps({"decision": "approve"})
    answer = client.post(f"{API}/proposals/{proposal}/decision", body, content_type="application/json")
    return int(answer.status_code)


@pytest.fixture
def ready(own_office: Office) -> Office:
    """An office in which there is a template to score by, and somebody who was proposed."""
    told(own_office, "score.template.set", TEMPLATE, "template-1")
    told(own_office, "staff.proposed", {"person": "p-1", "post": "manager", "replaces": None}, "proposed-1", "user:78")
    return own_office


@pytest.mark.parametrize("door", ["console", "api"])
@pytest.mark.parametrize("kind", PROPOSED)
def test_who_proposed_it_does_not_agree_to_it_and_another_does(
    ready: Office, log_in: LogIn, kind: str, door: str
) -> None:
    maker, checker = log_in(Role.CLIENT_MANAGER), log_in(Role.CLIENT_APPROVER)
    status, made = put_forward(maker, kind, PROPOSED[kind](ready.kernel.objects.put(b"%PDF a paper")))  # type: ignore[arg-type]  # a digest
    assert (status, made.get("waits")) == (201, True), made
    size = ready.kernel.journal.head().size
    assert decide(maker, made["id"], door) in (403, 409, 422)
    assert decide(log_in(Role.SERVICE_MANAGER), made["id"], door) in (403, 409, 422)
    assert ready.kernel.journal.head().size == size
    assert ready.kernel.journal.find(f"{made['id']}-fact") is None
    assert decide(checker, made["id"], door) in (204, 302)
    assert ready.kernel.journal.find(f"{made['id']}-fact") is not None


ANSWERED: dict[str, tuple[tuple[str, Values], Values]] = {
    "exclusion.approved": (
        (
            "exclusion.requested",
            {
                "exclusion": "x-1",
                "objective": "monitor-coverage",
                "start": "2024-05-03T01:00:00+08:00",
                "end": "2024-05-03T03:00:00+08:00",
                "ground": "maintenance",
                "reason": "power check",
            },
        ),
        {"exclusion": "x-1"},
    ),
    "staff.consented": (
        ("staff.proposed", {"person": "p-2", "post": "engineer", "replaces": None}),
        {"person": "p-2", "change": "assignment", "document": ""},
    ),
}
"""What one person brings forward, and the answer of another, which is no proposal but a fact of its own."""


@pytest.mark.parametrize("kind", ANSWERED)
def test_who_asked_does_not_answer_and_another_does(ready: Office, log_in: LogIn, kind: str) -> None:
    (asked, question), answer = ANSWERED[kind]
    provider, approver = log_in(Role.SERVICE_MANAGER), log_in(Role.CLIENT_APPROVER)
    assert put_forward(provider, asked, question)[0] == 201
    if "document" in answer:
        answer = {**answer, "document": ready.kernel.objects.put(b"%PDF consent")}
    size = ready.kernel.journal.head().size
    assert put_forward(provider, kind, answer)[0] in (403, 422)
    assert provider.get(f"/record/{kind}?contract={CONTRACT}").status_code in (403, 404)
    assert ready.kernel.journal.head().size == size
    assert put_forward(approver, kind, answer)[0] == 201


def renewed(log_in: LogIn, first: Client, role: Role) -> Client:
    """The holder of an account, which is closed, comes in with another one, of another role."""
    from yunyue.doors.web.accounts.models import Account

    old = Account.objects.get(pk=first.session["_auth_user_id"])
    Account.objects.filter(pk=old.pk).update(is_active=False)
    again = log_in(role)
    Account.objects.filter(pk=again.session["_auth_user_id"]).update(person=old.person)
    return again


@pytest.mark.parametrize("door", ["console", "api"])
def test_who_changed_roles_does_not_agree_to_what_they_proposed_before(ready: Office, log_in: LogIn, door: str) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    paper = ready.kernel.objects.put(b"%PDF a paper")
    _status, made = put_forward(manager, "payment.made", PROPOSED["payment.made"](paper))  # type: ignore[arg-type]  # a digest
    (asked, question), answer = ANSWERED["exclusion.approved"]
    assert put_forward(manager, asked, question)[0] == 201
    again = renewed(log_in, manager, Role.CLIENT_APPROVER)
    assert decide(again, made["id"], door) in (409, 422)
    status, refused = put_forward(again, "exclusion.approved", answer)
    assert (status, refused["reason"].partition(" asked for it")[1]) == (422, " asked for it")
    offered = [one["page"] for one in again.get(f"{API}/today").json()]
    assert not any(made["id"] in one or "exclusion" in one for one in offered)
    another = log_in(Role.CLIENT_APPROVER)
    assert decide(another, made["id"], door) in (204, 302)
    assert put_forward(another, "exclusion.approved", answer)[0] == 201


def test_who_changed_roles_approves_no_order_they_placed_before(ready: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    wish = {"service": "monitor", "item": "monitor-site", "quantity": "1", "tenant": "dept-1", "id": "mine-before"}
    wish = {**wish, "deliver_by": "2024-12-01", "parameters": {"kind": "tcp", "target": "192.0.2.1:9"}}  # type: ignore[dict-item]  # parameters are a table
    assert manager.post(f"{API}/orders", json.dumps(wish), "application/json").status_code == 201
    again, another = renewed(log_in, manager, Role.CLIENT_APPROVER), log_in(Role.CLIENT_APPROVER)
    doors = ("/orders/act/approve/mine-before", "/monitoring/approve/mine-before", f"{API}/orders/mine-before/approval")
    size = ready.kernel.journal.head().size
    assert [again.post(one).status_code for one in doors] == [422, 422, 422]
    assert ready.kernel.journal.head().size == size
    assert another.post(doors[2]).status_code == 204
    change = json.dumps({"reason": "more", "quantity": "2"})
    manager = log_in(Role.CLIENT_MANAGER)
    name = manager.post(f"{API}/orders/mine-before/changes", change, "application/json").json()["change"]
    again = renewed(log_in, manager, Role.CLIENT_APPROVER)
    assert again.post("/orders/act/agree/mine-before", {"change": name}).status_code == 422
    assert again.post(f"{API}/changes/{name}/approval").status_code == 422
    assert another.post(f"{API}/changes/{name}/approval").status_code == 204


def test_nobody_is_put_to_a_post_before_the_client_consented(ready: Office, log_in: LogIn) -> None:
    provider = log_in(Role.SERVICE_MANAGER)
    assign = {"person": "p-1", "post": "manager", "replaces": None}
    status, refused = put_forward(provider, "staff.assigned", assign)
    assert (status, refused["clause"]) == (422, "C21")
    consent = {"person": "p-1", "change": "assignment", "document": ready.kernel.objects.put(b"%PDF consent")}
    assert put_forward(log_in(Role.CLIENT_MANAGER), "staff.consented", consent)[0] == 201
    assert put_forward(provider, "staff.assigned", assign)[0] == 201
    second = {"person": "p-9", "post": "manager", "replaces": None}
    assert put_forward(provider, "staff.proposed", second)[0] == 201
    consent = {**consent, "person": "p-9"}
    assert put_forward(log_in(Role.CLIENT_MANAGER), "staff.consented", consent)[0] == 201
    status, refused = put_forward(provider, "staff.assigned", second)
    assert (status, refused["clause"]) == (422, "C21"), "there is exactly one service manager"
