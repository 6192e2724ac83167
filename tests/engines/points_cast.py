"""The platform's door for probe points on a real port, probe points as processes of their own, and a cable to cut."""

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import uvicorn
from services_cast import TestHost, order
from starlette.applications import Starlette

from yunyue.doors.data.monitor import CertifiedProtocol, routes
from yunyue.services.monitor.points.register import Points
from yunyue.services.monitor.service import service

PATIENCE = 240.0
"""Seconds, for a machine that is busy with other things; nobody waits that long when all is well."""

RELAY = """
import asyncio, sys
async def carry(reader, writer):
    try:
        while piece := await reader.read(65536):
            writer.write(piece); await writer.drain()
    except OSError: pass
    finally: writer.close()
async def serve(reader, writer):
    try: there = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    except OSError: writer.close(); return
    await asyncio.gather(carry(reader, there[1]), carry(there[0], writer))
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@dataclass
class LiveHost(TestHost):
    """A host whose clock runs."""

    __test__ = False

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def until(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for a condition; fails naming it."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass(frozen=True)
class Tls:
    """Files of a server that asks for client certificates."""

    chain: Path
    key: Path
    ca: Path


@contextmanager
def platform(host: TestHost, tls: Tls | None = None) -> Iterator[int]:
    """The port of the door to one contract, "c1"."""
    app = Starlette(routes=list(routes(lambda contract: host if contract == "c1" else None)))
    given = {"ssl_certfile": tls.chain, "ssl_keyfile": tls.key, "ssl_ca_certs": str(tls.ca)} if tls else {}
    port = free_port()
    config = uvicorn.Config(
        app,
        port=port,
        log_config=None,
        http=CertifiedProtocol,
        ssl_cert_reqs=ssl.CERT_REQUIRED if tls else ssl.CERT_NONE,
        **given,  # type: ignore[arg-type] # the files by name
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="platform")
    thread.start()
    until(lambda: server.started, "the door opens")
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join()


class _Fine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"fine"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def target() -> Iterator[int]:
    """The port of a web server that is fine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Fine)
    thread = threading.Thread(target=server.serve_forever, name="target")
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Process:
    """Something that runs and may be killed."""

    command: list[str]
    wait_for: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    running: "subprocess.Popen[str] | None" = None

    def start(self) -> None:
        there = {**os.environ, **self.environment}
        self.running = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, env=there)
        if self.wait_for:
            assert self.running.stdout is not None
            assert self.wait_for in self.running.stdout.readline()

    def kill(self) -> None:
        """As kill -9 does: no farewell."""
        assert self.running is not None
        self.running.kill()
        self._reaped()

    def end(self) -> int:
        """Asked to end; its exit code."""
        assert self.running is not None
        self.running.terminate()
        return self._reaped()

    def _reaped(self) -> int:
        assert self.running is not None
        code = self.running.wait(PATIENCE)
        if self.running.stdout is not None:
            self.running.stdout.close()
        self.running = None
        return code


def cable(port: int, to: int) -> Process:
    """A relay between a point and the platform; killed, the point is cut off."""
    return Process([sys.executable, "-c", RELAY, str(port), str(to)], "ready")


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """They run, and what still does at the end is killed."""
    for one in processes:
        one.start()
    try:
        yield
    finally:
        for one in processes:
            if one.running is not None:
                one.kill()


def point(folder: Path, host: TestHost, port: int, name: str, **more: object) -> Process:
    """A probe point that is enrolled and not started yet."""
    token = Points(host.folder).enrol(name, "test", 1)
    assert isinstance(token, str)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token").write_text(token)
    return bare_point(folder, port, **{"token_file": str(folder / "token"), **more})


def bare_point(folder: Path, port: int, **more: object) -> Process:
    """A probe point with this configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    settings: dict[str, object] = {
        "platform": f"http://127.0.0.1:{port}",
        "contract": "c1",
        "folder": str(folder / "queue"),
        "private_targets": True,
        "metrics_s": 0,
        **more,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    (folder / "point.toml").write_text("\n".join(lines))
    command = [sys.executable, "-m", "yunyue.services.monitor.points.agent", str(folder / "point.toml")]
    return Process(command, environment={"YUNYUE_LOG_LEVEL": "error"})


def watched(host: TestHost, port: int, points: str, count: int = 1, **more: object) -> list[str]:
    """Orders that these points probe; their ids."""
    names = [f"o{number}" for number in range(count)]
    for name in names:
        wanted = {"kind": "http", "target": f"http://127.0.0.1:{port}/", "interval_s": 5, "points": points, **more}
        made = service.provision(order(name, "bureau", **wanted), host)
        assert isinstance(made, tuple), made
    return names
