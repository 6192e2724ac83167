"""The PostgreSQL probe: the server takes the login and answers SELECT 1.

First a start-up message by hand, since only the wire tells the reason of a refusal in a code (SQLSTATE) instead of a
sentence in the server's language; then the real login with libpq. User and password never stand in an order: the
operator keeps them in a file, and a server that wants the password in clear does not get it.
"""

import struct
import tomllib
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import NamedTemporaryFile

import psycopg
from psycopg.conninfo import make_conninfo

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure, NotMade, socket_error
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import Dialogue, Progress, connected, timed
from yunyue.services.monitor.probes.trust import context

PROTOCOL_3, SSL_REQUEST = 196608, 80877103
NOBODY = ("yunyue_probe", "")
MOST_MESSAGE = 65_536


async def probe_postgres(probe: Probe, network: Network) -> None:
    """Returns when SELECT 1 was answered. Raises Failure; NotMade when the login is not to be had."""
    user, password = login(probe, network)
    async with timed(probe) as progress:
        await _knock(probe, network, progress, user)
        address = await network.address(probe.where.host, probe.where.port)
        try:
            await _ask(probe, address, user, password)
        except psycopg.Error as error:
            raise Failure("query" if error.sqlstate else "login") from None
        except (ValueError, OverflowError):  # what came as the answer is no value of the type it claims to have
            raise Failure("query") from None


def login(probe: Probe, network: Network) -> tuple[str, str]:
    """User and password of the login the order names; a user of ours without a password when it names none."""
    if not probe.login:
        return NOBODY
    if network.logins is None:
        raise NotMade("no logins are kept here")
    path = network.logins / f"{probe.login}.toml"
    try:
        if path.stat().st_mode & 0o077:
            raise NotMade(f"the login {probe.login} may be read by others; give its file mode 600")
        read = tomllib.loads(path.read_text("utf-8"))
        return str(read["user"]), str(read.get("password", ""))
    except (OSError, KeyError, ValueError) as error:
        raise NotMade(f"the login {probe.login} cannot be read: {type(error).__name__}") from None


async def _knock(probe: Probe, network: Network, progress: Progress, user: str) -> None:
    """Raises Failure for everything before the password."""
    async with connected(probe, network, progress, None) as there:
        if probe.security != "none":
            await _encrypt(probe, there)
        words = ["user", user, "database", probe.database or user, ""]
        body = struct.pack(">I", PROTOCOL_3) + b"".join(word.encode() + b"\0" for word in words)
        there.say(struct.pack(">I", len(body) + 4) + body)
        kind, text = await _message(there)
        if kind == b"E":
            raise _refusal(text)
        if kind != b"R":
            raise Failure("protocol")


async def _encrypt(probe: Probe, there: Dialogue) -> None:
    there.say(struct.pack(">II", 8, SSL_REQUEST))
    answer = await _exactly(there, 1)
    if answer != b"S":
        raise Failure("no_starttls" if answer == b"N" else "protocol")
    await there.encrypt(context(probe.ca), probe.where.host)


async def _message(there: Dialogue) -> tuple[bytes, bytes]:
    kind, length = struct.unpack(">cI", await _exactly(there, 5))
    if not 4 <= length <= MOST_MESSAGE:
        raise Failure("protocol")
    return kind, await _exactly(there, length - 4)


async def _exactly(there: Dialogue, count: int) -> bytes:
    try:
        return await there.reader.readexactly(count)
    except (OSError, EOFError) as error:
        raise Failure(socket_error(error)) from None


def _refusal(text: bytes) -> Failure:
    """What the SQLSTATE of a refusal means: class 28 is the login, 3D a database that is not there."""
    codes = {field[:1]: field[1:] for field in text.split(b"\0") if field}
    code = codes.get(b"C", b"")
    return Failure("login" if code.startswith((b"28", b"3D")) else "server_failure")


async def _ask(probe: Probe, address: str, user: str, password: str) -> None:
    async with AsyncExitStack() as stack:
        wanted = make_conninfo(
            host=probe.where.host,
            hostaddr=address,
            port=probe.where.port,
            user=user,
            password=password,
            dbname=probe.database or user,
            require_auth="none,scram-sha-256",
            **_tls(probe, stack),
        )
        connection = await psycopg.AsyncConnection.connect(wanted, autocommit=True)
        await stack.enter_async_context(connection)
        found = await (await connection.execute("SELECT 1")).fetchone()
        if found != (1,):
            raise Failure("query")


def _tls(probe: Probe, stack: AsyncExitStack) -> dict[str, str]:
    if probe.security == "none":
        return {"sslmode": "disable", "gssencmode": "disable"}
    trusted = "system"
    if probe.ca:
        file = stack.enter_context(NamedTemporaryFile("w", suffix=".pem"))  # noqa: SIM115 - the stack closes it
        file.write(probe.ca)
        file.flush()
        trusted = str(Path(file.name))
    return {"sslmode": "verify-full", "sslrootcert": trusted, "gssencmode": "disable"}
