"""A step of a scenario: one request, what its answer must be, and what of it later steps use."""

import re

import msgspec

from yunyue.services.monitor import fields, jsonpath
from yunyue.services.monitor.expectation import Expectation, require_expectation
from yunyue.services.monitor.reading import octets, require, sendable

MOST_STEPS = 20
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
USE = re.compile(r"\{\{ *([^{} ]*) *\}\}")


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A request to `path` under the probe's target. {{name}} in path, headers or send is what an earlier step kept.

    `keep`: lines such as `token = $.access_token` (a place in a JSON body) or `csrf = header X-Token`. Cookies are
    kept by themselves, from step to step of one run.
    """

    path: str
    method: fields.Method = "GET"
    headers: fields.Headers = ""
    send: fields.Send = ""
    statuses: fields.Statuses = "200-299"
    expect_headers: fields.ExpectHeaders = ""
    body_contains: fields.BodyContains = ""
    body_lacks: fields.BodyLacks = ""
    body_matches: fields.BodyMatches = ""
    json_path: fields.JsonPath = ""
    json_value: fields.JsonValue = ""
    element: fields.Element = ""
    element_text: fields.ElementText = ""
    keep: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError, naming the field."""
        if not self.path.startswith("/") or self.path.startswith("//"):
            raise ValueError("path: begins with one /")
        if any(not "!" <= character <= "~" for character in USE.sub("", self.path)):
            raise ValueError("path: only visible ASCII characters")
        require("headers", USE.sub("x", self.headers), sendable)
        require("send", self.send, octets)
        require("keep", self.keep, kept)
        require_expectation(self.expectation)

    @property
    def expectation(self) -> Expectation:
        """What the answer must be."""
        return Expectation(
            statuses=self.statuses,
            headers=self.expect_headers,
            contains=self.body_contains,
            lacks=self.body_lacks,
            matches=self.body_matches,
            json_path=self.json_path,
            json_value=self.json_value,
            element=self.element,
            element_text=self.element_text,
        )

    @property
    def uses(self) -> set[str]:
        """The names it takes from earlier steps."""
        return {name for text in (self.path, self.headers, self.send) for name in USE.findall(text)}

    @property
    def keeps(self) -> dict[str, str]:
        """Where each name it keeps comes from."""
        return kept(self.keep)


def kept(text: str) -> dict[str, str]:
    """Name and origin of each line. Raises ValueError."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, origin = (part.strip() for part in line.partition("="))
        if not equals or not NAME.fullmatch(name) or name in found:
            raise ValueError(f"{line[:80]!r} is not name = $.place or name = header Name, each name once")
        if not origin.startswith("header "):
            jsonpath.steps(origin)
        found[name] = origin
    return found


def require_steps(steps: tuple[Step, ...]) -> None:
    """Raises ValueError when a step uses what no earlier one keeps, or there are too many."""
    if len(steps) > MOST_STEPS:
        raise ValueError(f"steps: {MOST_STEPS} at most")
    known: set[str] = set()
    for number, step in enumerate(steps):
        if missing := sorted(step.uses - known):
            raise ValueError(f"steps[{number}]: no earlier step keeps {', '.join(missing)}")
        known |= set(step.keeps)
