"""An approval counts only together with exactly the fact that was proposed."""

from datetime import datetime

import pytest

from story import TERMS, tell
from yunyue.answer import Refused
from yunyue.host.clock import BEIJING
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import FundsArrived, Payload, ProgressConfirmed, ProposalApproved, ProposalMade
from yunyue.settlement.admission import Known, admit_all
from yunyue.settlement.admission.proposal import content_digest

AT = datetime(2024, 5, 10, 10, tzinfo=BEIJING)
NOW = datetime(2024, 5, 12, 10, tzinfo=BEIJING)
SAID = FundsArrived(instalment=1)


def fact(said: Payload, identifier: str, at: datetime = NOW, actor: str = "user:2") -> Fact:
    return Fact(id=identifier, subject=TERMS.id, actor=actor, source="/case", time=at, data=said)


@pytest.fixture
def known() -> Known:
    """Under a contract where user:1 proposed that funds arrived."""
    known = Known.of(TERMS, tell("2024-04-11 contract.signed").facts)
    made = ProposalMade(proposal="p1", kind=SAID.type, content=content_digest(SAID), at=AT)
    known.add(fact(made, "made", actor="user:1"))
    return known


def approved(known: Known, said: Payload, at: datetime = AT, actor: str = "user:2") -> Refused | None:
    """What admission says of an approval with this fact."""
    approval = ProposalApproved(proposal="p1", fact="it")
    return admit_all(known, [fact(said, "it", at, actor), fact(approval, "approval", actor=actor)], NOW)


def test_the_proposed_fact_and_its_approval_come_in_together(known: Known) -> None:
    assert approved(known, SAID) is None


@pytest.mark.parametrize(
    ("said", "at"),
    [
        (FundsArrived(instalment=2), AT),
        (SAID, NOW),
        (ProgressConfirmed(instalment=1, document="sha256:" + "ab" * 32), AT),
    ],
    ids=["other content", "another moment", "another type"],
)
def test_another_fact_than_the_proposed_one_is_refused(known: Known, said: Payload, at: datetime) -> None:
    refused = approved(known, said, at)
    assert refused is not None
    assert refused.reason == "this is not the fact that was proposed"


def test_its_maker_does_not_approve_it(known: Known) -> None:
    refused = approved(known, SAID, actor="user:1")
    assert refused is not None
    assert refused.field == "proposal.approved.actor"
