"""Reads a manifest: YAML, the published schema, our policy, then the accepted subset; what comes out is frozen."""

import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.manifest.checks import check
from yunyue.services.containers.manifest.compose import is_compose, manifest_of
from yunyue.services.containers.manifest.documents import Document, read_documents
from yunyue.services.containers.manifest.objects import KINDS, Object
from yunyue.services.containers.manifest.schema import misfit
from yunyue.services.containers.manifest.shape import known, outside
from yunyue.services.containers.policy.rules import Policy, denied

NAME: Final = re.compile(r"[a-z]([a-z0-9-]{0,51}[a-z0-9])?")
"""A DNS label, shorter than 63 so that a replica's own name still is one."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The objects of a text in the order in which they are applied."""

    objects: tuple[Object, ...]


def read_manifest(text: str, project: str, policy: Policy) -> Manifest | Refused:
    """Read and check a text for a project. Refused: the first field that is wrong, as `document 2: spec.replicas`.

    A Compose file is converted first.
    """
    if "services:" in text and is_compose(text):
        converted = manifest_of(text)
        if isinstance(converted, Refused):
            return converted
        text = converted
    documents = read_documents(text)
    if isinstance(documents, Refused):
        return documents
    found: dict[tuple[str, str], Object] = {}
    for document in documents:
        one = _object(document, project, policy)
        if isinstance(one, Refused):
            field = f"{document.where}: {one.field}" if len(documents) > 1 and one.field else one.field
            return Refused(one.reason, field or document.where, one.clause)
        if (one.kind, one.name) in found:
            return Refused(f"{one.kind} {one.name} appears twice", document.where, "C37")
        found[one.kind, one.name] = one
    order = list(KINDS)
    return Manifest(tuple(sorted(found.values(), key=lambda one: (order.index(one.kind), one.name))))


def _object(document: Document, project: str, policy: Policy) -> Object | Refused:
    given = document.content
    kind = KINDS.get(str(given.get("kind")))
    if kind is None:
        return Refused(f"the kind {given.get('kind')!r} is not accepted; accepted: {', '.join(KINDS)}", "kind", "C37")
    if given.get("apiVersion") != kind.api:
        return Refused(f"{kind.__name__} is accepted as {kind.api}", "apiVersion", "C37")
    refused = misfit(given) or denied(given, policy) or _unsupported(given, kind) or _misnamed(given, project)
    return refused or understood(given)


def understood(given: dict[str, Any]) -> Object | Refused:
    """The object of a document that passed the schema. Refused: a value that contradicts another."""
    kind = KINDS[given["kind"]]
    try:
        made = msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        rule, _, path = str(error).partition(" - at `$.")
        return Refused(rule, path.rstrip("`") or "manifest", "C37")
    return check(made) or made


def _unsupported(given: dict[str, Any], kind: type[Object]) -> Refused | None:
    path = outside(given, known(kind))
    return Refused("this field is outside the accepted subset", path, "C37") if path else None


def _misnamed(given: dict[str, Any], project: str) -> Refused | None:
    metadata = given.get("metadata") or {}
    if not isinstance(metadata.get("name"), str):
        return Refused("a required field is missing: name", "metadata", "C37")
    if not NAME.fullmatch(metadata["name"]):
        return Refused(
            "a name has 1 to 53 small letters, digits and hyphens and begins with a letter", "metadata.name", "C37"
        )
    if metadata.get("namespace", project) != project:
        return Refused(f"this manifest is for another project than {project}", "metadata.namespace", "C37")
    return None
