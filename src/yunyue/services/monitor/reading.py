"""Reads the fields that are written as text: bytes, header lines, sets of statuses. ValueError names the rule."""

import re
from collections.abc import Callable
from functools import lru_cache

import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped] # it ships no types
from cryptography.x509 import load_pem_x509_certificates

HEX = "hex:"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_RANGE = re.compile(r"([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?")
OURS = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "upgrade", "te", "trailer"}
"""Header fields that say how the request itself is framed; an order does not set them."""


def octets(text: str) -> bytes:
    """The bytes a text stands for: after "hex:" those given in hexadecimal, else the text in UTF-8."""
    if not text.startswith(HEX):
        return text.encode()
    try:
        return bytes.fromhex(text.removeprefix(HEX))
    except ValueError:
        raise ValueError("after hex: come pairs of hexadecimal digits") from None


def lines(text: str) -> tuple[str, ...]:
    """The lines that are not empty, without the space around them."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


@lru_cache(maxsize=1024)
def headers(text: str) -> tuple[tuple[str, str], ...]:
    """Name and value of each line."""
    found = []
    for line in lines(text):
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name) or not value.strip().isprintable():
            raise ValueError(f"{line[:80]!r} is not Name: value")
        found.append((name, value.strip()))
    return tuple(found)


def sendable(text: str) -> tuple[tuple[str, str], ...]:
    """Header fields to send. None may change how the request is framed."""
    found = headers(text)
    for name, value in found:
        if name.lower() in OURS:
            raise ValueError(f"{name} is the probe's own to set")
        if not value.isascii():
            raise ValueError(f"{name} has a value outside ASCII")
    return found


@lru_cache(maxsize=1024)
def statuses(text: str) -> frozenset[int]:
    """Every status of a list such as 200,204,300-308."""
    found: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{part.strip()!r} is not a status (100 to 599) or a range such as 200-299")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise ValueError(f"the range {part.strip()} ends before it begins")
        found.update(range(first, last + 1))
    return frozenset(found)


def matches(pattern: str, body: bytes) -> bool:
    """Whether the expression is found in the body.

    RE2 (in Arrow) takes time in proportion to the body whatever the pattern; Python's own engine can be made to run
    for ever, and would then stop every other probe.
    """
    options = pc.MatchSubstringOptions(pattern)
    return bool(pc.call_function("match_substring_regex", [pa.array([body], pa.binary())], options)[0].as_py())


def require(field: str, text: str, read: Callable[[str], object]) -> None:
    """Read the text of a field. Raises ValueError that names the field."""
    try:
        read(text)
    except ValueError as error:
        raise ValueError(f"{field}: {error}") from None


def require_pattern(text: str) -> None:
    """Raises ValueError when the text is no regular expression."""
    try:
        matches(text, b"")
    except pa.ArrowInvalid as error:
        raise ValueError(str(error)) from None


def require_certificates(pem: str) -> None:
    """Raises ValueError for a private CA (field `ca`) that is no certificates in PEM; empty is none."""
    try:
        if pem:
            load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise ValueError(f"ca: no certificates in PEM: {error}") from None
