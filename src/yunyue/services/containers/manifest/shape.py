"""The base of every accepted part of a manifest, and the search for the first field that is not accepted.

A struct of this room *is* the documentation of the subset: a field it lacks is refused with its whole path.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect


class Shape(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A part of a manifest: frozen, spelled as Kubernetes spells it, closed."""


@cache
def known(kind: type[Shape]) -> inspect.Type:
    """What msgspec knows of a struct."""
    return inspect.type_info(kind)


def outside(given: Any, kind: inspect.Type, path: str = "") -> str:
    """The path of the first field the struct does not have, such as `spec.template.spec.hostname`; empty when none."""
    match kind:
        case inspect.StructType(fields=fields) if isinstance(given, Mapping):
            accepted = {field.encode_name: field.type for field in fields}
            return _first(
                f"{path}.{key}".lstrip(".") if key not in accepted else outside(value, accepted[key], f"{path}.{key}")
                for key, value in given.items()
            )
        case inspect.VarTupleType(item_type=item) if isinstance(given, list):
            return _first(outside(value, item, f"{path}[{index}]") for index, value in enumerate(given))
        case inspect.DictType(value_type=value_type) if isinstance(given, Mapping):
            return _first(outside(value, value_type, f"{path}.{key}") for key, value in given.items())
        case inspect.UnionType(types=types):
            structured = [one for one in types if not isinstance(one, inspect.NoneType)]
            return outside(given, structured[0], path) if len(structured) == 1 else ""
        case _:
            return ""


def _first(paths: Any) -> str:
    return next((path for path in paths if path), "")
