"""auth/token/…: tokens made, looked up, renewed and revoked, in the shapes transit's clients know."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from yunyue.services.crypto.ask import DONE, Answer, Ask, decoder_of
from yunyue.services.crypto.fault import UNSUPPORTED_PATH, Fault, internal
from yunyue.services.crypto.moments import rfc3339, seconds
from yunyue.services.crypto.tokens import LONGEST, Bearer, Token, Tokens, accessor, held

BAD_TOKEN: Final = Fault("bad token", 403)


class MakeBody(msgspec.Struct):
    """What may be said of a new token."""

    policies: list[str] = []
    ttl: int | str = 0
    explicit_max_ttl: int | str = 0
    period: int | str = 0
    num_uses: int = 0
    renewable: bool = True
    display_name: str = "token"
    meta: dict[str, str] | None = None
    no_parent: bool = False
    no_default_policy: bool = False


class PointBody(msgspec.Struct):
    """A token pointed at by itself or its accessor."""

    token: str = ""
    accessor: str = ""
    increment: int | str = 0


_MAKE: Final = decoder_of(MakeBody)
_POINT: Final = decoder_of(PointBody)


class TokenPaths:
    """The requests under auth/token/."""

    def __init__(self, tokens: Tokens, now: Any) -> None:
        self._tokens = tokens
        self._now = now

    def do(self, ask: Ask, bearer: Bearer) -> Answer | Fault:
        """Do what is asked; `bearer` may do it."""
        match (ask.operation, *ask.rest):
            case ("update", "create" | "create-orphan"):
                return self._make(ask, bearer)
            case ("read" | "update", "lookup-self"):
                return Answer(self._shown(bearer.token, ""))
            case ("update", "revoke-self"):
                self._tokens.revoke(bearer.digest)
                return DONE
            case ("list", "accessors"):
                return Answer({"keys": self._tokens.accessors()})
            case ("update", "renew-self"):
                return self._renew(ask, bearer.digest)
            case ("read", "lookup") | ("update", _):
                return self._pointed(ask, ask.rest[0], bearer)
            case _:
                return UNSUPPORTED_PATH

    def _pointed(self, ask: Ask, verb: str, bearer: Bearer) -> Answer | Fault:
        """Operations on another token."""
        body = ask.read(_POINT)
        if isinstance(body, Fault):
            return body
        by_accessor = verb.endswith("-accessor")
        found = self._tokens.by_accessor(body.accessor) if by_accessor else self._by_text(body.token)
        match verb.removesuffix("-accessor"):
            case "lookup" if not body.token and not by_accessor:
                return Answer(self._shown(bearer.token, ""))
            case "lookup" if found is not None:
                return Answer(self._shown(found[1], "" if by_accessor else body.token))
            case "lookup" if not by_accessor:
                return BAD_TOKEN
            case "lookup" | "renew" if found is None and by_accessor:
                return internal("invalid accessor", HTTPStatus.BAD_REQUEST)
            case "renew":
                return Fault("token not found") if found is None else self._renew(ask, found[0], body.token)
            case "revoke":
                if found is None:
                    return Answer(warnings=("No token found with this accessor",)) if by_accessor else DONE
                self._tokens.revoke(found[0])
                return DONE
            case "revoke-orphan" if not _may_everything(ask, bearer):
                return Fault("root or sudo privileges required to revoke and orphan")
            case "revoke-orphan" if found is not None:
                self._tokens.adopt(found[0])
                return DONE
            case _:
                return UNSUPPORTED_PATH

    def _by_text(self, text: str) -> tuple[str, Token] | None:
        bearer = self._tokens.bearer(text)
        return None if bearer is None else (bearer.digest, bearer.token)

    def _make(self, ask: Ask, bearer: Bearer) -> Answer | Fault:
        body = ask.read(_MAKE)
        if isinstance(body, Fault):
            return body
        lengths = [seconds(getattr(body, field), field) for field in ("ttl", "explicit_max_ttl", "period")]
        numbers = [length for length in lengths if not isinstance(length, Fault)]
        if len(numbers) < len(lengths):
            return next(length for length in lengths if isinstance(length, Fault))
        if body.num_uses < 0:
            return Fault("number of uses cannot be negative")
        asked = [name for one in body.policies if (name := one.strip().lower())]
        wanted = asked or list(bearer.token.policies)
        refused = _forbidden(ask, bearer, body, wanted)
        if refused is not None:
            return refused
        orphan = body.no_parent or ask.rest[0] == "create-orphan"
        token = self._token(body, numbers, wanted, "" if orphan else bearer.digest)
        if token.policies == ("root",) and not token.expires and bearer.token.expires:
            return Fault("expiring root tokens cannot create non-expiring root tokens")
        made = self._tokens.make_child(token)
        return made if isinstance(made, Fault) else self._granted(token, made, numbers[2] or numbers[0])

    def _token(self, body: MakeBody, lengths: list[int], wanted: list[str], parent: str) -> Token:
        ttl, explicit, period = lengths
        policies = tuple(sorted(wanted)) if body.no_default_policy else held(wanted)
        life = period or ttl or (explicit if policies == ("root",) else LONGEST)
        life = min(life, period or LONGEST, explicit or LONGEST) if life else 0
        now = self._now()
        return Token(
            accessor=accessor(),
            policies=policies,
            made=now,
            ttl=life,
            explicit_max=explicit,
            period=period,
            uses=body.num_uses,
            renewable=body.renewable and bool(life),
            display="token" if body.display_name == "token" else f"token-{body.display_name}",
            meta=body.meta,
            parent=parent,
            expires=now + life * 1000 if life else 0,
        )

    def _renew(self, ask: Ask, digest: str, text: str = "") -> Answer | Fault:
        body = ask.read(_POINT)
        if isinstance(body, Fault):
            return body
        increment = seconds(body.increment, "increment")
        if isinstance(increment, Fault):
            return increment
        token = self._tokens.renew(digest, increment)
        return token if isinstance(token, Fault) else self._granted(token, text, 0 if token.period else increment)

    def _granted(self, token: Token, text: str, asked: int = 0) -> Answer:
        """`asked`: how long it was to live; whoever gets less is told."""
        left = token.left(self._now())
        less = f"TTL of {asked}s exceeded the effective max_ttl of {left}s; TTL value is capped accordingly"
        return Answer(auth=granted(token, text, left), warnings=(less,) if asked > left else ())

    def _shown(self, token: Token, text: str) -> dict[str, Any]:
        return {
            "accessor": token.accessor,
            "creation_time": token.made // 1000,
            "creation_ttl": token.ttl,
            "display_name": token.display,
            "entity_id": "",
            "expire_time": rfc3339(token.expires) if token.expires else None,
            "explicit_max_ttl": token.explicit_max,
            "id": text,
            "issue_time": rfc3339(token.made),
            "meta": token.meta,
            "num_uses": token.uses,
            "orphan": not token.parent,
            "path": token.path,
            "policies": list(token.policies),
            "renewable": token.renewable,
            "ttl": token.left(self._now()),
            "type": "service",
            **({"period": token.period} if token.period else {}),
        }


def _may_everything(ask: Ask, bearer: Bearer) -> bool:
    """Whether the bearer is root, or has "sudo" at the path asked."""
    return bearer.acl.root or "sudo" in bearer.acl.capabilities(ask.path)


def _forbidden(ask: Ask, bearer: Bearer, body: MakeBody, wanted: list[str]) -> Fault | None:
    """Why the bearer may not make such a token: it would outlive or outdo the one it was made with."""
    if bearer.token.uses:
        return Fault("restricted use token cannot generate child tokens")
    free = _may_everything(ask, bearer)
    if not free and not {*wanted} <= {*bearer.token.policies, "default"}:
        return Fault("child policies must be subset of parent")
    if "root" in wanted and not bearer.acl.root:
        return Fault("root tokens may not be created without parent token being root")
    if free:
        return None
    # At create-orphan the policy itself says who may.
    if body.no_parent and ask.rest[0] != "create-orphan":
        return Fault("root or sudo privileges required to create orphan token")
    if seconds(body.period, "period"):
        return Fault("root or sudo privileges required to create periodic token")
    return None


def granted(token: Token, text: str, left: int) -> Mapping[str, Any]:
    """The "auth" part of an answer that gives someone a token."""
    return {
        "client_token": text,
        "accessor": token.accessor,
        "policies": list(token.policies),
        "token_policies": list(token.policies),
        "metadata": token.meta,
        "lease_duration": left,
        "renewable": token.renewable,
        "entity_id": "",
        "token_type": "service",
        "orphan": not token.parent,
        "mfa_requirement": None,
        "num_uses": token.uses,
    }
