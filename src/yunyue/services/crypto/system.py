"""sys/…: what the clients of transit ask of the system around it, once they have shown who they are."""

import socket
from typing import Any, Final

import msgspec

from yunyue.host.ciphers.faults import disabled
from yunyue.services.crypto import chance_and_hash
from yunyue.services.crypto.ask import DONE, Answer, Ask, decoder_of
from yunyue.services.crypto.fault import NOT_FOUND, UNSUPPORTED_OPERATION, UNSUPPORTED_PATH, Fault
from yunyue.services.crypto.moments import rfc3339, seconds
from yunyue.services.crypto.mounts import Mount, Mounts
from yunyue.services.crypto.policies import Policies
from yunyue.services.crypto.seal import Seal
from yunyue.services.crypto.seals.rekey_paths import RekeyPaths
from yunyue.services.crypto.tokens import Bearer, Tokens

VERSION: Final = "2.7.2"
"""The OpenBao release whose behaviour is kept; clients choose what they ask by it."""


class MountConfig(msgspec.Struct):
    """How long what is issued under a mount lives."""

    default_lease_ttl: int | str | None = None
    max_lease_ttl: int | str | None = None


class MountBody(msgspec.Struct):
    """A mount to make."""

    type: str = ""
    description: str = ""
    config: MountConfig = msgspec.field(default_factory=MountConfig)


class PolicyBody(msgspec.Struct):
    """A policy's text."""

    policy: str | None = None
    rules: str | None = None


class PathsBody(msgspec.Struct):
    """Paths to say the capabilities of."""

    path: str | list[str] = ""
    paths: list[str] = []
    token: str = ""
    accessor: str = ""


_MOUNT: Final = decoder_of(MountBody)
_TUNE: Final = decoder_of(MountConfig)
_POLICY: Final = decoder_of(PolicyBody)
_PATHS: Final = decoder_of(PathsBody)


