"""What an expression says at a moment: a number, or a value for each set of labels."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol, assert_never

from yunyue.services.monitor.metrics.promql.ranges import over
from yunyue.services.monitor.metrics.promql.tree import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Expression,
    Matcher,
    Negative,
    Number,
    Selector,
)
from yunyue.services.monitor.metrics.scraped import Labels
from yunyue.services.monitor.metrics.values import is_stale

LOOKBACK_MS: Final = 300_000
"""A series whose newest value is older than that has none, as with Prometheus."""

NAME: Final = "__name__"
Vector = dict[Labels, float]
Match = Callable[[Mapping[str, str]], bool]


class Source(Protocol):
    """Where values come from; `metrics.store.Store` is one."""

    def select(self, name: str, matches: Match, start: int, end: int) -> dict[Labels, tuple[tuple[int, float], ...]]:
        """Values from start to end (ms), both included."""
        ...


class Ambiguous(Exception):
    """Two series of one side have the same labels, so that nobody can say which belongs to which."""


def evaluate(expression: Expression, source: Source, at: int) -> float | Vector:
    """The value at a moment (ms). Raises Ambiguous."""
    match expression:
        case Number(value):
            return value
        case Negative(inner):
            found = evaluate(inner, source, at)
            return -found if isinstance(found, float) else {_unnamed(one): -value for one, value in found.items()}
        case Selector():
            return _newest(expression, source, at)
        case Call():
            return _called(expression, source, at)
        case Aggregate():
            return _aggregated(expression, _vector(evaluate(expression.inner, source, at)))
        case Binary():
            return _combined(expression, evaluate(expression.left, source, at), evaluate(expression.right, source, at))
        case _:
            assert_never(expression)


def _vector(found: float | Vector) -> Vector:
    return found if isinstance(found, dict) else {(): found}


def _newest(selector: Selector, source: Source, at: int) -> Vector:
    end = at - selector.offset_ms
    every = source.select(selector.name, _matching(selector), end - LOOKBACK_MS + 1, end)
    newest = {labels: points[-1][1] for labels, points in every.items()}
    return {labels: value for labels, value in newest.items() if not is_stale(value)}


def _matching(selector: Selector) -> Match:
    tests = [_test(one) for one in selector.matchers]
    return lambda labels: all(one(labels) for one in tests)


def _test(matcher: Matcher) -> Match:
    label, text = matcher.label, matcher.text
    match matcher.how:
        case "=":
            return lambda labels: labels.get(label, "") == text
        case "!=":
            return lambda labels: labels.get(label, "") != text
        case "=~":
            pattern = re.compile(text, re.DOTALL)
            return lambda labels: pattern.fullmatch(labels.get(label, "")) is not None
        case "!~":
            pattern = re.compile(text, re.DOTALL)
            return lambda labels: pattern.fullmatch(labels.get(label, "")) is None
        case _:
            assert_never(matcher.how)


def _called(call: Call, source: Source, at: int) -> Vector:
    if call.function == "abs":
        found = _vector(evaluate(call.inner, source, at))
        return {_unnamed(labels): abs(value) for labels, value in found.items()}
    if call.function == "absent":
        return {} if _vector(evaluate(call.inner, source, at)) else {_expected(call.inner): 1.0}
    if not isinstance(call.inner, Selector):
        raise TypeError(f"{call.function} of {call.inner}")  # the parser lets no other through
    ranged = _ranged(call.inner, source, at)
    if call.function == "absent_over_time":
        return {} if ranged else {_expected(call.inner): 1.0}
    end = at - call.inner.offset_ms
    span = (end - call.inner.range_ms, end)
    keeps = call.function == "last_over_time"
    values = {
        labels if keeps else _unnamed(labels): over(call.function, points, span) for labels, points in ranged.items()
    }
    return {labels: value for labels, value in values.items() if value is not None}


def _ranged(selector: Selector, source: Source, at: int) -> dict[Labels, list[tuple[int, float]]]:
    end = at - selector.offset_ms
    every = source.select(selector.name, _matching(selector), end - selector.range_ms, end)
    living = {labels: [one for one in points if not is_stale(one[1])] for labels, points in every.items()}
    return {labels: points for labels, points in living.items() if points}


def _expected(inner: Expression) -> Labels:
    """The labels that the absent series would surely have."""
    if not isinstance(inner, Selector):
        return ()
    named = [one.label for one in inner.matchers]
    certain = [one for one in inner.matchers if one.how == "=" and named.count(one.label) == 1 and one.label != NAME]
    return tuple(sorted((one.label, one.text) for one in certain if one.text))


def _aggregated(aggregate: Aggregate, found: Vector) -> Vector:
    groups: dict[Labels, list[float]] = {}
    for labels, value in found.items():
        groups.setdefault(_group(aggregate, labels), []).append(value)
    return {labels: _together(aggregate.function, values) for labels, values in groups.items()}


def _group(aggregate: Aggregate, labels: Labels) -> Labels:
    if aggregate.without:
        return _unnamed(_without(labels, aggregate.labels))
    return tuple(one for one in labels if one[0] in aggregate.labels)


def _together(function: str, values: list[float]) -> float:
    living = [value for value in values if not math.isnan(value)]
    match function:
        case "sum":
            return sum(values)
        case "avg":
            return sum(values) / len(values)
        case "count":
            return float(len(values))
        case "min":
            return min(living) if living else math.nan
        case _:
            return max(living) if living else math.nan


def _combined(binary: Binary, left: float | Vector, right: float | Vector) -> float | Vector:
    if isinstance(left, float) and isinstance(right, float):
        return _number(binary.operator, left, right)
    if isinstance(right, float):
        return _with_number(binary, _vector(left), lambda value: (value, right))
    if isinstance(left, float):
        return _with_number(binary, _vector(right), lambda value: (left, value))
    return _sets(binary, left, right) if binary.operator in ("and", "or", "unless") else _joined(binary, left, right)


def _with_number(binary: Binary, found: Vector, sides: Callable[[float], tuple[float, float]]) -> Vector:
    """A comparison without `bool` keeps what passes it, as it was."""
    filters = binary.operator in COMPARISONS and not binary.truth
    values = {labels: (value, _number(binary.operator, *sides(value))) for labels, value in found.items()}
    if filters:
        return {labels: value for labels, (value, passed) in values.items() if passed}
    return {_unnamed(labels): result for labels, (_, result) in values.items()}


def _joined(binary: Binary, left: Vector, right: Vector) -> Vector:
    """Each series of the left with the one of the right that has the same labels."""
    others = _by_key(binary, right)
    filters = binary.operator in COMPARISONS and not binary.truth
    found: Vector = {}
    for key, (labels, value) in _by_key(binary, left).items():
        if key not in others:
            continue
        result = _number(binary.operator, value, others[key][1])
        if filters and result:
            found[labels if binary.labels is None else _kept(binary, labels)] = value
        elif not filters:
            found[_unnamed(_kept(binary, labels))] = result
    return found


def _by_key(binary: Binary, found: Vector) -> dict[Labels, tuple[Labels, float]]:
    keyed: dict[Labels, tuple[Labels, float]] = {}
    for labels, value in found.items():
        key = _key(binary, labels)
        if key in keyed:
            raise Ambiguous(f"two series match {dict(key)}; name the labels with on() or ignoring()")
        keyed[key] = (labels, value)
    return keyed


def _key(binary: Binary, labels: Labels) -> Labels:
    if binary.labels is None:
        return _unnamed(labels)
    if binary.on:
        return tuple(one for one in labels if one[0] in binary.labels)
    return _unnamed(_without(labels, binary.labels))


def _kept(binary: Binary, labels: Labels) -> Labels:
    return labels if binary.labels is None else _key(binary, labels)


def _sets(binary: Binary, left: Vector, right: Vector) -> Vector:
    lefts, rights = ({_key(binary, labels) for labels in side} for side in (left, right))
    match binary.operator:
        case "and":
            return {labels: value for labels, value in left.items() if _key(binary, labels) in rights}
        case "unless":
            return {labels: value for labels, value in left.items() if _key(binary, labels) not in rights}
        case _:
            more = {labels: value for labels, value in right.items() if _key(binary, labels) not in lefts}
            return {**left, **more}


def _number(operator: str, left: float, right: float) -> float:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return _divided(left, right)
        case "%":
            return math.fmod(left, right) if right and not math.isinf(left) else math.nan
        case "==":
            return float(left == right)
        case "!=":
            return float(left != right)
        case ">":
            return float(left > right)
        case "<":
            return float(left < right)
        case ">=":
            return float(left >= right)
        case _:
            return float(left <= right)


def _divided(left: float, right: float) -> float:
    """As IEEE 754 has it, where Python raises."""
    if right:
        return left / right
    if not left or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _unnamed(labels: Labels) -> Labels:
    return tuple(one for one in labels if one[0] != NAME)


def _without(labels: Labels, dropped: Iterable[str]) -> Labels:
    gone = set(dropped)
    return tuple(one for one in labels if one[0] not in gone)
