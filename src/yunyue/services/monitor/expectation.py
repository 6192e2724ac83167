"""What an answer over HTTP must be, and whether one is: the first thing that is not as expected names the failure."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from yunyue.services.monitor import element, jsonpath
from yunyue.services.monitor.fields import MEBIBYTE
from yunyue.services.monitor.markup import decoded, nodes
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.reading import headers, matches, require, require_pattern, statuses

_PLACE_ENDS: Final = re.compile(r"(?::\d+)?(?:[/?#]|$)")
"""What follows a host in a URL."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: status, header fields by lower-case name (several of one name joined by a comma), body, cookies."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """Empty texts ask for nothing. See `fields` for how each is written."""

    statuses: str = "200-299"
    headers: str = ""
    contains: str = ""
    lacks: str = ""
    matches: str = ""
    json_path: str = ""
    json_value: str = ""
    element: str = ""
    element_text: str = ""
    least: int = 0
    most: int = field(default=MEBIBYTE)


def require_expectation(wanted: Expectation) -> None:
    """Raises ValueError, naming the field as an order has it."""
    require("statuses", wanted.statuses, statuses)
    require("expect_headers", wanted.headers, headers)
    require("body_matches", wanted.matches, require_pattern)
    if wanted.json_path:
        require("json_path", wanted.json_path, jsonpath.steps)
    if wanted.json_value and not wanted.json_path:
        raise ValueError("json_value: needs json_path")
    if wanted.json_value:
        require("json_value", wanted.json_value, msgspec.json.decode)
    if wanted.element:
        require("element", wanted.element, element.parts)
    if wanted.element_text and not wanted.element:
        raise ValueError("element_text: needs element")
    if wanted.least > wanted.most:
        raise ValueError(f"min_body: {wanted.least} is above max_body, {wanted.most}")


def landed(url: str, wanted: str) -> bool:
    """Whether the redirects ended where the order says. A host is named whole: a.gov.cn is not a.gov.cn.example."""
    place = wanted.partition("://")[2]
    whole = not place or "/" in place or _PLACE_ENDS.match(url, len(wanted)) is not None
    return url.startswith(wanted) and whole


def judge(answer: Answer, wanted: Expectation) -> None:
    """Returns when the answer is as expected. Raises Failure: status, header, too_small, body, json, element."""
    if answer.status not in statuses(wanted.statuses):
        raise Failure("status")
    for name, text in headers(wanted.headers):
        if text not in answer.headers.get(name.lower(), ""):
            raise Failure("header")
    if len(answer.body) < wanted.least:
        raise Failure("too_small")
    if not _text_is_right(answer.body, wanted):
        raise Failure("body")
    if wanted.json_path and not _json_is_right(answer.body, wanted):
        raise Failure("json")
    if wanted.element and not _element_stands(answer, wanted):
        raise Failure("element")


def _element_stands(answer: Answer, wanted: Expectation) -> bool:
    found = nodes(decoded(answer.headers.get("content-type", ""), answer.body))
    return element.stands(found, wanted.element, wanted.element_text)


def _text_is_right(body: bytes, wanted: Expectation) -> bool:
    if wanted.contains and wanted.contains.encode() not in body:
        return False
    if wanted.lacks and wanted.lacks.encode() in body:
        return False
    return not wanted.matches or matches(wanted.matches, body)


def _json_is_right(body: bytes, wanted: Expectation) -> bool:
    found = jsonpath.find(wanted.json_path, document(body))
    if not wanted.json_value:
        return bool(found)
    expected = canonical(msgspec.json.decode(wanted.json_value))
    return bool(found) and all(canonical(one) == expected for one in found)


def canonical(value: Any) -> bytes:
    """Values are compared as text, since Python takes true for 1; 1 and 1.0 are then two values. Raises Failure."""
    try:
        return msgspec.json.encode(value, order="sorted")
    except RecursionError:
        raise Failure("json") from None


def document(body: bytes) -> Any:
    """The body as JSON. Raises Failure when it is none, or nested too deep to be read."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Failure("json") from None
