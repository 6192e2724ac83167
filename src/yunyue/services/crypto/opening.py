"""sys/… that needs no token: whether the vault is open, making one, and giving it the shares that open it."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.faults import disabled
from yunyue.services.crypto.ask import Answer, Ask, decoder_of
from yunyue.services.crypto.fault import UNSUPPORTED_OPERATION, Fault
from yunyue.services.crypto.seal import SUITES, Seal
from yunyue.services.crypto.store.lead import Lead
from yunyue.services.crypto.system import VERSION
from yunyue.services.crypto.tokens import Token, Tokens, accessor

OPEN_PATHS: Final = frozenset({"sys/health", "sys/seal-status", "sys/init", "sys/unseal", "sys/leader"})
CLUSTER: Final = "yunyue"


class InitBody(msgspec.Struct):
    """How many shares, and how many of them open; with a custodian clients call them recovery shares."""

    secret_shares: int | None = None
    secret_threshold: int | None = None
    recovery_shares: int | None = None
    recovery_threshold: int | None = None
    suite: str = SUITES[0]


class UnsealBody(msgspec.Struct):
    """One share, or a wish to begin again."""

    key: str = ""
    reset: bool = False


_INIT: Final = decoder_of(InitBody)
_UNSEAL: Final = decoder_of(UnsealBody)


class Opening:
    """The requests of those who come before everybody else."""

    def __init__(
        self, seal: Seal, tokens: Tokens, now: Callable[[], int], opened: Callable[[], None], lead: Lead | None
    ) -> None:
        self._lead = lead
        self._seal = seal
        self._tokens = tokens
        self._now = now
        self._opened = opened

    def do(self, ask: Ask) -> Answer | Fault:
        """Do what is asked."""
        match (ask.operation, ask.path):
            case ("read", "sys/health"):
                return self._health(ask.query)
            case ("read", "sys/seal-status"):
                return Answer(self.status(), bare=True)
            case ("read", "sys/leader"):
                return Answer(self._leader(), bare=True)
            case ("read", "sys/init"):
                return Answer({"initialized": self._seal.config is not None}, bare=True)
            case ("update", "sys/init"):
                return self._initialise(ask)
            case ("update", "sys/unseal"):
                return self._unseal(ask)
            case _:
                return UNSUPPORTED_OPERATION

    def _leader(self) -> dict[str, Any]:
        lead = self._lead
        if lead is None:
            return {"ha_enabled": False, "is_self": False, "leader_address": ""}
        address = lead.leader()
        return {
            "ha_enabled": True,
            "is_self": lead.held,
            "leader_address": address,
            "leader_cluster_address": address,
            "performance_standby": False,
        }

    def status(self) -> dict[str, Any]:
        """Whether the vault is open, and how many shares are still needed."""
        config = self._seal.config
        return {
            "type": config.kind if config else self._seal.custodian.kind if self._seal.custodian else "shamir",
            "initialized": config is not None,
            "sealed": self._seal.keyring is None,
            "t": config.threshold if config else 0,
            "n": config.shares if config else 0,
            "progress": self._seal.progress,
            "nonce": self._seal.nonce,
            "version": VERSION,
            "build_date": "",
            "migration": False,
            "recovery_seal": bool(config and config.wrapped),
            "storage_type": "sqlite" if self._lead is None else "postgresql",
            # Ours alone, and only the names: why is told at sys/providers to whoever shows a token.
            "disabled_providers": [one.algorithm for one in disabled()],
            **({} if self._seal.keyring is None else {"cluster_name": CLUSTER, "cluster_id": CLUSTER}),
        }

    def _health(self, query: Mapping[str, str]) -> Answer | Fault:
        config, sealed = self._seal.config, self._seal.keyring is None
        standby = self._lead is not None and not self._lead.held
        state = (
            "uninitcode" if config is None else "sealedcode" if sealed else "standbycode" if standby else "activecode"
        )
        usual = {"uninitcode": "501", "sealedcode": "503", "standbycode": "429", "activecode": "200"}[state]
        if state == "standbycode" and query.get("standbyok") in ("", "1", "true"):
            usual = query.get("activecode", "200")
        code = query.get(state, usual)
        if not (code.isascii() and code.isdigit() and 100 <= int(code[:4]) <= 599):
            return Fault(f"bad value for {state}")
        content = {
            "initialized": config is not None,
            "sealed": sealed,
            "standby": standby,
            "performance_standby": False,
            "replication_performance_mode": "disabled",
            "replication_dr_mode": "disabled",
            "server_time_utc": self._now() // 1000,
            "version": VERSION,
            "cluster_name": CLUSTER,
            "cluster_id": CLUSTER,
        }
        return Answer(content, status=int(code), bare=True)

    def _initialise(self, ask: Ask) -> Answer | Fault:
        body = ask.read(_INIT)
        if isinstance(body, Fault):
            return body
        if body.suite not in SUITES:
            return Fault(f"suite: one of {', '.join(SUITES)}, not {body.suite!r}")
        kept = self._seal.custodian is not None
        usual = (0, 0) if kept else (5, 3)
        wanted = (
            (body.recovery_shares, body.recovery_threshold) if kept else (body.secret_shares, body.secret_threshold)
        )
        given = wanted if wanted != (None, None) else (body.secret_shares, body.secret_threshold)
        shares, threshold = (one if one is not None else or_else for one, or_else in zip(given, usual, strict=True))
        made = self.initialise(shares, threshold, body.suite)
        if isinstance(made, Refused):
            return Fault(made.reason)
        parts, root = made
        name = "recovery_keys" if kept else "keys"
        if not kept:
            # Transit leaves a fresh vault sealed: whoever made it shows that the shares were kept.
            self._seal.close()
        shown = {name: [part.hex() for part in parts], f"{name}_base64": [b64encode(part).decode() for part in parts]}
        return Answer({"keys": [], "keys_base64": [], **shown, "root_token": root}, bare=True)

    def initialise(self, shares: int, threshold: int, suite: str = SUITES[0]) -> tuple[list[bytes], str] | Refused:
        """Make the vault: its shares and a token that may do everything. It is open then."""
        parts = self._seal.initialise(shares, threshold, self._now(), suite)
        if isinstance(parts, Refused):
            return parts
        token = Token(accessor(), ("root",), self._now(), renewable=False, display="root", path="auth/token/root")
        return parts, self._tokens.make(token)

    def _unseal(self, ask: Ask) -> Answer | Fault:
        body = ask.read(_UNSEAL)
        if isinstance(body, Fault):
            return body
        if body.reset:
            self._seal.reset()
        elif self._seal.keyring is None:
            if not body.key:
                return Fault("'key' must be specified in request body as JSON, or 'reset' set to true")
            given = self._seal.give(body.key)
            if isinstance(given, Refused):
                return Fault(given.reason)
            if given:
                self._opened()
        return Answer(self.status(), bare=True)
