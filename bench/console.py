"""How soon a page of the console answers: 100,000 facts, 1,000 instances, 200 open event streams, one core.

    python bench/console.py [--facts N] [--instances N] [--streams N] [--rounds N] [--json]

The server runs on one core, whoever asks on another. Before anything is timed, what the facts ask of it once (months
to close) is done. Each page is asked for so many times, one after another, as a client manager; beside it, in the same
run and on the same core, an empty page of a Django with nothing in it, behind the same server. Times are milliseconds
of wall time at the 50th and 95th percentile, and of the server's own work (CPU); the ratio is of the 95th.
"""

import argparse
import asyncio
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

import aiohttp

from yunyue.contract import FILES, Terms, read
from yunyue.host.clock import BEIJING, VirtualClock
from yunyue.host.settings import Settings, environment
from yunyue.journal.facts import OrderPlaced, Payload, SampleWindow, ServiceDelivered, UsageMetered
from yunyue.kernel import Happening, Kernel, Recorder

FOLDER = Path(__file__).parents[1] / "contracts" / "beijing-2024"
CONTRACT = "beijing-2024"
RECORDER = Recorder("user:900001", "/bench")
BATCH = 2_000
OF_ONE_SESSION = 8
PAGES = (
    "/today",
    "/",
    "/wall",
    "/statement",
    "/journal",
    "/journal?type=order.placed&page=3",
    "/journal/fact/placed-7",
    "/proposals",
    "/payments",
    "/acceptance",
    "/staff",
    "/rectifications",
    "/exclusions",
    "/dealings",
    "/orders/",
    "/orders/?state=running&page=9",
    "/orders/order-7",
    "/orders/left",
    "/tickets/",
    "/scores/",
    "/archive/",
    "/archive/papers",
    "/monitor",
    "/monitor?page=9",
    "/monitoring",
    "/monitor/target/order-7",
    "/monitor/budget",
    "/monitor/alerts",
    "/monitor/findings",
    "/accounts/sessions",
)
WARM_UP = 5
QUIET_SECONDS = 2.0
PATIENCE_SECONDS = 120.0
SERVER = """
import os, sys
from yunyue.host.settings import read
from yunyue.doors.web import setup
settings = read(os.environ)
setup.migrate(settings)
from django.contrib.auth import HASH_SESSION_KEY, BACKEND_SESSION_KEY, SESSION_KEY
from importlib import import_module
from django.conf import settings as of_django
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
store = import_module(of_django.SESSION_ENGINE).SessionStore
def session(number):
    account = Account.objects.create(username=f"bench-{number}", person=f"p{number}", role=Role.CLIENT_MANAGER)
    account.set_unusable_password(); account.save()
    seat = store()
    seat[SESSION_KEY], seat[BACKEND_SESSION_KEY] = str(account.pk), "django.contrib.auth.backends.ModelBackend"
    seat[HASH_SESSION_KEY] = account.get_session_auth_hash()
    seat.save()
    return seat.session_key
print(" ".join(session(number) for number in range(int(sys.argv[1]))), flush=True)
from yunyue.doors.serve import serve
refused = serve(settings, lambda address: print(address, flush=True))
sys.exit(str(refused) if refused else 0)
"""
EMPTY = """
import socket, uvicorn
from a2wsgi import WSGIMiddleware
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="bench", LOGGING_CONFIG=None)
import django
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse(""))]
application = WSGIMiddleware(get_wsgi_application(), workers=16)
bound = socket.socket(proto=socket.IPPROTO_TCP)  # else asyncio leaves Nagle on, and every answer waits 40 ms
bound.bind(("127.0.0.1", 0))
bound.listen(128)
print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None)).run(sockets=[bound])
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """How long a page took, in milliseconds; `cpu`: of the server's own work for each answer."""

    median: float
    p95: float
    cpu: float


def terms() -> Terms:
    """The contract of 2024 with its sample annexes."""
    found = read({name: (FOLDER / name).read_text("utf-8") for name in FILES})
    assert isinstance(found, Terms), found
    return found


def at(day: date) -> datetime:
    """Ten in the morning of a Beijing day."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=BEIJING)


def told(facts: int, instances: int) -> Iterator[tuple[str, date, Payload]]:
    """Orders with their delivery, and then what is measured of them, day after day."""
    placed, delivered = date(2024, 4, 15), date(2024, 4, 18)
    for number in range(instances):
        order = OrderPlaced(
            order=f"order-{number}",
            service="monitor",
            item="monitor-probes",
            quantity=Decimal("0.01"),
            tenant=f"dept-{number % 20}",
            deliver_by=date(2024, 4, 20),
        )
        yield f"placed-{number}", placed, order
    for number in range(instances):
        yield f"delivered-{number}", delivered, ServiceDelivered(order=f"order-{number}")
    for number in range(facts - 2 * instances):
        day = delivered + timedelta(1 + number // (2 * instances))
        yield f"measured-{number}", day, _measured(number, f"order-{number // 2 % instances}", day)


def _measured(number: int, order: str, day: date) -> Payload:
    start = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    end = start + timedelta(hours=1)
    if number % 2:
        return UsageMetered(order=order, meter="monitor.probes", quantity=Decimal("1.44"), start=start, end=end)
    return SampleWindow(
        order=order,
        objective="monitor-coverage",
        start=start,
        end=end,
        total=60,
        good=60,
        bad_minutes=0,
        segments=(),
    )


def fill(settings: Settings, facts: int, instances: int) -> None:
    """An installation with so many facts, recorded and published as a door would."""
    clock = VirtualClock(at(date(2024, 4, 10)))
    kernel = Kernel.open(settings, clock)
    assert isinstance(kernel, Kernel), kernel
    kernel.register(terms(), RECORDER)
    happened = told(facts, instances)
    while batch := list(islice(happened, BATCH)):
        clock.move_to(max(clock.now(), at(batch[-1][1]) + timedelta(hours=2)))
        done = kernel.record(CONTRACT, [Happening(said, at(day), name) for name, day, said in batch], RECORDER)
        assert not hasattr(done, "reason"), done
    kernel.publish()
    kernel.close()


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens: its process, what it said first, its address."""

    process: int
    said: tuple[str, ...]
    address: str


