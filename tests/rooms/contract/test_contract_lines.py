"""Where keys stand in a TOML text."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.contract.lines import Place, nearest, places


def test_the_root_is_line_one_even_of_an_empty_text() -> None:
    assert places("") == {(): 1}
    assert places("# only a comment") == {(): 1}


def test_a_key_stands_on_its_own_line_after_comments_and_blank_lines() -> None:
    assert places("# first\n\nkey = 1 # not = here\nother = 2\n") == {(): 1, ("key",): 3, ("other",): 4}


def test_windows_line_ends_count_once() -> None:
    assert places("a = 1\r\n# note\r\nb = 2\r\n") == {(): 1, ("a",): 1, ("b",): 3}


def test_a_table_stands_at_its_header_and_its_keys_below() -> None:
    found = places("top = 1\n[term]\nstart = 2024-04-11\n[term.place]\nzh = '北京'\n")
    assert found[("term",)] == 2
    assert found[("term", "start")] == 3
    assert found[("term", "place")] == 4
    assert found[("term", "place", "zh")] == 5


def test_each_element_of_an_array_of_tables_stands_at_its_own_header() -> None:
    found = places("[[items]]\ncode = 'a'\n\n[[items]]\ncode = 'b'\n[items.unit]\nzh = 'x'\n")
    assert found[("items",)] == 1
    assert found[("items", 0)] == 1
    assert found[("items", 1)] == 4
    assert found[("items", 1, "code")] == 5
    assert found[("items", 1, "unit", "zh")] == 7


def test_arrays_of_tables_inside_arrays_of_tables_count_from_their_own_start() -> None:
    found = places("[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]\n[[a.b]]\nx = 3\n")
    assert (found[("a", 0, "b", 1, "x")], found[("a", 1, "b", 0, "x")]) == (5, 8)


def test_an_inline_table_stands_on_the_line_of_its_key_with_all_its_keys() -> None:
    found = places("one = 1\ntitle = { zh = '甲', en = 'a' }\n")
    assert found[("title",)] == found[("title", "zh")] == found[("title", "en")] == 2


def test_elements_of_a_list_over_several_lines_stand_on_their_own_lines() -> None:
    found = places('ladder = [\n  # best first\n  { below = "99", share = "0.1" }, # rung\n\n  { below = "98" },\n]\n')
    assert found[("ladder", 0)] == found[("ladder", 0, "share")] == 3
    assert found[("ladder", 1)] == found[("ladder", 1, "below")] == 5


def test_dotted_and_quoted_keys_are_followed() -> None:
    found = places('a.b.c = 1\n"with space".\'and.dot\' = 2\n[x . "y z"]\nq = 3\n')
    assert found[("a", "b", "c")] == 1
    assert found[("with space", "and.dot")] == 2
    assert found[("x", "y z", "q")] == 4


@pytest.mark.parametrize(
    "value",
    [
        '"# [no] = header"',
        '"escaped \\" quote # and = more"',
        "'literal \\'",
        '"""several\n[not.a.table]\nkey = 1\n"""',
        '"""a quote at the end"""""',
        "'''several\nkey = 1\n'''",
        '"""escaped \\""" goes on\n"""',
        "[1, [2, 3], 'x]']",
        "{ a = ']', b = [1, 2] }",
        "2024-04-11",
        "1_000 # comment",
        "true",
    ],
)
def test_what_a_value_holds_is_never_taken_for_a_key(value: str) -> None:
    text = f"first = {value}\nlast = 1\n"
    assert set(tomllib.loads(text)) == {"first", "last"}
    found = places(text)
    assert {place for place in found if len(place) == 1} == {("first",), ("last",)}
    assert found[("last",)] == text.count("\n")


def test_a_missing_key_is_shown_at_the_table_it_is_missing_from() -> None:
    found = places("a = 1\n[[items]]\ncode = 'x'\n")
    assert nearest(found, ("items", 0, "amount")) == 2
    assert nearest(found, ("nothing", "at", "all")) == 1


_KEYS = st.sampled_from(["a", "b", "c-d", "e_1"])
_VALUES = st.recursive(
    st.sampled_from(["1", "true", "'#'", '"]"', '"""\n}\n"""', "2024-04-11"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda some: "[" + ",\n ".join(some) + "]"),
        st.dictionaries(_KEYS, inner.filter(lambda text: "\n" not in text), max_size=3).map(
            lambda some: "{ " + ", ".join(f"{key} = {value}" for key, value in some.items()) + " }"
        ),
    ),
    max_leaves=6,
)
_BODIES = st.dictionaries(_KEYS, _VALUES, max_size=3).map(
    lambda some: "".join(f"# note\n{key} = {value}\n" for key, value in some.items())
)
_DOCUMENTS = st.tuples(_BODIES, st.lists(st.tuples(st.sampled_from(["x", "y"]), _BODIES), max_size=5)).map(
    lambda both: both[0] + "".join(f"[[{name}]]\n{body}" for name, body in both[1])
)


@given(_DOCUMENTS)
def test_exactly_the_places_tomllib_reads_are_found(text: str) -> None:
    assert set(places(text)) == set(_all_places(tomllib.loads(text)))


@given(_DOCUMENTS)
def test_the_line_of_a_key_begins_with_that_key(text: str) -> None:
    lines = text.split("\n")
    for place, line in places(text).items():
        if len(place) == 3 and place[0] in ("x", "y"):
            assert lines[line - 1].startswith(f"{place[-1]} = ")


def _all_places(value: Any, place: Place = ()) -> list[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(found for key, one in inner for found in _all_places(one, (*place, key)))]
