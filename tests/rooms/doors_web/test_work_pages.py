"""Orders, tickets, score sheets, the archive and papers in the console: what each role does there, and does not."""

import re
from datetime import timedelta
from typing import Any

import pytest
from console_cast import LogIn, text
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from yunyue.answer import Refused
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, SERVICE_READERS, STAFF_READERS, Role
from yunyue.host.clock import VirtualClock
from yunyue.journal.facts import OrderPlaced, Payload, ScoreGiven, TicketCommented

CONTRACT = "beijing-2024"
PDF = b"%PDF-1.7\n%%EOF\n"
READERS = {
    "/orders/": SERVICE_READERS,
    "/orders/left": CONTRACT_READERS,
    "/orders/focus.csv": CONTRACT_READERS,
    "/orders/focus.parquet": CONTRACT_READERS,
    "/tickets/": SERVICE_READERS,
    "/tickets/incidents": CONTRACT_READERS,
    "/scores/": CONTRACT_READERS,
    "/archive/": STAFF_READERS,
    "/archive/papers": CONTRACT_READERS,
    "/archive/verify": CONTRACT_READERS,
    "/archive/papers/settlement-statement.docx": STAFF_READERS,
}


def form_of(client: Client, address: str) -> str:
    """The ticket of the form on a page."""
    found = re.search(r'name="form" value="([^"]+)"', text(client.get(address)))
    assert found is not None, address
    return found[1]


def said(office: Office, kind: type[Payload]) -> list[Any]:
    return [one.fact.data for one in office.kernel.facts(CONTRACT) if isinstance(one.fact.data, kind)]


def ordered(client: Client, **more: str) -> Any:
    address = "/orders/new?item=monitor-site"
    values = {"quantity": "1", "tenant": "dept-1", "deliver_by": "2024-12-01", "kind": "tcp", "target": "192.0.2.1:9"}
    return client.post(address, {**values, "form": form_of(client, address), **more})


def order_of(office: Office, log_in: LogIn) -> str:
    """An approved order."""
    assert ordered(log_in(Role.CLIENT_MANAGER)).status_code == 302
    order: str = said(office, OrderPlaced)[-1].order
    assert log_in(Role.CLIENT_APPROVER).post(f"/orders/act/approve/{order}").status_code == 302
    return order


@pytest.mark.parametrize("role", [role for role in Role if role != Role.FOUNDER])
@pytest.mark.parametrize("address", READERS)
def test_a_page_is_seen_by_exactly_who_may(office: Office, log_in: LogIn, role: Role, address: str) -> None:
    wanted = 200 if role in READERS[address] else 403
    assert log_in(role).get(address).status_code == wanted


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", [one for one in READERS if "." not in one])
def test_a_page_has_a_heading_and_no_untranslated_state(
    office: Office, log_in: LogIn, address: str, language: str
) -> None:
    page = text(log_in(Role.CLIENT_MANAGER, language=language).get(address))
    assert re.search(r'<h1 class="page-title">[^<]+', page)


