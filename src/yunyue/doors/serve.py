"""One process that serves everything: the front door with the console behind it, jobs, and what works by itself."""

import asyncio
import contextlib
import signal
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from starlette.types import ASGIApp

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.doors.accesses import accesses
from yunyue.doors.alone import alone
from yunyue.doors.background import TASKS, watched
from yunyue.doors.data import containers_streams, monitor, transcode
from yunyue.doors.data.app import Parts, front_door
from yunyue.doors.data.broker.door import broker
from yunyue.doors.data.crypto import CryptoDoor, ListingProtocol
from yunyue.doors.data.events import Events, Feed, Viewer
from yunyue.doors.data.health import Check, NotReady, Ready
from yunyue.doors.data.metrics import Number
from yunyue.doors.data.noting import Noting
from yunyue.doors.office import Office, open_office
from yunyue.doors.opening import close_parts, open_parts
from yunyue.doors.points import monitoring
from yunyue.doors.web import setup
from yunyue.host import log
from yunyue.host.settings import Settings
from yunyue.services.containers.engines import engine_folder
from yunyue.services.containers.registry.records import record_with
from yunyue.services.crypto.service import vault_folder
from yunyue.services.crypto.vaults import close_vault, vault_at
from yunyue.store.access import Access

PATIENCE_SECONDS: Final = 10
WAITING: Final = 128

Announce = Callable[[str], None]


def serve(settings: Settings, announce: Announce = print) -> Refused | None:
    """Serve until interrupted (SIGINT, SIGTERM), then stop in order. `announce` is told the address once it is bound.

    Refused: the address is taken or not ours, another process serves this home, the installation cannot be opened.
    """
    log.configure(settings)
    bound = bind(settings)
    if isinstance(bound, Refused):
        return bound
    with contextlib.closing(bound), alone(settings.home) as other:
        if other is not None:
            return other
        setup.migrate(settings)
        office = open_parts(settings)
        if isinstance(office, Refused):
            return office
        try:
            announce(settings.public_url or f"http://{_shown(settings.bind)}:{bound.getsockname()[1]}")
            _run(office, bound)
        finally:
            close_vault(vault_folder(settings.home / "services"))
            close_parts(office)
    return None


def bind(settings: Settings) -> socket.socket | Refused:
    """A listening socket at the chosen address; port 0 takes any free one."""
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    # Said outright that it is TCP: else asyncio leaves Nagle's algorithm on, and every answer of two parts waits for
    # the reader's delayed acknowledgement, 40 ms (measured; bench/console.py).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.bind.strip("[]"), settings.port))
        listening.listen(WAITING)
    except OSError as problem:
        listening.close()
        reason = f"cannot listen on {settings.bind} port {settings.port}: {problem.strerror or problem}"
        return Refused(f"{reason}; choose another with YUNYUE_PORT or YUNYUE_BIND", "port")
    return listening


def application(office: Office) -> ASGIApp:
    """Everything one process serves: the crypto service's own door (/v1) before the front door, over an open office."""
    open_office(office)
    settings = office.settings

    def note(record: Access) -> Refused | None:
        return accesses(office).note(record)

    record_with(engine_folder(settings.home / "services"), note)
    behind = front_door(
        Parts(
            console=setup.console(settings),
            checks=checks(office),
            numbers=numbers(office),
            routes=(
                Route("/events", Events(office.feed, _who).answer, methods=["GET"]),
                broker(office.hosting, note),
                *monitor.routes(lambda contract: monitoring(office, contract)),
                *transcode.routes(
                    lambda contract: _transcoding(office, contract), _film_caller, settings.transcode_origins
                ),
                *containers_streams.routes(_stream_caller),
            ),
            lifespan=lambda _app: _beside(office),
            secure=settings.secure,
            provider=origin(settings.oidc_issuer),
            noting=lambda app: Noting(app, note, office.clock.now),
        )
    )
    vault = vault_at(vault_folder(settings.home / "services"), office.clock, development=settings.crypto_development)
    return CryptoDoor(vault, behind, note=note)


