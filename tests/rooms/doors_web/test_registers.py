"""The first screens and the registers show what waits, what is missing and what is late, each to its role."""

import io
import zipfile
from typing import Any

import pytest
from console_cast import LogIn, text
from form_cast import paper, sent

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role

ADDRESSES = ("/payments", "/acceptance", "/rectifications", "/staff", "/exclusions", "/proposals")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_register_opens_in_both_languages_also_with_nothing_in_it(
    office: Office, log_in: LogIn, address: str, language: str
) -> None:
    answer = log_in(Role.CLIENT_MANAGER, language=language).get(address)
    assert answer.status_code == 200
    assert "None" not in text(answer)


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_register_is_had_as_excel(office: Office, log_in: LogIn, address: str) -> None:
    answer = log_in(Role.CLIENT_MANAGER).get(f"{address}?as=excel")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()


def test_payments_show_the_conditions_and_what_is_left(office: Office, log_in: LogIn) -> None:
    page = text(log_in(Role.CLIENT_MANAGER, language="en").get("/payments"))
    assert "¥575,038.32" in page
    assert page.count("Propose a payment") == 2
    assert "Propose a payment" not in text(log_in(Role.SERVICE_MANAGER, language="en").get("/payments"))


def test_acceptance_lists_what_is_missing(office: Office, log_in: LogIn) -> None:
    page = text(log_in(Role.CLIENT_MANAGER, language="en").get("/acceptance"))
    assert "monitor-coverage 2024-06" in page
    assert "Business training" in page
    assert page.count("Propose a result") == 1


def test_a_missed_month_is_decided_on_by_the_client_only(office: Office, log_in: LogIn) -> None:
    link = "/record/compensation.decided?"
    assert link in text(log_in(Role.CLIENT_MANAGER).get("/exclusions"))
    assert link not in text(log_in(Role.SERVICE_MANAGER).get("/exclusions"))
    assert "98.711 %" in text(log_in(Role.CLIENT_MANAGER).get("/exclusions"))


def test_rework_goes_from_order_to_report_to_review(own_office: Office, log_in: LogIn) -> None:
    manager, provider = log_in(Role.CLIENT_MANAGER, language="en"), log_in(Role.SERVICE_MANAGER, language="en")
    order: dict[str, Any] = {"notice": "n-1", "about": "slow probes", "deadline": "2024-11-20", "document": paper()}
    assert sent(manager, "rectification.ordered", **order)[0] == 302
    assert "Rework and report" in text(provider.get("/today"))
    assert "31 days" in text(provider.get("/today"))
    assert "Review the rework" not in text(manager.get("/today"))
    assert sent(provider, "rectification.reported", notice="n-1", document=paper())[0] == 302
    assert "Review the rework" in text(manager.get("/today"))
    assert sent(provider, "rectification.reported", notice="nothing", document=paper())[0] == 422
    assert sent(manager, "rectification.reviewed", notice="n-1", result="passed")[0] == 302
    assert "Review the rework" not in text(manager.get("/today"))


def test_an_exclusion_is_asked_for_by_one_and_approved_by_another(own_office: Office, log_in: LogIn) -> None:
    asked = {"exclusion": "x-1", "objective": "monitor-coverage", "ground": "maintenance", "reason": "power check"}
    provider, approver = log_in(Role.SERVICE_MANAGER, language="en"), log_in(Role.CLIENT_APPROVER, language="en")
    wrong = {**asked, "start": "2024-05-03T03:00", "end": "2024-05-03T01:00"}
    assert sent(provider, "exclusion.requested", **wrong)[0] == 422
    good = {**asked, "start": "2024-05-03T01:00", "end": "2024-05-03T03:00"}
    assert sent(provider, "exclusion.requested", **good)[0] == 302
    assert "Decide on an exclusion" in text(approver.get("/today"))
    assert sent(approver, "exclusion.approved", exclusion="x-1")[0] == 302
    assert "power check" in text(approver.get("/exclusions"))
    assert "Decide on an exclusion" not in text(approver.get("/today"))


def test_a_proposal_waits_on_the_first_screen_of_who_decides(own_office: Office, log_in: LogIn) -> None:
    manager, approver = log_in(Role.CLIENT_MANAGER, language="en"), log_in(Role.CLIENT_APPROVER, language="en")
    assert sent(manager, "payment.made", instalment="2", amount="5.00", document=paper())[0] == 302
    assert "Decide: Payment made" in text(approver.get("/today"))
    assert "Decide: Payment made" not in text(manager.get("/today"))
    assert "Proposed by you" in text(manager.get("/today"))
    assert "A payment is proposed" in text(manager.get("/payments"))


FIRST = {
    Role.CLIENT_MANAGER: 200,
    Role.CLIENT_APPROVER: 200,
    Role.SERVICE_MANAGER: 200,
    Role.ENGINEER: 200,
    Role.AUDIT_ADMINISTRATOR: "/audit",
    Role.TENANT_USER: 200,
    Role.SYSTEM_ADMINISTRATOR: "/system",
    Role.SECURITY_ADMINISTRATOR: "/security",
    Role.THIRD_PARTY: "/evidence",
    Role.FOUNDER: "/accounts/all",
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_begins_where_its_work_is(office: Office, log_in: LogIn, role: Role) -> None:
    answer = log_in(role).get("/today")
    assert (answer.get("Location") or answer.status_code) == FIRST[role]


def test_who_audits_sees_the_chain_and_what_was_done_to_accounts(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.SYSTEM_ADMINISTRATOR).post(
        "/accounts/open", {"username": "seen-by-audit", "person": "seen by audit", "role": "engineer", "tenant": ""}
    )
    page = text(log_in(Role.AUDIT_ADMINISTRATOR, language="en").get("/audit"))
    assert own_office.kernel.journal.head().root.hex() in page
    assert "Account opened" in page


def test_notices_and_supplements_stand_in_one_register_with_their_proof(own_office: Office, log_in: LogIn) -> None:
    provider = log_in(Role.SERVICE_MANAGER, language="en")
    assert "No notice, force majeure" in text(provider.get("/dealings?as_of=2024-04-01"))
    given = {"about": "other", "subject": "handbook", "by": "provider", "channel": "registered_mail"}
    assert sent(provider, "notice.given", **given, document=paper())[0] == 302
    page = text(provider.get("/dealings?group=notice"))
    assert "other handbook" in page
    assert "/document/sha256:" in page, "its proof"
    assert "other handbook" not in text(provider.get("/dealings?group=majeure"))
    assert provider.get("/dealings?as=excel")["Content-Type"].startswith("application/vnd.openxml")


def test_a_third_party_reads_the_register_and_records_nothing_in_it(own_office: Office, log_in: LogIn) -> None:
    page = text(log_in(Role.THIRD_PARTY).get("/dealings"))
    assert "/record/" not in page
