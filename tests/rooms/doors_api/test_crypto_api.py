"""The API of keys and self-checks: the same rules as the pages, described completely."""

import json
from typing import Any

import pytest
from console_cast import LogIn
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from django.test import Client
from keys_cast import CONTRACT, OURS, THEIRS, Keys, ended, keys, workers, working

from yunyue.doors.web.accounts.roles import Role
from yunyue.host.jobs import Jobs

__all__ = ["keys", "workers", "working"]
ROOT = f"/api/v1/contracts/{CONTRACT}/crypto"


def get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"{ROOT}/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def post(client: Client, path: str, status: int, **body: Any) -> Any:
    answer = client.post(f"{ROOT}/{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def wish(keys: Keys, act: str, **more: Any) -> dict[str, Any]:
    return {"space": keys.mounts[OURS].identifier, "key": "our-key", "act": act, **more}


def test_keys_seal_and_certificates_are_told(keys: Keys, log_in: LogIn) -> None:
    client = log_in(Role.CLIENT_MANAGER)
    assert get(client, "seal") == {"state": "open", "needed": 2, "shares": 3, "given": 0, "disabled": {}}
    (key, other) = get(client, "keys")
    assert (key["name"], key["type"], key["state"], key["tenant"]) == ("our-key", "sm4-gcm96", "active", OURS)
    assert [one["number"] for one in key["versions"]] == [1]
    assert other["tenant"] == THEIRS
    assert get(client, "certificates") == []


def test_a_department_is_told_of_its_own_only(keys: Keys, log_in: LogIn) -> None:
    client = log_in(Role.TENANT_USER, tenant=THEIRS)
    assert [one["name"] for one in get(client, "keys")] == ["their-key"]
    assert "our-key" not in json.dumps(get(client, "cbom"))
    assert "no such key space" in post(client, "acts", 422, **wish(keys, "rotate"))["reason"]


def test_the_bill_keeps_the_schema(keys: Keys, log_in: LogIn) -> None:
    made = get(log_in(Role.THIRD_PARTY), "cbom")
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(json.dumps(made)) is None


def test_a_key_is_rotated_at_once_and_destroyed_by_two(keys: Keys, log_in: LogIn) -> None:
    maker, checker = log_in(Role.CLIENT_MANAGER), log_in(Role.CLIENT_APPROVER)
    post(maker, "acts", 204, **wish(keys, "rotate"))
    assert keys.get("our-key").config.latest == 2
    asked = post(maker, "acts", 202, **wish(keys, "delete", days=9))
    assert (asked["key"], asked["days"]) == ("our-key", 9)
    assert asked["number"] in [one["number"] for one in get(checker, "wishes")]
    post(checker, f"wishes/{asked['number']}/decision", 204, agree=True)
    assert keys.get("our-key").config.deletion_delay_days == 9
    assert get(maker, "keys")[0]["state"] == "waiting"
    assert asked["number"] not in [one["number"] for one in get(maker, "wishes")]
    post(checker, "acts", 204, **wish(keys, "undelete"))


@pytest.mark.parametrize("wrong", [{"days": 6}, {"days": 31}, {"act": "melt"}, {"key": "x" * 200}])
def test_wrong_wishes_are_refused_by_field(keys: Keys, log_in: LogIn, wrong: dict[str, Any]) -> None:
    post(log_in(Role.CLIENT_MANAGER), "acts", 422, **{**wish(keys, "delete"), **wrong})
    assert not keys.get("our-key").config.soft_deleted


def test_a_self_check_is_begun_watched_and_read(keys: Keys, log_in: LogIn, working: Jobs) -> None:
    client = log_in(Role.TENANT_USER, tenant=OURS)
    made = post(client, "selfchecks", 202, keys=True, packages="gmssl==3")
    assert (made["state"] in ("queued", "running", "done"), made["total"]) == (True, 1)
    ended(working, made["number"])
    told = get(client, f"selfchecks/{made['number']}")
    assert (told["state"], told["done"]) == ("done", 1)
    assert "自评" in told["report"]["label"]["zh"]
    assert "our-key" in json.dumps(told["report"])
    assert told["counted"] == told["report"]["counted"]
    (listed,) = [one for one in get(client, "selfchecks") if one["number"] == made["number"]]
    assert listed == {name: value for name, value in told.items() if name != "report"}
    get(log_in(Role.TENANT_USER, tenant=THEIRS), f"selfchecks/{made['number']}", 404)


def test_a_self_check_of_nothing_is_refused(keys: Keys, log_in: LogIn, working: Jobs) -> None:
    refused = post(log_in(Role.ENGINEER), "selfchecks", 422)
    assert refused["field"] == "scope"
    assert "请指明" in refused["reason_zh"]


def test_a_sealed_vault_is_a_refusal_with_its_clause(keys: Keys, log_in: LogIn) -> None:
    keys.seal()
    client = log_in(Role.CLIENT_MANAGER)
    assert get(client, "seal")["state"] == "sealed"
    for path in ("keys", "certificates", "cbom"):
        assert get(client, path, 422)["clause"] == "C37"


def test_every_operation_is_described_with_its_answers(keys: Keys, log_in: LogIn) -> None:
    paths = log_in(Role.CLIENT_MANAGER).get("/api/v1/openapi.json").json()["paths"]
    ours = {path: ways for path, ways in paths.items() if "/crypto/" in path}
    assert len(ours) == 9
    for ways in ours.values():
        for one in ways.values():
            assert one["summary"]
            assert one["description"]
            assert one["tags"] == ["crypto"]
            assert {"401", "403"} <= one["responses"].keys()
