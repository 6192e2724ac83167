"""A token or another vault opens ours: what they keep is bound to it, and what they cannot do is said."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from crypto_cast import BEGAN, Desk, b64
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from openbao import our_server
from pkcs11 import Attribute, KeyType
from softhsm import token

from yunyue.answer import Refused
from yunyue.host.ciphers import aead
from yunyue.host.ciphers.hsm import Hsm, Place, place_of
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pairs import Choice
from yunyue.host.ciphers.pairs_hsm import make_in_token, pair_in, use_token
from yunyue.host.clock import VirtualClock
from yunyue.services.crypto.inventory import Holdings, cbom, holdings
from yunyue.services.crypto.seal import CONFIG
from yunyue.services.crypto.seals.custodian import Patient, custodian_of
from yunyue.services.crypto.seals.token import BOUND, TokenCustodian
from yunyue.services.crypto.vault import Vault

__all__ = ["token"]
pytestmark = pytest.mark.engine("softhsm")


@pytest.fixture(scope="module")
def hsm(token: str) -> Iterator[Hsm]:
    """Somebody logged in to the token; key pairs are kept in it."""
    place = place_of(token)
    assert isinstance(place, Place)
    found = Hsm.opened(place)
    assert isinstance(found, Hsm), found
    use_token(found)
    yield found
    use_token(None)
    found.close()


def elsewhere(program: str) -> str:
    """What a program prints in a process of its own: a process logs in to a token once."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


LATER = """
from pathlib import Path
from yunyue.answer import Refused
from yunyue.services.crypto.seals.custodian import Patient
patient = Patient("{setting}")
assert isinstance(patient.unwrap(b"x"), Refused)
Path("{pin}").write_text("246813")
print(patient.kind, patient.unwrap(patient.wrap(b"secret")))
"""


class KeptDesk(Desk):
    """A desk at a vault that a custodian opens."""

    def __init__(self, folder: Path, custodian: Any) -> None:
        super().__init__(folder, VirtualClock(BEGAN))
        self.vault.close()
        self.vault = Vault(folder, self.clock, custodian)

    def initialise(self, **body: Any) -> Any:
        made = self("PUT", "sys/init", body)
        assert made.status == 200, made
        self.root = made.json["root_token"]
        return made.json


@pytest.fixture
def kept(hsm: Hsm, tmp_path: Path) -> KeptDesk:
    """A vault the token opens, made with three recovery shares of which two open it."""
    desk = KeptDesk(tmp_path / "vault", TokenCustodian(hsm))
    made = desk.initialise(recovery_shares=3, recovery_threshold=2)
    desk.parts = [bytes.fromhex(one) for one in made["recovery_keys"]]
    assert made["keys"] == []
    return desk


