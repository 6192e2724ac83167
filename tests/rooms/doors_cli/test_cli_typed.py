"""Facts as they are typed: field=value."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from yunyue.answer import Refused
from yunyue.doors.cli.typed import only_digest, payload, supposition
from yunyue.host.clock import BEIJING
from yunyue.journal.facts import (
    Change,
    ContractSupplemented,
    PaymentMade,
    StaffAssigned,
    TrainingHeld,
    VerdictReached,
)
from yunyue.kernel import Happening
from yunyue.money import Money

DOCUMENT = "sha256:" + "ab" * 32
NOW = datetime(2024, 6, 1, 9, 30, tzinfo=BEIJING)
PAID = ("instalment=1", "amount=1.00", f"document={DOCUMENT}")
SIDES = tuple(f"{who}_{did}=2024-08-01" for who in ("client", "provider") for did in ("signed", "sealed"))


def refusal(kind: str, *words: str) -> Refused:
    found = payload(kind, words, only_digest)
    assert isinstance(found, Refused), found
    return found


def test_numbers_and_amounts_are_read_from_text() -> None:
    assert payload("payment.made", PAID, only_digest) == PaymentMade(
        instalment=1, amount=Money.parse("1.00"), document=DOCUMENT
    )


def test_an_empty_value_is_none_where_none_may_stand() -> None:
    found = payload("staff.assigned", ("person=p1", "post=manager", "replaces="), only_digest)
    assert found == StaffAssigned(person="p1", post="manager", replaces=None)


def test_an_empty_value_is_refused_where_none_may_not_stand() -> None:
    assert refusal("staff.assigned", "person=", "post=manager", "replaces=").field == "staff.assigned.person"


def test_a_field_given_several_times_is_a_list() -> None:
    words = ("kind=skills", "persons=p1", "persons=p2", f"document={DOCUMENT}")
    assert payload("training.held", words, only_digest) == TrainingHeld(
        kind="skills", persons=("p1", "p2"), document=DOCUMENT
    )


def test_a_list_may_be_json() -> None:
    found = payload("training.held", ("kind=skills", 'persons=["p1","p2"]', f"document={DOCUMENT}"), only_digest)
    assert isinstance(found, TrainingHeld)
    assert found.persons == ("p1", "p2")


def test_a_list_that_is_not_json_names_its_field() -> None:
    found = refusal("training.held", "kind=skills", "persons=[p1", f"document={DOCUMENT}")
    assert found.field == "training.held.persons"
    assert "not JSON" in found.reason


def test_a_supplement_names_each_changed_term() -> None:
    changes = ("changes.term.end=2025-01-31", "changes.penalties.client_days=45")
    words = ("supplement=s1", "effective=2024-08-01", *SIDES, *changes, f"document={DOCUMENT}")
    found = payload("contract.supplemented", words, only_digest)
    assert isinstance(found, ContractSupplemented)
    assert found.effective == date(2024, 8, 1)
    assert found.changes == (Change("term.end", "2025-01-31"), Change("penalties.client_days", "45"))


def test_a_document_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "receipt").write_bytes(b"hello")
    words = ("instalment=1", "amount=1.00", f"document=@{tmp_path / 'receipt'}")
    found = payload("payment.made", words, only_digest)
    assert isinstance(found, PaymentMade)
    assert found.document == "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


def test_a_document_that_is_not_there_names_field_and_reason(tmp_path: Path) -> None:
    found = refusal("payment.made", "instalment=1", "amount=1.00", f"document=@{tmp_path / 'nothing'}")
    assert found.field == "payment.made.document"
    assert "cannot be read" in found.reason


def test_booleans_and_decimals_are_read_from_text() -> None:
    words = (
        *("service=monitor", "objective=o", "month=2024-05", "method=M1", "measured=99.1", "target=99.9", "met=false"),
        *("counted_minutes=100", "excluded_minutes=0", "rests_on=w1"),
    )
    found = payload("verdict.reached", words, only_digest)
    assert isinstance(found, VerdictReached)
    assert (found.met, found.measured) == (False, Decimal("99.1"))


@pytest.mark.parametrize(
    ("words", "field", "said"),
    [
        (("instalment",), "payment.made", "not field=value"),
        (("=1",), "payment.made", "not field=value"),
        (("instalment=1", "instalment=2"), "payment.made.instalment", "twice"),
        (("instalment=one", *PAID[1:]), "payment.made.instalment", "int"),
        (("instalment=0", *PAID[1:]), "payment.made.instalment", "1"),
        (("instalment=100", *PAID[1:]), "payment.made.instalment", "99"),
        ((*PAID, "colour=red"), "payment.made", "colour"),
        (PAID[:2], "payment.made", "document"),
        ((PAID[0], "amount=1.234", PAID[2]), "payment.made.amount", "two decimals"),
        ((PAID[0], "amount=1e9", PAID[2]), "payment.made.amount", "amount"),
        ((PAID[0], "amount=99999999999999999.00", PAID[2]), "payment.made.amount", "10**17"),
        ((*PAID[:2], "document=abc"), "payment.made.document", "digest"),
    ],
)
def test_what_does_not_fit_names_field_and_rule(words: tuple[str, ...], field: str, said: str) -> None:
    found = refusal("payment.made", *words)
    assert (found.field, found.clause or "C03") == (field, "C03")
    assert said in found.reason


def test_an_unknown_kind_of_fact_lists_the_known_ones() -> None:
    found = refusal("payment.dreamt")
    assert found.field == "type"
    assert "payment.made" in found.reason


def test_a_supposition_is_a_fact_with_its_day() -> None:
    found = supposition(f"payment.made instalment=1 amount=1.00 document={DOCUMENT} @2024-05-30", NOW)
    assert isinstance(found, Happening)
    assert found.at == datetime(2024, 5, 30, 12, tzinfo=BEIJING)


def test_words_in_quotation_marks_stay_together() -> None:
    found = supposition('majeure.began event=e1 "about=a long rain" @2024-05-30', NOW)
    assert isinstance(found, Happening)
    assert found.said.about == "a long rain"  # type: ignore[attr-defined]  # what majeure.began says


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "TYPE"),
        ("funds.arrived instalment=1", "@DATE"),
        ("funds.arrived instalment=1 @soon", "@DATE"),
        ("funds.arrived instalment=1 @2024-02-30", "@DATE"),
        ('funds.arrived "instalment=1 @2024-05-30', "quotation"),
        ("funds.arrived instalment=x @2024-05-30", "int"),
        ("nothing.known @2024-05-30", "no fact of type"),
    ],
)
def test_a_supposition_that_cannot_be_read_says_why(line: str, said: str) -> None:
    found = supposition(line, NOW)
    assert isinstance(found, Refused)
    assert said in found.reason
