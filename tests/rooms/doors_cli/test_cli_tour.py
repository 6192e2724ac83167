"""The parts of the tour: its clocks, the site it really stops, how it shows progress, and that a refusal ends it."""

import io
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cli_cast import Terminal

from yunyue.answer import Refused
from yunyue.doors.cli.tour.clock import TourClock
from yunyue.doors.cli.tour.evidence import flipped
from yunyue.doors.cli.tour.progress import Progress
from yunyue.doors.cli.tour.site import Site, SiteFailed
from yunyue.doors.cli.tour.stage import TourStopped, accepted
from yunyue.doors.cli.voice import Voice
from yunyue.host.clock import BEIJING
from yunyue.settlement.statement import Said

NOON = datetime(2024, 4, 10, 12, tzinfo=BEIJING)


def listens(port: int) -> bool:
    with closing(socket.socket()) as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_contract_time_stands_still_until_moved_and_durations_are_real() -> None:
    clock = TourClock(NOON)
    before = time.monotonic()
    clock.move(timedelta(days=30))
    assert clock.now() == NOON + timedelta(days=30)
    assert before <= clock.monotonic() < before + 5


def test_a_stopped_site_really_does_not_listen_and_comes_back_on_its_port() -> None:
    site = Site()
    site.start()
    try:
        port = site.port
        assert listens(port)
        site.stop()
        assert not listens(port)
        site.start()
        assert site.port == port
        assert listens(port)
    finally:
        site.stop()
    assert not listens(port)


def test_the_site_ends_with_the_tour_even_when_that_is_killed() -> None:
    program = (
        "from yunyue.doors.cli.tour.site import Site; import time;"
        "site = Site(); site.start(); print(site.port, flush=True); time.sleep(60)"
    )
    tour = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert tour.stdout is not None
    port = int(tour.stdout.readline())
    assert listens(port)
    tour.kill()
    tour.communicate()
    deadline = time.monotonic() + 10
    while listens(port):
        assert time.monotonic() < deadline, "the site outlived the tour"


def test_a_site_that_is_not_running_can_be_stopped() -> None:
    Site().stop()


def test_a_port_that_is_taken_fails_the_site() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        site = Site(other.getsockname()[1])
        with pytest.raises(SiteFailed):
            site.start()


def test_a_refusal_stops_the_tour_with_its_reason() -> None:
    with pytest.raises(TourStopped, match="no such order"):
        accepted(Refused("no such order"))
    assert accepted(3) == 3


def test_steps_are_numbered_lines_with_elapsed_time_and_contract_day() -> None:
    out = io.StringIO()
    progress = Progress(Voice("en"), out, 3)
    progress.step(NOON, Said("载入", "Loading"))
    progress.note("more")
    progress.moving(NOON, 5)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("[ 1/3]")
    assert lines[0].endswith("2024-04-10  Loading")
    assert lines[1].strip() == "more"
    assert len(lines) == 2, "a bar moves on a terminal only"


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_moves_and_is_wiped_before_a_line() -> None:
    out = Screen()
    progress = Progress(Voice("zh"), out, 2)
    progress.step(NOON, Said("载入", "Loading"))
    progress.began -= 10
    progress.moving(NOON, 1234)
    assert "拨测 1234 次" in out.getvalue()
    assert "█" in out.getvalue()
    progress.step(NOON, Said("签署", "Signing"))
    assert out.getvalue().endswith("签署\n")


def test_for_a_program_nothing_is_shown() -> None:
    progress = Progress(Voice("en"), None, 1)
    progress.step(NOON, Said("a", "a"))
    progress.moving(NOON, 1)
    assert progress.done == 1


def test_a_flipped_bit_is_one_bit() -> None:
    assert flipped(b"abc", 1) == b"acc"
    assert flipped(flipped(b"abc", 2), 2) == b"abc"


def test_the_tour_begins_in_an_empty_folder(empty: Terminal, tmp_path: Path) -> None:
    (tmp_path / "something").write_text("")
    assert empty.refused("tour", "--keep", str(tmp_path))["field"] == str(tmp_path)


def test_the_tour_refuses_a_port_that_is_taken(empty: Terminal, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        found = empty.refused("tour", "--fast", "--port", port, "--keep", str(tmp_path / "kept"))
    assert found["field"] == "port"
