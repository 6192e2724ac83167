"""The inventory shows every key, version, certificate and library, and its bill is CycloneDX 1.7 by the schema."""

import json
from datetime import timedelta
from typing import Any

import pytest
from crypto_cast import Desk
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from yunyue.answer import Refused
from yunyue.services.crypto.inventory import Holdings, cbom, holdings, visible
from yunyue.services.crypto.inventory.algorithms import BY_KIND, algorithm_of
from yunyue.services.crypto.inventory.providers import libraries
from yunyue.services.crypto.kinds import KINDS
from yunyue.services.crypto.mounts import Mount


def held(desk: Desk) -> Holdings:
    found = holdings(desk.vault, desk.vault.mounts.all().values())
    assert isinstance(found, Holdings)
    return found


def bill(desk: Desk) -> dict[str, Any]:
    return cbom(held(desk), "1.0")


def faults(made: dict[str, Any], version: SchemaVersion = SchemaVersion.V1_7) -> str:
    wrong = JsonStrictValidator(version).validate_str(json.dumps(made))
    return "" if wrong is None else str(wrong.data)


@pytest.fixture
def authority(desk: Desk) -> Desk:
    """An authority with a root and one issued certificate."""
    assert desk("POST", "sys/mounts/pki", {"type": "pki"}).status == 204
    desk.post("pki/root/generate/internal", common_name="云约测试根", key_type="sm2", ttl="87600h").data  # noqa: B018  # fails unless it was made
    desk.post("pki/roles/web", allow_any_name=True, key_type="sm2", ttl="24h", max_ttl="720h")
    desk.post("pki/issue/web", common_name="web.example.cn").data  # noqa: B018  # likewise
    return desk


def test_every_kind_of_key_there_is_has_an_algorithm() -> None:
    assert BY_KIND.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_key_of_every_kind_gives_a_bill_that_keeps_the_schema(desk: Desk, kind: str) -> None:
    desk.key("k", kind, **({"key_size": 32} if kind == "hmac" else {}))
    made = bill(desk)
    assert faults(made) == ""
    (key,) = [one for one in made["components"] if one["bom-ref"] == "key/transit/k/v1"]
    material = key["cryptoProperties"]["relatedCryptoMaterialProperties"]
    assert material["state"] == "active"
    refs = {one["bom-ref"] for one in made["components"]}
    assert material["relatedCryptographicAssets"] == [{"type": "algorithm", "ref": algorithm_of(kind).reference}]
    assert algorithm_of(kind).reference in refs


def test_the_schema_is_that_of_version_1_7_and_finds_what_is_wrong(desk: Desk) -> None:
    desk.key("k", "sm2")
    made = bill(desk)
    assert made["specVersion"] == "1.7"
    assert faults(made) == ""
    assert "algorithmFamily" in faults(made, SchemaVersion.V1_6), "a bill of 1.7 says what 1.6 cannot"
    made["components"][-1]["cryptoProperties"] = {"assetType": "amulet"}
    assert "amulet" in faults(made)


def test_an_empty_vault_has_a_bill_too(desk: Desk) -> None:
    made = bill(desk)
    assert faults(made) == ""
    assert {one["name"] for one in made["components"]} >= {"SM3", "libgcrypt"}


def test_references_are_unique_and_dependencies_lead_somewhere(authority: Desk) -> None:
    authority.key("k", "sm4-gcm96")
    authority.post("transit/keys/k/rotate")
    made = bill(authority)
    refs = [one["bom-ref"] for one in made["components"]]
    assert len(refs) == len(set(refs))
    assert {one["ref"] for one in made["dependencies"]} <= set(refs)
    assert {ref for one in made["dependencies"] for ref in one["dependsOn"]} <= set(refs)


