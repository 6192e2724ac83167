"""A self-check is run from a form, kept as a report, shown on a page and given as a file; always named 自评."""

import io
import json
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from console_cast import LogIn, text
from django.test import Client
from docx import Document
from endpoint_cast import TlcpServer, sm2_certificate
from keys_cast import ASK, OURS, THEIRS, Keys
from python_calamine import load_workbook

from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.crypto.roles import CHECKERS

FORM = f"/crypto/selfcheck{ASK}"


def run(client: Client, **given: str) -> str:
    """The address of the report that was made."""
    answer = client.post(FORM, given)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


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
    from yunyue.doors.web.crypto.views import selfchecks

    class Strict:
        """Settings that allow no private targets."""

        private_targets = False

    class Strictly:
        """The office under such settings."""

        def __init__(self) -> None:
            self.settings, self.clock = Strict(), keys.office.clock
            self.kernel = keys.office.kernel

    monkeypatch.setattr(selfchecks, "office", Strictly)
    client = log_in(Role.CLIENT_MANAGER, language="en")
    page = text(client.get(run(client, endpoints=f"127.0.0.1:{tlcp}")))
    assert "may not be reached" in page
    assert "answers with TLCP" not in page


def test_what_was_typed_is_not_kept(keys: Keys, log_in: LogIn) -> None:
    from yunyue.doors.web.crypto.models import SelfCheck

    client = log_in(Role.CLIENT_MANAGER)
    run(client, passwords="hunter2\nmd5$salt$5f4dcc3b5aa765d61d8327deb882cf99", column="110101199003070011")
    kept = json.dumps(SelfCheck.objects.latest("pk").content)
    assert "hunter2" not in kept
    assert "5f4dcc3b" not in kept
    assert "110101199003070011" not in kept


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
    assert run(client, packages="gmssl")


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