class System:
    """The requests under sys/ that need a token."""

    def __init__(self, mounts: Mounts, policies: Policies, tokens: Tokens, seal: Seal, now: Any) -> None:
        self._mounts = mounts
        self._policies = policies
        self._tokens = tokens
        self._seal = seal
        self._now = now
        self._rekey = RekeyPaths(seal)

    def do(self, ask: Ask, bearer: Bearer) -> Answer | Fault:
        """Do what is asked; `bearer` may do it."""
        match (ask.operation, *ask.rest):
            case ("update", "seal"):
                self._seal.close()
                return DONE
            case ("update", "rotate") | ("update", "rotate", "keyring"):
                self._seal.rotate(self._now())
                return DONE
            case (_, "rekey", *verb) | (_, "rotate", "root" | "recovery", *verb):
                return self._rekey.do(ask, verb)
            case ("read", "key-status"):
                return self._key_status()
            case (_, "mounts", *path):
                return self._mount(ask, "/".join(path).strip("/"))
            case ("read", "internal", "ui", "mounts", *path):
                return self._ui_mounts("/".join(path), bearer)
            case ("read", "internal", "ui", "resultant-acl"):
                return Answer({"root": bearer.acl.root, "exact_paths": {}, "glob_paths": {}})
            case (_, "policies", "acl", *name) | (_, "policy", *name):
                return self._policy(ask, "/".join(name), old=ask.rest[0] == "policy")
            case ("update", "capabilities-self" | "capabilities" | "capabilities-accessor"):
                return self._capabilities(ask, bearer)
            case ("read", "providers"):
                return Answer({"disabled": {one.algorithm: one.reason for one in disabled()}})
            case ("read", "auth"):
                return self._beside({"token/": _described("token", "auth_token", "token based credentials")})
            case ("read", "ha-status"):
                return self._ha_status()
            case ("read", "audit"):
                return self._beside({})
            case ("update", "tools", "random", *path):
                return chance_and_hash.random(ask, path)
            case ("update", "tools", "hash", *path):
                return chance_and_hash.hashed(ask, path)
            case _:
                return UNSUPPORTED_PATH

    def _key_status(self) -> Answer:
        keyring = self._seal.keyring
        began = 0 if keyring is None else keyring.active.began
        term = 0 if keyring is None else keyring.active.number
        return self._beside({"term": term, "install_time": rfc3339(began), "encryptions": 0})

    def _ha_status(self) -> Answer:
        """The machine that answers is the one that leads; the others say at sys/leader that they stand by."""
        node = {"hostname": socket.gethostname(), "api_address": "", "cluster_address": "", "active_node": True}
        return self._beside({"nodes": [{**node, "last_echo": None, "version": VERSION}]})

    def _mount(self, ask: Ask, path: str) -> Answer | Fault:
        match (ask.operation, path):
            case ("read", ""):
                shown = {one.path: _mounted(one) for one in self._mounts.all().values()}
                system = {"sys/": _described("system", "system", "system endpoints")}
                return self._beside({**shown, **system})
            case ("read", _) if path.endswith("/tune"):
                mount = self._mounts.all().get(path.removesuffix("tune"))
                return self._beside(_TUNED if mount is None else _tuned(mount))
            case ("update", _) if path.endswith("/tune"):
                config = ask.read(_TUNE)
                return config if isinstance(config, Fault) else self._tune(path.removesuffix("tune"), config)
            case ("read", _):
                mount = self._mounts.all().get(path + "/")
                return (
                    Fault("No secret engine mount at " + path + "/") if mount is None else self._beside(_mounted(mount))
                )
            case ("update", _) if path and not path.endswith("/tune"):
                body = ask.read(_MOUNT)
                if isinstance(body, Fault):
                    return body
                wanted = Mount(path, "", body.type, body.description, made=self._now())
                made = self._mounts.add(path, wanted)
                return made if isinstance(made, Fault) else self._tune(made.path, body.config)
            case ("delete", _) if path:
                self._mounts.remove(path)
                return DONE
            case _:
                return UNSUPPORTED_OPERATION

    def _tune(self, path: str, wanted: MountConfig) -> Answer | Fault:
        fields = {"default_lease_ttl": wanted.default_lease_ttl, "max_lease_ttl": wanted.max_lease_ttl}
        given = {name: seconds(value, name) for name, value in fields.items() if value not in (None, "")}
        lengths = {name: length for name, length in given.items() if not isinstance(length, Fault)}
        if len(lengths) < len(given):
            return next(one for one in given.values() if isinstance(one, Fault))
        if lengths:
            tuned = self._mounts.tune(path, lengths.get("default_lease_ttl"), lengths.get("max_lease_ttl"))
            if isinstance(tuned, Fault):
                return tuned
        return DONE

    def _ui_mounts(self, path: str, bearer: Bearer) -> Answer | Fault:
        if not path:
            secret = {one.path: _mounted(one) for one in self._mounts.all().values() if bearer.acl.reaches(one.path)}
            auth = {"token/": _described("token", "auth_token", "token based credentials")}
            return Answer({"secret": secret, "auth": auth})
        mount = self._mounts.find(path.rstrip("/") + "/")
        if mount is None or not bearer.acl.reaches(mount.path):
            reason = "preflight capability check returned 403, please ensure client's policies grant access to path"
            return Fault(f'{reason} "{path.rstrip("/")}/"', 403)
        return Answer({**_mounted(mount), "path": mount.path})

    def _policy(self, ask: Ask, name: str, *, old: bool) -> Answer | Fault:
        name = name.strip("/").lower()
        if not name:
            names = self._policies.names()
            shown: dict[str, Any] = {"keys": names, "policies": names} if old else {"keys": names}
            return self._beside(shown) if ask.operation in ("list", "read") else UNSUPPORTED_OPERATION
        match ask.operation:
            case "read":
                policy = self._policies.get(name)
                field = "rules" if old else "policy"
                return NOT_FOUND if policy is None else self._beside({"name": name, field: policy.text})
            case "update":
                body = ask.read(_POLICY)
                if isinstance(body, Fault):
                    return body
                text = body.policy if body.policy is not None else body.rules
                if not text:
                    return Fault("'policy' parameter not supplied or empty")
                return self._policies.put(name, text, self._now()) or self._changed()
            case "delete":
                return self._policies.delete(name) or self._changed()
            case _:
                return UNSUPPORTED_OPERATION

    def _changed(self) -> Answer:
        """Tokens in memory carry rules read before the change."""
        self._tokens.forget()
        return DONE

    def _capabilities(self, ask: Ask, bearer: Bearer) -> Answer | Fault:
        body = ask.read(_PATHS)
        if isinstance(body, Fault):
            return body
        whose = bearer
        if ask.rest[0] != "capabilities-self":
            digest = self._tokens.by_accessor(body.accessor) if body.accessor else None
            found = self._tokens.bearer(body.token) if body.token else None
            token = digest[1] if digest else found.token if found else None
            if token is None:
                return Fault("invalid token")
            whose = Bearer("", token, self._policies.acl(token.policies))
        given = body.paths or ([body.path] if isinstance(body.path, str) else body.path)
        paths = [path for path in given if path]
        if not paths:
            return Fault("paths must be supplied")
        shown = {path: sorted(whose.acl.capabilities(path.removeprefix("/"))) for path in paths}
        if len(paths) == 1:
            shown["capabilities"] = shown[paths[0]]
        return self._beside(shown)

    @staticmethod
    def _beside(content: dict[str, Any]) -> Answer:
        """Old clients read these at the top level, new ones under "data"."""
        return Answer(content, beside=content)


_CONFIG: Final = {"default_lease_ttl": 0, "max_lease_ttl": 0, "force_no_cache": False}
_TUNED: Final = {
    "default_lease_ttl": 2764800,
    "max_lease_ttl": 2764800,
    "force_no_cache": False,
    "description": "",
}


def _described(kind: str, accessor: str, description: str) -> dict[str, Any]:
    return {
        "type": kind,
        "accessor": accessor,
        "description": description,
        "config": _CONFIG,
        "options": None,
        "local": False,
        "seal_wrap": False,
        "external_entropy_access": False,
        "uuid": "",
    }


def _tuned(mount: Mount) -> dict[str, Any]:
    lengths = {"default_lease_ttl": mount.default_ttl, "max_lease_ttl": mount.max_ttl}
    return {**_TUNED, **{name: length for name, length in lengths.items() if length}, "description": mount.description}


def _mounted(mount: Mount) -> dict[str, Any]:
    shown = _described(mount.kind, f"{mount.kind}_{mount.identifier[:8]}", mount.description)
    return {**shown, "uuid": mount.identifier, "options": {"tenant": mount.tenant} if mount.tenant else {}}
