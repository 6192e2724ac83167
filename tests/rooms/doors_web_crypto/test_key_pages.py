"""Keys are seen by their department and the contract's readers; acts are by role, destruction by two people."""

import io
import json
from datetime import timedelta

import pytest
from console_cast import GOOD_PASSWORD, LogIn, prove, text
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from django.db import IntegrityError, transaction
from django.test import Client
from keys_cast import ASK, CONTRACT, OURS, THEIRS, Keys
from python_calamine import load_workbook

from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.tables import paging
from yunyue.services.crypto.uselog import Use

PAGE = f"/crypto/{ASK}"


def ask(client: Client, keys: Keys, what: str, tenant: str = OURS, **more: str) -> int:
    name = "our-key" if tenant == OURS else "their-key"
    return client.post(f"/crypto/act{ASK}", keys.form(name, what, tenant, **more)).status_code


def wish_number() -> int:
    from yunyue.doors.web.crypto.models import KeyWish

    return KeyWish.objects.latest("pk").pk


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_keys_with_type_age_and_versions(keys: Keys, log_in: LogIn, language: str) -> None:
    keys.act("our-key", "rotate")
    page = text(log_in(Role.CLIENT_MANAGER, language=language).get(PAGE))
    assert "beijing-2024/order-9/our-key" in page
    assert "sm4-gcm96" in page
    assert "<summary>2</summary>" in page
    assert ("不是经认证的商用密码产品" if language == "zh-hans" else "no certified product") in page


def test_a_department_sees_its_own_keys_only(keys: Keys, log_in: LogIn) -> None:
    keys.make("nobodys", "")
    for tenant, own, other in ((OURS, "our-key", "their-key"), (THEIRS, "their-key", "our-key")):
        client = log_in(Role.TENANT_USER, tenant=tenant)
        for address in (PAGE, f"/crypto/cbom.json{ASK}"):
            body = text(client.get(address))
            assert own in body
            assert other not in body
            assert "nobodys" not in body
    assert all(one in text(log_in(Role.AUDIT_ADMINISTRATOR).get(PAGE)) for one in ("our-key", "their-key", "nobodys"))


def test_keys_come_in_pages_also_after_an_act_that_was_refused(
    keys: Keys, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "ROWS", 1)
    client = log_in(Role.AUDIT_ADMINISTRATOR)
    tables = [text(client.get(f"{PAGE}&page={number}")).split("<tbody>")[-1] for number in (1, 2)]
    assert [[one for one in ("our-key", "their-key") if one in table] for table in tables] == [
        ["our-key"],
        ["their-key"],
    ]
    assert f'href="/crypto/{ASK}&amp;page=2"' in text(client.get(PAGE))
    refused = log_in(Role.CLIENT_MANAGER).post(f"/crypto/act{ASK}", keys.form("our-key", "nonsense"))
    assert f'href="/crypto/{ASK}&amp;page=2"' in text(refused)
    assert (
        len(load_workbook(io.BytesIO(client.get(f"/crypto/keys.xlsx{ASK}").content)).get_sheet_by_index(0).to_python())
        == 3
    )


def test_the_bill_is_valid_and_a_file(keys: Keys, log_in: LogIn) -> None:
    answer = log_in(Role.THIRD_PARTY).get(f"/crypto/cbom.json{ASK}")
    assert answer["Content-Type"] == "application/vnd.cyclonedx+json; version=1.7"
    assert 'filename="cbom-beijing-2024.cdx.json"' in answer["Content-Disposition"]
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(text(answer)) is None
    names = {one["name"] for one in json.loads(answer.content)["components"]}
    assert {"our-key v1", "their-key v1"} <= names


def test_the_keys_as_an_excel_table(keys: Keys, log_in: LogIn) -> None:
    content = log_in(Role.CLIENT_MANAGER, language="en").get(f"/crypto/keys.xlsx{ASK}").content
    rows = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["Key space", "Department", "Key", "Type"]
    assert [row[2] for row in rows[1:]] == ["our-key", "their-key"]


