"""Reads policies as people write them for transit: HCL (path "…" { capabilities = ["read"] }) or the same as JSON.

Only what a policy here can mean is read. Restrictions on parameters are refused, not ignored: a rule that is silently
wider than its text is worse than none.
"""

import json
import re
from typing import Any, Final

from yunyue.services.crypto.fault import Fault

CAPABILITIES: Final = ("create", "read", "update", "delete", "list", "sudo", "patch", "deny", "scan")
_TOKEN: Final = re.compile(
    r"""\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/|(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<word>[A-Za-z_][\w-]*)|(?P<mark>[{}\[\]=,])""",
    re.DOTALL,
)
_LONGEST: Final = 100_000
_DEEPEST: Final = 8

Rules = dict[str, frozenset[str]]
"""Capabilities by path; a path may end in * and hold + for one segment."""


def read_policy(text: str) -> Rules | Fault:
    """The rules of a policy."""
    if len(text) > _LONGEST:
        return Fault(f"failed to parse policy: longer than {_LONGEST} characters")
    found = _json(text) if text.lstrip().startswith("{") else _Hcl(text).read()
    if isinstance(found, str):
        return Fault(f"failed to parse policy: {found}")
    rules: Rules = {}
    for path, body in found:
        capabilities = _capabilities(path, body)
        if isinstance(capabilities, str):
            return Fault(f"failed to parse policy: {capabilities}")
        # Requests' paths have no slash in front: a rule that has one would match nothing, and a "deny" be lost.
        plain = path.removeprefix("/")
        rules[plain] = rules.get(plain, frozenset()) | capabilities
    return rules


def _json(text: str) -> list[tuple[str, dict[str, Any]]] | str:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        return str(error)
    paths = read.get("path", {})
    if set(read) - {"path", "name"} or not isinstance(paths, dict):
        return "a policy holds paths and nothing else"
    if not all(isinstance(body, dict) for body in paths.values()):
        return "a path holds an object"
    return list(paths.items())


def _capabilities(path: str, body: dict[str, Any]) -> frozenset[str] | str:
    if others := sorted(set(body) - {"capabilities", "policy"}):
        return f'path "{path}": {", ".join(others)} cannot be enforced here'
    given = body.get("capabilities", [])
    if "policy" in body:
        old = {"read": ["read", "list"], "write": ["create", "read", "update", "delete", "list"], "deny": ["deny"]}
        given = old.get(str(body["policy"]), ["policy"])
    if not isinstance(given, list):
        return f'path "{path}": capabilities are a list'
    unknown = [one for one in given if one not in CAPABILITIES]
    if unknown:
        return f'path "{path}": path "{path}": invalid capability "{unknown[0]}"'
    if "{{" in path:
        return f'path "{path}": templates cannot be enforced here'
    if path != path.strip() or "+*" in path or "*" in path[:-1]:
        return f'path "{path}": invalid use of wildcards'
    return frozenset({"deny"}) if "deny" in given else frozenset(given)


class _Hcl:
    """The little of HCL that policies use."""

    def __init__(self, text: str) -> None:
        self._fault = ""
        self._tokens = list(self._cut(text))
        self._at = 0

    def _cut(self, text: str) -> list[str]:
        tokens, place = [], 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                line = text.count("\n", 0, place) + 1
                self._fault = f"line {line}: unexpected {text[place]!r}"
                return []
            if found.lastgroup:
                tokens.append(found.group())
            place = found.end()
        return tokens

    def read(self) -> list[tuple[str, dict[str, Any]]] | str:
        """Paths and their bodies, or what is wrong."""
        paths = []
        while not self._fault and self._at < len(self._tokens):
            word = self._next()
            if word == "name":
                self._expect("=")
                self._value()
                continue
            if word not in ("path", '"path"'):
                return f'invalid key "{word}"'
            path = self._string()
            paths.append((path, self._body()))
        return self._fault or paths

    def _body(self, depth: int = 0) -> dict[str, Any]:
        body: dict[str, Any] = {}
        self._expect("{" if depth < _DEEPEST else "no deeper nesting")
        while not self._fault and (word := self._next()) != "}":
            if self._at < len(self._tokens) and self._tokens[self._at] == "=":
                self._at += 1
                body[word.strip('"')] = self._value(depth)
            else:
                body[word.strip('"')] = self._body(depth + 1)
        return body

    def _value(self, depth: int = 0) -> Any:
        if self._at < len(self._tokens) and self._tokens[self._at] == "{":
            return self._body(depth + 1)
        if self._at < len(self._tokens) and self._tokens[self._at] == "[":
            self._at += 1
            return self._items()
        return self._string()

    def _items(self) -> list[str]:
        items = []
        while not self._fault and (word := self._next()) != "]":
            if word != ",":
                self._at -= 1
                items.append(self._string())
        return items

    def _string(self) -> str:
        word = self._next()
        try:
            return str(json.loads(word)) if word.startswith('"') else self._wrong("text in quotes", word)
        except ValueError:
            return self._wrong("text in quotes", word)

    def _expect(self, mark: str) -> None:
        word = self._next()
        if word != mark:
            self._wrong(mark, word)

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            self._fault = self._fault or "object expected closing RBRACE got: EOF"
            return ""
        self._at += 1
        return self._tokens[self._at - 1]

    def _wrong(self, wanted: str, found: str) -> str:
        self._fault = self._fault or f"expected {wanted}, found {found or 'the end'}"
        return ""
