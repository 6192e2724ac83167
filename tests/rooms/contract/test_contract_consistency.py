"""Terms that contradict themselves are found out, however small the difference."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from yunyue.contract import Terms
from yunyue.contract.consistency import COVER_REACH, Fault, faults
from yunyue.contract.terms import Instalment, Step
from yunyue.money import Money, in_words, split


def priced(terms: Terms, total: Money, shares: list[Decimal]) -> Terms:
    """The terms with another total, divided by these shares, and with one item of the catalogue worth it all."""
    amounts = split(total, [Fraction(share) for share in shares])
    model = terms.instalments[0]
    instalments = tuple(
        replace(model, number=number, share=share, amount=amount, words=in_words(amount))
        for number, (share, amount) in enumerate(zip(shares, amounts, strict=True), start=1)
    )
    items = tuple(
        replace(item, quantity=Decimal(1), unit_price=amount, amount=amount)
        for item, amount in zip(
            terms.catalogue.items,
            (total, *[Money.ZERO] * (len(terms.catalogue.items) - 1)),
            strict=True,
        )
    )
    price = replace(terms.price, total=total, words=in_words(total))
    catalogue = replace(terms.catalogue, items=items)
    return replace(terms, price=price, instalments=instalments, catalogue=catalogue)


def with_instalment(terms: Terms, position: int, **changes: Any) -> Terms:
    changed: list[Instalment] = list(terms.instalments)
    changed[position] = replace(changed[position], **changes)
    return replace(terms, instalments=tuple(changed))


def paths_of(terms: Terms) -> list[str]:
    return [fault.path for fault in faults(terms)]


def test_the_2024_contract_agrees_with_itself(terms: Terms) -> None:
    assert faults(terms) == ()


@given(st.integers(0, 2), st.integers(-95_839_720, 10**9).filter(bool))
def test_any_other_amount_of_one_instalment_is_refused(terms: Terms, position: int, fen: int) -> None:
    amount = Money(max(0, terms.instalments[position].amount.fen + fen))
    found = paths_of(with_instalment(terms, position, amount=amount, words=in_words(amount)))
    assert found == ["instalments", f"instalments.{position + 1}.amount"]


@pytest.mark.parametrize("fen", [-1, 1])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_an_instalment_wrong_by_one_fen_is_refused_by_c06(terms: Terms, position: int, fen: int) -> None:
    amount = Money(terms.instalments[position].amount.fen + fen)
    found = faults(with_instalment(terms, position, amount=amount, words=in_words(amount)))
    assert {fault.clause for fault in found} == {"C06"}
    assert str(amount) in found[1].rule
    assert "the total is 1916794.40" in found[0].rule


def test_a_fen_moved_from_one_instalment_to_the_next_is_refused_though_the_sum_is_right(terms: Terms) -> None:
    first, second = (terms.instalments[0].amount + Money(1), terms.instalments[1].amount - Money(1))
    moved = with_instalment(terms, 0, amount=first, words=in_words(first))
    moved = with_instalment(moved, 1, amount=second, words=in_words(second))
    assert paths_of(moved) == ["instalments.1.amount", "instalments.2.amount"]


_SHARES = st.lists(st.integers(1, 50), min_size=1, max_size=6).map(
    lambda parts: [Decimal(part) / 100 for part in parts[:-1]] + [1 - sum(Decimal(part) / 100 for part in parts[:-1])]
)


@given(st.integers(10_000, 10**13), _SHARES.filter(lambda shares: shares[-1] > 0))
def test_any_total_divided_by_shares_of_one_is_consistent(terms: Terms, fen: int, shares: list[Decimal]) -> None:
    assert faults(priced(terms, Money(fen), shares)) == ()


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_words_of_any_other_sum_are_refused(terms: Terms, fen: int, other: int) -> None:
    consistent = priced(terms, Money(fen + 10_000), [Decimal(1)])
    wrong = replace(consistent, price=replace(consistent.price, words=in_words(Money(fen + 10_000 + other))))
    (fault,) = faults(wrong)
    assert (fault.path, fault.clause) == ("price.words", "C02")
    assert in_words(Money(fen + 10_000)) in fault.rule


@given(st.integers(1, 10**6))
def test_an_item_whose_amount_is_off_by_any_fen_is_refused_with_the_sum(terms: Terms, fen: int) -> None:
    first, *rest = terms.catalogue.items
    wrong = replace(first, amount=first.amount + Money(fen))
    found = faults(replace(terms, catalogue=replace(terms.catalogue, items=(wrong, *rest))))
    assert [fault.path for fault in found] == ["catalogue.items.os-set.amount", "catalogue.items"]
    assert {fault.clause for fault in found} == {"C02"}


def test_a_product_that_is_no_whole_fen_is_refused_whatever_the_amount(terms: Terms) -> None:
    first, *rest = terms.catalogue.items
    third = replace(first, quantity=Decimal("0.333333333333"), unit_price=Money(100), amount=Money(33))
    fault = faults(replace(terms, catalogue=replace(terms.catalogue, items=(third, *rest))))[0]
    assert fault.path == "catalogue.items.os-set.amount"
    assert "0.333333333333 × 1.00 exactly" in fault.rule


def test_an_item_left_out_is_missed_from_the_total(terms: Terms) -> None:
    items = terms.catalogue.items[:-1]
    (fault,) = faults(replace(terms, catalogue=replace(terms.catalogue, items=items)))
    assert fault.path == "catalogue.items"
    assert "sum to 1748794.40" in fault.rule


def test_no_instalment_at_all_is_refused(terms: Terms) -> None:
    assert paths_of(replace(terms, instalments=())) == ["instalments"]


def test_a_total_of_nothing_is_refused(terms: Terms) -> None:
    assert "price.total" in paths_of(priced(terms, Money.ZERO, [Decimal(1)]))


def test_an_objective_of_a_service_that_is_not_bought_is_refused(terms: Terms) -> None:
    kept = tuple(replace(item, service="os") for item in terms.catalogue.items)
    found = faults(replace(terms, catalogue=replace(terms.catalogue, items=kept)))
    assert Fault("sla.objectives.audit-searchable.service", "no item of the catalogue belongs to audit", "C37") in found
    assert not [fault for fault in found if fault.path.startswith("sla.objectives.os-")]


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4, 5), (2, 1, 3, 4, 5, 6), ()])
def test_annexes_are_the_six_in_their_order(terms: Terms, numbers: tuple[int, ...]) -> None:
    annexes = tuple(terms.annexes[number - 1] for number in numbers)
    (fault,) = faults(replace(terms, annexes=annexes))
    assert (fault.path, fault.clause) == ("annexes", "C38")
    assert "1, 2, 3, 4, 5, 6" in fault.rule


def test_staff_conditions_count_from_one(terms: Terms) -> None:
    (fault,) = faults(replace(terms, staff_conditions=terms.staff_conditions[1:]))
    assert (fault.path, fault.clause) == ("staff_conditions", "C20")


def test_a_term_of_a_single_day_is_a_term(terms: Terms) -> None:
    assert faults(replace(terms, term=replace(terms.term, end=terms.term.start))) == ()


def test_a_cover_date_may_lie_a_year_from_the_start_and_no_further(terms: Terms) -> None:
    start = terms.term.start
    for near in (start, start - COVER_REACH, start + COVER_REACH):
        assert faults(replace(terms, cover_date=near)) == ()
    for far in (start - COVER_REACH - timedelta(days=1), start + COVER_REACH + timedelta(days=1)):
        assert paths_of(replace(terms, cover_date=far)) == ["cover_date"]


def test_a_cap_and_its_reading_come_together(terms: Terms) -> None:
    capped = replace(terms.penalties, daily_cap=Decimal("0.05"))
    reading = terms.readings | {"A8": "capped"}
    assert faults(replace(terms, penalties=capped, readings=reading)) == ()
    assert paths_of(replace(terms, penalties=capped)) == ["penalties.daily_cap"]
    assert paths_of(replace(terms, readings=reading)) == ["penalties.daily_cap"]


def test_the_cover_date_counts_as_signing_only_when_there_is_one(terms: Terms) -> None:
    cover = terms.readings | {"A3": "cover"}
    assert paths_of(replace(terms, readings=cover)) == ["cover_date"]
    assert faults(replace(terms, readings=cover, cover_date=terms.term.start)) == ()


@given(st.sampled_from([f"A{number}" for number in range(1, 25)]))
def test_every_reading_must_be_there(terms: Terms, identifier: str) -> None:
    left = {key: value for key, value in terms.readings.items() if key != identifier}
    assert paths_of(replace(terms, readings=left)) == [f"readings.{identifier}"]


_RUNGS = st.lists(st.tuples(st.integers(996, 999), st.integers(0, 4)), max_size=4)


@given(_RUNGS)
@example([(999, 1), (999, 2)])
@example([(999, 1), (998, 1)])
@example([(999, 0), (998, 1), (997, 2)])
def test_a_ladder_is_accepted_exactly_when_it_goes_down_and_costs_more(
    terms: Terms, rungs: list[tuple[int, int]]
) -> None:
    ladder = tuple(Step(below=Decimal(below) / 10, share=Decimal(share) / 100) for below, share in rungs)
    objective = replace(terms.sla.objectives[0], target=Decimal("99.9"), ladder=ladder)
    found = faults(replace(terms, sla=replace(terms.sla, objectives=(objective,))))
    belows, shares = [below for below, _ in rungs], [share for _, share in rungs]
    falling = all(later < earlier for earlier, later in pairwise(belows))
    rising = all(later > earlier for earlier, later in pairwise(shares))
    assert (not found) == (falling and rising)
    assert all(fault.clause == "C18" for fault in found)
