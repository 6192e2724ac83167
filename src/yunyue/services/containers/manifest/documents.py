"""YAML into plain documents: several in one text, Lists opened, with limits against texts made to exhaust us."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml.composer import Composer
from yaml.cyaml import CSafeLoader

from yunyue.answer import Refused

LONGEST: Final = 1 << 20
MOST_DOCUMENTS: Final = 200
DEEPEST: Final = 40


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it was written, and where it stood, such as "document 2"."""

    where: str
    content: dict[str, Any]


class _Loader(Composer, CSafeLoader):
    """YAML without aliases and without a key twice; yes, no, on and off are words, as in YAML 1.2.

    libyaml reads the text; the composer in Python, which comes first, is where an alias is refused.
    """

    def __init__(self, text: str) -> None:
        CSafeLoader.__init__(self, text)
        Composer.__init__(self)

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = getattr(self.peek_event(), "start_mark", None)
            raise yaml.MarkedYAMLError(problem="aliases are not accepted", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} appears twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _without_old_words() -> dict[str, list[tuple[str, Any]]]:
    """The resolvers of YAML 1.1 without its times (a date stays text) and with true and false alone as booleans."""
    kept: dict[str, list[tuple[str, Any]]] = {}
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items():
        kept[first] = [
            one for one in resolvers if one[0] not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
        ]
    return kept


_Loader.yaml_implicit_resolvers = _without_old_words()
_BOOLEAN: Final = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOLEAN, [*"tTfF"])


def read_documents(text: str) -> tuple[Document, ...] | Refused:
    """Every document that is not empty. Refused: no YAML, too long, too many, too deep, something else than objects."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        return Refused(f"a manifest holds at most {LONGEST} octets", "manifest", "C37")
    try:
        loaded = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the text"
        return Refused(f"not YAML: {where}: {error.problem}", "manifest", "C37")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return Refused(f"not YAML: {str(error).splitlines()[0]}", "manifest", "C37")
    return _opened([one for one in loaded if one is not None])


def _opened(loaded: list[Any]) -> tuple[Document, ...] | Refused:
    found: list[Document] = []
    for number, one in enumerate(loaded, 1):
        items = one.get("items") if isinstance(one, dict) and one.get("kind") == "List" else [one]
        for index, item in enumerate(items if isinstance(items, list) else [items]):
            where = f"document {number}" if len(items or ()) <= 1 else f"document {number} item {index + 1}"
            if not isinstance(item, dict) or not all(isinstance(key, str) for key in item):
                return Refused("a manifest's document is an object with apiVersion, kind and metadata", where, "C37")
            if _depth(item) > DEEPEST:
                return Refused(f"a document is nested at most {DEEPEST} deep", where, "C37")
            found.append(Document(where, item))
    if not found:
        return Refused("the manifest is empty", "manifest", "C37")
    if len(found) > MOST_DOCUMENTS:
        return Refused(f"a manifest holds at most {MOST_DOCUMENTS} documents, not {len(found)}", "manifest", "C37")
    return tuple(found)


def _depth(value: Any) -> int:
    deepest, layer = 0, [value]
    while layer and deepest <= DEEPEST:
        deepest += 1
        layer = [
            inner
            for one in layer
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]
    return deepest
