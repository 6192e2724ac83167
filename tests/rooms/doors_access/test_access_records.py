"""Every look at what is protected, and every refusal, is on record before the answer leaves; one role reads it."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from console_cast import LogIn, text
from django.test import Client
from walk import PAGES

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses, damage, seal_accesses
from yunyue.doors.office import Office
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.settings import Settings
from yunyue.journal.facts import PaymentMade, SegmentSealed
from yunyue.kernel import Happening, Recorder
from yunyue.money import Money
from yunyue.store.access import Access, Wanted

FACT = "/journal/fact/payment-1"


def noted(office: Office, kind: str = "") -> list[Access]:
    """The records there are, newest first."""
    return [one for _position, one in accesses(office).search(Wanted(kind=kind), 500).records]


def test_a_look_at_evidence_is_on_record_with_who_where_and_what(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    assert client.get(FACT, REMOTE_ADDR="192.0.2.9", headers={"X-Request-ID": "r-12345678"}).status_code == 200
    (one,) = noted(own_office, kind="evidence")
    assert one.actor == f"user:{client.session['_auth_user_id']}"
    assert (one.role, one.door, one.what, one.about) == ("client_manager", "console", "GET console:fact", "payment-1")
    assert (one.outcome, one.status, one.address, one.request) == ("granted", 200, "192.0.2.9", "r-12345678")


@pytest.mark.parametrize(
    ("role", "address", "kind"),
    [
        (Role.CLIENT_MANAGER, "/staff", "staff"),
        (Role.AUDIT_ADMINISTRATOR, "/access", "access"),
        (Role.SYSTEM_ADMINISTRATOR, "/accounts/all", "personal"),
        (Role.CLIENT_MANAGER, "/statement", "business"),
        (Role.CLIENT_MANAGER, "/journal.xlsx", "evidence"),
    ],
)
def test_each_kind_of_what_is_protected_is_named(
    own_office: Office, log_in: LogIn, role: Role, address: str, kind: str
) -> None:
    assert log_in(role).get(address).status_code == 200
    assert [one.outcome for one in noted(own_office, kind=kind)] == ["granted"]


def test_what_shows_nothing_protected_is_not_on_record(own_office: Office, log_in: LogIn) -> None:
    assert log_in(Role.CLIENT_MANAGER).get("/").status_code == 200
    assert noted(own_office) == []


def test_being_turned_away_is_on_record(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.SYSTEM_ADMINISTRATOR)
    assert client.get("/statement").status_code == 403
    assert client.get("/access").status_code == 403
    assert [(one.what, one.outcome) for one in noted(own_office)] == [
        ("GET access:records", "refused"),
        ("GET console:statement", "refused"),
    ]


def test_a_stranger_sent_to_the_login_page_is_on_record(own_office: Office) -> None:
    assert Client().get(FACT).status_code == 302
    (one,) = noted(own_office)
    assert (one.actor, one.outcome, one.kind) == ("", "refused", "evidence")


def test_a_refused_call_of_the_api_is_on_record(own_office: Office, log_in: LogIn) -> None:
    assert log_in(Role.ENGINEER).post("/api/v1/contracts/x/orders", "{}", "application/json").status_code == 401
    (one,) = noted(own_office)
    assert (one.door, one.outcome, one.contract) == ("api", "refused", "x")


def test_coming_in_and_failing_to_are_on_record(own_office: Office, settings: Settings) -> None:
    from yunyue.doors.web.accounts.models import Account

    right = setup.add_account(settings, "noted-in", Role.ENGINEER)
    name = Account.objects.get(username="noted-in").pseudonym
    for password in ("wrong", right):
        Client().post("/accounts/login", {"username": "noted-in", "password": password})
    Client().post("/accounts/login", {"username": "secret typed as a name", "password": "x"})
    found = [(one.actor, one.outcome) for one in noted(own_office, kind="login")]
    assert found == [("", "refused"), (name, "granted"), (name, "refused")]
    assert "secret typed" not in str(noted(own_office))


def test_nobody_is_answered_when_the_record_cannot_be_written(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    accesses(own_office).close()
    answer = client.get(FACT)
    assert answer.status_code == 503
    assert b"payment-1" not in answer.content
    assert client.get("/").status_code == 200, "what shows nothing protected still answers"


def test_each_address_of_the_api_goes_by_a_name_of_its_own_in_the_records() -> None:
    from yunyue.doors.api.urls import api
    from yunyue.doors.web.access.kinds import KINDS

    names: dict[str, str] = {}
    for pattern in api.urls[0]:
        names.setdefault(str(pattern.pattern), f"api-1:{getattr(pattern, 'name', '')}")
    assert [one for one, times in Counter(names.values()).items() if times > 1] == []
    assert {one for pages in KINDS.values() for one in pages if one.startswith("api-1:")} <= set(names.values())


def test_an_unlisted_page_is_recorded_as_business() -> None:
    from yunyue.doors.web.access.kinds import kind_of

    assert kind_of("invented:page") == "business"


def test_every_kind_names_pages_that_there_are(office: Office) -> None:
    from yunyue.doors.web.access.kinds import KINDS, LOGINS

    named = {name for names in KINDS.values() for name in names if not name.startswith("api-1:")}
    assert named | LOGINS <= set(PAGES)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDIT_ADMINISTRATOR}))
@pytest.mark.parametrize("address", ["/access", "/access.xlsx", "/access/0", "/audit"])
def test_nobody_but_who_audits_reads_the_records(office: Office, log_in: LogIn, role: Role, address: str) -> None:
    assert log_in(role).get(address).status_code == 403


def test_who_audits_searches_by_words_days_and_outcome(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.CLIENT_MANAGER).get(FACT)
    log_in(Role.SYSTEM_ADMINISTRATOR).get("/staff")
    auditor = log_in(Role.AUDIT_ADMINISTRATOR, language="en")
    page = text(auditor.get("/access?words=payment-1"))
    assert "GET console:fact" in page
    assert "console:staff" not in page
    assert "console:staff" in text(auditor.get("/access?outcome=refused"))
    assert "No record is like that" in text(auditor.get("/access?until=2001-01-01"))
    assert "No record is like that" not in text(auditor.get("/access?since=2001-01-01&kind=nonsense&page=-3"))


def test_the_export_holds_what_the_search_finds_and_no_formula(own_office: Office, log_in: LogIn) -> None:
    from io import BytesIO

    from python_calamine import CalamineWorkbook

    log_in(Role.CLIENT_MANAGER).get("/journal?contract==cmd()")
    answer = log_in(Role.AUDIT_ADMINISTRATOR, language="en").get("/access.xlsx?kind=evidence")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["No.", "Moment", "Who", "Role"]
    assert [row[8] for row in rows[1:]] == ["'=cmd()"]


def test_an_export_that_would_not_hold_them_all_is_refused(
    own_office: Office, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yunyue.doors.web.access.views import records

    for _look in range(3):
        log_in(Role.CLIENT_MANAGER).get(FACT)
    monkeypatch.setattr(records, "EXPORTED", 2)
    auditor = log_in(Role.AUDIT_ADMINISTRATOR, language="en")
    answer = auditor.get("/access.xlsx?kind=evidence")
    assert answer.status_code == 400
    assert "3 records were found; an export holds 2" in text(answer)
    assert auditor.get("/access.xlsx?until=2001-01-01").status_code == 200


def test_a_sealed_record_is_proven_on_its_page_up_to_the_journal(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.CLIENT_MANAGER).get(FACT)
    auditor = log_in(Role.AUDIT_ADMINISTRATOR, language="en")
    waiting = auditor.get("/access/0")
    assert waiting.status_code == 409
    assert "not sealed yet" in text(waiting)
    (fact,) = sealed(own_office)
    page = text(auditor.get("/access/0"))
    assert fact.digest in page
    assert page.count("Broken") == 0
    assert "A fact of the journal carries this root" in page
    assert auditor.get("/access/999999").status_code == 404


def sealed(office: Office) -> tuple[SegmentSealed, ...]:
    found = seal_accesses(office, force=True)
    assert not isinstance(found, Refused)
    return found


def test_sealing_again_records_no_segment_twice(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.CLIENT_MANAGER).get(FACT)
    assert len(sealed(own_office)) == 1
    assert sealed(own_office) == ()


def test_a_seal_lost_before_its_fact_is_made_up_for(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.CLIENT_MANAGER).get(FACT)
    accesses(own_office).seal(own_office.clock.now(), force=True)
    assert len(damage(own_office)) == 1
    assert len(sealed(own_office)) == 1
    assert damage(own_office) == ()


def test_who_audits_has_every_record_checked(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.CLIENT_MANAGER).get(FACT)
    sealed(own_office)
    auditor = log_in(Role.AUDIT_ADMINISTRATOR, language="en")
    assert "Every sealed record is as the journal says" in text(auditor.post("/audit/check"))
    next((own_office.settings.home / "access").glob("*.parquet")).write_bytes(b"gone")
    assert "cannot be read" in text(auditor.post("/audit/check"))


@pytest.fixture
def asked(log_in: LogIn) -> Callable[[Role, str], Any]:
    return lambda role, address: text(log_in(role, language="en").get(address))


def test_the_system_administrators_screen_tells_of_the_machine_and_not_of_the_contract(
    own_office: Office, asked: Callable[[Role, str], str]
) -> None:
    page = asked(Role.SYSTEM_ADMINISTRATOR, "/system")
    assert "No backup was made yet" in page
    assert "the workers are not running" in page
    assert "958,397" not in page
    (own_office.settings.home / "last-backup").write_text(own_office.clock.now().isoformat())
    assert "Last made" in asked(Role.SYSTEM_ADMINISTRATOR, "/system")


def test_the_security_administrators_screen_names_risky_grants(
    own_office: Office, settings: Settings, asked: Callable[[Role, str], str]
) -> None:
    setup.add_account(settings, "risky-engineer", Role.ENGINEER)
    page = asked(Role.SECURITY_ADMINISTRATOR, "/security")
    assert "risky-engineer" in page
    assert "opened on the machine, approved by nobody" in page


def test_the_audit_administrators_screen_names_who_was_turned_away(own_office: Office, log_in: LogIn) -> None:
    log_in(Role.SYSTEM_ADMINISTRATOR).get("/staff", REMOTE_ADDR="192.0.2.44")
    page = text(log_in(Role.AUDIT_ADMINISTRATOR, language="en").get("/audit"))
    assert "192.0.2.44" in page
    assert own_office.kernel.journal.head().root.hex() in page


def test_what_was_typed_in_past_a_second_person_is_odd(own_office: Office, log_in: LogIn) -> None:
    said = PaymentMade(instalment=2, amount=Money(100), document=own_office.kernel.objects.put(b"slip"))  # type: ignore[arg-type]  # the disk of a test is not full
    happening = Happening(said, own_office.clock.now(), "past-duties")
    assert not isinstance(own_office.kernel.record("beijing-2024", [happening], Recorder("cli:0", "/cli")), Refused)
    page = text(log_in(Role.AUDIT_ADMINISTRATOR, language="en").get("/audit"))
    assert "recorded on the machine without a second person" in page
    assert "past-duties" in page


def test_a_retention_gap_is_named(own_office: Office, log_in: LogIn) -> None:
    page = text(log_in(Role.AUDIT_ADMINISTRATOR, language="en").get("/audit"))
    assert "nothing is on record" in page or "days are missing" in page


def test_the_machines_parts_are_named_in_the_readers_language(own_office: Office, log_in: LogIn) -> None:
    page = text(log_in(Role.SYSTEM_ADMINISTRATOR).get("/system"))
    health = page.partition('id="h-health"')[2].partition("</section>")[0]
    assert re.findall(r'<th scope="row">(.*?)</th>', health) == ["账本", "账号", "任务", "磁盘"]
