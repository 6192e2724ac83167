"""How a tenant proves that a public name is theirs: a record in its DNS, or a file on its site, that says what we gave.

The word we give is made of the tenant, the name and a secret of this folder, so nobody else's proof fits and none is
stored. What is proven becomes a fact (`ownership.proven`). A name proves no address: internal addresses are granted by
two people (`ownership.granted`), since whoever has a name may point it anywhere.
"""

import asyncio
import hmac
import os
from collections.abc import Callable, Coroutine
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Literal

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.host.randomness import token
from yunyue.journal.facts import OwnershipProven
from yunyue.services.monitor.expectation import Answer
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure, NotMade
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.exchange import Stage
from yunyue.services.monitor.probes.http import send, write
from yunyue.services.monitor.target import Target, parse_target

Means = Literal["dns", "http"]
Looking = Coroutine[Any, Any, OwnershipProven | Refused]
LABEL: Final = "_yunyue-challenge"
PATH: Final = "/.well-known/yunyue-challenge"
PREFIX: Final = "yunyue-proof="
PORT: Final = 80
SECONDS: Final = 10.0
MOST_BODY: Final = 65_536


def challenge(folder: Path, tenant: str, name: str) -> str:
    """What the tenant is to publish: as a TXT record of _yunyue-challenge.<name>, or as the file's only line."""
    said = f"{tenant}\n{_plain(name)}".encode()
    return PREFIX + hmac.digest(_secret(folder), said, "sha256").hex()[:48]


async def prove(host: Host, tenant: str, name: str, means: Means, resolver: str = "") -> OwnershipProven | Refused:
    """Look whether it is published; the fact to record when it is. `resolver`: host:port, empty: the system's.

    Refused: no name, nothing published, something else published, nobody answered.
    """
    plain = _plain(name)
    if (why := no_name(plain)) is not None:
        return why
    wanted = challenge(Path(host.folder), tenant, plain)
    network = Network.of(host, tenant)
    try:
        async with asyncio.timeout(SECONDS):
            found = await (_records(plain, network, resolver) if means == "dns" else _file(plain, network))
    except (Failure, NotMade, TimeoutError) as failure:
        return Refused(f"nothing was found at {_place(plain, means)}: {str(failure) or 'timeout'}", "name", "C37")
    if not any(hmac.compare_digest(one.encode(), wanted.encode()) for one in found):
        return Refused(f"{_place(plain, means)} does not say {wanted}", "name", "C37")
    return OwnershipProven(tenant=tenant, name=plain, means=means)


def _place(name: str, means: Means) -> str:
    return f"{LABEL}.{name} TXT" if means == "dns" else f"http://{name}{PATH}"


async def _records(name: str, network: Network, resolver: str) -> set[str]:
    if not find_spec("dns"):
        raise NotMade("dnspython is not installed")
    asked = Probe(kind="dns", target=f"{LABEL}.{name}", record="TXT", resolver=resolver)
    return set(await import_module("yunyue.services.monitor.probes.dns").records(asked, network))


async def _file(name: str, network: Network) -> set[str]:
    """Over http without redirects, from the public name itself; what is not text there says nothing."""
    answer = await _got(parse_target("http", f"http://{name}:{PORT}{PATH}"), network)
    if answer.status != 200:
        raise Failure("status")
    return {line.strip() for line in answer.body.decode("utf-8", "replace").splitlines()}


async def _got(target: Target, network: Network) -> Answer:
    return await send(target, write(target, "GET", (), b""), network, Stage(), ("", MOST_BODY, False))


def _plain(name: str) -> str:
    return name.strip().lower().rstrip(".")


def no_name(text: str) -> Refused | None:
    """Why nothing can be proven of it: an address is nobody's by DNS; what is no name cannot be asked for."""
    name = _plain(text)
    if _reads(ip_address, name):
        return Refused("an address is granted by two people, and proven by nothing", "name", "C37")
    if "." not in name or not _reads(lambda one: parse_target("dns", one), name):
        return Refused(f"{name!r} is no public name", "name", "C37")
    return None


def _reads(how: Callable[[str], object], text: str) -> bool:
    try:
        how(text)
    except ValueError:
        return False
    return True


def _secret(folder: Path) -> bytes:
    """Drawn once; a file for its owner alone."""
    path = folder / "ownership.secret"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(token())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another one was quicker, and its secret counts
        finally:
            draft.unlink()
    return path.read_bytes()
