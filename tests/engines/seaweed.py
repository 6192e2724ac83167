"""A real S3 server of the tests' own: SeaweedFS from its wheel, on free ports of the loopback, with keys it checks."""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store

PROGRAM = Path(sys.executable).with_name("weed")
KEY, SECRET, REGION = "yunyue-tests", "not-a-secret-outside-of-the-tests", "us-east-1"
PATIENCE_SECONDS = 60.0
PORTS = ("master.port", "volume.port", "filer.port", "s3.port")
GRPC_PORTS = ("master.port.grpc", "volume.port.grpc", "filer.port.grpc", "s3.port.grpc")


@dataclass(frozen=True)
class Seaweed:
    """A running server: where it is, and the one pair of keys it knows."""

    endpoint: str
    folder: Path
    process: "subprocess.Popen[bytes]"
    key: str = KEY
    secret: str = SECRET
    region: str = REGION
    numbers: Iterator[int] = field(default_factory=count)

    def bucket(self) -> str:
        """The name of a bucket nobody has used; the server makes it with the first object."""
        return f"bucket-{next(self.numbers)}"

    def store(self, bucket: str, secret: str | None = None) -> S3Store:
        """obstore's view of a bucket, with the server's keys or a wrong secret."""
        return S3Store(
            bucket,
            endpoint=self.endpoint,
            access_key_id=self.key,
            secret_access_key=self.secret if secret is None else secret,
            region=self.region,
            client_options={"allow_http": True},
        )

    def address(self, bucket: str, prefix: str = "") -> str:
        """A bucket as a setting of the platform names it."""
        return f"s3://{bucket}/{prefix}".rstrip("/") + f"?endpoint={self.endpoint}&region={self.region}"


def free_ports(number: int) -> list[int]:
    """Ports of the loopback nobody listens on, all different."""
    with ExitStack() as open_:
        held = [open_.enter_context(socket.socket()) for _ in range(number)]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]


def command(folder: Path, ports: list[int]) -> list[str]:
    """What starts the server: master, one volume server, filer and S3 in one process, telling nobody about itself."""
    identity = {"name": "tests", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "stored").mkdir()
    named = [f"-{name}={port}" for name, port in zip(PORTS + GRPC_PORTS, ports, strict=True)]
    return [
        str(PROGRAM),
        f"-logdir={folder}",
        "server",
        f"-dir={folder / 'stored'}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=128",
        "-volume.max=1000",  # a new bucket takes seven
        "-filer",
        f"-filer.localSocket={folder / 'filer.sock'}",
        "-s3",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={folder / 's3.json'}",
        *named,
    ]


@contextmanager
def running() -> Iterator[Seaweed]:
    """A fresh server, gone afterwards. Fails with the server's own words when it does not start."""
    folder = Path(tempfile.mkdtemp(prefix="yunyue-s3-"))
    ports = free_ports(len(PORTS + GRPC_PORTS))
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command(folder, ports), stdout=said, stderr=said, cwd=folder)
    seaweed = Seaweed(f"http://127.0.0.1:{ports[PORTS.index('s3.port')]}", folder, process)
    try:
        _wait(seaweed)
        yield seaweed
    finally:
        # Asked to end, it takes half a minute to say goodbye to itself.
        process.kill()
        process.wait(PATIENCE_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(seaweed: Seaweed) -> None:
    """Until an object can be put and read: the parts of the server find each other only after a while."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            store = seaweed.store("ready")
            store.put("ready", b"ready")
            assert bytes(store.get("ready").bytes()) == b"ready"
            return
        except BaseError:
            words = (seaweed.folder / "said").read_text("utf-8", "replace")[-4000:]
            assert seaweed.process.poll() is None, f"the S3 server ended: {words}"
            assert time.monotonic() < until, f"the S3 server does not answer: {words}"
            time.sleep(0.1)


@pytest.fixture(scope="session")
def seaweed() -> Iterator[Seaweed]:
    """One S3 server for the whole run; each test takes a bucket of its own."""
    with running() as server:
        yield server
