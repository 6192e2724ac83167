"""The table of duties is whole, denies first, and keeps maker and checker apart as services.md asks."""

import pytest

from yunyue.journal import facts
from yunyue.journal.facts import KINDS, Payload
from yunyue.people.duties import (
    APPROVER,
    CHECKERS,
    DUTIES,
    MANAGER,
    PROVIDER,
    RECORDERS,
    SIDES,
    may_decide,
    may_record,
    needs_another,
    recordable,
)

TWO_PEOPLE: set[type[Payload]] = {
    facts.AcceptanceHeld,
    facts.PaymentMade,
    facts.ScoreGiven,
    facts.CompensationDecided,
    facts.ContractSupplemented,
    facts.FactCorrected,
    facts.StaffWaived,
}
ANSWERED: dict[type[Payload], str] = {
    facts.OrderApproved: "order.placed",
    facts.ExclusionApproved: "exclusion.requested",
    facts.StaffConsented: "staff.proposed",
    facts.StaffAssigned: "staff.consented",
    facts.StaffLeft: "staff.consented",
    facts.RectificationReviewed: "rectification.reported",
}
MEASURED: tuple[type[Payload], ...] = (
    facts.SegmentSealed,
    facts.SampleWindow,
    facts.UsageMetered,
    facts.VerdictReached,
)


def test_every_kind_of_fact_is_in_the_table() -> None:
    assert set(DUTIES) == set(KINDS)


def test_a_kind_that_is_not_in_the_table_is_nobodys() -> None:
    class Invented(Payload, frozen=True, kw_only=True):
        type = "invented.thing"
        title_zh = title_en = "invented"

    assert not any(may_record(role, Invented) or may_decide(role, Invented) for role in (*RECORDERS, *CHECKERS))
    assert needs_another(Invented)


@pytest.mark.parametrize("kind", sorted(TWO_PEOPLE, key=str))
def test_what_weighs_most_waits_for_the_client_approver(kind: type[Payload]) -> None:
    assert needs_another(kind)
    assert may_decide(APPROVER, kind)
    assert not may_record(APPROVER, kind)


@pytest.mark.parametrize(("kind", "answered"), ANSWERED.items(), ids=str)
def test_what_is_an_agreement_itself_answers_another_fact(kind: type[Payload], answered: str) -> None:
    assert answered in DUTIES[kind].answers


@pytest.mark.parametrize("kind", MEASURED, ids=str)
def test_nobody_writes_measurements_by_hand(kind: type[Payload]) -> None:
    assert DUTIES[kind].makers == frozenset()


def test_the_provider_decides_on_nothing() -> None:
    assert not any(may_decide(role, kind) for kind in KINDS for role, side in SIDES.items() if side == "provider")


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_no_role_both_proposes_and_decides_on_a_kind(kind: type[Payload]) -> None:
    assert DUTIES[kind].makers & DUTIES[kind].checkers == frozenset()


@pytest.mark.parametrize(
    "role", ["system_administrator", "security_administrator", "audit_administrator", "third_party", "founder", ""]
)
def test_who_is_of_no_side_records_nothing(role: str) -> None:
    assert recordable(role) == ()
    assert role not in CHECKERS


def test_the_roles_of_the_table_are_the_consoles() -> None:
    from yunyue.doors.web.accounts.roles import Role

    named = {role for duty in DUTIES.values() for role in duty.makers | duty.checkers} | set(SIDES)
    assert named <= {role.value for role in Role} - {Role.FOUNDER.value}


def test_every_duty_says_why_in_both_languages() -> None:
    assert all(duty.why.zh and duty.why.en for duty in DUTIES.values())


def test_money_is_proposed_by_the_manager_and_funds_are_recorded_by_the_approver() -> None:
    assert may_record(MANAGER, facts.PaymentMade)
    assert not may_record(PROVIDER, facts.PaymentMade)
    assert may_record(APPROVER, facts.FundsArrived)
    assert not may_record(MANAGER, facts.FundsArrived)
