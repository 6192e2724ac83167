"""Probe points as real processes: cut off, killed, started anew; nothing acknowledged is lost and nothing is twice."""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from cryptography.x509.oid import ExtendedKeyUsageOID
from monitor_servers import issuer, write_certificate
from points_cast import LiveHost, Tls, bare_point, cable, free_port, platform, point, running, target, until, watched

from yunyue.catalog import GAP, Sample
from yunyue.services.monitor.grid import Grid
from yunyue.services.monitor.points.agent import delay_of
from yunyue.services.monitor.points.ingest import at_point
from yunyue.services.monitor.points.register import Points

ORDERS = 12
INTERVAL_MS = 5_000
MEASURED_MS = 500
"""How well clocks are compared on a machine that is busy."""


@dataclass(frozen=True)
class Story:
    """What was seen of a run with two points: one was cut off, one killed, for a while."""

    samples: dict[str, list[Sample]]
    cut: tuple[int, int]
    ended: tuple[int, int]
    folder: str
    """Where the one cut off keeps its queue."""


def by_point(host: LiveHost, orders: list[str], name: str) -> list[Sample]:
    return [one for order in orders for one in host.samples(order) if one.indicator == at_point(name)]


def held(folder: Path, since: int = 0) -> set[str]:
    """The orders of which the point keeps what it found since then (ms)."""
    path = folder / "queue" / "spool.sqlite"
    if not path.exists():
        return set()
    db = sqlite3.connect(path, timeout=30)
    try:
        return {row[0] for row in db.execute("SELECT DISTINCT instance FROM queue WHERE at > ?", (since,))}
    finally:
        db.close()


def heard(host: LiveHost, name: str, since: int = 0) -> bool:
    """Whether the platform has something of the point, of every order, found since then (ms)."""
    newest = host.store.newest(at_point(name)).values()
    return len([one for one in newest if one.ts > since]) == ORDERS


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    place = tmp_path_factory.mktemp("points")
    host = LiveHost(place)
    near = free_port()
    with target() as port, platform(host) as door:
        orders = watched(host, port, "cut\nkilled", ORDERS)
        line = cable(near, door)
        one, two = point(place / "one", host, near, "cut"), point(place / "two", host, door, "killed")
        with running(line, one, two):
            for name in ("cut", "killed"):
                until(lambda name=name: heard(host, name), f"{name} is heard")  # type: ignore[misc] # a loop's value
            began = now()
            line.kill()
            two.kill()
            until(lambda: len(held(place / "one", began)) == ORDERS, "the one cut off keeps what it finds")
            mended = now()
            line.start()
            two.start()
            for name in ("cut", "killed"):
                until(lambda name=name: heard(host, name, mended), f"{name} goes on")  # type: ignore[misc] # the same
            until(lambda: not held(place / "one"), "what was kept is sent")
            codes = (one.end(), two.end())
    samples = {name: by_point(host, orders, name) for name in ("cut", "killed")}
    yield Story(samples, (began, mended), codes, str(place / "one" / "queue"))
    host.store.close()


def test_what_a_cut_off_point_found_meanwhile_arrives_with_the_times_it_was_found(story: Story) -> None:
    began, mended = story.cut
    meanwhile = [one for one in story.samples["cut"] if began <= one.ts <= mended]
    assert len({one.instance for one in meanwhile}) == ORDERS


def moments(story: Story, order: str) -> list[int]:
    """Which moments of its grid the samples of an order are for, however late in its interval each probe began.

    From shortly before the cut on: of the very first exchanges, what clocks differ is known to a second or so.
    """
    since = story.cut[0] - INTERVAL_MS
    found = [one.ts for one in story.samples["cut"] if one.instance == order and one.ts > since]
    grid = Grid.of(order, INTERVAL_MS // 1000)
    first = grid.offset + delay_of(story.folder, order, INTERVAL_MS)
    return [(one - first + MEASURED_MS) // INTERVAL_MS for one in found]


def test_nothing_arrives_twice_and_nothing_is_missing_in_between(story: Story) -> None:
    for order in {one.instance for one in story.samples["cut"]}:
        found = moments(story, order)
        assert found == list(range(found[0], found[-1] + 1)), order


def test_a_killed_point_leaves_a_hole_and_no_repetition(story: Story) -> None:
    began, mended = story.cut
    found = story.samples["killed"]
    assert len({(one.instance, one.ts) for one in found}) == len(found)
    assert not [one for one in found if began + 1_000 < one.ts < mended]
    assert [one for one in found if one.ts > mended]


def test_no_outcome_of_a_healthy_target_is_a_failure(story: Story) -> None:
    """On a machine that is busy with other things a moment may be missed; that is a gap, and told as one."""
    assert {""} <= {one.error for samples in story.samples.values() for one in samples} <= {"", GAP}


def test_a_point_that_is_asked_to_end_ends_in_order(story: Story) -> None:
    assert story.ended == (0, 0)


def test_a_client_certificate_opens_as_a_token_does(tmp_path: Path) -> None:
    host = LiveHost(tmp_path)
    (tmp_path / "server").mkdir()
    (tmp_path / "client").mkdir()
    chain, key = write_certificate(tmp_path / "server")
    shown, mine = write_certificate(tmp_path / "client", host="point.example", use=ExtendedKeyUsageOID.CLIENT_AUTH)
    (tmp_path / "ca.pem").write_text(issuer("Test CA").pem)
    Points(host.folder).enrol("sealed", "", 1)
    Points(host.folder).bind("sealed", digest_of(shown))
    with target() as port, platform(host, Tls(chain, key, tmp_path / "ca.pem")) as door:
        orders = watched(host, port, "sealed")
        given = {"certificate": str(shown), "key": str(mine), "ca": str(tmp_path / "ca.pem")}
        with running(bare_point(tmp_path / "point", door, platform=f"https://127.0.0.1:{door}", **given)):
            until(lambda: bool(by_point(host, orders, "sealed")), "the point with a certificate is heard")
    assert Points(host.folder).all()[0].seen > 0
    host.store.close()


def digest_of(chain: Path) -> str:
    return hashlib.sha256(load_pem_x509_certificate(chain.read_bytes()).public_bytes(Encoding.DER)).hexdigest()
