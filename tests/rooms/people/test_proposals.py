"""A proposal waits for another person; approving records exactly what was proposed, once, or changes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import contract_year
import pytest
from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.host.settings import Settings
from yunyue.journal.facts import (
    ContractSigned,
    FactCorrected,
    FundsArrived,
    LeavingReported,
    NoticeGiven,
    Party,
    Payload,
    PaymentMade,
    SampleWindow,
    StaffAssigned,
    StaffConsented,
    StaffLeft,
    StaffProposed,
    StaffRejected,
    SumSettled,
)
from yunyue.kernel import Kernel
from yunyue.money import Money
from yunyue.people.policy import Person
from yunyue.people.proposals import Intent, Proposal, approve, content, find, proposals, put_forward, reject

CONTRACT = contract_year.CONTRACT
MANAGER, APPROVER = Person("user:1", "client_manager"), Person("user:2", "client_approver")
PROVIDER, OTHER = Person("user:3", "service_manager"), Person("user:4", "client_approver")
HERE = "/tests"
PART = PaymentMade(instalment=2, amount=Money.parse("1000.00"), document=contract_year.DOCUMENT)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = contract_year.tell(Settings(home=tmp_path))
    yield kernel
    kernel.close()


def forward(kernel: Kernel, said: Payload, who: Person, identifier: str = "form-1") -> bool | Refused:
    return put_forward(kernel, CONTRACT, Intent(said, kernel.clock.now(), identifier), who, HERE)


def the_only(kernel: Kernel) -> Proposal:
    (found,) = proposals(kernel.facts(CONTRACT))
    return found


def paid(kernel: Kernel) -> list[Payload]:
    return [one.fact.data for one in kernel.facts(CONTRACT) if isinstance(one.fact.data, PaymentMade)]


def test_a_payment_is_proposed_and_does_not_count_yet(kernel: Kernel) -> None:
    assert forward(kernel, PART, MANAGER) is True
    assert the_only(kernel).state == "awaiting"
    assert content(kernel, the_only(kernel)) == PART
    assert PART not in paid(kernel)


def test_approved_it_counts_as_it_was_proposed(kernel: Kernel) -> None:
    forward(kernel, PART, MANAGER)
    assert approve(kernel, CONTRACT, the_only(kernel), APPROVER, HERE) is None
    assert paid(kernel)[-1] == PART
    assert the_only(kernel).state == "approved"
    assert (the_only(kernel).maker, the_only(kernel).decided_by) == ("user:1", "user:2")


def test_its_fact_and_the_approval_are_recorded_in_one_batch(kernel: Kernel) -> None:
    forward(kernel, PART, MANAGER)
    approve(kernel, CONTRACT, the_only(kernel), APPROVER, HERE)
    fact, approval = kernel.facts(CONTRACT)[-2:]
    assert (fact.fact.type, approval.fact.type) == ("payment.made", "proposal.approved")
    assert fact.recorded == approval.recorded


def test_what_needs_nobody_else_counts_at_once(kernel: Kernel) -> None:
    assert forward(kernel, FundsArrived(instalment=2), APPROVER) is False
    assert kernel.facts(CONTRACT)[-1].fact.data == FundsArrived(instalment=2)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (Person("user:1", "client_approver"), "whoever proposed it"),
        (Person("user:5", "client_manager"), "not decided by role client_manager"),
        (PROVIDER, "not decided by role service_manager"),
        (Person("user:6", "founder"), "not decided by role founder"),
    ],
)
def test_who_may_not_decide_changes_nothing(kernel: Kernel, who: Person, words: str) -> None:
    forward(kernel, PART, MANAGER)
    size = kernel.journal.head().size
    refused = approve(kernel, CONTRACT, the_only(kernel), who, HERE)
    assert refused is not None
    assert words in refused.reason
    if who.actor != "user:1":
        assert reject(kernel, CONTRACT, the_only(kernel), "no", (who, HERE)) is not None
    assert kernel.journal.head().size == size


def test_a_sum_settles_a_line_there_is_paid_by_the_side_that_owes_it(kernel: Kernel) -> None:
    made = kernel.statement(CONTRACT, kernel.clock.now().date())
    assert not isinstance(made, Refused)
    line = next(one for one in made.lines if not one.id.startswith("instalment-"))
    others: dict[Party, Party] = {"client": "provider", "provider": "client"}
    right = SumSettled(line=line.id, payer=line.payer, amount=Money.parse("1.00"), document=contract_year.DOCUMENT)
    for wrong, field in ((replace(right, line="typo"), "line"), (replace(right, line="instalment-1"), "line")):
        refused = forward(kernel, wrong, MANAGER)
        assert isinstance(refused, Refused)
        assert (refused.field, refused.clause) == (f"sum.settled.{field}", "C02")
        assert line.id in refused.reason
    refused = forward(kernel, replace(right, payer=others[line.payer]), MANAGER)
    assert refused == Refused(f"line {line.id} is owed by the {line.payer}", "sum.settled.payer", "C02")
    assert forward(kernel, right, MANAGER) is True


def test_a_form_sent_twice_is_refused_and_recorded_once(kernel: Kernel) -> None:
    forward(kernel, PART, MANAGER)
    size = kernel.journal.head().size
    again = forward(kernel, PART, MANAGER)
    assert isinstance(again, Refused)
    assert again.field == "form"
    assert kernel.journal.head().size == size


def test_two_approvers_at_once_approve_once(kernel: Kernel) -> None:
    forward(kernel, PART, MANAGER)
    seen = the_only(kernel)
    assert approve(kernel, CONTRACT, seen, APPROVER, HERE) is None
    size = kernel.journal.head().size
    assert approve(kernel, CONTRACT, seen, OTHER, HERE) is not None
    assert reject(kernel, CONTRACT, seen, "too late", (OTHER, HERE)) is not None
    assert kernel.journal.head().size == size


def test_what_fitted_when_proposed_may_not_fit_when_approved(kernel: Kernel) -> None:
    left = contract_year.terms().instalments[1].amount
    whole = PaymentMade(instalment=2, amount=left, document=contract_year.DOCUMENT)
    forward(kernel, whole, MANAGER, "form-1")
    forward(kernel, whole, MANAGER, "form-2")
    second, first = proposals(kernel.facts(CONTRACT))
    assert approve(kernel, CONTRACT, first, APPROVER, HERE) is None
    refused = approve(kernel, CONTRACT, second, APPROVER, HERE)
    assert refused is not None
    assert refused.clause == "C02"
    assert isinstance(find(kernel, CONTRACT, second.id), Proposal)
    assert proposals(kernel.facts(CONTRACT))[0].state == "awaiting"


def test_what_does_not_fit_is_not_even_proposed(kernel: Kernel) -> None:
    much = PaymentMade(instalment=2, amount=Money.parse("99999999.00"), document=contract_year.DOCUMENT)
    refused = forward(kernel, much, MANAGER)
    assert isinstance(refused, Refused)
    assert refused.clause == "C02"
    assert proposals(kernel.facts(CONTRACT)) == ()


def test_it_is_sent_back_with_a_reason(kernel: Kernel) -> None:
    forward(kernel, PART, MANAGER)
    assert reject(kernel, CONTRACT, the_only(kernel), "the invoice is missing", (APPROVER, HERE)) is None
    assert the_only(kernel).state == "rejected"
    assert approve(kernel, CONTRACT, the_only(kernel), APPROVER, HERE) is not None


def test_it_is_not_sent_back_without_a_reason(kernel: Kernel) -> None:
    forward(kernel, PART, MANAGER)
    refused = reject(kernel, CONTRACT, the_only(kernel), "", (APPROVER, HERE))
    assert refused is not None
    assert refused.field == "proposal.rejected.reason"


def test_its_maker_may_take_it_back(kernel: Kernel) -> None:
    forward(kernel, PART, MANAGER)
    assert reject(kernel, CONTRACT, the_only(kernel), "a mistake of mine", (MANAGER, HERE)) is None


def test_nobody_signs_or_notifies_for_the_other_side(kernel: Kernel) -> None:
    day = contract_year.TODAY
    for said in (
        ContractSigned(party="client", signed=day, sealed=day),
        NoticeGiven(about="other", subject="n", by="client", channel="letter", document=contract_year.DOCUMENT),
    ):
        refused = forward(kernel, said, PROVIDER)
        assert isinstance(refused, Refused)
        assert "does not speak for the client" in refused.reason


def test_what_was_measured_is_corrected_by_nobody(kernel: Kernel) -> None:
    assert any(isinstance(one.fact.data, SampleWindow) for one in kernel.facts(CONTRACT))
    wrong = FactCorrected(corrects="window-2024-05", replacement=None, reason="looks bad")
    for who in (MANAGER, PROVIDER, APPROVER):
        assert isinstance(forward(kernel, wrong, who), Refused)


def test_each_side_asks_to_correct_its_own_facts_only(kernel: Kernel) -> None:
    wrong = FactCorrected(corrects="payment-1", replacement=None, reason="another account")
    assert isinstance(forward(kernel, wrong, PROVIDER), Refused)
    assert forward(kernel, wrong, MANAGER) is True


PROPOSED = StaffProposed(person="p-2", post="manager", replaces="p-1")
ASSIGNED = StaffAssigned(person="p-2", post="manager", replaces="p-1")


def consent(change: str = "assignment") -> StaffConsented:
    return StaffConsented(person="p-2", change=change, document=contract_year.DOCUMENT)  # type: ignore[arg-type]  # one of the two


def later(kernel: Kernel) -> None:
    """A minute passes."""
    kernel.clock.move_to(kernel.clock.now() + timedelta(minutes=1))  # type: ignore[attr-defined]  # the year's clock is virtual


def test_staff_change_only_with_the_clients_consent(kernel: Kernel) -> None:
    refused = forward(kernel, ASSIGNED, PROVIDER, "f0")
    assert isinstance(refused, Refused)
    assert refused.clause == "C21"
    assert isinstance(forward(kernel, consent(), MANAGER, "f1"), Refused)
    assert forward(kernel, PROPOSED, PROVIDER, "f2") is False
    assert forward(kernel, consent(), MANAGER, "f3") is False
    assert forward(kernel, ASSIGNED, PROVIDER, "f4") is False


def test_consent_before_a_rejection_no_longer_counts(kernel: Kernel) -> None:
    forward(kernel, PROPOSED, PROVIDER, "f1")
    forward(kernel, consent(), MANAGER, "f2")
    later(kernel)
    assert forward(kernel, StaffRejected(person="p-2", reason="not as good"), MANAGER, "f3") is False
    assert isinstance(forward(kernel, ASSIGNED, PROVIDER, "f4"), Refused)
    later(kernel)
    forward(kernel, consent(), APPROVER, "f5")
    assert forward(kernel, ASSIGNED, PROVIDER, "f6") is False


def test_leaving_is_reported_and_agreed_first(kernel: Kernel) -> None:
    refused = forward(kernel, StaffLeft(person="p-2"), PROVIDER, "f0")
    assert isinstance(refused, Refused)
    assert refused.clause == "C24"
    assert isinstance(forward(kernel, consent("leaving"), MANAGER, "f1"), Refused)
    forward(kernel, LeavingReported(person="p-2", document=contract_year.DOCUMENT), PROVIDER, "f2")
    forward(kernel, consent("leaving"), MANAGER, "f3")
    assert forward(kernel, StaffLeft(person="p-2"), PROVIDER, "f4") is False


def test_who_left_comes_back_with_another_consent_only(kernel: Kernel) -> None:
    forward(kernel, PROPOSED, PROVIDER, "f1")
    forward(kernel, consent(), MANAGER, "f2")
    forward(kernel, ASSIGNED, PROVIDER, "f3")
    forward(kernel, LeavingReported(person="p-2", document=contract_year.DOCUMENT), PROVIDER, "f4")
    forward(kernel, consent("leaving"), MANAGER, "f5")
    later(kernel)
    assert forward(kernel, StaffLeft(person="p-2"), PROVIDER, "f6") is False
    later(kernel)
    assert isinstance(forward(kernel, ASSIGNED, PROVIDER, "f7"), Refused)
    assert forward(kernel, PROPOSED, PROVIDER, "f8") is False
    refused = forward(kernel, ASSIGNED, PROVIDER, "f9")
    assert isinstance(refused, Refused)
    assert refused.clause == "C21"
    forward(kernel, consent(), MANAGER, "f10")
    assert forward(kernel, ASSIGNED, PROVIDER, "f11") is False


def test_a_consent_to_one_post_is_none_to_another(kernel: Kernel) -> None:
    forward(kernel, StaffProposed(person="p-2", post="engineer", replaces=None), PROVIDER, "f1")
    forward(kernel, consent(), MANAGER, "f2")
    refused = forward(kernel, ASSIGNED, PROVIDER, "f3")
    assert isinstance(refused, Refused)
    assert (refused.field, refused.clause) == ("staff.assigned.post", "C21")
    assert forward(kernel, StaffAssigned(person="p-2", post="engineer", replaces=None), PROVIDER, "f4") is False


def test_what_the_approver_alone_records_is_corrected_at_the_managers_asking(kernel: Kernel) -> None:
    assert forward(kernel, FundsArrived(instalment=2), APPROVER, "f1") is False
    wrong = FactCorrected(corrects="f1", replacement=None, reason="of another instalment")
    assert isinstance(forward(kernel, wrong, PROVIDER, "f2"), Refused)
    assert isinstance(forward(kernel, wrong, APPROVER, "f3"), Refused)
    assert forward(kernel, wrong, MANAGER, "f4") is True
    assert approve(kernel, CONTRACT, the_only(kernel), APPROVER, HERE) is None
    known = kernel.known(CONTRACT)
    assert not isinstance(known, Refused)
    assert [one.instalment for one in known.all(FundsArrived)] == [1]
