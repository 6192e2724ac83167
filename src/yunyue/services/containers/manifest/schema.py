"""A document against the schema that Kubernetes publishes for its kind, and the path of what does not fit."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import kubernetes_validate.utils  # type: ignore[import-untyped]  # brings no types
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # brings no types
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]  # brings no types
from referencing import Registry, Resource

from yunyue.answer import Refused

VERSION: Final = "1.31"
"""The release whose schemas are asked: apps/v1, batch/v1, autoscaling/v2 are the same from 1.23 to today."""

FOLDER: Final = f"kubernetes-json-schema/v{VERSION}.0-local-strict"
WORD: Final = re.compile("[a-z0-9]{1,63}")


def misfit(document: dict[str, Any]) -> Refused | None:
    """None when the document fits. Refused: the path of the first field that does not, and the schema's rule."""
    kind, version = document.get("kind"), document.get("apiVersion")
    validator = _validator(str(kind).lower(), str(version))
    if validator is None:
        return Refused(f"Kubernetes knows no kind {kind!r} in {version!r}", "kind", "C37")
    error = best_match(validator.iter_errors(document))
    return None if error is None else Refused(_rule(error), _path(error), "C37")


def _validator(kind: str, version: str) -> Draft202012Validator | None:
    """Of a kind in lower case. A group is written by its first word: rbac.authorization.k8s.io/v1 is rbac-v1."""
    group, slash, number = version.rpartition("/")
    words = (kind, *([group.partition(".")[0]] if slash else []), number)
    if not all(WORD.fullmatch(one) for one in words):
        return None
    try:
        return _read("-".join(words))
    except FileNotFoundError:
        return None


@lru_cache(64)
def _read(name: str) -> Draft202012Validator:
    """Read once: the definitions alone are two megabytes. Raises FileNotFoundError."""
    own, shared = (_resource(one) for one in (name, "_definitions"))
    return Draft202012Validator(own.contents, registry=own @ (shared @ Registry()))


@lru_cache(65)
def _resource(name: str) -> Resource[Any]:
    return Resource.from_contents(kubernetes_validate.utils.schema_contents(f"{FOLDER}/{name}.json", VERSION))


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
