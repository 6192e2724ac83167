"""The crypto service as one thing: takes a request, finds out who asks and whether they may, does it, says what to log.

Nothing here waits: whoever calls decides in which thread a job runs, and writes its use to the log before answering.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Final

from yunyue.answer import Refused
from yunyue.host.ciphers.errors import CipherBroken
from yunyue.host.clock import Clock
from yunyue.host.log import logger
from yunyue.services.crypto.ask import DONE, Answer, Ask
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.engines import Engine, engine_of
from yunyue.services.crypto.errors import IsSealed, VaultBroken
from yunyue.services.crypto.exchange import Job, Reply, Request, Shared, asked, encoded, plain, remark_of, unlogged
from yunyue.services.crypto.fault import DENIED, NOT_ALLOWED, SEALED, STANDBY, Fault
from yunyue.services.crypto.keyspace import KeySpace, Reserves
from yunyue.services.crypto.material import Reserve
from yunyue.services.crypto.moments import seconds
from yunyue.services.crypto.mounts import Mount, Mounts
from yunyue.services.crypto.opening import OPEN_PATHS, Opening
from yunyue.services.crypto.paging import paged
from yunyue.services.crypto.policies import Policies
from yunyue.services.crypto.rows import Rows
from yunyue.services.crypto.seal import Seal
from yunyue.services.crypto.seals.custodian import Custodian
from yunyue.services.crypto.store.lead import Lead
from yunyue.services.crypto.store.postgres import PostgresDatabase
from yunyue.services.crypto.store.tables import ROWS, USES
from yunyue.services.crypto.system import System
from yunyue.services.crypto.token_paths import TokenPaths
from yunyue.services.crypto.tokens import Tokens
from yunyue.services.crypto.transit import Transit
from yunyue.services.crypto.uselog import Use, UseLog
from yunyue.services.crypto.uses.recorder import Recorder
from yunyue.services.crypto.wrapping import PATHS as WRAPPING_PATHS
from yunyue.services.crypto.wrapping import Kept, Wrapping

STALE_SECONDS: Final = 0.1
"""How long what another process changed may go unnoticed."""
LEAD_SECONDS: Final = 1.0
"""How often a machine asks whether it still leads, or may."""
_log = logger("yunyue.crypto")


__all__ = ["Job", "Reply", "Request", "Shared", "Vault", "unlogged"]


class Vault:
    """One store of keys, its seal, its tokens and policies, and its use log."""

    def __init__(
        self, folder: Path, clock: Clock, custodian: Custodian | None = None, shared: Shared | None = None
    ) -> None:
        """`shared`: the database of a vault several machines open; without it everything lies in the folder."""
        self.clock = clock
        self.lead = None if shared is None else Lead(shared.database, shared.address)
        self.log, rows = _stores(folder, shared, self.lead)
        self.barrier = Barrier(rows)
        self.seal = Seal(self.barrier, custodian)
        self.mounts = Mounts(self.barrier)
        self.policies = Policies(self.barrier)
        self.tokens = Tokens(self.barrier, self.policies, self.now)
        self.opening = Opening(self.seal, self.tokens, self.now, self._opened, self.lead)
        self._system = System(self.mounts, self.policies, self.tokens, self.seal, self.now)
        self._token_paths = TokenPaths(self.tokens, self.now)
        self.wrapping = Wrapping(self.tokens, self.now)
        self._engines: dict[str, tuple[Mount, Engine]] = {}
        self._reserves: defaultdict[str, Reserves] = defaultdict(lambda: defaultdict(Reserve))
        self._recorder = Recorder(self.barrier, clock)
        self._keeping = Lock()
        self.closed_on_purpose = False
        self.turned = 0
        """How many keys this process rotated by their schedule."""
        self._generation, self._looked = self.barrier.rows.generation(), clock.monotonic()
        self._led = clock.monotonic()
        self._look_for_lead()

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.clock.now().timestamp() * 1000)

    @property
    def sealed(self) -> bool:
        """Whether the vault is closed."""
        return self.barrier.sealed

    def _look_for_lead(self) -> None:
        """A machine whose vault is sealed serves nobody, so it lets another lead."""
        if self.lead is None:
            return
        if self.sealed and self.seal.config is not None:
            self.lead.close()
        else:
            self.lead.look()

    def _opened(self) -> None:
        self.forget()
        self._look_for_lead()

    @property
    def standby(self) -> bool:
        """Whether another machine serves this vault."""
        return self.lead is not None and not self.lead.held

    def open_alone(self) -> None:
        """Open by the custodian, when there is one; a vault somebody sealed on purpose stays sealed."""
        if self.closed_on_purpose or not self.sealed:
            return
        opened = self.seal.open_alone()
        if isinstance(opened, Refused):
            _log.error("the vault stays sealed", reason=str(opened))
        elif opened:
            self._opened()

    def forget(self) -> None:
        """Read everything again when it is next needed."""
        self._engines = {}
        self._recorder.forget()
        for part in (self.mounts, self.policies, self.tokens):
            part.forget()

    def engine(self, mount: Mount) -> Engine:
        """What does the work under a mount."""
        known = self._engines.get(mount.identifier)
        if known is None or (known[0] is not mount and known[0] != mount):
            identifier = mount.identifier

            def note(operation: str, key: str, version: int) -> None:
                self.note(identifier, operation, key, version)

            made = engine_of(mount, self.barrier, self.now, note, self._reserves[identifier])
            known = self._engines[identifier] = (mount, made)
        return known[1]

    def transit(self, mount: Mount) -> Transit:
        """Transit over a mount's keys. Raises ValueError for a mount that has none of its own, such as pki."""
        found = self.engine(mount)
        if not isinstance(found, Transit):
            raise ValueError(f"{mount.path} holds no keys of transit but {mount.kind}")
        return found

    def spaces(self) -> dict[str, KeySpace]:
        """Every mount's keys by the mount's identifier, of those mounts that have keys."""
        engines = {mount.identifier: self.engine(mount) for mount in self.mounts.all().values()}
        return {name: engine.space for name, engine in engines.items() if isinstance(engine, Transit)}

    def handle(self, request: Request) -> Reply:
        """The whole way at once, log included, for those who have a thread to wait in."""
        reply = self.prepare(request).run()
        return self.logged(reply)

    def logged(self, reply: Reply) -> Reply:
        """The reply when its use is in the log; a refusal when that cannot be written."""
        if reply.use is None:
            return reply
        try:
            self.log.append([reply.use])
        except VaultBroken as error:
            return unlogged(error)
        return reply

    def prepare(self, request: Request) -> Job:
        """What is to be done for a request. Never raises for anything a client sent."""
        began = self.clock.monotonic()
        ask = asked(request)
        job: Fault | Answer | tuple[Callable[[], Answer | Fault], bool]
        try:
            job = self._routed(ask, request)
        except IsSealed:
            job = SEALED
        except VaultBroken as error:
            job = _broken(error)
        if isinstance(job, Fault | Answer):
            outcome = job
            return Job(lambda: self._reply(ask, request, outcome, began), slow=False)
        work, slow = job
        return Job(lambda: self._reply(ask, request, self._tried(work), began), slow)

    def _tried(self, work: Callable[[], Answer | Fault]) -> Answer | Fault:
        try:
            return work()
        except IsSealed:
            return SEALED
        except (VaultBroken, CipherBroken) as error:
            return _broken(error)
        except Exception as error:
            # A fault nobody foresaw is answered and recorded like any other outcome; the log has its kind.
            _log.exception("an operation failed in a way nobody foresaw")
            return Fault(f"internal error: {type(error).__name__}", 500)

    def _routed(self, ask: Ask, request: Request) -> "Fault | Answer | tuple[Callable[[], Answer | Fault], bool]":
        """Who does it, after it is clear who asks and that they may."""
        self._look()
        if ask.path in OPEN_PATHS and not (self.standby and ask.path == "sys/init" and ask.operation == "update"):
            changing = ask.operation == "update"
            return self._recordable(lambda: self.opening.do(ask), changing=changing), changing
        if self.standby:
            return STANDBY
        if self.sealed:
            return SEALED
        if ask.path in WRAPPING_PATHS:
            return self._recordable(lambda: self.wrapping.do(ask, request.token), changing=True), True
        engine = self._mounted(ask)
        if engine is not None and engine.public(ask.operation, ask.rest):
            # Anybody may ask; a token is then not even looked at.
            return (lambda: engine.do(ask)), engine.slow(ask)
        engine = self._plainly(ask, engine)
        bearer = self.tokens.bearer(request.token) if request.token else None
        if bearer is None or bearer.token.wrapped:
            return DENIED
        ask.bearer = bearer
        wrap = seconds(request.wrap_ttl, "X-Vault-Wrap-TTL") if request.wrap_ttl else 0
        if isinstance(wrap, Fault):
            return wrap
        ask.wrap_seconds = wrap
        work = self._worker(ask, engine)
        if isinstance(work, Fault):
            # Who may not even ask learns nothing about what is there.
            return work if bearer.acl.root or bearer.acl.allows(ask.operation, ask.path) else NOT_ALLOWED
        do, slow, operation = work
        if not bearer.acl.allows(operation, ask.path):
            return NOT_ALLOWED
        if bearer.token.uses and not self.tokens.spend(bearer):
            return DENIED
        changing = ask.operation not in ("read", "list") if engine is None else engine.changes(ask)
        # Sealing is the safe side: it works also when nothing can be written any more.
        return self._recordable(do, changing=changing and ask.path != "sys/seal"), slow

    def _recordable(self, work: Callable[[], Answer | Fault], *, changing: bool) -> Callable[[], Answer | Fault]:
        """What changes something is done only when it can be recorded: after it, it would be too late to refuse."""
        if not changing or self.standby:
            return work

        def done() -> Answer | Fault:
            self.log.check()
            return work()

        return done

    def _plainly(self, ask: Ask, engine: Engine | None) -> Engine | None:
        """The ask with its path written in the one way policies know it, so that none is got around by another."""
        path = plain(ask.path)
        if path == ask.path:
            return engine
        ask.path, ask.rest, ask.space = path, path.split("/"), ""
        return self._mounted(ask)

    def _worker(self, ask: Ask, engine: Engine | None) -> "Fault | tuple[Callable[[], Answer | Fault], bool, str]":
        """What does it, whether it is slow, and the capability it needs."""
        bearer = ask.bearer
        if bearer is None:
            return DENIED
        if ask.path.startswith("auth/token/"):
            ask.rest = ask.rest[2:]
            return (lambda: self._token_paths.do(ask, bearer)), True, ask.operation
        if ask.path.startswith("sys/"):
            ask.rest = ask.rest[1:]
            if ask.rest == ["wrapping", "wrap"]:
                return (lambda: self._wrap_given(ask)), True, ask.operation
            return (lambda: self._system_did(ask)), True, ask.operation
        if engine is None:
            return Fault(f'no handler for route "{ask.path}". route entry not found.', 404)
        operation = "create" if ask.operation == "update" and engine.creates(ask) else ask.operation
        return (lambda: engine.do(ask)), engine.slow(ask), operation

    def _mounted(self, ask: Ask) -> Engine | None:
        """The engine of the mount the path lies under; the ask then knows its space and what follows the mount."""
        mount = self.mounts.find(ask.path)
        if mount is None:
            return None
        ask.space, ask.rest = mount.identifier, ask.path[len(mount.path) :].split("/")
        return self.engine(mount)

    def _system_did(self, ask: Ask) -> Answer | Fault:
        bearer = ask.bearer
        done = DENIED if bearer is None else self._system.do(ask, bearer)
        if ask.rest[0] == "seal" and self.sealed:
            self.closed_on_purpose = True
            self.forget()
        return done

    def _wrap_given(self, ask: Ask) -> Answer | Fault:
        given = ask.fields()
        if isinstance(given, Fault):
            return given
        if not ask.wrap_seconds:
            return Fault("endpoint requires response wrapping to be used")
        return Answer(given)

    def _reply(self, ask: Ask, request: Request, outcome: Answer | Fault, began: float) -> Reply:
        if isinstance(outcome, Answer) and outcome.raw:
            return Reply(
                outcome.status,
                outcome.raw,
                self._recorder.use(ask, request, (outcome.status, outcome.raw), began),
                outcome.media,
            )
        if ask.operation == "list" and isinstance(outcome, Answer):
            outcome = paged(outcome, ask.query)
        plain = isinstance(outcome, Answer) and outcome.wrap is None and outcome.status != DONE.status
        if isinstance(outcome, Answer) and plain and ask.wrap_seconds and outcome.status < 300:
            kept = Kept(ask.path, dict(outcome.content or {}), dict(outcome.auth) if outcome.auth else None)
            outcome = self._tried(lambda: self.wrapping.wrap(kept, ask.wrap_seconds))
        status = outcome.status
        ask.remark = remark_of(outcome)
        body = encoded(outcome)
        if self.standby:
            # Only the machine that serves writes the log; what a standby does is open itself and point to the other.
            elsewhere = self.lead.leader() if self.lead and outcome == STANDBY else ""
            return Reply(307 if elsewhere else status, body, location=elsewhere)
        if ask.path in OPEN_PATHS and ask.operation == "read":
            return Reply(status, body)
        return Reply(status, body, self._recorder.use(ask, request, (status, body), began))

    def note(self, space: str, operation: str, key: str, version: int) -> None:
        """Record what the vault did by itself. Raises StorageFailed when the log cannot be written."""
        self.log.append([Use(self.now(), space, key, version, operation, 1, "vault", 200, 0, b"", b"")])

    def space(self, identifier: str) -> KeySpace | None:
        """The keys of a mount, by its identifier."""
        return self.spaces().get(identifier)

    def lives(self, identifier: str) -> list[list[tuple[int, int]]]:
        """Of each key a space has or had: the stretches (milliseconds, 0 for "until now") in which it was usable."""
        space = self.space(identifier)
        return [] if space is None else space.lives()

    def kept(self, identifier: str) -> list[bool]:
        """Of each version there should be of each key of a space: whether it still opens."""
        space = self.space(identifier)
        return [] if space is None else space.kept()

    def keep_house(self) -> None:
        """Rotate what is due, destroy what waited long enough, end tokens whose time has passed, seal old uses.

        One thread at a time: two would rotate a key twice. Whoever comes second leaves it to the first.
        """
        if not self._keeping.acquire(blocking=False):
            return
        try:
            self._keep_house()
        finally:
            self._keeping.release()

    def _keep_house(self) -> None:
        if self.seal.custodian is not None:
            self.seal.custodian.look()
        if self.sealed:
            self.open_alone()
        self._look()
        if self.sealed or self.standby:
            return
        for space in self.spaces().values():
            _, turned = space.due()
            self.turned += len(turned)
        self.tokens.expire()
        self.log.seal(self.now())

    def _look(self) -> None:
        """Notice what other processes changed."""
        at = self.clock.monotonic()
        if at - self._looked < STALE_SECONDS:
            return
        self._looked = at
        if self.lead is not None and at - self._led >= LEAD_SECONDS:
            self._led = at
            self._look_for_lead()
        generation = self.barrier.rows.generation()
        if generation != self._generation:
            self._generation = generation
            self.seal.reload()
            self.forget()

    def close(self) -> None:
        """Seal, and give the files back."""
        self.seal.close()
        self.barrier.rows.close()
        self.log.close()
        if self.lead is not None:
            self.lead.close()


def _stores(folder: Path, shared: Shared | None, lead: Lead | None) -> tuple[UseLog, Rows]:
    """The use log and the rows: files of the folder, or schemas of a shared database."""
    if shared is None or lead is None:
        return UseLog(folder / "uses.db"), Rows(folder / "keys.db")
    uses, rows = (PostgresDatabase(shared.database, tables, lead.check) for tables in (USES, ROWS))
    return UseLog(uses), Rows(rows)


def _broken(error: VaultBroken | CipherBroken) -> Fault:
    _log.error("the vault cannot do it", error=str(error))
    return Fault(f"internal error: {error}", 500)
