"""The page on which a department proves that a name is its own: the steps, the look, and what each person may see."""

import re

import pytest
from console_cast import LogIn, text
from contract_year import CONTRACT
from dns_cast import saying

from yunyue.doors.monitor.ownership import to_publish
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.journal.facts import OwnershipProven
from yunyue.services.monitor.probes import dns as dns_probe
from yunyue.services.monitor.target import parse_endpoint

ASK = f"?contract={CONTRACT}"
NAME = "www.example.gov.cn"
PAGE = f"/monitor/names{ASK}"
LOOK = f"/monitor/names/look{ASK}"


def word(office: Office, tenant: str) -> str:
    """What this department is to publish."""
    wanted = to_publish(office.hosting, CONTRACT, tenant, NAME)
    assert isinstance(wanted, dict)
    return wanted["word"]


def served_by(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """This system's name server is the one at the address."""

    async def server(_named: str, _network: object) -> tuple[str, int]:
        return parse_endpoint(address, 53)

    monkeypatch.setattr(dns_probe, "_server", server)


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "二、发布此口令"), ("en", "2. Publish this word")])
def test_the_steps_name_the_word_and_both_places(office: Office, log_in: LogIn, language: str, words: str) -> None:
    client = log_in(Role.CLIENT_MANAGER, language=language)
    assert words not in text(client.get(PAGE))
    shown = text(client.get(f"{PAGE}&tenant=dept-1&name={NAME}"))
    for said in (words, word(office, "dept-1"), f"_yunyue-challenge.{NAME} TXT", f"http://{NAME}/.well-known/"):
        assert said in shown


def test_a_published_word_makes_the_name_theirs_and_the_fact_names_who_looked(
    own_office: Office, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    with saying(word(own_office, "dept-1")) as address:
        served_by(address, monkeypatch)
        answer = client.post(LOOK, {"name": NAME, "tenant": "dept-1", "means": "dns"}, follow=True)
    assert re.search(rf"{NAME}</code></td><td>dept-1</td>", text(answer))
    (fact,) = own_office.kernel.facts(CONTRACT, OwnershipProven)
    assert fact.fact.data == OwnershipProven(tenant="dept-1", name=NAME, means="dns")
    assert fact.fact.actor.startswith("user:")


def test_a_word_that_is_not_there_is_refused_with_the_steps_still_shown(
    own_office: Office, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    with saying("v=spf1 -all") as address:
        served_by(address, monkeypatch)
        answer = client.post(LOOK, {"name": NAME, "tenant": "dept-1", "means": "dns"})
    assert answer.status_code == 422
    assert text(answer).count(word(own_office, "dept-1")) == 2
    assert not own_office.kernel.facts(CONTRACT, OwnershipProven)


@pytest.mark.parametrize(
    "wrong", [{"name": "10.1.2.3"}, {"name": ""}, {"name": "localhost"}, {"tenant": ""}, {"means": "smoke"}]
)
def test_what_cannot_be_proven_is_refused_before_anybody_looks(
    office: Office, log_in: LogIn, wrong: dict[str, str]
) -> None:
    answer = log_in(Role.CLIENT_MANAGER).post(LOOK, {"name": NAME, "tenant": "dept-1", "means": "dns"} | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)


def test_a_tenant_user_asks_for_their_own_department_whatever_is_said(office: Office, log_in: LogIn) -> None:
    shown = text(log_in(Role.TENANT_USER).get(f"{PAGE}&tenant=dept-2&name={NAME}"))
    assert word(office, "dept-1") in shown
    assert word(office, "dept-2") not in shown


def test_a_provider_sees_no_words(office: Office, log_in: LogIn) -> None:
    assert log_in(Role.ENGINEER).get(f"{PAGE}&tenant=dept-1&name={NAME}").status_code == 403