class TestToken:
    def test_the_vault_opens_by_itself(self, kept: KeptDesk, hsm: Hsm) -> None:
        assert kept("GET", "sys/seal-status").json["type"] == "pkcs11"
        kept("POST", "sys/mounts/transit", {"type": "transit"})
        kept.key("k")
        sealed = kept.encrypt("k")
        kept.vault.close()
        again = Vault(kept.folder, kept.clock, TokenCustodian(hsm))
        before = again.sealed
        again.open_alone()
        assert (before, again.sealed) == (True, False)
        kept.vault = again
        assert kept.decrypt("k", sealed).data["plaintext"] == b64("text")
        assert kept("GET", "sys/seal-status").json["recovery_seal"] is True

    def test_a_vault_sealed_on_purpose_stays_sealed(self, kept: KeptDesk) -> None:
        assert kept("PUT", "sys/seal").status == 204
        kept.vault.keep_house()
        assert kept.vault.sealed

    def test_recovery_shares_open_it_when_the_token_is_gone(self, kept: KeptDesk) -> None:
        kept.vault.close()
        kept.vault = Vault(kept.folder, kept.clock)
        kept.unseal()
        assert kept("GET", "sys/seal-status").json["type"] == "pkcs11"

    def test_without_shares_only_the_token_opens_it(self, hsm: Hsm, tmp_path: Path) -> None:
        desk = KeptDesk(tmp_path / "vault", TokenCustodian(hsm))
        assert desk.initialise()["recovery_keys"] == []
        desk.vault.close()
        desk.vault = Vault(desk.folder, desk.clock, TokenCustodian(hsm))
        assert "no shares" in desk("PUT", "sys/unseal", {"key": "00" * 33}).error
        desk.vault.open_alone()
        assert not desk.vault.sealed

    def test_another_key_in_the_token_opens_nothing(self, kept: KeptDesk, token: str, hsm: Hsm) -> None:
        place = place_of(token.replace("object=root", "object=other"))
        assert isinstance(place, Place)
        other = Hsm(place, hsm._session)
        kept.vault.close()
        kept.vault = Vault(kept.folder, kept.clock, TokenCustodian(other))
        kept.vault.open_alone()
        assert kept.vault.sealed

    def test_every_byte_that_is_changed_is_noticed(self, hsm: Hsm) -> None:
        sealed = hsm.wrap(b"secret", BOUND)
        assert hsm.unwrap(sealed, BOUND) == b"secret"
        assert hsm.unwrap(sealed, b"another purpose") is None
        for place in range(len(sealed)):
            changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
            assert hsm.unwrap(changed, BOUND) is None

    def test_a_wrong_pin_or_module_is_said(self, token: str, tmp_path: Path) -> None:
        place = place_of(token)
        assert isinstance(place, Place)
        (tmp_path / "pin").write_text("999999")
        places = {
            "PinIncorrect": Place(place.module, place.token, str(tmp_path / "pin")),
            "NoSuchToken": Place(place.module, "nobody", place.pin_file),
            "none.so": Place(str(tmp_path / "none.so"), place.token, place.pin_file),
            "none-pin": Place(place.module, place.token, str(tmp_path / "none-pin")),
        }
        for reason, changed in places.items():
            said = elsewhere(f"from yunyue.host.ciphers.hsm import Hsm, Place; print(Hsm.opened({changed!r}))")
            assert reason in said
            assert "999999" not in said

    @pytest.mark.parametrize(
        ("setting", "reason"),
        [
            ("pkcs11:object=k?module-path=/m&pin-source=/p", "token is missing"),
            ("pkcs11:token=t?pin-source=/p", "module-path is missing"),
            ("pkcs11:token=t?module-path=/m", "pin-source is missing"),
            ("pkcs11:token=t;slot-id=1?module-path=/m&pin-source=/p", "slot-id: not understood"),
            ("transit:https://h/v1/transit/keys/k", "is written transit:"),
            ("transit:ftp://h/v1/transit/keys/k?token-source=/t", "is written transit:"),
            ("transit:https://h/v1/transit/keys/k?token-source=/none/here", "cannot be read"),
            ("awskms:x", "a seal is"),
        ],
    )
    def test_a_setting_that_names_no_custodian_is_refused(self, setting: str, reason: str) -> None:
        found = custodian_of(setting)
        assert isinstance(found, Refused)
        assert reason in found.reason


class TestPatience:
    def test_a_token_that_comes_later_opens_the_vault_then(self, token: str, tmp_path: Path) -> None:
        pin = tmp_path / "pin"
        setting = token.rpartition("pin-source=")[0] + f"pin-source={pin}"
        assert elsewhere(LATER.format(setting=setting, pin=pin)) == "pkcs11 b'secret'"

    def test_no_setting_is_no_custodian(self) -> None:
        assert custodian_of("") is None


class TestPairsInTheToken:
    @pytest.mark.parametrize("kind", ["ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048"])
    def test_a_pair_signs_in_the_token_and_verifies_outside(self, hsm: Hsm, kind: Any) -> None:
        made = make_in_token(kind, f"pair-{kind}")
        assert not isinstance(made, Unavailable), made
        for digest in ("", "sha2-384", "sha2-512"):
            choice = Choice(digest=digest, scheme="pkcs1v15")
            signature = made.sign(b"text", choice)
            assert isinstance(signature, bytes)
            assert made.verify(b"text", signature, choice) is True
            assert made.verify(b"other", signature, choice) is False
        again = pair_in(hsm, f"pair-{kind}", kind)
        assert not isinstance(again, Unavailable)
        assert again.public_der == made.public_der
        assert isinstance(pair_in(hsm, f"pair-{kind}", "rsa-4096"), Unavailable)

    def test_a_key_on_the_sm2_curve_is_refused_with_the_reason(self, hsm: Hsm) -> None:
        parameters = {Attribute.EC_PARAMS: bytes.fromhex("06082a811ccf5501822d")}
        domain = hsm._session.create_domain_parameters(KeyType.EC, parameters, local=True)
        domain.generate_keypair(label="sm2-curve", store=True)
        found = pair_in(hsm, "sm2-curve", "sm2")
        assert isinstance(found, Unavailable)
        assert "plain ECDSA" in found.reason
        made = make_in_token("sm2", "x")
        assert isinstance(made, Unavailable)

    def test_a_token_that_fails_its_known_answer_is_not_used(self, hsm: Hsm, monkeypatch: pytest.MonkeyPatch) -> None:
        # The published answer is exchanged, as if the token gave another: it cannot be made to err otherwise.
        right = aead.EXAMPLES["aes256-gcm"]
        wrong = replace(right, sealed="00" + right.sealed[2:])
        monkeypatch.setitem(aead.EXAMPLES, "aes256-gcm", wrong)
        assert hsm.fault() is not None


