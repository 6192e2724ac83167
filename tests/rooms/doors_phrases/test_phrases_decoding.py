"""What msgspec, tomllib and json really say about broken input has Chinese words for every kind of violation."""

import json
import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
import pytest

from yunyue.catalog.order import NoParameters, understand_parameters
from yunyue.doors.phrases import chinese
from yunyue.journal.envelope import understand
from yunyue.journal.rules import SHAPES

Bounded = Annotated[int, msgspec.Meta(ge=1, le=99)]
Between = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class Colour(Enum):
    RED = "red"


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    name: str


VIOLATIONS: list[tuple[Any, object]] = [
    (Inner, {}),
    (Inner, {"name": "a", "x": 1}),
    (Inner, []),
    (Inner, {"name": 1}),
    (int, "x"),
    (int | None, "x"),
    (bool, 1),
    (Bounded, 0),
    (Bounded, 100),
    (Between, 0.0),
    (Between, 1.0),
    (Annotated[int, msgspec.Meta(multiple_of=5)], 7),
    (Annotated[str, msgspec.Meta(min_length=1)], ""),
    (Annotated[str, msgspec.Meta(max_length=1)], "ab"),
    (Annotated[str, msgspec.Meta(pattern="^[a-z]+$")], "A"),
    (Annotated[list[int], msgspec.Meta(min_length=1)], []),
    (Annotated[list[int], msgspec.Meta(max_length=1)], [1, 2]),
    (Annotated[dict[str, int], msgspec.Meta(min_length=1)], {}),
    (tuple[int, int], [1]),
    (list[Inner], [{"name": "a"}, {"name": 3}]),
    (dict[str, int], {"a": "x"}),
    (Literal["a", "b"], "c"),
    (Literal[1, 2], 3),
    (Colour, "blue"),
    (date, "2024-13-01"),
    (datetime, "x"),
    (Annotated[datetime, msgspec.Meta(tz=True)], "2024-05-01T00:00:00"),
    (Annotated[datetime, msgspec.Meta(tz=False)], "2024-05-01T00:00:00Z"),
    (Decimal, "x"),
    (bytes, "*"),
]


@pytest.mark.parametrize(("kind", "value"), VIOLATIONS, ids=lambda one: str(one)[:40])
def test_every_kind_of_violation_is_said_in_chinese(kind: Any, value: object) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, kind)
    assert in_chinese_only(str(caught.value))


BROKEN_JSON = [
    b"",
    b"{",
    b'{"a":1,}',
    b"[1,]",
    b'{"a" 1}',
    b"[1 2]",
    b'{"a":1 "b"}',
    b"{1:2}",
    b"nul",
    b"01",
    b'"\\x"',
    b"1 2",
]


@pytest.mark.parametrize("text", BROKEN_JSON)
def test_broken_json_is_said_in_chinese(text: bytes) -> None:
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.json.decode(text)
    assert in_chinese_only(str(caught.value))


@pytest.mark.parametrize("text", ["", "{", '{"a"', '{"a":', "[1", "1 2", '"x', '"\\q"', '"\x01"'])
def test_broken_json_of_the_command_line_is_said_in_chinese(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert in_chinese_only(str(caught.value))


BROKEN_TOML = [
    "a",
    "a = ",
    "a = 2024-13-01",
    "a = [1",
    "a = {b = 1",
    "a = {b = 1, b = 2}",
    'a = "x',
    "a = 'x",
    'a = "\\q"',
    'a = "\\ud800"',
    'a = "\\u12"',
    'a = "\x01"',
    "a = 1\na = 2",
    "[a]\n[a]",
    "[a",
    "[[a",
    "a = 1 b",
    "a = {b = 1}\n[a.c]",
    "a = [1]\n[[a]]",
    "= 1",
    "a = 1 # \x01",
    "a = tru",
]


@pytest.mark.parametrize("text", BROKEN_TOML)
def test_broken_toml_is_said_in_chinese(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert in_chinese_only(f"not TOML: {caught.value}")


def in_chinese_only(reason: str) -> bool:
    """Whether no two English words in a row are left of it."""
    said = chinese(reason)
    return said != reason and not re.search(r"[A-Za-z]{3,} [a-z]{2,}", said.replace("RFC 3339", ""))


@pytest.mark.parametrize("shape", SHAPES.values())
def test_what_a_pattern_asks_for_is_said_in_chinese(shape: str) -> None:
    assert chinese(f"Expected {shape}").startswith("须为")


def refusal(find: Callable[[], object]) -> tuple[str, str]:
    refused = find()
    return getattr(refused, "field", ""), getattr(refused, "reason", "")


def test_a_missing_field_is_named_in_both_languages() -> None:
    field, reason = refusal(lambda: understand("order.approved", {}))
    assert (field, reason) == ("order.approved", "missing required field `order`")
    assert chinese(reason) == "缺少必填字段 `order`"


def test_an_unknown_field_lists_those_there_are_in_both_languages() -> None:
    field, reason = refusal(lambda: understand("order.approved", {"ordre": "o-1"}))
    assert field == "order.approved"
    assert reason == "unknown field `ordre`; the fields of order.approved are order"
    assert chinese(reason) == "没有字段 `ordre`；order.approved 的字段为 order"


def test_a_field_inside_another_is_not_mistaken_for_one_of_the_fact() -> None:
    values = {"supplement": "s", "document": f"sha256:{'0' * 64}", "changes": [{"way": "a", "value": "b"}]}
    field, reason = refusal(lambda: understand("contract.supplemented", values))
    assert (field, reason) == ("contract.supplemented.changes[0]", "unknown field `way`")


@pytest.mark.parametrize(
    ("kind", "values", "field", "words", "zh"),
    [
        ("order.approved", {"order": "订单"}, "order", "an id: letters, digits", "须为编号"),
        ("contract.registered", {"terms": "x"}, "terms", "a digest: sha256:", "须为摘要"),
        ("compensation.decided", {"objective": "a", "month": "June"}, "month", "a month such as 2024-06", "须为月份"),
    ],
)
def test_a_pattern_is_explained_in_words(kind: str, values: dict[str, object], field: str, words: str, zh: str) -> None:
    found, reason = refusal(lambda: understand(kind, values))
    assert found == f"{kind}.{field}"
    assert words in reason
    assert chinese(reason).startswith(zh)


def test_parameters_of_an_order_without_any_say_so() -> None:
    field, reason = refusal(lambda: understand_parameters(NoParameters, {"x": 1}))
    assert (field, reason) == ("parameters", "unknown field `x`; there are no fields")
    assert chinese(reason) == "没有字段 `x`；此处不需要任何字段"
