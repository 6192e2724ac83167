"""The terms are frozen values whose parts are found by number, code and id."""

import pytest

from yunyue.contract import Terms


def test_parts_are_found_by_their_names(terms: Terms) -> None:
    assert terms.instalment(2) is terms.instalments[1]
    assert terms.item("scan-run") in terms.catalogue.items
    assert terms.objective("transcode-buckets") in terms.sla.objectives


def test_a_name_nobody_has_finds_nothing(terms: Terms) -> None:
    assert terms.instalment(4) is None
    assert terms.item("monitor-availability") is None
    assert terms.objective("scan-run") is None


def test_terms_cannot_be_changed_in_place(terms: Terms) -> None:
    with pytest.raises(AttributeError):
        terms.price.words = "零元整"  # type: ignore[misc]  # the very thing that must not work