def test_calls_are_counted_by_the_minute_and_for_ones_own_department(keys: Keys, log_in: LogIn) -> None:
    space, now = keys.mounts[OURS].identifier, keys.vault.now()
    minute = now // 60_000 * 60_000 - 120_000
    uses = [Use(minute + at, space, "our-key", 1, "update encrypt", 1, "a", 200, 5, b"", b"") for at in range(120)]
    keys.vault.log.append(uses)
    told = json.loads(log_in(Role.TENANT_USER, tenant=OURS).get(f"/crypto/calls{ASK}").content)
    assert len(told["points"]) == 60
    assert [point[1] for point in told["points"] if point[1]] == [2.0]
    other = json.loads(log_in(Role.TENANT_USER, tenant=THEIRS).get(f"/crypto/calls{ASK}").content)
    assert not any(point[1] for point in other["points"])


@pytest.mark.parametrize(
    ("state", "words", "english"),
    [
        ("sealed", "bao operator unseal", "0 of the 2 shares it needs were given (of 3)"),
        ("open", "已打开", "Opened with 2 of 3 shares"),
    ],
)
def test_the_seal_is_shown(keys: Keys, log_in: LogIn, state: str, words: str, english: str) -> None:
    if state == "sealed":
        keys.seal()
    assert words in text(log_in(Role.CLIENT_MANAGER).get(PAGE))
    page = text(log_in(Role.CLIENT_MANAGER, language="en").get(PAGE))
    assert english in page
    assert ("our-key" in page) == (state == "open")


def test_a_share_that_was_given_is_counted(keys: Keys, log_in: LogIn) -> None:
    keys.seal()
    keys.vault.seal.give(keys.shares[0].hex())
    assert "1 of the 2 shares" in text(log_in(language="en").get(PAGE))


def test_while_it_is_sealed_nothing_is_counted_listed_or_done(keys: Keys, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER, language="en")
    keys.seal()
    assert client.get(f"/crypto/calls{ASK}").status_code == 404
    assert client.get(f"/crypto/cbom.json{ASK}").status_code == 400
    answer = client.post(f"/crypto/act{ASK}", keys.form("our-key", "rotate"))
    assert answer.status_code == 422
    assert "the vault is sealed" in text(answer)
    assert "once the vault is open" in text(client.get(f"/crypto/certificates{ASK}"))


def test_a_vault_that_was_not_made_says_how(own_office: object, log_in: LogIn) -> None:
    assert "bao operator init" in text(log_in(Role.CLIENT_MANAGER).get(PAGE))


def test_an_installation_without_keys_says_how_to_begin(keys: Keys, log_in: LogIn) -> None:
    page = text(log_in(Role.TENANT_USER, tenant="dept-3", language="en").get(PAGE))
    assert "No key yet" in page
    assert "No certificate yet" in text(log_in(language="en").get(f"/crypto/certificates{ASK}"))


@pytest.mark.parametrize("role", [Role.TENANT_USER, Role.CLIENT_MANAGER, Role.FOUNDER])
def test_the_clients_side_rotates_stops_and_starts_keys(keys: Keys, log_in: LogIn, role: Role) -> None:
    client = log_in(role, tenant=OURS if role == Role.TENANT_USER else "")
    assert ask(client, keys, "rotate") == 302
    assert keys.get("our-key").config.latest == 2
    assert ask(client, keys, "disable") == 302
    assert keys.get("our-key").config.soft_deleted
    assert ask(client, keys, "enable") == 302
    assert not keys.get("our-key").config.soft_deleted


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.ENGINEER, Role.THIRD_PARTY, Role.AUDIT_ADMINISTRATOR])
def test_the_provider_and_onlookers_touch_no_key(keys: Keys, log_in: LogIn, role: Role) -> None:
    client = log_in(role)
    assert ask(client, keys, "rotate") == 403
    assert keys.get("our-key").config.latest == 1
    assert 'name="act"' not in text(client.get(PAGE))


@pytest.mark.parametrize("what", ["rotate", "disable", "delete", "undelete", "enable"])
def test_another_departments_key_is_as_if_it_were_not(keys: Keys, log_in: LogIn, what: str) -> None:
    client = log_in(Role.TENANT_USER, tenant=THEIRS, language="en")
    before = keys.get("our-key").config
    answer = client.post(f"/crypto/act{ASK}", keys.form("our-key", what))
    assert answer.status_code == 422
    assert "there is no such key space" in text(answer)
    assert keys.get("our-key").config == before


