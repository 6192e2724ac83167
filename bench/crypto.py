"""How many operations our crypto service does in a second of processor time, beside OpenBao, and beside bare ciphers.

Run: .venv/bin/python bench/crypto.py [SECONDS]. Both servers run at the same time on this machine and are measured in
turns, with a policy (no root token) and a log of every use (ours in SQLite, synchronous=FULL; OpenBao's audit file).
Processor time is that of the server's process alone, as the kernel counts it.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "engines"))

from openbao import Server, bao_server, our_server

from yunyue.answer import Refused
from yunyue.host.ciphers import Unavailable
from yunyue.host.ciphers.aead import aead
from yunyue.host.ciphers.pair_makers import generate_pair
from yunyue.host.ciphers.sm4 import PackageSm4Gcm
from yunyue.host.clock import SystemClock
from yunyue.services.crypto.asn1 import OCTETS, integer, oid, sequence, tlv
from yunyue.services.crypto.certificate import TIME_STAMPING, Wanted, self_signed
from yunyue.services.crypto.envelope import seal_stream
from yunyue.services.crypto.timestamp import Query, Stamper, understood
from yunyue.services.crypto.vault import Request, Vault

CONNECTIONS = 16
ROUNDS = 3
POLICY = 'path "transit/*" { capabilities = ["create", "read", "update"] }'
TEXT = b64encode(b"110101199003070011 a record of a citizen").decode()
BEGAN = datetime(2026, 11, 23, tzinfo=UTC)
TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid: int) -> float:
    """What a process has used so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def prepared(server: Server) -> str:
    """Keys for everybody, and a token that may use them; the token."""
    server.initialise()
    server.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
    for name, kind in (("aes", "aes256-gcm96"), ("p256", "ecdsa-p256")):
        server.ask("POST", f"transit/keys/{name}", {"type": kind}).raise_for_status()
    server.ask("PUT", "sys/policies/acl/app", {"policy": POLICY}).raise_for_status()
    made = server.ask("POST", "auth/token/create", {"policies": ["app"], "ttl": "24h"})
    return str(made.json()["auth"]["client_token"])


async def client(server: Server, request: bytes, until: float) -> int:
    """One connection that asks again and again; how often it was answered with 200."""
    host, port = server.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    done = 0
    while time.monotonic() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        lowered = head.lower()
        if b"content-length: " in lowered:
            await reader.readexactly(int(lowered.split(b"content-length: ")[1].split(b"\r\n")[0]))
        else:
            while (size := int((await reader.readline()).strip(), 16)) > 0:
                await reader.readexactly(size + 2)
            await reader.readline()
        done += 1
    writer.close()
    return done


def rate(server: Server, token: str, path: str, body: object, seconds: float) -> float:
    """Requests a second of the server's processor time."""
    content = json.dumps(body).encode()
    head = f"POST /v1/{path} HTTP/1.1\r\nHost: x\r\nX-Vault-Token: {token}\r\nContent-Length: {len(content)}\r\n\r\n"

    async def run() -> int:
        until = time.monotonic() + seconds
        return sum(await asyncio.gather(*(client(server, head.encode() + content, until) for _ in range(CONNECTIONS))))

    before = processor_seconds(server.process.pid)
    done = asyncio.run(run())
    return done / (processor_seconds(server.process.pid) - before)


def against_openbao(seconds: float) -> None:
    """Both servers, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with our_server(place / "ours") as ours, bao_server(place / "bao") as bao:
            tokens = {id(server): prepared(server) for server in (ours, bao)}

            def compare(name: str, path: str, body: Callable[[Server], object], wanted: str) -> None:
                found: dict[int, list[float]] = {id(ours): [], id(bao): []}
                for _ in range(ROUNDS):
                    for server in (ours, bao):
                        one = rate(server, tokens[id(server)], path, body(server), seconds)
                        found[id(server)].append(one)
                mine, theirs = (statistics.median(found[id(server)]) for server in (ours, bao))
                print(f"{name:<28}{mine:>10,.0f}{theirs:>12,.0f}{mine / theirs:>8.2f}   {wanted}", flush=True)

            def sealed(server: Server) -> str:
                made = server.ask("POST", "transit/encrypt/aes", {"plaintext": TEXT}, tokens[id(server)])
                return str(made.json()["data"]["ciphertext"])

            print(f"{'per second of processor':<28}{'ours':>10}{'OpenBao':>12}{'ratio':>8}   wanted")
            compare("encrypt", "transit/encrypt/aes", lambda _: {"plaintext": TEXT}, ">= 1.5")
            compare("decrypt", "transit/decrypt/aes", lambda server: {"ciphertext": sealed(server)}, ">= 1.5")
            batch = {"batch_input": [{"plaintext": TEXT}] * 100}
            compare("encrypt, batch of 100", "transit/encrypt/aes", lambda _: batch, ">= 1.5")
            compare(
                "decrypt, batch of 100",
                "transit/decrypt/aes",
                lambda server: {"batch_input": [{"ciphertext": sealed(server)}] * 100},
                ">= 1.5",
            )
            compare("sign, P-256", "transit/sign/p256", lambda _: {"input": TEXT}, ">= 1.5")
            sm2_batches(ours, tokens[id(ours)], seconds)


def sm2_batches(ours: Server, token: str, seconds: float) -> None:
    """SM2 signatures in batches, beside what the openssl program does."""
    ours.ask("POST", "transit/keys/sm2", {"type": "sm2"}).raise_for_status()
    body = {"batch_input": [{"input": TEXT}] * 100}
    mine = statistics.median(rate(ours, token, "transit/sign/sm2", body, seconds) * 100 for _ in range(ROUNDS))
    bare = openssl_signatures()
    print(f"{'SM2 sign, batch of 100':<28}{mine:>10,.0f}{bare:>12,.0f}{mine / bare:>8.2f}   >= 0.65 of openssl speed")


def openssl_signatures() -> float:
    """SM2 signatures a second of processor time, by `openssl speed`."""
    done = subprocess.run(["openssl", "speed", "-seconds", "3", "sm2"], capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if "SM2" in line)
    return float(line.split()[-2])


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """The shortest of so many runs, in seconds of processor time."""
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)


def turns(*works: Callable[[], object], rounds: int = 9) -> list[float]:
    """The shortest of so many runs of each, in turns: what else the machine does then meets them alike."""
    spent = [[best(work, 1) for work in works] for _ in range(rounds)]
    return [min(one) for one in zip(*spent, strict=True)]


def bulk() -> None:
    """SM4-GCM over 4 MiB, the largest request, ours beside the cryptography package's."""
    text, nonce, mebibytes = os.urandom(4 << 20), bytes(12), 4
    ours = aead("sm4-gcm", bytes(16))
    assert not isinstance(ours, Unavailable)
    package = PackageSm4Gcm(bytes(16))
    mine, theirs = (mebibytes / one for one in turns(lambda: ours.seal(nonce, text), lambda: package.seal(nonce, text)))
    print(f"{'SM4-GCM, MiB/s':<28}{mine:>10,.0f}{theirs:>12,.0f}{mine / theirs:>8.2f}   >= 3 of cryptography")


