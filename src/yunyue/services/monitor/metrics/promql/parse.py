"""Reads an expression. What is outside our part of PromQL is refused with its place, never guessed at."""

import re
from typing import Final, NoReturn, cast

from yunyue.services.monitor.metrics.promql.tree import (
    COMPARISONS,
    SETS,
    Aggregate,
    Binary,
    Call,
    Compare,
    Expression,
    Matcher,
    Negative,
    Number,
    Operator,
    Selector,
    is_scalar,
)

RANGED: Final = (
    "rate",
    "increase",
    "delta",
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "sum_over_time",
    "count_over_time",
    "last_over_time",
    "absent_over_time",
)
PLAIN: Final = ("absent", "abs")
AGGREGATES: Final = ("sum", "avg", "min", "max", "count")
LONGEST: Final = 4_000
DEEPEST: Final = 50
_TOKENS: Final = re.compile(
    r"""(?P<space>(?:\s|\#[^\n]*)+)
    |(?P<duration>(?:\d+(?:ms|[smhdwy]))+(?![\w.]))
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<word>[A-Za-z_:][A-Za-z0-9_:]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<sign>==|!=|>=|<=|=~|!~|[-+*/%^()\[\]{},=<>@:])""",
    re.VERBOSE,
)
_UNITS: Final = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
    "y": 31_536_000_000,
}
_LEVELS: Final = ({"or"}, {"and", "unless"}, set(COMPARISONS), {"+", "-"}, {"*", "/", "%"})
_ESCAPES: Final = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


