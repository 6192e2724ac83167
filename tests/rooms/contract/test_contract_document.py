"""The canonical document stands for exactly one contract, and its digest for the document."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.contract import Terms, canonical, digest, from_plain, paths, read, to_plain


def test_the_document_is_canonical_as_an_independent_implementation_writes_it(terms: Terms) -> None:
    assert canonical(terms) == rfc8785.dumps(to_plain(terms))


def test_the_document_is_the_same_contract(terms: Terms) -> None:
    assert from_plain(to_plain(terms)) == terms
    assert from_plain(json.loads(canonical(terms))) == terms


def test_the_document_holds_amounts_shares_and_days_as_text(terms: Terms) -> None:
    plain = to_plain(terms)
    assert plain["price"]["total"] == "1916794.40"
    assert plain["term"]["start"] == "2024-04-11"
    assert plain["instalments"][0]["share"] == "0.5"
    assert plain["penalties"]["daily_cap"] is None
    assert not any(isinstance(leaf, float) for leaf in _leaves(plain))


def test_the_digest_names_its_algorithm_and_is_the_same_each_time(terms: Terms, texts: dict[str, str]) -> None:
    assert digest(terms).startswith("sha256:")
    assert len(digest(terms)) == len("sha256:") + 64
    again = read(texts)
    assert isinstance(again, Terms)
    assert digest(again) == digest(terms)


def test_the_digest_does_not_depend_on_the_order_of_keys_in_the_files(terms: Terms, texts: dict[str, str]) -> None:
    lines = [line for line in texts["readings.toml"].splitlines() if line.startswith("A")]
    random.Random(7).shuffle(lines)
    shuffled = read(texts | {"readings.toml": "\n".join(lines)})
    assert isinstance(shuffled, Terms)
    assert list(shuffled.readings) != lines
    assert digest(shuffled) == digest(terms)


def test_equal_terms_have_equal_digests_however_their_decimals_were_written(terms: Terms) -> None:
    longer = replace(terms, penalties=replace(terms.penalties, termination_share=Decimal("0.1000")))
    assert longer == terms
    assert canonical(longer) == canonical(terms)


@given(st.data())
def test_any_change_of_any_text_of_the_document_changes_the_digest_or_is_refused(
    terms: Terms, data: st.DataObject
) -> None:
    plain = to_plain(terms)
    table, key = data.draw(st.sampled_from(list(_places(plain))))
    value = table[key]
    table[key] = data.draw(st.sampled_from([f"{value}0", f"0{value}", None, 0, 1.5, [], {}, not value, f" {value}"]))
    outcome = from_plain(plain)
    if table[key] is value or (type(table[key]) is type(value) and table[key] == value):
        assert outcome == terms
    else:
        assert isinstance(outcome, Refused) or digest(outcome) != digest(terms)


@pytest.mark.parametrize(
    ("path", "value", "field", "rule"),
    [
        (("price", "total"), "1916794.4", "", "canonical form"),
        (("price", "total"), 1916794.4, "price.total", "exact"),
        (("instalments", 0, "share"), "0.50", "", "canonical form"),
        (("term", "start"), "2024-4-11", "term.start", "a day"),
        (("term", "end"), "2024-04-10", "term.end", "before it starts"),
        (("annexes", 2, "supplied"), 1, "annexes.3.supplied", "true or false"),
        (("extra",), 1, "extra", "unknown key"),
        (("title", "zh"), "\ud800", "title.zh", "control characters"),
    ],
)
def test_another_form_of_the_document_is_refused(
    terms: Terms, path: tuple[str | int, ...], value: object, field: str, rule: str
) -> None:
    plain: Any = to_plain(terms)
    inner = plain
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    answer = from_plain(plain)
    assert isinstance(answer, Refused)
    assert answer.field == field
    assert rule in answer.reason


@pytest.mark.parametrize("key", ["cover_date", "sla", "readings"])
def test_a_document_that_leaves_a_key_out_is_refused_even_if_the_files_may(terms: Terms, key: str) -> None:
    plain = to_plain(terms)
    del plain[key]
    assert isinstance(from_plain(plain), Refused)


@pytest.mark.parametrize("plain", [None, [], "terms", 7, {1: 2}])
def test_what_is_no_document_is_refused(plain: object) -> None:
    assert isinstance(from_plain(plain), Refused)


def test_every_path_is_in_the_document(terms: Terms) -> None:
    assert len(list(paths(terms))) == len(list(_leaves(to_plain(terms))))


def _leaves(plain: Any) -> list[Any]:
    return [table[key] for table, key in _places(plain)]


def _places(plain: Any) -> list[tuple[Any, Any]]:
    keys = plain if isinstance(plain, dict) else range(len(plain))
    found: list[tuple[Any, Any]] = []
    for key in keys:
        inner = plain[key]
        found += _places(inner) if isinstance(inner, dict | list) else [(plain, key)]
    return found
