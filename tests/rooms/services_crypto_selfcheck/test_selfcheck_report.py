"""The report covers every requirement, says what was not looked at, and is a self-assessment wherever it goes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crypto_cast import Desk
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.services.crypto.inventory import Holdings, holdings
from yunyue.services.crypto.selfcheck import keys
from yunyue.services.crypto.selfcheck.check import MOST_ENDPOINTS, MOST_VALUES, Scope, check
from yunyue.services.crypto.selfcheck.clauses import ITEMS
from yunyue.services.crypto.selfcheck.columns import Column
from yunyue.services.crypto.selfcheck.endpoints import Endpoint
from yunyue.services.crypto.selfcheck.finding import STATES, Finding, Report, State, report, together
from yunyue.services.crypto.selfcheck.reaching import Reach
from yunyue.services.crypto.selfcheck.writing import HEADS, lines, plain, read
from yunyue.settlement.statement import Said

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
NOWHERE = Reach(lambda _address: "not in this test")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "vault").make()


def held(desk: Desk) -> Holdings:
    found = holdings(desk.vault, desk.vault.mounts.all().values())
    assert isinstance(found, Holdings)
    return found


def states(found: list[Finding], item: str) -> list[str]:
    return [one.state for one in found if one.item == item]


def test_a_fresh_sm4_key_with_a_schedule_meets(desk: Desk) -> None:
    desk.key("k", "sm4-gcm96", auto_rotate_period="720h")
    found = keys.look(held(desk))
    assert (states(found, "附录B"), states(found, "5")) == (["meets"], ["meets"])


def test_an_old_key_fails_and_age_counts_from_its_latest_version(desk: Desk) -> None:
    desk.key("k", "sm4-gcm96")
    desk.clock.move(timedelta(days=366))
    assert states(keys.look(held(desk)), "附录B") == ["fails"]
    desk.post("transit/keys/k/rotate")
    assert states(keys.look(held(desk)), "附录B") == ["partly"]


@pytest.mark.parametrize(("kind", "state"), [("sm2", "meets"), ("hmac-sm3", "meets"), ("aes256-gcm96", "partly")])
def test_algorithms_are_chinese_or_partly_meet(desk: Desk, kind: str, state: str) -> None:
    desk.key("k", kind)
    assert states(keys.look(held(desk)), "5") == [state]


def test_a_key_that_may_be_exported_partly_meets(desk: Desk) -> None:
    desk.key("k", "sm4-gcm96", auto_rotate_period="720h", exportable=True)
    (found,) = [one for one in keys.look(held(desk)) if one.item == "附录B"]
    assert (found.state, "exported in plain" in found.said.en) == ("partly", True)


def test_the_vault_says_of_itself_that_it_is_no_certified_product(desk: Desk) -> None:
    desk.key("k", "sm4-gcm96")
    assert states(keys.look(held(desk)), "8.4p") == ["fails"]
    desk("DELETE", "transit/keys/k/soft-delete")
    assert keys.look(held(desk)) == []


def made(*findings: Finding) -> Report:
    return report(0, findings)


def test_every_requirement_is_in_the_report_and_the_unseen_say_why() -> None:
    found = made(Finding("8.3b", "partly", "host", Said("甲", "a")))
    assert [row.item for row in found.rows] == list(ITEMS)
    by_item = {row.item.id: row for row in found.rows}
    assert by_item["8.3b"].state == "partly"
    assert "on site" in by_item["8.1a"].findings[0].said.en
    assert "nothing was given" in by_item["8.2a"].findings[0].said.en
    assert {row.state for row in found.rows if not row.item.visible} == {"unchecked"}
    assert sum(found.counted().values()) == len(ITEMS)


@pytest.mark.parametrize(
    ("several", "state"),
    [
        ([], "unchecked"),
        (["inapplicable"], "inapplicable"),
        (["inapplicable", "unchecked"], "unchecked"),
        (["meets", "meets"], "meets"),
        (["meets", "unchecked"], "partly"),
        (["fails", "fails"], "fails"),
        (["fails", "unchecked"], "fails"),
        (["fails", "meets"], "partly"),
        (["partly"], "partly"),
    ],
)
def test_findings_together(several: list[State], state: State) -> None:
    assert together(several) == state


@given(st.lists(st.sampled_from(STATES), min_size=1))
def test_a_failure_never_lets_a_requirement_be_met(several: list[State]) -> None:
    assert together([*several, "fails"]) in ("fails", "partly")


def test_a_report_comes_back_from_what_is_kept_of_it() -> None:
    found = made(Finding("8.4e", "fails", "people.number", Said("甲", "a")))
    assert read(json.loads(json.dumps(plain(found))), 0) == found
    assert "自评" in plain(found)["label"]["zh"]
    assert "Self-assessment" in plain(found)["label"]["en"]


def test_rows_of_text_name_the_clause_and_what_was_looked_at() -> None:
    found = made(Finding("8.4e", "fails", "people.number", Said("甲", "a")))
    row = next(one for one in lines(found, "zh") if one[5] == "people.number")
    assert row == (
        *("应用和数据安全", "GB/T 39786—2021 8.4 e)", "重要数据存储机密性", "应", "不符合", "people.number", "甲"),
    )
    assert all(len(one) == len(HEADS["en"]) for one in lines(found, "en"))


def test_clauses_are_named_as_the_standard_numbers_them() -> None:
    clauses = {one.id: one.clause for one in ITEMS}
    assert clauses["8.2a"] == "GB/T 39786—2021 8.2 a)"
    assert clauses["8.4p"] == "GB/T 39786—2021 8.4 密码产品"
    assert clauses["5"] == "GB/T 39786—2021 5"
    assert clauses["附录B"] == "GB/T 39786—2021 附录B"


def test_everything_named_is_looked_at(desk: Desk) -> None:
    desk.key("k", "sm4-gcm96")
    scope = Scope(
        endpoints=(Endpoint("127.0.0.1", 9),),
        sshd=(("host", "Port 22\n"),),
        passwords=(("users", ["md5$a$b"]),),
        columns=(Column("people.number", ["plain"]),),
        packages=(("requirements", ["gmssl"]),),
        held=held(desk),
    )
    found = check(scope, NOWHERE, NOW)
    assert isinstance(found, Report)
    looked = {one.looked_at for row in found.rows for one in row.findings}
    assert looked >= {"127.0.0.1:9", "host", "users", "people.number", "requirements: gmssl", "transit/k"}
    assert found.made == int(NOW.timestamp() * 1000)


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope(), "name something"),
        (Scope(endpoints=(Endpoint("h", 1),) * (MOST_ENDPOINTS + 1)), "endpoints at a time"),
        (Scope(passwords=(("t", ["x"] * (MOST_VALUES + 1)),)), "values of a list"),
    ],
)
def test_nothing_and_too_much_are_refused(scope: Scope, said: str) -> None:
    refused = check(scope, NOWHERE, NOW)
    assert isinstance(refused, Refused)
    assert said in refused.reason
