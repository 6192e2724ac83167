"""A token that fails at start or is lost later is a fact, is shown, and is used again once it is back."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from crypto_cast import BEGAN, Desk, b64
from pkcs11.exceptions import PKCS11Error
from services_cast import TestHost
from softhsm import PIN, token

from yunyue.host.ciphers import aead
from yunyue.host.ciphers.faults import disabled
from yunyue.host.ciphers.pairs_hsm import current_token, load_from_token, make_in_token, token_fault, use_token
from yunyue.host.clock import VirtualClock
from yunyue.journal.facts import Payload, ProviderDisabled, ProviderRestored
from yunyue.services.crypto.instances import Instance
from yunyue.services.crypto.reporting import Reports
from yunyue.services.crypto.seals.custodian import Patient
from yunyue.services.crypto.vault import Vault

__all__ = ["token"]
pytestmark = pytest.mark.engine("softhsm")
RUNNING = [Instance("o1", "bureau", "p/", "i", 1)]


@dataclass
class Bench:
    """A vault opened by its one share, whose operator set a token; the PIN's file comes and goes."""

    desk: Desk
    pin: Path

    def gone(self) -> None:
        """Nobody can log in any more, and who was logged in is thrown out: as when a module restarts."""
        self.pin.rename(self.pin.with_suffix(".away"))
        self.thrown_out()

    def thrown_out(self) -> None:
        """The session ends, and another can be had."""
        held = current_token()
        assert held is not None
        held._session.close()

    def back(self) -> None:
        """One can log in again; that is noticed in the next round."""
        self.pin.with_suffix(".away").rename(self.pin)
        self.desk.vault.keep_house()

    def signs(self) -> bool:
        """Whether the key in the token signs, and its signature holds; a refusal names the token."""
        answer = self.desk.post("transit/sign/k", input=b64("text"))
        if answer.status == 500:
            assert "pkcs11" in answer.error
            return False
        signature = answer.data["signature"]
        return self.desk.post("transit/verify/k", input=b64("text"), signature=signature).data["valid"] is True


@pytest.fixture
def bench(token: str, tmp_path: Path) -> Iterator[Bench]:
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    desk = Desk(tmp_path / "vault", VirtualClock(BEGAN)).make()
    desk.vault.close()
    setting = token.rpartition("pin-source=")[0] + f"pin-source={pin}"
    desk.vault = Vault(desk.folder, desk.clock, Patient(setting))
    desk.unseal()
    yield Bench(desk, pin)
    held = current_token()
    use_token(None)
    if held is not None:
        with suppress(PKCS11Error):
            held.close()


@pytest.fixture
def used(bench: Bench) -> Bench:
    """The token is there, and a key lies in it."""
    bench.desk.vault.keep_house()
    bench.desk.key("k", "ecdsa-p256", in_token=True)
    assert bench.signs()
    return bench


def names(said: tuple[Payload, ...]) -> list[tuple[type[Payload], str]]:
    """What was told of providers."""
    return [(type(one), one.provider) for one in said if isinstance(one, ProviderDisabled | ProviderRestored)]


def test_a_session_that_ended_is_begun_again_and_nobody_notices(used: Bench) -> None:
    used.thrown_out()
    assert used.signs()
    assert token_fault() is None


@pytest.mark.parametrize("first", ["use", "round"])
def test_a_lost_token_is_a_fact_and_shown_until_it_is_back(used: Bench, tmp_path: Path, first: str) -> None:
    host = TestHost(tmp_path / "host")
    reports = Reports(host, used.desk.vault, Path(host.folder))
    assert names(reports.tell(RUNNING)) == []
    used.gone()
    if first == "use":
        assert not used.signs()
    else:
        used.desk.vault.keep_house()
    assert not used.signs()
    assert [one.algorithm for one in disabled()] == ["pkcs11"]
    assert used.desk("GET", "sys/seal-status").json["disabled_providers"] == ["pkcs11"]
    assert "yunyue-test" in used.desk("GET", "sys/providers").data["disabled"]["pkcs11"]
    assert names(reports.tell(RUNNING)) == [(ProviderDisabled, "pkcs11")]
    assert names(reports.tell(RUNNING)) == []
    used.back()
    assert used.signs()
    assert used.desk("GET", "sys/seal-status").json["disabled_providers"] == []
    assert names(reports.tell(RUNNING)) == [(ProviderRestored, "pkcs11")]


def test_the_reason_is_not_for_everybody(used: Bench) -> None:
    used.gone()
    used.desk.vault.keep_house()
    assert used.desk("GET", "sys/providers", token="").status == 403
    assert "yunyue-test" not in str(used.desk("GET", "sys/seal-status", token="").json)


def test_other_keys_are_used_while_the_token_is_lost(used: Bench) -> None:
    used.desk.key("here", "sm4-gcm96")
    used.gone()
    assert not used.signs()
    assert used.desk.decrypt("here", used.desk.encrypt("here")).status == 200
    assert "token" in used.desk.key("another", "ecdsa-p256", in_token=True).error


def test_a_token_that_comes_after_shares_opened_the_vault_is_used_then(bench: Bench) -> None:
    bench.pin.rename(bench.pin.with_suffix(".away"))
    bench.desk.vault.keep_house()
    assert [one.algorithm for one in disabled()] == ["pkcs11"]
    assert "FileNotFoundError" in bench.desk.key("k", "ecdsa-p256", in_token=True).error
    bench.back()
    assert disabled() == ()
    bench.desk.key("k", "ecdsa-p256", in_token=True)
    assert bench.signs()


def test_a_pair_that_was_not_there_is_asked_for_again(used: Bench) -> None:
    assert not load_from_token("ecdsa-p256", "comes-later")
    assert make_in_token("ecdsa-p256", "comes-later")
    assert load_from_token("ecdsa-p256", "comes-later")


def test_a_token_that_fails_its_known_answer_at_start_is_not_used(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The published answer is exchanged, as if the token gave another: it cannot be made to err otherwise.
    right = aead.EXAMPLES["aes256-gcm"]
    with monkeypatch.context() as patched:
        patched.setitem(aead.EXAMPLES, "aes256-gcm", replace(right, sealed="00" + right.sealed[2:]))
        bench.desk.vault.keep_house()
        (fault,) = [one for one in disabled() if one.algorithm == "pkcs11"]
        assert "comes out wrong" in fault.reason
        assert "comes out wrong" in bench.desk.key("k", "ecdsa-p256", in_token=True).error
    bench.desk.vault.keep_house()
    bench.desk.key("k", "ecdsa-p256", in_token=True)
    assert bench.signs()


def test_a_token_that_fails_its_known_answer_later_is_used_no_longer(
    used: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = aead.EXAMPLES["aes256-gcm"]
    with monkeypatch.context() as patched:
        patched.setitem(aead.EXAMPLES, "aes256-gcm", replace(right, sealed="00" + right.sealed[2:]))
        used.desk.vault.keep_house()
        assert not used.signs()
    used.desk.vault.keep_house()
    assert used.signs()
