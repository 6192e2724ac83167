"""What the journal is told of the vault: heads of its use log, and ciphers that failed; each once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crypto_cast import Desk
from services_cast import TestHost

from yunyue.answer import Refused
from yunyue.host.ciphers.interface import Unavailable
from yunyue.journal.facts import ProviderDisabled, ProviderRestored, UseLogHead
from yunyue.services.crypto import reporting
from yunyue.services.crypto.instances import Instance
from yunyue.services.crypto.reporting import Reports

RUNNING = [Instance("o1", "bureau", "p/", "i", 1)]


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    return TestHost(tmp_path / "host")


def reports(desk: Desk, host: TestHost) -> Reports:
    return Reports(host, desk.vault, Path(host.folder))


def test_a_head_is_told_once_a_day(desk: Desk, host: TestHost) -> None:
    teller = reports(desk, host)
    said = teller.tell(RUNNING)
    size, root = desk.vault.log.head()
    assert said == (UseLogHead(log="crypto", size=size, root=f"sha256:{root.hex()}"),)
    desk.key("k")
    assert teller.tell(RUNNING) == ()
    desk.clock.move(timedelta(days=1))
    assert len(teller.tell(RUNNING)) == 1
    desk.clock.move(timedelta(days=1))
    assert teller.tell(RUNNING) == ()
    assert [one for _, one, _ in host.reports] == [*said, host.reports[1][1]]


def test_a_scheduled_rotation_is_told_at_once(desk: Desk, host: TestHost) -> None:
    desk.key("k", auto_rotate_period="1h")
    teller = reports(desk, host)
    teller.tell(RUNNING)
    desk.clock.move(timedelta(hours=2))
    assert teller.tell(RUNNING) == ()
    desk.vault.keep_house()
    (said,) = teller.tell(RUNNING)
    size, _ = desk.vault.log.head()
    assert isinstance(said, UseLogHead)
    assert said.size == size
    use = desk.vault.log.read(size - 1, size)[0][1]
    assert (use.operation, use.key, use.version, use.actor) == ("rotate-scheduled", "k", 2, "vault")
    assert teller.tell(RUNNING) == ()


def test_a_proof_holds_against_the_fact(desk: Desk, host: TestHost) -> None:
    desk.key("k")
    (said,) = reports(desk, host).tell(RUNNING)
    assert isinstance(said, UseLogHead)
    proof = desk.vault.log.proof(1)
    assert proof is not None
    assert proof.holds(said.size, bytes.fromhex(said.root.removeprefix("sha256:")))


def test_a_cipher_that_failed_is_told_once_and_again_when_it_is_well(
    desk: Desk, host: TestHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Unavailable("sm4-gcm", "the example of RFC 8998 appendix A.1 comes out wrong")
    monkeypatch.setattr(reporting, "disabled", lambda: (failed,))
    teller = reports(desk, host)
    assert teller.tell(RUNNING)[0] == ProviderDisabled(provider="sm4-gcm", reason=failed.reason)
    desk.clock.move(timedelta(days=1))
    desk.key("k")
    assert not any(isinstance(one, ProviderDisabled) for one in reports(desk, host).tell(RUNNING))
    monkeypatch.setattr(reporting, "disabled", lambda: ())
    assert reports(desk, host).tell(RUNNING) == (ProviderRestored(provider="sm4-gcm"),)
    assert reports(desk, host).tell(RUNNING) == ()


def test_what_was_refused_is_told_later(desk: Desk, host: TestHost) -> None:
    teller = reports(desk, host)
    host.trouble = Refused("the journal is full", "journal")
    assert teller.tell(RUNNING) == ()
    host.trouble = None
    assert len(teller.tell(RUNNING)) == 1


def test_without_an_order_nothing_is_told(desk: Desk, host: TestHost) -> None:
    assert reports(desk, host).tell([]) == ()


def test_a_sealed_vault_tells_no_head(desk: Desk, host: TestHost) -> None:
    desk.vault.seal.close()
    said: Any = reports(desk, host).tell(RUNNING)
    assert said == ()
