"""The PostgreSQL probe against a real server on TCP: trusted, with a password, encrypted, refused, down."""

import asyncio
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from monitor_servers import network, probe, write_certificate
from postgres import Cluster, owner, run_as_owner, running

from yunyue.services.monitor.outcome import Outcome
from yunyue.services.monitor.probe import run

RULES = """
local all all trust
host all yunyue_probe all trust
hostssl all secured all scram-sha-256
host all watch all scram-sha-256
host all clear all password
"""


@dataclass(frozen=True)
class Server:
    """A cluster that listens on a port of the loopback, with TLS."""

    cluster: Cluster
    port: int

    def probed(self, logins: Path, **more: object) -> Outcome:
        wanted = probe("postgres", f"localhost:{self.port}", **({"timeout_ms": 5_000, "database": "postgres"} | more))
        return asyncio.run(run(wanted, replace(network(), logins=logins)))

    def begin(self) -> None:
        options = f"-k {self.cluster.folder} -c listen_addresses=127.0.0.1 -c port={self.port} -c ssl=on"
        options += f" -c ssl_cert_file={self.cluster.folder}/chain.pem -c ssl_key_file={self.cluster.folder}/key.pem"
        run_as_owner("pg_ctl", "-D", str(self.cluster.folder / "cluster"), "-o", options, "-w", "start")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as cluster:
        for password, user in (("right", "watch"), ("right", "clear"), ("right", "secured")):
            cluster.execute(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        cluster.execute("CREATE ROLE yunyue_probe LOGIN")
        for file in write_certificate(cluster.folder):
            if account := owner():
                os.chown(file, account["user"], account["group"])
        (cluster.folder / "cluster" / "pg_hba.conf").write_text(RULES)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = int(taken.getsockname()[1])
        cluster.kill()
        made = Server(cluster, port)
        made.begin()
        yield made


@pytest.fixture
def logins(tmp_path: Path) -> Path:
    for name, user, password in (
        ("right", "watch", "right"),
        ("wrong", "watch", "wrong"),
        ("clear", "clear", "right"),
        ("secured", "secured", "right"),
    ):
        file = tmp_path / f"{name}.toml"
        file.write_text(f'user = "{user}"\npassword = "{password}"\n')
        file.chmod(0o600)
    return tmp_path


def test_a_user_without_a_password_is_answered(server: Server, logins: Path) -> None:
    assert server.probed(logins).error == ""


def test_a_login_with_its_password_is_answered_in_clear_and_encrypted(server: Server, logins: Path) -> None:
    assert server.probed(logins, login="right").error == ""
    assert server.probed(logins, login="secured", security="starttls").error == ""


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"login": "wrong"}, "login"),
        ({"login": "clear"}, "login"),
        ({"login": "secured"}, "login"),
        ({"database": "absent"}, "login"),
        ({"security": "starttls", "ca": ""}, "tls_untrusted"),
    ],
)
def test_refusals_are_told_apart(server: Server, logins: Path, more: dict[str, object], error: str) -> None:
    """A wrong password; one that would go in clear; a user for TLS only; no such database; an unknown issuer."""
    assert server.probed(logins, **more).error == error


def test_a_server_that_is_down_is_refused(server: Server, logins: Path) -> None:
    server.cluster.kill()
    assert server.probed(logins).error == "refused"
    server.begin()
    assert server.probed(logins).error == ""
