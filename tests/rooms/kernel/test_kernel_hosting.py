"""What a service learns of the contract's facts: those that stand, and whose a name or an address is by them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import contract_year
import pytest

from yunyue.answer import Refused
from yunyue.host.settings import Settings
from yunyue.journal.facts import (
    BaselineSet,
    FactCorrected,
    FindingJudged,
    FindingRaised,
    OwnershipGranted,
    OwnershipProven,
    Payload,
)
from yunyue.kernel import Recorder
from yunyue.kernel.happening import Happening
from yunyue.kernel.hosting import ContractHost, Hosting
from yunyue.services.discovery import discover
from yunyue.store.series import Series

DIGEST = "sha256:" + "0" * 64


@pytest.fixture
def host(tmp_path: Path) -> Iterator[ContractHost]:
    kernel = contract_year.tell(Settings(home=tmp_path))
    series = Series.open(tmp_path / "series")
    yield Hosting(kernel, discover().registry, series).host(contract_year.CONTRACT, "monitor")
    series.close()
    kernel.close()


def say(host: ContractHost, said: Payload, name: str) -> Refused | None:
    kernel = host.hosting.kernel
    at = kernel.clock.now() - timedelta(seconds=1)
    done = kernel.record(host.contract, [Happening(said, at, name)], Recorder("provider:wang", "/console"))
    return done if isinstance(done, Refused) else None


def test_what_was_recorded_stands_until_it_is_corrected(host: ContractHost) -> None:
    assert host.standing(BaselineSet) == ()
    baseline = BaselineSet(order="order-1", structure=DIGEST, picture=DIGEST)
    assert say(host, baseline, "base") is None
    assert [one.data for one in host.standing(BaselineSet)] == [baseline]
    assert say(host, FactCorrected(corrects="base", replacement=None, reason="wrong page"), "gone") is None
    assert host.standing(BaselineSet) == ()


def test_several_kinds_are_asked_for_at_once(host: ContractHost) -> None:
    raised = FindingRaised(finding="words-1", order="order-1", check="words", about="a word", evidence=(DIGEST,))
    judged = FindingJudged(finding="words-1", state="confirmed", reason="so it is")
    assert say(host, raised, "raised") is None
    assert say(host, judged, "judged") is None
    assert [one.data for one in host.standing(FindingRaised, FindingJudged)] == [raised, judged]


def test_a_finding_nobody_raised_and_an_order_nobody_placed_are_refused(host: ContractHost) -> None:
    judged = FindingJudged(finding="ghost", state="fixed", reason="x")
    raised = FindingRaised(finding="words-1", order="ghost", check="words", about="x", evidence=())
    assert isinstance(say(host, judged, "judged"), Refused)
    assert isinstance(say(host, raised, "raised"), Refused)


def test_a_granted_address_is_the_tenants_until_the_grant_is_withdrawn(host: ContractHost) -> None:
    assert not host.proven("bureau", "10.1.2.3")
    granted = OwnershipGranted(tenant="bureau", addresses="10.1.2.0/24", document=DIGEST)
    assert say(host, granted, "grant") is None
    assert host.proven("bureau", "10.1.2.3")
    assert not host.proven("office", "10.1.2.3")
    say(host, FactCorrected(corrects="grant", replacement=None, reason="moved out"), "end")
    assert not host.proven("bureau", "10.1.2.3")


def test_a_proven_name_is_the_tenants(host: ContractHost) -> None:
    assert say(host, OwnershipProven(tenant="bureau", name="www.example.gov.cn", means="dns"), "proof") is None
    assert host.proven("bureau", "www.example.gov.cn")
    assert not host.proven("office", "www.example.gov.cn")


def test_of_a_contract_nobody_registered_nothing_stands(host: ContractHost) -> None:
    other = host.hosting.host("nowhere", "monitor")
    assert other.standing(BaselineSet) == ()
    assert not other.proven("bureau", "10.1.2.3")