def test_the_approver_brings_back_but_does_not_rotate(keys: Keys, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_APPROVER, language="en")
    assert ask(client, keys, "rotate") == 422
    keys.act("our-key", "delete")
    assert ask(client, keys, "undelete") == 302
    assert not keys.get("our-key").config.erase_at


def test_destroying_is_asked_by_one_and_agreed_to_by_another(keys: Keys, log_in: LogIn) -> None:
    maker, checker = log_in(Role.CLIENT_MANAGER), log_in(Role.CLIENT_APPROVER, language="en")
    assert ask(maker, keys, "delete", days="12") == 302
    assert not keys.get("our-key").config.soft_deleted
    page = text(checker.get(PAGE))
    assert "Destroy after the waiting period" in page
    assert checker.post(f"/crypto/wishes/{wish_number()}{ASK}", {"decision": "approve"}).status_code == 302
    config = keys.get("our-key").config
    assert config.erase_at - keys.vault.now() == timedelta(days=12) // timedelta(milliseconds=1)
    assert "destroyed on" in text(checker.get(PAGE))
    assert ask(maker, keys, "undelete") == 302
    assert not keys.get("our-key").config.soft_deleted


def test_whoever_asked_does_not_decide(keys: Keys, log_in: LogIn) -> None:
    founder = log_in(Role.FOUNDER, language="en")
    ask(founder, keys, "delete")
    answer = founder.post(f"/crypto/wishes/{wish_number()}{ASK}", {"decision": "approve"})
    assert answer.status_code == 422
    assert "whoever asked for it does not decide on it" in text(answer)
    assert "another person decides" in text(founder.get(PAGE))
    assert not keys.get("our-key").config.soft_deleted


def test_the_database_itself_refuses_that_one_person_decides_alone(keys: Keys, log_in: LogIn) -> None:
    from yunyue.doors.web.crypto.models import KeyWish, Outcome

    ask(log_in(Role.CLIENT_MANAGER), keys, "delete")
    wish = KeyWish.objects.latest("pk")
    for outcome, by in ((Outcome.APPROVED, wish.asked_by), (Outcome.APPROVED, None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            KeyWish.objects.filter(pk=wish.pk).update(outcome=outcome, decided_by=by)


def test_a_decision_needs_a_fresh_proof_of_who_one_is(keys: Keys, log_in: LogIn) -> None:
    ask(log_in(Role.CLIENT_MANAGER), keys, "delete")
    from yunyue.doors.web.accounts.models import Account

    account = Account.objects.create(username="checker-with-password", role=Role.CLIENT_APPROVER)
    account.set_password(GOOD_PASSWORD)
    account.save()
    checker = Client()
    checker.force_login(account)
    address = f"/crypto/wishes/{wish_number()}{ASK}"
    answer = checker.post(address, {"decision": "approve"})
    assert answer["Location"].startswith("/accounts/prove")
    assert not keys.get("our-key").config.soft_deleted
    prove(checker, account)
    again = checker.post(address, {"decision": "approve"})
    assert again["Location"].startswith("/crypto/")
    assert keys.get("our-key").config.erase_at


def test_a_wish_sent_back_leaves_the_key_and_may_be_made_again(keys: Keys, log_in: LogIn) -> None:
    maker, checker = log_in(Role.CLIENT_MANAGER, language="en"), log_in(Role.CLIENT_APPROVER, language="en")
    assert ask(maker, keys, "delete") == 302
    answer = maker.post(f"/crypto/act{ASK}", keys.form("our-key", "delete"))
    assert "somebody asked for this key" in text(answer)
    number = wish_number()
    assert checker.post(f"/crypto/wishes/{number}{ASK}", {"decision": "reject"}).status_code == 302
    again = checker.post(f"/crypto/wishes/{number}{ASK}", {"decision": "approve"})
    assert "decided already" in text(again)
    assert ask(maker, keys, "delete") == 302


def test_agreeing_to_what_became_impossible_changes_nothing(keys: Keys, log_in: LogIn) -> None:
    from yunyue.doors.web.crypto.models import KeyWish, Outcome

    maker, checker = log_in(Role.CLIENT_MANAGER), log_in(Role.CLIENT_APPROVER, language="en")
    ask(maker, keys, "delete")
    keys.act("our-key", "delete")
    answer = checker.post(f"/crypto/wishes/{wish_number()}{ASK}", {"decision": "approve"})
    assert "waits for destruction already" in text(answer)
    assert KeyWish.objects.latest("pk").outcome == Outcome.WAITING


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"act": "melt"}, "there is no act"),
        ({"act": ""}, "there is no act"),
        ({"act": "delete", "days": "6"}, "7 to 30"),
        ({"act": "delete", "days": "31"}, "7 to 30"),
        ({"act": "delete", "days": "x"}, "7 to 30"),
        ({"act": "rotate", "key": "nothing"}, "there is no key"),
        ({"act": "rotate", "space": "nothing"}, "there is no such key space"),
    ],
)
def test_wrong_forms_are_refused_by_field(keys: Keys, log_in: LogIn, form: dict[str, str], said: str) -> None:
    client = log_in(Role.CLIENT_MANAGER, language="en")
    answer = client.post(f"/crypto/act{ASK}", {**keys.form("our-key", "rotate"), **form})
    assert answer.status_code == 422
    assert said in text(answer)
    assert keys.get("our-key").config.latest == 1


