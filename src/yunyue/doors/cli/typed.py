"""Facts as a person types them: field=value, each value text that the fact's own types understand.

`documents=@FILE` stores the file and gives its digest; an empty value is "none" where the field may have none; a list
is one field given several times, or JSON; `changes.term.end=2025-01-31` is one changed term of a supplement.
"""

import hashlib
import re
import shlex
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from yunyue.answer import Refused
from yunyue.doors.cli.moments import happened, read_moment
from yunyue.doors.reach import beyond
from yunyue.host.objects import LARGEST, Objects
from yunyue.journal.envelope import understand
from yunyue.journal.facts import BY_TYPE, Payload
from yunyue.kernel import Happening

Keep = Callable[[bytes], str | Refused]
"""Where a document named by @FILE goes; answers its digest."""

CHANGE = "changes."


def keep_in(objects: Objects) -> Keep:
    """Store documents."""
    return objects.put


def only_digest(content: bytes) -> str | Refused:
    """Name a document without storing it, for a dry run."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def payload(kind: str, words: Sequence[str], keep: Keep) -> Payload | Refused:
    """What `field=value` words say of a fact of this type."""
    values = _values(kind, words, keep)
    return values if isinstance(values, Refused) else understand(kind, values, strict=False)


def _values(kind: str, words: Sequence[str], keep: Keep) -> dict[str, object] | Refused:
    fields = {one.encode_name: one.type for one in _fields(kind)}
    found: dict[str, object] = {}
    for word in words:
        name, sign, text = word.partition("=")
        if not sign or not name:
            return Refused(f"{word!r} is not field=value; fields of {kind}: {', '.join(fields)}", kind)
        if name.startswith(CHANGE):
            _more(found, "changes", {"path": name.removeprefix(CHANGE), "value": text})
            continue
        value = _value(fields.get(name), text, keep)
        if isinstance(value, Refused):
            return Refused(value.reason, f"{kind}.{name}", value.clause)
        if is_list(fields.get(name)) and not isinstance(value, list):
            _more(found, name, value)
        elif name in found:
            return Refused("given twice", f"{kind}.{name}")
        else:
            found[name] = value
    return found


def _fields(kind: str) -> Sequence[inspect.Field]:
    struct = BY_TYPE.get(kind)
    described = inspect.type_info(struct) if struct else None
    return described.fields if isinstance(described, inspect.StructType) else ()


def _more(found: dict[str, object], name: str, value: object) -> None:
    earlier = found.setdefault(name, [])
    if isinstance(earlier, list):
        earlier.append(value)


def is_list(kind: inspect.Type | None) -> bool:
    """Whether a field holds several values."""
    return isinstance(kind, inspect.VarTupleType)


def may_be_none(kind: inspect.Type | None) -> bool:
    """Whether a field may say "none"."""
    return isinstance(kind, inspect.UnionType) and any(isinstance(one, inspect.NoneType) for one in kind.types)


def _value(kind: inspect.Type | None, text: str, keep: Keep) -> Any:
    if not text and may_be_none(kind):
        return None
    if text.startswith("@"):
        return document(Path(text[1:]), keep)
    if is_list(kind) and text.startswith("["):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as broken:
            return Refused(f"not JSON: {broken}")
    return text


def document(path: Path, keep: Keep) -> str | Refused:
    """The digest under which a file is kept. Refused: one that cannot be read or is too large."""
    content = bounded(path, LARGEST)
    return content if isinstance(content, Refused) else keep(content)


def bounded(path: Path, largest: int) -> bytes | Refused:
    """The content of a file of at most `largest` bytes. Refused: one that cannot be read or is larger."""
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as problem:
        return Refused(f"the file cannot be read: {problem.strerror}", str(path))
    return content if len(content) <= largest else Refused(f"more than {largest} bytes", str(path))


def supposition(line: str, now: datetime) -> Happening | Refused:
    """A what-if in one argument: "payment.made instalment=1 amount=1.00 document=sha256:… @2024-06-01"."""
    try:
        words = shlex.split(line)
    except ValueError as broken:
        return Refused(f"{line!r}: {broken}", "suppose")
    if not words:
        return Refused("TYPE field=value … @DATE", "suppose")
    moment = read_moment(words[-1][1:]) if re.fullmatch(r"@\d\S*", words[-1]) else None
    if moment is None:
        return Refused(f"{line!r} does not end in @DATE, such as @2024-06-01", "suppose")
    if refused := beyond(moment, "suppose"):
        return refused
    said = payload(words[0], words[1:-1], only_digest)
    return said if isinstance(said, Refused) else Happening(said, happened(moment, now))
