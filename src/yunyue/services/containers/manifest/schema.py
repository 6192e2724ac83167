"""A document against the schema that Kubernetes publishes for its kind, and the path of what does not fit."""

from collections.abc import Iterable
from typing import Any, Final

import kubernetes_validate  # type: ignore[import-untyped]  # brings no types

from yunyue.answer import Refused

VERSION: Final = "1.31"
"""The release whose schemas are asked: apps/v1, batch/v1, autoscaling/v2 are the same from 1.23 to today."""


def misfit(document: dict[str, Any]) -> Refused | None:
    """None when the document fits. Refused: the path of the first field that does not, and the schema's rule."""
    try:
        kubernetes_validate.validate(document, VERSION, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        kind, version = document.get("kind"), document.get("apiVersion")
        return Refused(f"Kubernetes knows no kind {kind!r} in {version!r}", "kind", "C37")
    except kubernetes_validate.ValidationError as error:
        return Refused(_rule(error), _path(error), "C37")
    return None


def _path(error: Any) -> str:
    extra = _unexpected(error)
    return dotted([*error.absolute_path, *([extra] if extra else [])])


def _rule(error: Any) -> str:
    match error.validator:
        case "additionalProperties":
            return "Kubernetes knows no such field"
        case "required":
            return f"a required field is missing: {_missing(error)}"
        case "type":
            wanted = error.validator_value
            kinds = [wanted] if isinstance(wanted, str) else list(wanted)
            return f"expected {' or '.join(one for one in kinds if one != 'null')}"
        case _:
            return f"does not fit the schema's rule {error.validator}"


def _missing(error: Any) -> str:
    given = error.instance if isinstance(error.instance, dict) else {}
    return next((str(one) for one in error.validator_value if one not in given), "?")


def _unexpected(error: Any) -> str:
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return ""
    known = error.schema.get("properties", {})
    return next((str(one) for one in error.instance if one not in known), "")


def dotted(parts: Iterable[str | int]) -> str:
    """spec.containers[0].name, as a person writes a path."""
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in parts).lstrip(".")