def test_every_act_is_in_the_use_log_under_a_pseudonym(keys: Keys, log_in: LogIn) -> None:
    start = keys.vault.log.head()[0]
    ask(log_in(Role.CLIENT_MANAGER), keys, "rotate")
    ((_, use),) = keys.vault.log.read(start, start + 9)
    assert (use.operation, use.key) == ("person rotate", "our-key")
    assert use.actor.startswith("user:")


def certified(keys: Keys, name: str, space_of: str = "") -> None:
    """A pair of a department (\"\": of none) with a certificate of that name."""
    from endpoint_cast import sm2_certificate

    from yunyue.services.crypto.pem import pem

    keys.make(name, space_of, "sm2")
    space = keys.vault.space(keys.mounts[space_of].identifier)
    assert space is not None
    assert space.set_chain(name, 1, pem(sm2_certificate(f"{name}.example.cn"))) is None


def test_certificates_are_listed_with_their_ends(keys: Keys, log_in: LogIn) -> None:
    certified(keys, "pair")
    page = text(log_in(Role.CLIENT_MANAGER, language="en").get(f"/crypto/certificates{ASK}"))
    assert "pair.example.cn" in page
    assert "transit/pair v1" in page
    assert "pair.example.cn" not in text(log_in(Role.TENANT_USER, tenant=OURS).get(f"/crypto/certificates{ASK}"))


def test_certificates_come_in_pages_and_whole_as_a_table_and_to_programs(
    keys: Keys, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "ROWS", 2)
    names = [f"web-{number}" for number in range(5)]
    for name in names:
        certified(keys, name, OURS)
    client, address = log_in(Role.TENANT_USER, tenant=OURS), f"/crypto/certificates{ASK}"
    told = [one["subject"] for one in client.get(f"/api/v1/contracts/{CONTRACT}/crypto/certificates").json()]
    assert sorted(told) == [f"{name}.example.cn" for name in names]
    pages = [text(client.get(f"{address}&page={number}")).split("<tbody>")[-1] for number in (1, 2, 3)]
    assert [[one for one in told if one in page] for page in pages] == [told[:2], told[2:4], told[4:]]
    assert f'href="{ASK}&amp;page=2"' in text(client.get(address))
    assert all(one in text(client.get(f"{address}&page={wrong}")) for wrong, one in (("99", told[4]), ("x", told[0])))
    book = load_workbook(io.BytesIO(client.get(f"{address}&as=excel&page=2").content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in book[1:]] == told
    assert "web-0" not in text(log_in(Role.TENANT_USER, tenant=THEIRS).get(f"{address}&page=1"))
