"""yunyue up: what a first start makes, what a second one keeps; engines."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from cli_cast import CONTRACT, Terminal

from yunyue.contract import Terms
from yunyue.doors.cli import equipment
from yunyue.doors.cli.contracts import from_disk
from yunyue.doors.cli.equipment import NEEDED, equip, missing
from yunyue.doors.cli.starting import load_contracts, sample
from yunyue.doors.cli.voice import Voice
from yunyue.host.engines import Engine, Missing
from yunyue.host.settings import Settings
from yunyue.kernel import Kernel, Recorder
from yunyue.services.discovery import discover


@contextmanager
def up(home: Path, *words: str) -> Iterator[tuple[list[str], str]]:
    """The real program, started and, at the end, interrupted: its lines up to the address, and the address."""
    environment = {**os.environ, "YUNYUE_HOME": str(home), "YUNYUE_LANG": "en"}
    command = [sys.executable, "-m", "yunyue.doors.cli.main", "up", "--port", "0", *words]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home.parent
    )
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith("Address: "):
            break
    try:
        assert lines, process.communicate(timeout=30)[1]
        yield lines, lines[-1].removeprefix("Address: ")
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0


def test_a_first_start_serves_and_a_second_start_keeps_what_it_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with up(home, "--no-engines") as (lines, address):
        with urllib.request.urlopen(f"{address}/livez", timeout=10) as answer:
            assert answer.read().strip() == b"ok"
        assert any(line.startswith("First login: admin / ") for line in lines)
        assert sum(line.startswith("Contract loaded: ") for line in lines) == 2
        assert any(line.startswith("Off: Audit") for line in lines)
    terminal = Terminal(home)
    first = terminal.json("contract", "list")["loaded"]
    root = terminal.json("journal", "head")["root"]
    with up(home) as (lines, _):
        assert not any(line.startswith(("First login", "Contract loaded")) for line in lines)
    assert terminal.json("contract", "list")["loaded"] == first
    assert terminal.json("journal", "head")["root"] == root


def test_port_0_is_any_free_port_whoever_has_the_usual_one(tmp_path: Path) -> None:
    with up(tmp_path / "one", "--no-engines") as (_, first), up(tmp_path / "two", "--no-engines") as (_, second):
        assert first != second


def test_an_address_that_is_taken_is_refused(tmp_path: Path) -> None:
    with up(tmp_path / "one") as (_, address):
        port = address.rpartition(":")[2]
        environment = {**os.environ, "YUNYUE_HOME": str(tmp_path / "two")}
        command = [sys.executable, "-m", "yunyue.doors.cli.main", "up", "--port", port, "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert json.loads(done.stdout)["refused"]["field"] == "port"


def opened(home: Path) -> Kernel:
    kernel = Kernel.open(Settings(home=home))
    assert isinstance(kernel, Kernel)
    return kernel


def test_the_historical_contract_and_one_sample_are_loaded_once(tmp_path: Path) -> None:
    kernel = opened(tmp_path / "home")
    try:
        today = kernel.clock.now().date().isoformat()
        assert load_contracts(kernel) == [CONTRACT, f"sample-{today}"]
        assert load_contracts(kernel) == []
        assert kernel.contracts() == (CONTRACT, f"sample-{today}")
    finally:
        kernel.close()


def test_a_sample_of_an_earlier_day_is_kept(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    terminal.ok("contract", "load", CONTRACT, "--starting", "2026-03-01")
    kernel = opened(terminal.home)
    try:
        assert load_contracts(kernel) == [CONTRACT]
    finally:
        kernel.close()


def historical() -> Terms:
    terms = from_disk(CONTRACT)
    assert isinstance(terms, Terms)
    return terms


def test_the_sample_estimates_years_nobody_announced(tmp_path: Path) -> None:
    found = sample(historical(), date(2026, 11, 23))
    assert found.readings["A23"] == "estimated"
    assert found.term.start == date(2026, 11, 23)
    kernel = opened(tmp_path / "home")
    try:
        kernel.register(found, Recorder("tests", "/tests"))
    finally:
        kernel.close()
    terminal = Terminal(tmp_path / "home")
    fields = ("signed=2026-11-23", "sealed=2026-11-23", "--at", "2026-11-23T00:00:01+08:00")
    for party in ("client", "provider"):
        terminal.ok("fact", "add", found.id, "contract.signed", f"party={party}", *fields)
    lines = terminal.json("settle", found.id)["lines"]
    # 30 working days from 2026-11-23 reach into 2027, whose notice is not there: Monday to Friday,
    # so the Friday of 2027-01-01 counts: 4 + 5 × 5 days to it, and the Monday after it is the thirtieth.
    assert lines[0]["due"] == "2027-01-04"


def test_todays_services_need_no_engine() -> None:
    assert missing(discover().registry) == {}


def absent(name: str) -> Missing:
    return Missing(Engine(name, (), name, "tests"))


def test_an_available_service_names_the_engines_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (*NEEDED["containers"], *NEEDED["transcode"])
    monkeypatch.setattr(equipment, "survey", lambda: tuple(absent(name) for name in names))
    found = missing(discover().registry)
    assert [one.engine.name for one in found["transcode"]] == ["ffmpeg", "bwrap"]
    assert {"podman", "haproxy", "nft", "netavark"} < {one.engine.name for one in found["containers"]}
    assert "os" not in found, "what cannot be ordered needs nothing"


def test_without_engines_the_services_that_are_off_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (*NEEDED["containers"], *NEEDED["transcode"])
    monkeypatch.setattr(equipment, "survey", lambda: tuple(absent(name) for name in names))
    lines = equip(True, Voice("en"))
    assert isinstance(lines, list)
    assert "Off: transcode (apt-get install -y ffmpeg)" in lines
    assert "Off: containers (apt-get install -y podman)" in lines
    assert any(line.startswith("Off: Audit (") for line in lines)


def test_a_second_up_on_the_same_home_is_refused_and_names_the_first(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with up(home, "--no-engines") as (_, address):
        with urllib.request.urlopen(f"{address}/livez", timeout=30) as answer:
            assert answer.read().strip() == b"ok"
        holder = (home / "serve.lock").read_text().strip()
        for name in ("jobs.sqlite", "accounts.sqlite", "serve.lock"):
            assert (home / name).stat().st_mode & 0o077 == 0, name
        environment = {**os.environ, "YUNYUE_HOME": str(home), "YUNYUE_LANG": "en"}
        command = [sys.executable, "-m", "yunyue.doors.cli.main", "up", "--port", "0", "--no-engines"]
        second = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 1
    assert f"served already, by process {holder}" in second.stderr
    assert second.stdout == ""
