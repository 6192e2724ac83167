"""What a token may do at a path: of all its rules the most specific one decides, and there "deny" comes first."""

import re
from collections.abc import Iterable
from typing import Final

from yunyue.services.crypto.policy_text import Rules

ROOT: Final = "root"
DEFAULT: Final = "default"
DEFAULT_TEXT: Final = """
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }
path "sys/internal/ui/mounts" { capabilities = ["read"] }
path "sys/internal/ui/mounts/*" { capabilities = ["read"] }
path "sys/wrapping/wrap" { capabilities = ["update"] }
path "sys/wrapping/lookup" { capabilities = ["update"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }
path "sys/tools/hash" { capabilities = ["update"] }
path "sys/tools/hash/*" { capabilities = ["update"] }
"""
NEEDS_SUDO: Final = (
    "sys/seal",
    "sys/rotate",
    "sys/rotate/keyring",
    "sys/audit",
    "auth/token/accessors",
    *(f"sys/{where}/{verb}" for where in ("rekey", "rotate/root", "rotate/recovery") for verb in ("init", "update")),
)
_DENY: Final = frozenset({"deny"})
_ALL: Final = frozenset({"root"})
_MOST_KEPT: Final = 4096


class Acl:
    """The rules of all policies of one token."""

    def __init__(self, policies: Iterable[Rules], *, root: bool = False) -> None:
        self.root = root
        self._exact: Rules = {}
        self._wild: list[tuple[tuple[int, bool, int, int, str], re.Pattern[str], frozenset[str]]] = []
        self._kept: dict[str, frozenset[str]] = {}
        merged: Rules = {}
        for rules in policies:
            for path, capabilities in rules.items():
                both = merged.get(path, frozenset()) | capabilities
                merged[path] = _DENY if "deny" in both else both
        for path, capabilities in merged.items():
            if "+" in path.split("/") or path.endswith("*"):
                self._wild.append((_rank(path), _pattern(path), capabilities))
            else:
                self._exact[path] = capabilities
        self._wild.sort(key=lambda rule: rule[0], reverse=True)

    def capabilities(self, path: str) -> frozenset[str]:
        """What may be done at the path: {"root"}, {"deny"}, or names of capabilities."""
        if self.root:
            return _ALL
        found = self._kept.get(path)
        if found is None:
            found = self._found(path)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[path] = found
        return found

    def allows(self, operation: str, path: str) -> bool:
        """Whether the operation is allowed at the path; some paths also need "sudo".

        What lies under a path is listed at the path with a slash behind it, as transit's policies have it.
        """
        capabilities = self.capabilities(f"{path}/" if operation == "list" else path)
        if capabilities is _ALL:
            return True
        return operation in capabilities and (path not in NEEDS_SUDO or "sudo" in capabilities)

    def reaches(self, mount: str) -> bool:
        """Whether any rule allows something under a mount."""
        paths = [*self._exact.items(), *((rank[4], capabilities) for rank, _, capabilities in self._wild)]
        return self.root or any(
            capabilities != _DENY and (path.startswith(mount) or mount.startswith(path.rstrip("*").split("+")[0]))
            for path, capabilities in paths
        )

    def _found(self, path: str) -> frozenset[str]:
        plain = path.removesuffix("/")
        exact = self._exact.get(path, self._exact.get(plain))
        if exact is not None:
            return exact or _DENY
        for _, pattern, capabilities in self._wild:
            if pattern.fullmatch(path) or (plain != path and pattern.fullmatch(plain)):
                return capabilities or _DENY
        return _DENY


def _rank(path: str) -> tuple[int, bool, int, int, str]:
    """How specific a path with wildcards is; transit's order: a later first wildcard, no * at the end, fewer +."""
    first = min(place for place in (path.find("+"), path.find("*"), len(path)) if place >= 0)
    return first, not path.endswith("*"), -path.split("/").count("+"), len(path), path


def _pattern(path: str) -> re.Pattern[str]:
    open_end = path.endswith("*")
    segments = path.removesuffix("*").split("/")
    text = "/".join("[^/]+" if segment == "+" else re.escape(segment) for segment in segments)
    return re.compile(text + (".*" if open_end else ""), re.DOTALL)
