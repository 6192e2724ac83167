"""The sample contract is the same contract on another day, and says it is a sample."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from yunyue.contract import Terms, digest, starting_on
from yunyue.contract.consistency import faults

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(DAYS)
def test_the_term_is_as_long_and_starts_on_the_day(terms: Terms, day: date) -> None:
    sample = starting_on(terms, day)
    assert sample.term.start == sample.cover_date == day
    assert sample.term.end - sample.term.start == terms.term.end - terms.term.start == timedelta(days=264)


@given(DAYS)
def test_the_sample_can_be_used(terms: Terms, day: date) -> None:
    assert faults(starting_on(terms, day)) == ()


def test_the_sample_is_named_after_its_day_and_marked(terms: Terms) -> None:
    sample = starting_on(terms, date(2026, 11, 23))
    assert sample.id == "sample-2026-11-23"
    assert sample.title.zh.startswith("示例：")
    assert sample.title.en.startswith("Sample: ")


def test_everything_else_is_the_same(terms: Terms) -> None:
    sample = starting_on(terms, date(2026, 11, 23))
    term = replace(sample.term, start=terms.term.start, end=terms.term.end)
    restored = replace(sample, id=terms.id, title=terms.title, cover_date=terms.cover_date, term=term)
    assert restored == terms
    assert digest(sample) != digest(terms)


def test_a_term_beyond_the_calendar_is_no_date(terms: Terms) -> None:
    with pytest.raises(OverflowError):
        starting_on(terms, date(9999, 12, 1))