class TestKeysInTheToken:
    def test_a_transit_key_lives_in_the_token(self, hsm: Hsm, desk: Desk) -> None:
        del hsm
        assert desk.key("k", "ecdsa-p256", in_token=True).data["in_token"] is True
        made = desk.post("transit/sign/k", input=b64("text")).data["signature"]
        assert desk.post("transit/verify/k", input=b64("text"), signature=made).data["valid"] is True
        desk.post("transit/keys/k/rotate")
        newer = desk.post("transit/sign/k", input=b64("text")).data["signature"]
        assert newer.startswith("vault:v2:")
        public = desk("GET", "transit/keys/k").data["keys"]["2"]["public_key"]
        assert load_pem_public_key(public.encode())
        row = desk.vault.barrier.read(f"space/{desk.mount.identifier}/version/k/00000001")
        assert row is not None
        assert b64("pkcs11:yunyue-")[:16] in row.decode()

    def test_it_never_leaves(self, hsm: Hsm, desk: Desk) -> None:
        del hsm
        for field in ("exportable", "allow_plaintext_backup"):
            assert "cannot leave" in desk.key("k", "ecdsa-p256", in_token=True, **{field: True}).error
            desk.key("there", "ecdsa-p256", in_token=True)
            assert "cannot leave" in desk.post("transit/keys/there/config", **{field: True}).error
        assert desk("GET", "transit/export/signing-key/there").status == 400
        assert desk("GET", "transit/backup/there").status == 500

    def test_a_destroyed_key_is_gone_from_the_token(self, hsm: Hsm, desk: Desk) -> None:
        desk.key("k", "ecdsa-p256", in_token=True)
        desk.post("transit/keys/k/rotate")
        labels = labels_of(desk, "k")
        desk.post("transit/keys/k/config", deletion_allowed=True)
        desk("DELETE", "transit/keys/k")
        assert [isinstance(hsm.find_pair(one), Unavailable) for one in labels] == [False, False]
        desk.clock.move(timedelta(days=8))
        use_token(None)
        try:
            desk.vault.keep_house()
            assert desk.space.names() == ["k"]
        finally:
            use_token(hsm)
        desk.vault.keep_house()
        assert desk.space.names() == []
        assert [isinstance(hsm.find_pair(one), Unavailable) for one in labels] == [True, True]

    def test_trimmed_versions_and_keys_of_a_removed_mount_leave_the_token(self, hsm: Hsm, desk: Desk) -> None:
        desk.key("k", "ecdsa-p256", in_token=True)
        desk.post("transit/keys/k/rotate")
        first, second = labels_of(desk, "k")
        desk.post("transit/keys/k/config", min_decryption_version=2, min_encryption_version=2)
        assert desk.post("transit/keys/k/trim", min_available_version=2).status == 200
        assert isinstance(hsm.find_pair(first), Unavailable)
        assert not isinstance(hsm.find_pair(second), Unavailable)
        assert desk.post("transit/sign/k", input=b64("text")).status == 200
        desk("DELETE", "sys/mounts/transit")
        assert isinstance(hsm.find_pair(second), Unavailable)

    def test_the_bill_says_that_it_lies_in_the_token(self, hsm: Hsm, desk: Desk) -> None:
        del hsm
        desk.key("k", "ecdsa-p256", in_token=True)
        desk.key("here", "ecdsa-p256")
        held = holdings(desk.vault, desk.vault.mounts.all().values())
        assert isinstance(held, Holdings)
        parts = {one["bom-ref"]: one for one in cbom(held, "1.0")["components"]}
        material = parts["key/transit/k/v1"]["cryptoProperties"]["relatedCryptoMaterialProperties"]
        assert "PKCS#11 token" in material["securedBy"]["mechanism"]
        named = material["relatedCryptographicAssets"][0]["ref"]
        assert parts[named]["cryptoProperties"]["algorithmProperties"]["executionEnvironment"] == "other"
        plain = parts["algorithm/ECDSA-P-256"]["cryptoProperties"]["algorithmProperties"]
        assert plain["executionEnvironment"] == "software-plain-ram"
        assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(json.dumps(cbom(held, "1.0"))) is None

    def test_a_rotation_the_token_refuses_is_not_recorded_as_one(self, hsm: Hsm, desk: Desk) -> None:
        desk.key("k", "ecdsa-p256", in_token=True)
        desk.post("transit/keys/k/config", auto_rotate_period="1h")
        desk.clock.move(timedelta(hours=2))
        use_token(None)
        try:
            desk.vault.keep_house()
        finally:
            use_token(hsm)
        size = desk.vault.log.head()[0]
        assert "rotate-scheduled" not in {use.operation for _, use in desk.vault.log.read(0, size)}
        desk.vault.keep_house()
        assert desk.vault.log.read(size, size + 9)[-1][1].operation == "rotate-scheduled"

    def test_other_kinds_and_a_missing_token_are_refused(self, hsm: Hsm, desk: Desk) -> None:
        assert "RSA and ECDSA" in desk.key("s", "sm4-gcm96", in_token=True).error
        assert "RSA and ECDSA" in desk.key("s", "sm2", in_token=True).error
        use_token(None)
        try:
            assert "no token is set" in desk.key("k", "ecdsa-p256", in_token=True).error
        finally:
            use_token(hsm)


