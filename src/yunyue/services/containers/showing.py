"""Objects as people are shown them: YAML in the order they wrote it, with every secret's value blotted out."""

import hashlib
import json
from typing import Any, Final

import yaml
from yaml.cyaml import CSafeDumper

BLOTTED: Final = "••••••"


def shown(body: str) -> str:
    """The YAML of a kept document; secrets show only whether they differ: a few digits of their digest."""
    content = json.loads(body)
    if content.get("kind") == "Secret":
        for field in ("data", "stringData"):
            if content.get(field):
                content[field] = {key: _blotted(value) for key, value in sorted(content[field].items())}
    text: str = yaml.dump(_ordered(content), Dumper=CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def _blotted(value: str) -> str:
    return f"{BLOTTED} sha256:{hashlib.sha256(value.encode()).hexdigest()[:8]}"


def _ordered(content: dict[str, Any]) -> dict[str, Any]:
    first = ("apiVersion", "kind", "metadata")
    return {key: content[key] for key in (*first, *(one for one in content if one not in first)) if key in content}
