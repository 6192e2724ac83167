"""A self-check is run from a form, kept as a report, shown on a page and given as a file; always named 自评."""

import io
import json
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from console_cast import SETTINGS, LogIn, text
from django.test import Client
from docx import Document
from endpoint_cast import TlcpServer, sm2_certificate
from keys_cast import ASK, CONTRACT, OURS, THEIRS, Keys, ended
from python_calamine import load_workbook

from yunyue.doors.office import Office, office, open_office
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.crypto.checking import keep_report
from yunyue.doors.web.crypto.roles import CHECKERS
from yunyue.host.jobs import Jobs
from yunyue.services.crypto.selfcheck.finding import Finding, report
from yunyue.services.crypto.selfcheck.reaching import Reach

FORM = f"/crypto/selfcheck{ASK}"
pytestmark = pytest.mark.usefixtures("working")


def begun(client: Client, **given: str) -> str:
    """The address of the report that is being made."""
    answer = client.post(FORM, given)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def number_of(address: str) -> int:
    """The report's number."""
    return int(address.split("?")[0].rsplit("/", 1)[1])


def run(client: Client, **given: str) -> str:
    """The address of the report that was made."""
    address, jobs = begun(client, **given), office().jobs
    assert jobs is not None
    ended(jobs, number_of(address))
    return address


@pytest.fixture
def tlcp() -> Iterator[int]:
    with TlcpServer((sm2_certificate("sign"), sm2_certificate("encrypt"))) as port:
        yield port


@pytest.mark.parametrize(("language", "label"), [("zh-hans", "自评"), ("en", "Self-assessment")])
def test_a_report_shows_every_layer_and_its_label(keys: Keys, log_in: LogIn, language: str, label: str) -> None:
    client = log_in(Role.CLIENT_MANAGER, language=language)
    page = text(client.get(run(client, keys="1", packages="gmssl==3.2.2")))
    assert label in page
    for layer in (
        ("物理和环境安全", "应用和数据安全") if language == "zh-hans" else ("Physical and environment", "Device and")
    ):
        assert layer in page
    assert "order-9/our-key" in page
    assert "gmssl" in page
    assert ("不符合" if language == "zh-hans" else "Does not meet") in page
    assert "GB/T 39786—2021 8.1 a)" in page


def test_an_endpoint_of_tlcp_is_looked_at(keys: Keys, log_in: LogIn, tlcp: int) -> None:
    client = log_in(Role.CLIENT_MANAGER, language="en")
    page = text(client.get(run(client, endpoints=f"127.0.0.1:{tlcp}\n")))
    assert "answers with TLCP ECC_SM4_CBC_SM3" in page