def bare_sm2() -> None:
    """SM2 signatures in this process, for reading the batch's number."""
    pair = generate_pair("sm2")
    assert not isinstance(pair, Unavailable)
    spent = best(lambda: [pair.sign(b"text") for _ in range(500)])
    print(f"{'SM2 sign, in process':<28}{500 / spent:>10,.0f}")


def time_stamps(folder: Path) -> None:
    """Time stamps beside bare P-256: read and answered, then with token, policy and the log's HMACs around that."""
    vault = Vault(folder / "stamps", SystemClock())
    made = vault.opening.initialise(1, 1)
    assert not isinstance(made, Refused)
    for path, body in (("sys/mounts/transit", b'{"type":"transit"}'), ("transit/keys/t", b'{"type":"ecdsa-p256"}')):
        assert vault.handle(Request("POST", path, body, made[1])).status < 300
    query = sequence(integer(1), sequence(sequence(oid("2.16.840.1.101.3.4.2.1")), tlv(OCTETS, bytes(32))))
    pair = generate_pair("ecdsa-p256")
    assert not isinstance(pair, Unavailable)
    asked = Request("POST", "transit/tsa/t", query, made[1])
    certificate = self_signed(Wanted("TSA", 1, BEGAN, BEGAN.replace(year=2036), TIME_STAMPING), "ecdsa-p256", pair)
    assert isinstance(certificate, bytes)
    stamper = Stamper("ecdsa-p256", pair, certificate)

    def answered() -> None:
        read = understood(query)
        assert isinstance(read, Query)
        stamper.stamp(read, int.from_bytes(os.urandom(16), "big"), BEGAN)

    assert vault.handle(Request("POST", "sys/mounts/tsa", b'{"type":"tsa"}', made[1])).status < 300
    public = Request("POST", "tsa/stamp", query)
    works: dict[str, Callable[[], object]] = {
        "bare": lambda: pair.sign(b"text"),
        "time stamp": answered,
        "time stamp, whole vault": lambda: vault.prepare(asked).run(),
        "time stamp, public": lambda: vault.prepare(public).run(),
    }
    repeated = [lambda work=work: [work() for _ in range(1000)] for work in works.values()]
    bare, *rest = (1000 / one for one in turns(*repeated))
    for name, mine in zip([*works][1:], rest, strict=True):
        print(f"{name:<28}{mine:>10,.0f}{bare:>12,.0f}{mine / bare:>8.2f}   >= 0.5 of bare P-256")
    vault.close()


class FixedKeys:
    """Data keys without a vault: one request more or less does not show in a large file."""

    def fresh(self, octets: int) -> tuple[bytes, str]:
        """The same key always."""
        return bytes(octets), "sealed"

    def open(self, sealed: str) -> bytes:
        """The same key always."""
        del sealed
        return bytes(32)

    def turn(self, sealed: str) -> str:
        """The same key always."""
        return sealed


def envelopes(folder: Path) -> None:
    """A file of 256 MiB sealed with AES-256-GCM, beside copying it in the same pieces; processor time."""
    source, mebibytes = folder / "source", 256
    source.write_bytes(os.urandom(1 << 20) * mebibytes)

    def copied() -> None:
        with source.open("rb") as read, (folder / "copy").open("wb", buffering=0) as written:
            while piece := read.read(1 << 20):
                written.write(piece)

    def sealed() -> None:
        with source.open("rb") as read, (folder / "sealed").open("wb", buffering=0) as written:
            assert seal_stream(FixedKeys(), read, written, "aes256-gcm") == mebibytes << 20

    theirs, mine = (mebibytes / one for one in turns(copied, sealed))
    print(f"{'file envelope, MiB/s':<28}{mine:>10,.0f}{theirs:>12,.0f}{mine / theirs:>8.2f}   >= 0.8 of plain copy")


def main() -> None:
    """Prints every ratio."""
    against_openbao(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
    bulk()
    bare_sm2()
    with tempfile.TemporaryDirectory() as folder:
        time_stamps(Path(folder))
        envelopes(Path(folder))


if __name__ == "__main__":
    main()