class NotPromql(ValueError):
    """The text is none, or outside our part. `position` counts characters from 1."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"position {position}: {reason}")
        self.reason = reason
        self.position = position


class Token:
    """A piece of the text and where it stands (from 1)."""

    __slots__ = ("kind", "place", "text")

    def __init__(self, kind: str, text: str, place: int) -> None:
        self.kind = kind
        self.text = text
        self.place = place


def parse(text: str) -> Expression:
    """The expression of a text. Raises NotPromql."""
    if len(text) > LONGEST:
        raise NotPromql(f"at most {LONGEST} characters", LONGEST)
    reader = _Reader(_tokens(text), len(text) + 1)
    found = reader.expression(0)
    reader.end()
    if isinstance(found, Selector) and found.range_ms:
        raise NotPromql("a range is no result; put a function such as rate around it", 1)
    return found


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKENS.match(text, place)
        if match is None:
            raise NotPromql(f"{text[place]!r} means nothing here", place + 1)
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(Token(kind, match[0], place + 1))
        place = match.end()
    return found


class _Reader:
    """Goes through the tokens once."""

    def __init__(self, tokens: list[Token], end: int) -> None:
        self._tokens = tokens
        self._place = 0
        self._end = end
        self._depth = 0

    def expression(self, level: int) -> Expression:
        """Operators of a level and all that bind more tightly."""
        if level == len(_LEVELS):
            return self._unary()
        left = self.expression(level + 1)
        while (token := self._seen()) is not None and token.text in _LEVELS[level]:
            self._place += 1
            left = self._binary(left, token, level)
        return left

    def end(self) -> None:
        """Nothing may follow."""
        if (token := self._seen()) is not None:
            self._refuse(token, "nothing is expected here")

    def _binary(self, left: Expression, token: Token, level: int) -> Expression:
        truth = self._word("bool")
        labels, on = self._matching()
        right = self.expression(level + 1)
        scalars = is_scalar(left), is_scalar(right)
        if token.text in SETS and any(scalars):
            self._refuse(token, f"{token.text} is for series on both sides")
        if truth and token.text not in COMPARISONS:
            self._refuse(token, "bool goes with a comparison")
        if token.text in COMPARISONS and all(scalars) and not truth:
            self._refuse(token, "two numbers are compared with bool")
        if any(isinstance(one, Selector) and one.range_ms for one in (left, right)):
            self._refuse(token, "a range is no operand; put a function such as rate around it")
        return Binary(cast(Operator, token.text), left, right, labels, on, truth)

    def _matching(self) -> tuple[tuple[str, ...] | None, bool]:
        token = self._seen()
        if token is None or token.text not in ("on", "ignoring"):
            return None, False
        self._place += 1
        labels = self._labels()
        following = self._seen()
        if following is not None and following.text in ("group_left", "group_right"):
            self._refuse(following, f"{following.text} is outside this part of PromQL")
        return labels, token.text == "on"

    def _unary(self) -> Expression:
        token = self._next("an expression")
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse(token, f"nested more than {DEEPEST} deep")
        match token.text:
            case "-":
                found: Expression = Negative(self._unary())
            case "+":
                found = self._unary()
            case "(":
                found = self.expression(0)
                self._sign(")")
            case _:
                found = self._atom(token)
        self._depth -= 1
        following = self._seen()
        if following is not None and following.text in ("^", "[", "@", ":", "offset"):
            self._refuse(following, f"{following.text} here is outside this part of PromQL")
        return found

    def _atom(self, token: Token) -> Expression:
        following = self._seen()
        match token.kind:
            case "number":
                hexadecimal = token.text[:2].lower() == "0x"
                return Number(float(int(token.text, 16)) if hexadecimal else float(token.text))
            case "word" if token.text.lower() in ("inf", "nan"):
                return Number(float(token.text))
            case "word" if token.text in AGGREGATES and following and following.text in ("(", "by", "without"):
                return self._aggregate(token)
            case "word" if following is not None and following.text == "(":
                return self._call(token)
            case "word" | "sign" if token.kind == "word" or token.text == "{":
                return self._selector(token)
            case _:
                raise NotPromql(f"{token.text} is not expected here", token.place)

    def _aggregate(self, token: Token) -> Expression:
        labels, without = self._grouping()
        self._sign("(")
        inner = self.expression(0)
        self._sign(")")
        if not labels and not without:
            labels, without = self._grouping()
        if is_scalar(inner) or (isinstance(inner, Selector) and inner.range_ms):
            self._refuse(token, f"{token.text} is of series with one value each")
        return Aggregate(token.text, inner, labels, without)

    def _grouping(self) -> tuple[tuple[str, ...], bool]:
        token = self._seen()
        if token is None or token.text not in ("by", "without"):
            return (), False
        self._place += 1
        return self._labels(), token.text == "without"

    def _call(self, token: Token) -> Expression:
        if token.text not in (*RANGED, *PLAIN):
            self._refuse(token, f"{token.text} is outside this part of PromQL; known: {', '.join((*RANGED, *PLAIN))}")
        self._sign("(")
        inner = self.expression(0)
        self._sign(")")
        ranged = isinstance(inner, Selector) and bool(inner.range_ms)
        if ranged != (token.text in RANGED) or is_scalar(inner):
            wanted = "a range such as [5m]" if token.text in RANGED else "series with one value each"
            self._refuse(token, f"{token.text} is of {wanted}")
        return Call(token.text, inner)

    def _selector(self, token: Token) -> Expression:
        name = token.text if token.kind == "word" else ""
        matchers: tuple[Matcher, ...] = ()
        if token.text == "{" or self._takes("{"):
            matchers = self._matchers()
        if not name and all(_matches_nothing(one) for one in matchers):
            self._refuse(token, "at least one label must say something")
        range_ms = self._duration() if self._takes("[") else 0
        if range_ms:
            self._sign("]")
        offset_ms = self._duration() if self._word("offset") else 0
        return Selector(name, matchers, range_ms, offset_ms)

    def _matchers(self) -> tuple[Matcher, ...]:
        found: list[Matcher] = []
        while not self._takes("}"):
            label = self._next("a label")
            how = self._next("=, !=, =~ or !~")
            text = self._next("a text in quotes")
            if label.kind != "word" or ":" in label.text:
                self._refuse(label, f"{label.text} is no label")
            if how.text not in ("=", "!=", "=~", "!~"):
                self._refuse(how, "=, !=, =~ or !~ is expected here")
            if text.kind != "text":
                self._refuse(text, "a text in quotes is expected here")
            said = _unquoted(text)
            if how.text in ("=~", "!~"):
                _require_pattern(said, text)
            found.append(Matcher(label.text, cast(Compare, how.text), said))
            if not self._takes(","):
                self._sign("}")
                break
        return tuple(found)

    def _labels(self) -> tuple[str, ...]:
        self._sign("(")
        found: list[str] = []
        while not self._takes(")"):
            token = self._next("a label")
            if token.kind != "word":
                self._refuse(token, f"{token.text} is no label")
            found.append(token.text)
            if not self._takes(","):
                self._sign(")")
                break
        return tuple(found)

    def _duration(self) -> int:
        token = self._next("a duration such as 5m")
        if token.kind != "duration":
            self._refuse(token, "a duration such as 5m is expected here")
        found = sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdwy])", token.text))
        if not found:
            self._refuse(token, "a duration is longer than nothing")
        return found

    def _seen(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _next(self, wanted: str) -> Token:
        token = self._seen()
        if token is None:
            raise NotPromql(f"the end, where {wanted} is expected", self._end)
        self._place += 1
        return token

    def _takes(self, text: str) -> bool:
        token = self._seen()
        if token is None or token.text != text:
            return False
        self._place += 1
        return True

    def _word(self, text: str) -> bool:
        return self._takes(text)

    def _sign(self, text: str) -> None:
        token = self._next(text)
        if token.text != text:
            self._refuse(token, f"{text} is expected here")

    @staticmethod
    def _refuse(token: Token, reason: str) -> NoReturn:
        raise NotPromql(reason, token.place)


def _matches_nothing(one: Matcher) -> bool:
    """Whether a series without that label matches too; a selector of such alone would take in everything."""
    match one.how:
        case "=":
            return not one.text
        case "!=":
            return bool(one.text)
        case "=~":
            return re.fullmatch(one.text, "") is not None
        case "!~":
            return re.fullmatch(one.text, "") is None


def _unquoted(token: Token) -> str:
    def said(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise NotPromql(f"\\{match[1]} in a text is outside this part of PromQL", token.place)
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", said, token.text[1:-1])


_BACKTRACKING: Final = re.compile(r"\(\?|\\[1-9]|[*+?}][*+?{]|\)[*+{]")


def _require_pattern(text: str, token: Token) -> None:
    """Raises NotPromql unless both RE2 and Python read it alike and neither can be kept busy with it."""
    if _BACKTRACKING.search(text):
        raise NotPromql("this pattern repeats a group or looks around, which is outside this part", token.place)
    try:
        re.compile(text)
    except re.error as error:
        raise NotPromql(f"{text!r} is no regular expression: {error}", token.place) from None