def test_private_endpoints_are_not_reached_unless_the_operator_allows_them(
    keys: Keys, log_in: LogIn, tlcp: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yunyue.doors.web.crypto import checking

    real = office()
    strict = SimpleNamespace(private_targets=False)
    said = SimpleNamespace(settings=strict, clock=real.clock, jobs=real.jobs)
    monkeypatch.setattr(checking, "office", lambda: said)
    client = log_in(Role.CLIENT_MANAGER, language="en")
    page = text(client.get(run(client, endpoints=f"127.0.0.1:{tlcp}")))
    assert "may not be reached" in page
    assert "answers with TLCP" not in page


def test_what_was_typed_is_kept_nowhere(keys: Keys, log_in: LogIn, working: Jobs, tmp_path: Path) -> None:
    """Not in the accounts' database, the queue, the log or the journal: every file there is, is read."""
    client = log_in(Role.CLIENT_MANAGER)
    secrets = ("hunter2-in-plain", "5f4dcc3b5aa765d61d8327deb882cf99", "110101199003070011", "MaxAuthTries 3917")
    run(
        client,
        passwords=f"{secrets[0]}\nmd5$salt${secrets[1]}",
        column=secrets[2],
        sshd=f"PasswordAuthentication yes\n{secrets[3]}",
        packages="gmssl",
    )
    homes = (SETTINGS.home, keys.office.settings.home, working._settings.home)
    files = [one for home in homes for one in home.rglob("*") if one.is_file()]
    assert {"accounts.sqlite", "jobs.sqlite"} <= {one.name for one in files}
    held = b"".join(one.read_bytes() for one in files)
    assert b"gmssl" in held
    for secret in secrets:
        assert secret.encode() not in held


def test_a_department_sees_its_own_reports_and_keys_only(keys: Keys, log_in: LogIn) -> None:
    ours, theirs = log_in(Role.TENANT_USER, tenant=OURS), log_in(Role.TENANT_USER, tenant=THEIRS)
    address = run(ours, keys="1")
    assert "our-key" in text(ours.get(address))
    assert "their-key" not in text(ours.get(address))
    assert theirs.get(address).status_code == 404
    assert theirs.get(address.replace(ASK, f".json{ASK}")).status_code == 404
    number = address.split("?")[0].rsplit("/", 1)[1]
    assert f"/crypto/selfcheck/{number}?" not in text(theirs.get(FORM))
    assert f"/crypto/selfcheck/{number}?" in text(ours.get(FORM))
    assert f"/crypto/selfcheck/{number}?" in text(log_in(Role.AUDIT_ADMINISTRATOR).get(FORM))


@pytest.mark.parametrize("role", [Role.THIRD_PARTY, Role.AUDIT_ADMINISTRATOR])
def test_onlookers_run_none_and_get_no_form(keys: Keys, log_in: LogIn, role: Role) -> None:
    assert role not in CHECKERS
    client = log_in(role)
    assert 'name="endpoints"' not in text(client.get(FORM))
    assert client.post(FORM, {"packages": "gmssl"}).status_code == 403


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "name something to look at"),
        ({"endpoints": "not a host"}, "visible ASCII"),
        ({"endpoints": "user@host:1"}, "no user name"),
        ({"endpoints": "host:99999"}, "Port out of range"),
        ({"endpoints": "\n".join(f"h{at}.example:1" for at in range(21))}, "at most 20 endpoints"),
    ],
)
def test_wrong_forms_are_refused_and_keep_what_was_typed(
    keys: Keys, log_in: LogIn, given: dict[str, str], said: str
) -> None:
    answer = log_in(Role.CLIENT_MANAGER, language="en").post(FORM, given)
    assert answer.status_code == 422
    assert said in text(answer)
    assert given.get("endpoints", "").split("\n")[0] in text(answer)


def test_a_sealed_vault_is_said_when_its_keys_are_asked_for(keys: Keys, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER, language="en")
    keys.seal()
    assert "the vault is sealed" in text(client.post(FORM, {"keys": "1"}))
    assert "gmssl" in text(client.get(run(client, packages="gmssl")))


@pytest.mark.parametrize(("language", "label"), [("zh-hans", "自评："), ("en", "Self-assessment by software")])
def test_files_carry_the_label_and_every_finding(keys: Keys, log_in: LogIn, language: str, label: str) -> None:
    client = log_in(Role.CLIENT_MANAGER, language=language)
    path = run(client, packages="=cmd()\ngmssl", passwords="x").split("?")[0]
    opened = Document(io.BytesIO(client.get(f"{path}.docx{ASK}").content))
    assert label in opened.sections[0].header.paragraphs[0].text
    cells = [cell.text for row in opened.tables[0].rows for cell in row.cells]
    assert any("gmssl" in one for one in cells)
    rows = load_workbook(io.BytesIO(client.get(f"{path}.xlsx{ASK}").content)).get_sheet_by_index(0).to_python()
    assert label in str(rows[0][0])
    assert len(rows) == len(opened.tables[0].rows) + 3
    told = json.loads(client.get(f"{path}.json{ASK}").content)
    assert "自评" in told["label"]["zh"]
    assert told["counted"]["unchecked"] > 10
    assert client.get(f"{path}.pdf{ASK}").status_code == 404


