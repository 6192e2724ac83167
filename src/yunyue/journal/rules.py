"""The rule that a value breaks, in words a person can act on: which fields there are, what a text should look like.

msgspec's own sentences name types and regular expressions; here the ones a form or a command line meets are explained.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

SHAPES: Mapping[str, str] = MappingProxyType(
    {
        r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$(?!\n)": (
            "an id: letters, digits, . _ : / -, beginning with a letter or digit, at most 128 characters"
        ),
        r"^(sha256|sm3):[0-9a-f]{64}$(?!\n)": "a digest: sha256: or sm3: and 64 digits of 0-9 a-f",
        r"^\d{4}-(0[1-9]|1[0-2])$(?!\n)": "a month such as 2024-06",
        r"^[a-z][a-z0-9_-]*(:[A-Za-z0-9._-]{1,64})?$(?!\n)": (
            "an actor such as client or client:li: a word in small letters, perhaps a colon and 1 to 64 letters, "
            "digits, . _ -"
        ),
        r"^/[a-z0-9/_-]{1,120}$(?!\n)": "a source such as /cli: a slash and 1 to 120 small letters, digits, / _ -",
        r"^[a-z][a-z_0-9]*(\.[A-Za-z0-9_-]+)*$(?!\n)": (
            "a dotted path such as price.total: small letters, digits and _, then parts of letters, digits, _ -"
        ),
        r"^[1-9][0-9]{0,3} (min|h|wd)$(?!\n)": "an allowance such as 30 min, 4 h or 3 wd (working days)",
        r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)": "a time of day such as 09:00",
    }
)
"""What the patterns of facts ask for, in words."""

_PATTERN = re.compile(r"Expected `str` matching regex (?P<pattern>'.*'|\".*\")", re.DOTALL)
_MISSING = "Object missing required field "
_UNKNOWN = "Object contains unknown field "


def in_words(rule: str, kind: type[msgspec.Struct], name: str, *, at_top: bool) -> str:
    """msgspec's sentence about a value of `kind`, which people call `name`; `at_top`: it is about the whole of it."""
    if rule.startswith(_MISSING):
        return f"missing required field {rule.removeprefix(_MISSING)}"
    if rule.startswith(_UNKNOWN):
        return f"unknown field {rule.removeprefix(_UNKNOWN)}{_known(kind.__struct_fields__, name) if at_top else ''}"
    asked = _PATTERN.fullmatch(rule)
    shape = SHAPES.get(asked["pattern"][1:-1].replace("\\\\", "\\")) if asked else None
    return f"Expected {shape}" if shape else rule


def _known(fields: Sequence[str], name: str) -> str:
    return f"; the fields of {name} are {', '.join(fields)}" if fields else "; there are no fields"