def _film_caller(
    headers: Mapping[str, str], cookies: Mapping[str, str], act: str, contract: str
) -> transcode.Asker | transcode.Turned:
    """Django's models can be imported only once its settings are known."""
    from yunyue.doors.data.transcode_callers import caller

    return caller(headers, cookies, act, contract)


def _stream_caller(asked: containers_streams.Asked) -> containers_streams.Guest | containers_streams.Turned:
    """Django's models can be imported only once its settings are known."""
    from yunyue.doors.data.containers_callers import caller

    return caller(asked)


def _transcoding(office: Office, contract: str) -> Host | None:
    """What films of a contract are handed in to."""
    return office.hosting.host(contract, "transcode") if contract in office.kernel.contracts() else None


async def _who(cookies: Mapping[str, str]) -> Viewer | None:
    """Django's models can be imported only once its settings are known."""
    from yunyue.doors.web.accounts.viewing import viewer

    return await run_in_threadpool(viewer, cookies)


def origin(address: str) -> str:
    """Scheme, host and port of an address, as a content security policy names a site; "" for none."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def checks(office: Office) -> Mapping[str, Check]:
    """What must be ready before the process is sent work."""
    return {
        "journal": lambda: _journal(office),
        "accounts": lambda: _accounts(office.settings),
        "jobs": lambda: Ready() if office.jobs and office.jobs.running else NotReady("the workers are not running"),
    }


def numbers(office: Office) -> tuple[Number, ...]:
    """What the metrics ask at each scrape."""
    kernel = office.kernel

    seen: Counter[str] = Counter()
    by_type: Counter[str] = Counter()

    def counted() -> Mapping[str, float]:
        """Only what has been recorded since the last scrape is looked at."""
        for contract in kernel.contracts():
            facts = kernel.facts(contract)
            by_type.update(one.fact.type for one in facts[seen[contract] :])
            seen[contract] = len(facts)
        return dict(by_type)

    return (
        Number(
            "yunyue_journal_size", "Facts in the journal.", "", lambda: {"": kernel.journal.head().size}, grows=False
        ),
        Number("yunyue_facts", "Facts of registered contracts.", "type", counted),
        Number("yunyue_contracts", "Registered contracts.", "", lambda: {"": len(kernel.contracts())}, grows=False),
    )


@contextlib.asynccontextmanager
async def _beside(office: Office) -> AsyncIterator[None]:
    """Jobs and background tasks, for as long as the front door is open."""
    if office.jobs is not None:
        await asyncio.to_thread(office.jobs.launch)
    tasks = [asyncio.create_task(watched(task.__name__, task, office)) for task in TASKS]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if office.jobs is not None:
            await asyncio.to_thread(office.jobs.shutdown)


def _run(office: Office, bound: socket.socket) -> None:
    config = uvicorn.Config(
        application(office),
        http=ListingProtocol,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(office.settings.public_url),
        timeout_graceful_shutdown=PATIENCE_SECONDS,
    )
    # uvicorn raises the signal that stopped it once more when it has stopped; there is still something to close then.
    with contextlib.suppress(KeyboardInterrupt), _deaf_to(signal.SIGTERM):
        _Server(config, office.feed).run(sockets=[bound])


class _Server(uvicorn.Server):
    """Ends the streams before it waits for answers to end: a stream never does by itself."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop in order."""
        self._feed.close()
        await super().shutdown(sockets)


@contextlib.contextmanager
def _deaf_to(number: signal.Signals) -> Iterator[None]:
    """A signal does nothing by itself meanwhile. Only a main thread may say so; elsewhere no signal arrives."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(number, before)


def _journal(office: Office) -> Ready | NotReady:
    head = office.kernel.journal.head()
    return Ready(f"{head.size} facts")


def _accounts(settings: Settings) -> Ready | NotReady:
    waiting = setup.unapplied(settings)
    return NotReady(f"changes to tables are waiting: {', '.join(waiting)}") if waiting else Ready()


def _shown(address: str) -> str:
    return f"[{address.strip('[]')}]" if ":" in address else address