def test_an_order_goes_from_the_catalogue_to_activation(own_office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    assert "monitor-site" in text(manager.get("/orders/new"))
    order = order_of(own_office, log_in)
    page = text(manager.get(f"/orders/{order}"))
    assert "192.0.2.1:9" in page
    assert "服务交付" in page


def test_a_form_sent_twice_orders_once(own_office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    form = form_of(manager, "/orders/new?item=monitor-site")
    assert ordered(manager, form=form).status_code == 302
    again = ordered(manager, form=form)
    assert again.status_code == 422
    assert len([one for one in said(own_office, OrderPlaced) if one.item == "monitor-site"]) == 1


@pytest.mark.parametrize(
    ("values", "clause"),
    [({"quantity": "99999999"}, "C02"), ({"deliver_by": "2030-01-01"}, "C01"), ({"quantity": "many"}, "C02"),
     ({"deliver_by": "soon"}, "C01"), ({"kind": "telepathy"}, "C37"), ({"form": "forged"}, "")],
)  # fmt: skip
def test_an_order_the_contract_does_not_allow_is_refused(
    own_office: Office, log_in: LogIn, values: dict[str, str], clause: str
) -> None:
    size = own_office.kernel.journal.head().size
    answer = ordered(log_in(Role.CLIENT_MANAGER), **values)
    assert answer.status_code in (409, 422)
    assert clause in text(answer)
    assert own_office.kernel.journal.head().size == size


def test_who_ordered_does_not_approve_and_nobody_else_orders(own_office: Office, log_in: LogIn) -> None:
    founder = log_in(Role.FOUNDER)
    ordered(founder)
    order = said(own_office, OrderPlaced)[-1].order
    answer = founder.post(f"/orders/act/approve/{order}")
    assert answer.status_code == 422
    for role in (Role.ENGINEER, Role.SERVICE_MANAGER, Role.CLIENT_MANAGER, Role.AUDIT_ADMINISTRATOR, Role.THIRD_PARTY):
        assert log_in(role).post(f"/orders/act/approve/{order}").status_code == 403
    for act in ("change", "agree", "end"):
        assert log_in(Role.ENGINEER).post(f"/orders/act/{act}/{order}").status_code == 403


def test_a_change_waits_for_another_person_and_an_end_retires(own_office: Office, log_in: LogIn) -> None:
    order, manager = order_of(own_office, log_in), log_in(Role.CLIENT_MANAGER)
    manager.post(f"/orders/act/change/{order}", {"quantity": "2", "deliver_by": "2024-12-01", "reason": "more"})
    approver = log_in(Role.CLIENT_APPROVER)
    change = re.search(r'name="change" value="([^"]+)"', text(approver.get(f"/orders/{order}")))
    assert change is not None
    assert approver.post(f"/orders/act/agree/{order}", {"change": change[1]}).status_code == 302
    assert manager.post(f"/orders/act/end/{order}", {"reason": ""}).status_code == 422
    assert manager.post(f"/orders/act/end/{order}", {"reason": "done"}).status_code == 302
    assert manager.post(f"/orders/act/end/{order}", {"reason": "again"}).status_code == 422
    kinds = [one.fact.type for one in own_office.kernel.facts(CONTRACT)][-3:]
    assert kinds == ["order.change.approved", "service.retired", "order.cancelled"]


def test_another_departments_orders_and_tickets_are_as_if_they_were_not(own_office: Office, log_in: LogIn) -> None:
    order, stranger = order_of(own_office, log_in), log_in(Role.TENANT_USER, tenant="dept-9")
    assert stranger.get(f"/orders/{order}").status_code == 404
    assert order not in text(stranger.get("/orders/"))
    assert stranger.post(f"/orders/act/change/{order}", {"quantity": "2", "reason": "x"}).status_code == 404
    ticket = opened(log_in)
    assert stranger.get(f"/tickets/ticket/{ticket}").status_code == 404
    assert ticket not in text(stranger.get("/tickets/"))
    step = {"kind": "ticket.commented", "text": "x"}
    assert stranger.post(f"/tickets/step/{ticket}", step).status_code == 404
    form = form_of(stranger, "/tickets/new")
    values = {"form": form, "severity": "1", "about": "x", "order": order}
    assert stranger.post("/tickets/new", values).status_code == 422


def opened(log_in: LogIn, about: str = "nothing answers") -> str:
    """A ticket of dept-1."""
    client = log_in(Role.TENANT_USER)
    values = {"form": form_of(client, "/tickets/new"), "severity": "1", "about": about, "order": ""}
    return str(client.post("/tickets/new", values)["Location"]).split("/")[-1].partition("?")[0]


def test_a_ticket_is_opened_answered_paused_solved_and_closed(own_office: Office, log_in: LogIn) -> None:
    ticket, engineer, department = opened(log_in), log_in(Role.ENGINEER), log_in(Role.TENANT_USER)
    for client, kind in (
        (engineer, "answered"), (engineer, "paused"), (department, "continued"), (engineer, "resolved"),
        (department, "reopened"), (engineer, "resolved"), (department, "closed"),
    ):  # fmt: skip
        answer = client.post(f"/tickets/step/{ticket}", {"kind": f"ticket.{kind}", "text": f"<b>{kind}</b>"})
        assert answer.status_code == 302, (kind, text(answer))
    page = text(department.get(f"/tickets/ticket/{ticket}"))
    assert "&lt;b&gt;answered&lt;/b&gt;" in page
    assert "<b>answered" not in page


def test_a_step_of_another_role_is_forbidden_and_one_in_the_wrong_state_explained(
    own_office: Office, log_in: LogIn
) -> None:
    ticket = opened(log_in)
    step = f"/tickets/step/{ticket}"
    assert log_in(Role.TENANT_USER).post(step, {"kind": "ticket.answered", "text": "x"}).status_code == 403
    assert log_in(Role.ENGINEER).post(step, {"kind": "ticket.closed", "text": "x"}).status_code == 403
    assert log_in(Role.ENGINEER).post(step, {"kind": "ticket.resolved", "text": "x"}).status_code == 409
    assert log_in(Role.ENGINEER).post(step, {"kind": "ticket.escalated", "text": "x"}).status_code == 403
    assert log_in(Role.ENGINEER).post(step, {"kind": "nonsense", "text": "x"}).status_code == 409
    assert log_in(Role.ENGINEER).post(step, {"kind": "ticket.answered", "text": " "}).status_code == 422


def test_a_step_sent_twice_is_taken_once(own_office: Office, log_in: LogIn) -> None:
    ticket, engineer = opened(log_in), log_in(Role.ENGINEER)
    form = form_of(engineer, f"/tickets/ticket/{ticket}")
    step = {"kind": "ticket.commented", "text": "looking", "form": form}
    assert engineer.post(f"/tickets/step/{ticket}", step).status_code == 302
    again = engineer.post(f"/tickets/step/{ticket}", step)
    assert again.status_code == 409
    assert "此表单已经提交过" in text(again)
    assert len(said(own_office, TicketCommented)) == 1
    stranger = {**step, "form": form_of(log_in(Role.ENGINEER), f"/tickets/ticket/{ticket}")}
    assert engineer.post(f"/tickets/step/{ticket}", stranger).status_code == 409


def test_a_third_party_reads_no_notes(own_office: Office, log_in: LogIn) -> None:
    ticket = opened(log_in)
    log_in(Role.ENGINEER).post(f"/tickets/step/{ticket}", {"kind": "ticket.answered", "text": "张三正在处理"})
    assert "张三" in text(log_in(Role.SERVICE_MANAGER).get(f"/tickets/ticket/{ticket}"))
    assert "张三" not in text(log_in(Role.THIRD_PARTY).get(f"/tickets/ticket/{ticket}"))


def test_the_queue_says_what_is_over_its_time(own_office: Office, log_in: LogIn) -> None:
    opened(log_in)
    clock = own_office.clock
    assert isinstance(clock, VirtualClock)
    clock.move(timedelta(minutes=11))
    page = text(log_in(Role.ENGINEER).get("/tickets/"))
    assert "已超时的未结工单：1" in page
    assert "−0:01" in page


def test_an_incident_tells_its_timeline_and_its_report_is_a_file(own_office: Office, log_in: LogIn) -> None:
    engineer = log_in(Role.ENGINEER)
    address = f"/record/incident.opened?contract={CONTRACT}"
    values = {"form": form_of(engineer, address), "step": "record", "at": "2024-10-19T10:00", "incident": "i-1"}
    engineer.post(address, {**values, "order": "order-1", "severity": "1", "about": "机房断电"})
    assert "机房断电" in text(engineer.get("/tickets/incident/i-1"))
    paper = engineer.get("/archive/papers/incident-report.pdf?incident=i-1")
    assert paper.content.startswith(b"%PDF")
    assert engineer.get("/tickets/incident/i-9").status_code == 404


def template_of(log_in: LogIn) -> None:
    """A template that another person approved."""
    manager = log_in(Role.CLIENT_MANAGER)
    values = {
        "form": form_of(manager, "/scores/template"),
        "template": "monthly",
        "title": "月度考核",
        "pattern": "outages",
        "criteria": "down | 服务中断 | 20 | 5\nlate | 报告迟交 | 10 | 1",
    }
    agree(manager.post("/scores/template", values), log_in)


def agree(answer: Any, log_in: LogIn) -> None:
    """Approve the proposal an answer leads to."""
    assert answer.status_code == 302, text(answer)
    proposal = str(answer["Location"]).partition("?")[0]
    approver = log_in(Role.CLIENT_APPROVER)
    page = text(approver.get(f"{proposal}?contract={CONTRACT}"))
    form = re.search(r'name="form" value="([^"]+)"', page)
    values = {"decision": "approve", **({"form": form[1]} if form else {})}
    assert approver.post(f"{proposal}/decision?contract={CONTRACT}", values).status_code == 302


def test_a_month_is_scored_with_evidence_by_one_and_approved_by_another(own_office: Office, log_in: LogIn) -> None:
    template_of(log_in)
    manager = log_in(Role.CLIENT_MANAGER)
    address = "/scores/new?template=monthly"
    values = {"form": form_of(manager, address), "template": "monthly", "month": "2024-05", "count-down": "2"}
    missing = manager.post(address, values)
    assert missing.status_code == 422
    assert "扣分须有依据" in text(missing)
    file = SimpleUploadedFile("../../evil.pdf", PDF)
    agree(manager.post(address, {**values, "evidence-down": "payment-1", "file-down": file}), log_in)
    (sheet,) = said(own_office, ScoreGiven)
    assert str(sheet.points) == "90"
    assert len(sheet.deductions[0].evidence) == 2
    assert "90" in text(manager.get("/scores/"))
    assert manager.get("/archive/papers/score-sheet.docx?score=monthly-2024-05-all").content.startswith(b"PK")
    assert manager.get(f"/document/{sheet.deductions[0].evidence[1]}").content == PDF


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html><script>alert(1)</script>", b"PDF-1.7"])
def test_evidence_that_is_no_document_is_refused(own_office: Office, log_in: LogIn, content: bytes) -> None:
    template_of(log_in)
    manager, address = log_in(Role.CLIENT_MANAGER), "/scores/new?template=monthly"
    values = {"form": form_of(manager, address), "template": "monthly", "month": "2024-05", "count-down": "1"}
    answer = manager.post(address, {**values, "file-down": SimpleUploadedFile("a.pdf", content)})
    assert answer.status_code == 422


@pytest.mark.parametrize("role", [Role.CLIENT_APPROVER, Role.SERVICE_MANAGER, Role.ENGINEER, Role.TENANT_USER])
def test_who_does_not_score_has_no_form(office: Office, log_in: LogIn, role: Role) -> None:
    assert log_in(role).get("/scores/new?template=monthly").status_code == 403
    assert log_in(role).post("/scores/template", {}).status_code == 403


def test_a_sealed_scan_is_attached_with_its_digest_and_kept(own_office: Office, log_in: LogIn) -> None:
    manager, address = log_in(Role.CLIENT_MANAGER), f"/record/paper.sealed?contract={CONTRACT}"
    file = SimpleUploadedFile("扫描 件;rm -rf.pdf", PDF)
    values = {"form": form_of(manager, address), "step": "record", "at": "2024-10-19T10:00", "paper": "work-plan"}
    assert manager.post(address, {**values, "subject": "", "document": file}).status_code == 302
    page = text(manager.get("/archive/"))
    assert "已盖章 work-plan" in page
    assert "2039-12-31" in page


def test_destruction_before_the_end_of_retention_is_refused_with_its_clause(own_office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    digest = "sha256:" + "ab" * 32
    address = f"/record/document.destroyed?contract={CONTRACT}&digest={digest}"
    values = {"form": form_of(manager, address), "step": "record", "at": "2024-10-19T10:00", "digest": digest}
    answer = manager.post(address, {**values, "reason": "space"})
    assert answer.status_code == 422
    assert "[C38]" in text(answer)
    assert "合同文书须保存至 2039-12-31" in text(answer)


def test_a_paper_that_lacks_something_says_what(office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    assert manager.get("/archive/papers/order-sheet.pdf").status_code == 422
    assert manager.get("/archive/papers/nothing.pdf").status_code == 404
    assert manager.get("/archive/papers/minutes.exe?topic=x").status_code == 404


def test_the_qr_code_of_a_paper_is_checked(office: Office, log_in: LogIn) -> None:
    manager, kernel = log_in(Role.CLIENT_MANAGER), office.kernel
    from base64 import b64encode
    from urllib.parse import urlencode

    from yunyue.doors.papers import digest_of

    size, day = kernel.journal.head().size, kernel.clock.now().date()
    said_by_code = {
        "contract": CONTRACT,
        "as_of": day.isoformat(),
        "size": str(size),
        "root": b64encode(kernel.journal.head().root).decode(),
        "statement": digest_of(kernel, CONTRACT, day, size),
    }
    page = text(manager.get(f"/archive/verify?{urlencode(said_by_code)}"))
    assert page.count("state-good") >= 2
    for name, wrong in (("root", "AAAA"), ("size", "999999999"), ("statement", "0" * 64), ("size", "x")):
        page = text(manager.get(f"/archive/verify?{urlencode({**said_by_code, name: wrong})}"))
        assert "state-bad" in page, name


@pytest.mark.parametrize(
    "address", ["/orders/", "/orders/left", "/tickets/", "/tickets/incidents", "/scores/", "/archive/"]
)
def test_every_table_is_exported(office: Office, log_in: LogIn, address: str) -> None:
    answer = log_in(Role.CLIENT_MANAGER).get(f"{address}?as=excel")
    assert answer.content.startswith(b"PK")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_parameters_of_an_order_carry_the_titles_of_the_catalogue(office: Office, language: str) -> None:
    from yunyue.doors.web.console.ordering import fields
    from yunyue.doors.web.orders.views.listing import _written

    service = office.hosting.service("monitor")
    assert not isinstance(service, Refused)
    with translation.override(language):
        titles = {one.name: one.title for one in fields(service.entry, {})}
    name = next(iter(titles))
    assert _written({name: "x", "gone": "y", "empty": ""}, titles) == [(titles[name], name, "x"), ("", "gone", "y")]
    assert bool(re.search("[一-鿿]", titles[name])) == (language == "zh-hans")