def test_the_document_is_a_sound_archive(keys: Keys, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    path = run(client, sshd="Ciphers \x07bell\nPort 22").split("?")[0]
    with ZipFile(io.BytesIO(client.get(f"{path}.docx{ASK}").content)) as archive:
        assert archive.testzip() is None


def test_without_a_report_the_page_says_what_to_do(keys: Keys, log_in: LogIn) -> None:
    from yunyue.doors.web.crypto.models import SelfCheck

    SelfCheck.objects.all().delete()
    assert "No report yet" in text(log_in(language="en").get(FORM))


def gate_of_endpoints(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, list[str]]:
    """Endpoints are looked at when the gate opens; which were, is noted."""
    from yunyue.services.crypto.selfcheck import endpoints

    gate, seen = threading.Event(), list[str]()
    really = endpoints.look

    def look(one: endpoints.Endpoint, reach: Reach, now: datetime) -> list[Finding]:
        seen.append(str(one))
        assert gate.wait(60)
        return really(one, reach, now)

    monkeypatch.setattr(endpoints, "look", look)
    return gate, seen


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "可以离开本页"), ("en", "You may leave this page")])
def test_the_page_says_how_far_it_is_until_the_report_is_there(
    keys: Keys, log_in: LogIn, working: Jobs, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    gate, seen = gate_of_endpoints(monkeypatch)
    client = log_in(Role.CLIENT_MANAGER, language=language)
    address = begun(client, keys="1", endpoints="127.0.0.1:1\n127.0.0.1:2", packages="gmssl")
    try:
        page = text(client.get(address))
        assert said in page
        assert 'max="3"' in page
        assert 'data-again="1"' in page
        assert 'data-state="queued"' in page or 'data-state="running"' in page
        assert client.get(address.replace(ASK, f".json{ASK}")).status_code == 404
        assert f"/crypto/selfcheck/{number_of(address)}?" in text(client.get(FORM))
    finally:
        gate.set()
    ended(working, number_of(address))
    page = text(client.get(address))
    assert 'id="live"' in page, "the page that waits finds here that it is over"
    assert 'data-state="done"' in page
    assert said not in page
    assert sorted(seen) == ["127.0.0.1:1", "127.0.0.1:2"]
    assert all(one in page for one in (*seen, "gmssl", "order-9/our-key"))


def test_a_self_check_whose_process_died_before_it_was_queued_is_queued_later(
    keys: Keys, log_in: LogIn, working: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yunyue.doors.web.crypto import checking

    client = log_in(Role.CLIENT_MANAGER, language="en")
    with monkeypatch.context() as patched:
        patched.setattr(checking, "_enqueue", lambda jobs, one: None)
        address = begun(client, packages="gmssl==3")
    assert "begins when a worker is free" in text(client.get(address))
    assert checking.resume(working) >= 1
    ended(working, number_of(address))
    assert "gmssl" in text(client.get(address))
    assert checking.resume(working) == 0


def test_one_that_broke_says_so_and_stays(
    keys: Keys, log_in: LogIn, working: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yunyue.doors.web.crypto import checking

    def broken(*_given: object) -> None:
        raise OSError("the disk is full of secrets")

    monkeypatch.setattr(checking, "_keep", broken)
    client = log_in(Role.CLIENT_MANAGER, language="en")
    page = text(client.get(run(client, packages="gmssl")))
    assert "ended with an error (OSError)" in page
    assert "secrets" not in page
    assert "Ended with an error" in text(client.get(FORM))


def test_a_vault_sealed_meanwhile_leaves_its_keys_unchecked(
    keys: Keys, log_in: LogIn, working: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, _ = gate_of_endpoints(monkeypatch)
    client = log_in(Role.CLIENT_MANAGER, language="en")
    address = begun(client, keys="1", endpoints="127.0.0.1:1")
    keys.seal()
    gate.set()
    ended(working, number_of(address))
    assert "the vault was sealed; its keys could not be looked at" in text(client.get(address))


def test_without_workers_nothing_is_taken_on(keys: Keys, log_in: LogIn) -> None:
    from yunyue.doors.web.crypto.models import SelfCheck

    open_office(Office(keys.office.hosting))
    before = SelfCheck.objects.count()
    answer = log_in(Role.CLIENT_MANAGER, language="en").post(FORM, {"packages": "gmssl"})
    assert answer.status_code == 422
    assert "workers are not running" in text(answer)
    assert SelfCheck.objects.count() == before


def test_one_made_at_a_terminal_stands_among_them_and_no_department_sees_it(keys: Keys, log_in: LogIn) -> None:
    kept = keep_report(CONTRACT, "cli:1000", report(1_700_000_000_000, []))
    client = log_in(Role.CLIENT_MANAGER, language="en")
    assert "cli:1000" in text(client.get(FORM))
    assert "Self-assessment" in text(client.get(f"/crypto/selfcheck/{kept.pk}{ASK}"))
    mine = log_in(Role.TENANT_USER, tenant=OURS)
    assert "cli:1000" not in text(mine.get(FORM))
    assert mine.get(f"/crypto/selfcheck/{kept.pk}{ASK}").status_code == 404
