"""What is wrong with a value, in words: the fields there are, and what a text should look like."""

import re
from typing import Annotated

import msgspec
import pytest

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import BY_TYPE
from yunyue.journal.rules import SHAPES, in_words


class Few(msgspec.Struct, forbid_unknown_fields=True):
    order: str
    item: str = ""


class NoFields(msgspec.Struct, forbid_unknown_fields=True):
    pass


def wrong(value: object, kind: type[msgspec.Struct]) -> str:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, kind)
    return str(caught.value)


def test_a_missing_field_is_named() -> None:
    assert in_words(wrong({}, Few), Few, "few", at_top=True) == "missing required field `order`"


def test_an_unknown_field_lists_those_there_are() -> None:
    said = in_words(wrong({"order": "a", "x": 1}, Few), Few, "few", at_top=True)
    assert said == "unknown field `x`; the fields of few are order, item"


def test_where_nothing_is_asked_for_an_unknown_field_says_so() -> None:
    said = in_words(wrong({"x": 1}, NoFields), NoFields, "few", at_top=True)
    assert said == "unknown field `x`; there are no fields"


def test_a_field_of_something_inside_is_only_named() -> None:
    assert in_words("Object contains unknown field `x`", Few, "few", at_top=False) == "unknown field `x`"


@pytest.mark.parametrize("rule", ["Expected `int`, got `str`", "Expected `str` matching regex '^x$'", "odd"])
def test_a_sentence_that_is_clear_or_unknown_stays_as_it_is(rule: str) -> None:
    assert in_words(rule, Few, "few", at_top=True) == rule


@pytest.mark.parametrize(("pattern", "shape"), SHAPES.items())
def test_what_msgspec_says_of_a_known_pattern_is_put_in_words(pattern: str, shape: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert("\n", Annotated[str, msgspec.Meta(pattern=pattern)])
    assert in_words(str(caught.value), Few, "few", at_top=True) == f"Expected {shape}"


def test_every_pattern_of_a_fact_is_put_in_words() -> None:
    used: set[str] = set()
    for kind in (*BY_TYPE.values(), Fact):
        used |= set(re.findall(r"pattern='((?:[^'\\]|\\.)*)'", str(msgspec.inspect.type_info(kind))))
    assert {one.replace("\\\\", "\\") for one in used} == set(SHAPES)
