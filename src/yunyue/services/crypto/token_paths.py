"""auth/token/…: tokens made, looked up, renewed and revoked, in the shapes transit's clients know."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from yunyue.services.crypto.ask import DONE, Answer, Ask, decoder_of
from yunyue.services.crypto.fault import UNSUPPORTED_PATH, Fault
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
            case ("update" | "read", verb):
                return self._pointed(ask, verb, bearer)
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
            case "lookup":
                text = "" if by_accessor else body.token
                return BAD_TOKEN if found is None else Answer(self._shown(found[1], text))
            case "renew":
                return BAD_TOKEN if found is None else self._renew(ask, found[0], body.token)
            case "revoke":
                if found is None:
                    return Answer(warnings=("No token found with this accessor",)) if by_accessor else DONE
                self._tokens.revoke(found[0])
                return DONE
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
        root, sudo = bearer.acl.root, "sudo" in bearer.acl.capabilities("auth/token/create")
        wanted = body.policies or list(bearer.token.policies)
        if not root and not sudo and not {*wanted} <= {*bearer.token.policies, "default"}:
            return Fault("child policies must be subset of parent")
        if "root" in wanted and not root:
            return Fault("root tokens may not be created without parent token being root")
        if (body.no_parent or ask.rest[0] == "create-orphan") and not (root or sudo):
            return Fault("root or sudo privileges required to create orphan token")
        orphan = body.no_parent or ask.rest[0] == "create-orphan"
        token = self._token(body, numbers, wanted, "" if orphan else bearer.digest)
        return self._granted(token, self._tokens.make(token))

    def _token(self, body: MakeBody, lengths: list[int], wanted: list[str], parent: str) -> Token:
        ttl, explicit, period = lengths
        policies = tuple(sorted(wanted)) if body.no_default_policy else held(wanted)
        life = period or ttl or (0 if policies == ("root",) else LONGEST)
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
        return token if isinstance(token, Fault) else self._granted(token, text)

    def _granted(self, token: Token, text: str) -> Answer:
        return Answer(auth=granted(token, text, token.left(self._now())))

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
