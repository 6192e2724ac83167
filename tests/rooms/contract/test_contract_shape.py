"""Tables read from TOML take the shape of the terms, or every deviation is named with its place."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.contract import Terms, paths, to_plain
from yunyue.contract.lines import Place
from yunyue.contract.paths import TERMS
from yunyue.contract.shape import Shaping, dotted, placed


@pytest.fixture(scope="session")
def tree(terms: Terms) -> dict[str, Any]:
    """The 2024 contract as tables."""
    return to_plain(terms)


def table(texts: dict[str, str], name: str) -> dict[str, Any]:
    return tomllib.loads(texts[name])


def wrong(raw: object) -> list[tuple[Place, str]]:
    shaping = Shaping()
    shaping.build(TERMS, raw, ())
    return shaping.wrong


def test_the_parts_of_the_contract_take_their_shape(texts: dict[str, str], terms: Terms) -> None:
    parts = {name: table(texts, f"{name}.toml") for name in ("catalogue", "sla", "readings")}
    shaping = Shaping()
    assert shaping.build(TERMS, table(texts, "terms.toml") | parts, ()) == terms
    assert shaping.wrong == []


@pytest.mark.parametrize("raw", [None, 7, "terms", [], [{}]])
def test_what_is_no_table_is_wrong_once(raw: object) -> None:
    assert wrong(raw) == [((), "must be a table")]


def test_an_empty_table_misses_every_key_but_those_that_may_be_absent() -> None:
    missing = {place[0] for place, rule in wrong({}) if rule == "this key is missing"}
    assert missing == {field.name for field in TERMS.fields} - {"cover_date"}


def test_every_unknown_key_is_named_with_the_known_ones(texts: dict[str, str]) -> None:
    raw = table(texts, "terms.toml")
    raw["majeure"] |= {"storm": 1, "flood": 2}
    found = dict(wrong(raw))
    for key in ("storm", "flood"):
        assert found[("majeure", key)].endswith("known here are certificate_days, negotiate_after_days")


def test_what_is_wrong_in_one_element_does_not_hide_what_is_wrong_in_the_next(texts: dict[str, str]) -> None:
    raw = table(texts, "terms.toml")
    for instalment in raw["instalments"]:
        instalment["share"] = 1
    places = [place for place, _ in wrong(raw) if place[0] == "instalments"]
    assert places == [("instalments", position, "share") for position in range(3)]


def test_a_name_used_three_times_is_wrong_twice(texts: dict[str, str]) -> None:
    raw = table(texts, "terms.toml")
    for instalment in raw["instalments"]:
        instalment["number"] = 1
    rules = [rule for place, rule in wrong(raw) if place[0] == "instalments"]
    assert rules == ["the number 1 already names element 1 of this list"] * 2


@given(st.data())
def test_a_path_and_its_place_name_each_other(terms: Terms, tree: dict[str, Any], data: st.DataObject) -> None:
    path, _ = data.draw(st.sampled_from(list(paths(terms))))
    assert dotted(placed(path, tree), tree) == path


def test_a_path_is_placed_as_far_as_it_exists(tree: dict[str, Any]) -> None:
    assert placed("instalments.3.share", tree) == ("instalments", 2, "share")
    assert placed("instalments.9.share", tree) == ("instalments",)


@pytest.mark.parametrize("name", [None, "", 0, -1, 100, 1.5, True, "x" * 65, {}, []])
def test_an_element_without_a_usable_name_is_called_by_its_position(name: object) -> None:
    assert dotted(("instalments", 1), {"instalments": [{}, {"number": name}]}) == "instalments.#2"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.dates(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([field.name for field in TERMS.fields] + ["number", "x"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_no_tables_whatever_break_the_shaping(raw: object) -> None:
    assert all(rule and isinstance(dotted(place, raw), str) for place, rule in wrong(raw))
    assert wrong(raw)