def test_versions_states_and_ages_are_shown(desk: Desk) -> None:
    desk.key("k", "sm4-gcm96", auto_rotate_period="720h")
    desk.encrypt("k")
    desk.clock.move(timedelta(days=40))
    desk.post("transit/keys/k/rotate")
    desk.post("transit/keys/k/config", min_decryption_version=2)
    desk.clock.move(timedelta(days=3))
    (key,) = held(desk).keys
    assert [(one.number, one.usable, one.uses > 0) for one in key.versions] == [(1, False, True), (2, True, False)]
    assert (key.state, key.latest, key.period, key.age_days(held(desk).now)) == ("active", 2, 720 * 3600, 3)
    states = {
        one["name"]: one["cryptoProperties"]["relatedCryptoMaterialProperties"]["state"]
        for one in bill(desk)["components"]
        if one["bom-ref"].startswith("key/")
    }
    assert states == {"k v1": "deactivated", "k v2": "active"}


def test_a_key_put_aside_and_one_that_waits_for_destruction_say_so(desk: Desk) -> None:
    desk.key("aside")
    desk("DELETE", "transit/keys/aside/soft-delete")
    desk.key("waiting")
    desk.post("transit/keys/waiting/config", deletion_allowed=True)
    desk("DELETE", "transit/keys/waiting")
    assert {key.name: key.state for key in held(desk).keys} == {"aside": "disabled", "waiting": "waiting"}
    made = bill(desk)
    assert faults(made) == ""
    found = {one["name"]: one["cryptoProperties"] for one in made["components"] if one["bom-ref"].startswith("key/")}
    assert found["aside v1"]["relatedCryptoMaterialProperties"]["state"] == "suspended"
    assert "expirationDate" in found["waiting v1"]["relatedCryptoMaterialProperties"]


def test_certificates_of_an_authority_are_shown_with_their_ends(authority: Desk) -> None:
    found = held(authority)
    assert "web.example.cn" in " ".join(one.subject for one in found.certificates)
    assert [one.ends for one in found.certificates] == sorted(one.ends for one in found.certificates)
    assert found.certificates[0].days_left(found.now) in (0, 1)
    assert {one.algorithm for one in found.certificates} == {"1.2.156.10197.1.501"}
    made = bill(authority)
    assert faults(made) == ""
    assert "SM2-SM3" in {one["name"] for one in made["components"]}


def test_no_secret_stands_in_the_bill(authority: Desk) -> None:
    authority.key("k", "sm4-gcm96")
    authority.key("pair", "sm2")
    text = json.dumps(bill(authority))
    for name in ("k", "pair"):
        key = authority.space.get(name)
        assert key is not None
        for version in key.versions.values():
            assert version.row.secret.hex() not in text
            assert version.row.hmac_key.hex() not in text


def test_libraries_are_named_with_the_versions_they_say_themselves() -> None:
    assert {one.name for one in libraries()} >= {"cryptography", "hashlib", "libcrypto", "libgcrypt"}
    assert all(one.version[0].isdigit() for one in libraries())


def test_a_sealed_vault_is_refused(desk: Desk) -> None:
    mounts = tuple(desk.vault.mounts.all().values())
    desk("PUT", "sys/seal")
    assert isinstance(holdings(desk.vault, mounts), Refused)
    assert isinstance(visible(desk.vault, "beijing-2024", ""), Refused)


def test_a_department_sees_its_own_mounts_of_its_contract_only(desk: Desk) -> None:
    for path, tenant, instance in (
        ("a", "dept-1", "beijing-2024/order-1"),
        ("b", "dept-2", "beijing-2024/order-2"),
        ("c", "dept-1", "other/order-1"),
    ):
        made = desk.vault.mounts.add(path, Mount(path, "", "transit", "", tenant, instance, 1))
        assert isinstance(made, Mount)

    def paths(contract: str, tenant: str) -> list[str]:
        found = visible(desk.vault, contract, tenant)
        assert not isinstance(found, Refused)
        return [mount.path for mount in found]

    assert paths("beijing-2024", "dept-1") == ["a/"]
    assert paths("beijing-2024", "dept-2") == ["b/"]
    assert paths("beijing-2024", "") == ["a/", "b/", "transit/"]
    assert paths("other", "dept-2") == []