def labels_of(desk: Desk, name: str) -> list[str]:
    """Under what the versions of a key lie in the token."""
    key = desk.space.get(name)
    assert key is not None
    return [one.row.secret.decode().removeprefix("pkcs11:") for _, one in sorted(key.versions.items())]


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a key in another Yunyue over HTTP, with a token that may use just that key."""
    folder = tmp_path_factory.mktemp("other")
    with our_server(folder / "vault") as server:
        server.initialise()
        server.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
        server.ask("POST", "transit/keys/unsealer", {"type": "sm4-gcm96"}).raise_for_status()
        rules = "".join(
            f'path "transit/{verb}/unsealer" {{ capabilities = ["update"] }}\n' for verb in ("encrypt", "decrypt")
        )
        server.ask("PUT", "sys/policies/acl/unsealer", {"policy": rules}).raise_for_status()
        made = server.ask("POST", "auth/token/create", {"policies": ["unsealer"], "period": "24h"}).json()
        (folder / "token").write_text(made["auth"]["client_token"] + "\n")
        yield f"transit:{server.address}/v1/transit/keys/unsealer?token-source={folder}/token"


class TestOtherVault:
    def test_it_opens_ours(self, setting: str, tmp_path: Path) -> None:
        desk = KeptDesk(tmp_path / "vault", Patient(setting))
        desk.initialise(recovery_shares=1, recovery_threshold=1)
        desk.vault.close()
        desk.vault = Vault(desk.folder, desk.clock, Patient(setting))
        desk.vault.keep_house()
        assert not desk.vault.sealed
        assert desk("GET", "sys/seal-status").json["type"] == "transit"

    def test_when_it_cannot_be_reached_ours_stays_sealed(self, setting: str, tmp_path: Path) -> None:
        desk = KeptDesk(tmp_path / "vault", Patient(setting))
        desk.initialise()
        desk.vault.close()
        source = setting.partition("?")[2]
        gone = Patient(f"transit:http://127.0.0.1:9/v1/transit/keys/unsealer?{source}")
        desk.vault = Vault(desk.folder, desk.clock, gone)
        desk.vault.keep_house()
        assert desk.vault.sealed
        assert desk("GET", "sys/health").status == 503

    def test_what_it_keeps_of_another_vault_opens_nothing(self, setting: str, tmp_path: Path) -> None:
        one, two = (KeptDesk(tmp_path / name, Patient(setting)) for name in ("one", "two"))
        for desk in (one, two):
            desk.initialise()
        row = one.vault.barrier.rows.get(CONFIG)
        other = two.vault.barrier.rows.get(CONFIG)
        assert row is not None
        assert other is not None
        mixed = {**msgspec.json.decode(row), "wrapped": msgspec.json.decode(other)["wrapped"]}
        one.vault.barrier.rows.put(CONFIG, msgspec.json.encode(mixed))
        one.vault.seal.close()
        one.vault.open_alone()
        assert one.vault.sealed


class TestMovingTheSeal:
    def test_a_rekey_moves_a_vault_from_shares_to_the_token(self, hsm: Hsm, tmp_path: Path) -> None:
        desk = Desk(tmp_path / "vault").make(shares=3, threshold=2)
        desk.vault.close()
        desk.vault = Vault(desk.folder, desk.clock, TokenCustodian(hsm))
        desk.vault.open_alone()
        assert desk.vault.sealed
        desk.unseal()
        nonce = desk.post("sys/rekey/init", secret_shares=1, secret_threshold=1).data["nonce"]
        for part in desk.parts[:2]:
            done = desk.post("sys/rekey/update", key=part.hex(), nonce=nonce)
        assert done.data["complete"] is True
        desk.vault.close()
        desk.vault = Vault(desk.folder, desk.clock, TokenCustodian(hsm))
        desk.vault.open_alone()
        assert not desk.vault.sealed