@contextmanager
def running(program: str, core: int, arguments: Sequence[str] = (), **more: str) -> Iterator[Server]:
    """A server on one core; the last line it says once it listens is its address."""
    process = subprocess.Popen(
        ["taskset", "-c", str(core), sys.executable, "-c", program, *arguments],
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.strip())
        if line.startswith("http"):
            break
    try:
        yield Server(process.pid, tuple(said[:-1]), said[-1])
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def worked(process: int) -> float:
    """Milliseconds of processor time a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def rested(process: int) -> None:
    """Wait until the server has done what the facts ask of it once, and only waits for us."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE_SECONDS:
        before = worked(process)
        time.sleep(QUIET_SECONDS)
        if worked(process) - before < QUIET_SECONDS * 50:
            return
    print("the server was still at work of its own; the times below contain that", file=sys.stderr)


def timed(server: "Server", path: str, rounds: int, cookie: str = "") -> Taken:
    """So many answers one after another on one connection, after a few to warm up."""
    address = server.address
    host = address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=60)
    taken, before = [], 0.0
    for number in range(rounds + WARM_UP):
        if number == WARM_UP:
            before = worked(server.process)
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "zh-CN"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}, so its time says nothing")
        if number >= WARM_UP:
            taken.append((time.perf_counter() - begun) * 1000)
    connection.close()
    taken.sort()
    cpu = (worked(server.process) - before) / rounds
    return Taken(taken[len(taken) // 2], taken[int(len(taken) * 0.95)], cpu)


async def _held(address: str, sessions: list[str], count: int, asked: asyncio.Event) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout()) as http:
        streams = [
            await http.get(f"{address}/events", headers={"Cookie": f"sessionid={sessions[number // OF_ONE_SESSION]}"})
            for number in range(count)
        ]
        refused = [stream.status for stream in streams if stream.status != 200]
        if refused:
            raise SystemExit(f"{len(refused)} streams were refused, the first with {refused[0]}")
        await asked.wait()
        for stream in streams:
            stream.close()


async def measured(server: Server, streams: int, rounds: int) -> dict[str, Taken]:
    """Each page's times while so many streams are open."""
    sessions = server.said[-1].split()
    done = asyncio.Event()
    holding = asyncio.create_task(_held(server.address, sessions[1:], streams, done))
    await asyncio.sleep(QUIET_SECONDS)
    await asyncio.to_thread(rested, server.process)
    if holding.done():
        holding.result()
    cookie = f"sessionid={sessions[0]}"
    found = {page: await asyncio.to_thread(timed, server, _of_contract(page), rounds, cookie) for page in PAGES}
    done.set()
    await holding
    return found


def _of_contract(page: str) -> str:
    return f"{page}{'&' if '?' in page else '?'}contract={CONTRACT}"


def main() -> None:
    """Fill an installation, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--facts", type=int, default=100_000)
    parser.add_argument("--instances", type=int, default=1_000)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", port=0, log_level="error", no_engines=True)
        fill(settings, asked.facts, asked.instances)
        sessions = 1 + -(-asked.streams // OF_ONE_SESSION)
        with running(SERVER, 0, [str(sessions)], **environment(settings)) as server:
            rested(server.process)
            pages = asyncio.run(measured(server, asked.streams, asked.rounds))
        with running(EMPTY, 0) as server:
            empty = timed(server, "/", asked.rounds * 5)
    if asked.json:
        every = {"(empty)": empty, **pages}.items()
        print(json.dumps({page: [one.median, one.p95, one.cpu] for page, one in every}))
        return
    print(f"{'page':40} {'median ms':>10} {'p95 ms':>10} {'CPU ms':>8} {'x empty':>8}")
    for page, one in {"(an empty Django page)": empty, **pages}.items():
        print(f"{page:40} {one.median:10.1f} {one.p95:10.1f} {one.cpu:8.1f} {one.p95 / empty.p95:8.1f}")
    slowest = max(pages, key=lambda page: pages[page].p95)
    print(f"slowest: {slowest}, {pages[slowest].p95:.1f} ms at the 95th percentile, of 100 ms allowed")


if __name__ == "__main__":
    main()
