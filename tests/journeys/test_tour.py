"""The whole year through the launcher's program, as a person runs it; every figure computed here by hand.

The numbers below follow from the contract's clauses and the days of the story, not from the platform.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FEN = Decimal("0.01")
TOTAL = Decimal("1916794.40")


def toured(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The tour in a process of its own."""
    environment = {**os.environ, "YUNYUE_HOME": str(tmp_path / "unused"), "YUNYUE_LANG": "en"}
    command = [sys.executable, "-m", "yunyue.doors.cli.main", "tour", "--fast", *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False, timeout=115
    )


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What the tour answers to a program, and the folder it kept."""
    tmp_path = tmp_path_factory.mktemp("tour")
    done = toured(tmp_path, "--json", "--keep", str(tmp_path / "kept"))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert not (tmp_path / "unused").exists(), "the tour has a home of its own"
    found: dict[str, Any] = json.loads(done.stdout)
    return found, tmp_path / "kept"


def in_fen(amount: Decimal) -> str:
    return str(amount.quantize(FEN, ROUND_HALF_UP))


def test_the_instalments_are_50_30_and_20_percent(year: tuple[dict[str, Any], Path]) -> None:
    lines = year[0]["lines"]
    assert lines["instalment-1"] == "958397.20" == in_fen(TOTAL * 50 / 100)
    assert lines["instalment-2"] == "575038.32" == in_fen(TOTAL * 30 / 100)
    assert lines["instalment-3"] == "383358.88" == in_fen(TOTAL * 20 / 100)
    assert {year[0]["states"][f"instalment-{n}"] for n in (1, 2, 3)} == {"settled"}


def test_paying_twenty_days_late_costs_twenty_days_of_interest(year: tuple[dict[str, Any], Path]) -> None:
    days = (date(2024, 10, 15) - date(2024, 9, 25)).days
    assert days == 20
    interest = in_fen(Decimal("575038.32") * Decimal("0.0001") * days)
    assert year[0]["lines"]["late-payment-2"] == interest == "1150.08"
    assert year[0]["states"]["late-payment-2"] == "settled"


def test_six_hours_down_in_june_miss_the_target_and_cost_a_tenth_of_the_months_fee(
    year: tuple[dict[str, Any], Path],
) -> None:
    up = Decimal(30 * 1440 - 6 * 60) / (30 * 1440) * 100
    assert year[0]["availability"]["2024-06"] == str(up.quantize(Decimal("0.000001"), "ROUND_DOWN")) == "99.166666"
    assert {value for month, value in year[0]["availability"].items() if month != "2024-06"} == {"100.000000"}
    items = tomllib.loads((ROOT / "contracts" / "beijing-2024" / "catalogue.toml").read_text("utf-8"))["items"]
    amounts = [Decimal(one["amount"].replace(",", "")) for one in items if one["service"] == "monitor"]
    price = sum(amounts, Decimal())
    fee = (price * 30 / 265).quantize(FEN, ROUND_HALF_UP)
    name = "compensation-monitor-availability-2024-06"
    assert year[0]["lines"][name] == in_fen(fee / 10) == "1290.57"
    assert year[0]["states"][name] == "due"


def test_there_is_no_other_line(year: tuple[dict[str, Any], Path]) -> None:
    assert len(year[0]["lines"]) == 5
    assert year[0]["totals"] == {
        "client": {"due": "0.00", "running": "0.00"},
        "provider": {"due": "1290.57", "running": "0.00"},
    }


def test_every_month_of_the_term_was_judged(year: tuple[dict[str, Any], Path]) -> None:
    assert year[0]["months"] == [f"2024-{month:02d}" for month in range(4, 13)]


def test_ten_days_of_force_majeure_extend_the_term_by_ten_days(year: tuple[dict[str, Any], Path]) -> None:
    assert "2024-04-11 to 2025-01-10" in year[0]["term"]


def test_probes_went_out_every_two_hours_from_the_order_to_the_last_day(year: tuple[dict[str, Any], Path]) -> None:
    hours = (date(2025, 1, 10) - date(2024, 4, 15)).days * 24
    assert abs(year[0]["probes"] - hours // 2) <= 1


def test_the_bundle_verified_and_the_forgery_was_found_where_it_is(year: tuple[dict[str, Any], Path]) -> None:
    assert year[0]["verified"] is True
    assert any(where.startswith("statement.lines.") and where.endswith(".amount") for where in year[0]["forgery_found"])


def test_the_kept_bundle_verifies_once_more_without_the_platform(year: tuple[dict[str, Any], Path]) -> None:
    verifier = ROOT / "src" / "yunyue" / "verify.py"
    results = {}
    for name in ("statement", "forged"):
        command = [sys.executable, "-I", "-S", str(verifier), str(year[1] / f"{name}.yunyue"), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
        results[name] = done.returncode
    assert results == {"statement": 0, "forged": 1}


def test_the_two_bundles_differ_in_one_bit(year: tuple[dict[str, Any], Path]) -> None:
    sound, forged = ((year[1] / f"{name}.yunyue").read_bytes() for name in ("statement", "forged"))
    different = [(one ^ other) for one, other in zip(sound, forged, strict=True) if one != other]
    assert different == [1]


def test_the_kept_home_is_an_installation_whose_journal_and_samples_hold(year: tuple[dict[str, Any], Path]) -> None:
    environment = {**os.environ, "YUNYUE_HOME": str(year[1] / "home"), "YUNYUE_LANG": "en"}
    command = [sys.executable, "-m", "yunyue.doors.cli.main", "journal", "fsck", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["size"] == year[0]["facts"]


def test_a_person_is_shown_each_step_the_reason_the_proof_and_the_figures(tmp_path: Path) -> None:
    done = toured(tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    steps = [line for line in done.stderr.splitlines() if line.startswith("[")]
    assert steps[0].startswith("[ 1/22]")
    assert steps[-1].startswith("[22/22]")
    assert "Contract time jumps from probe to probe" in done.stderr
    assert "2024-06 availability 99.166666 % (M1, target 99.9 %): missed" in done.stderr
    for said in ("Why? late-payment-2", "575,038.32 × 0.01% × 20 days = 1,150.08", "VERIFIED", "NOT VERIFIED"):
        assert said in done.stdout
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def command(home: Path, *words: str) -> Any:
    """What a command answers about an installation."""
    environment = {**os.environ, "YUNYUE_HOME": str(home), "YUNYUE_LANG": "en"}
    program = [sys.executable, "-m", "yunyue.doors.cli.main", *words, "--json"]
    done = subprocess.run(program, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_the_year_survives_the_loss_of_the_machine(year: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(year[1] / "home", home)
    command(home, "backup", str(tmp_path / "copy"), "--with-keys")
    before = command(home, "settle", "beijing-2024", "--as-of", "2025-01-31")
    shutil.rmtree(home)
    command(home, "restore", str(tmp_path / "copy"))
    after = command(home, "settle", "beijing-2024", "--as-of", "2025-01-31")
    assert {**after, "known_at": ""} == {**before, "known_at": ""}
    examined = command(home, "doctor", "--full")
    assert examined["ok"] is True
    names = {one["what"]["en"]: one["state"] for one in examined["findings"]}
    assert names["Sample segments"] == "ok", "every sealed byte of every sample came back"


def test_tables_made_again_from_the_year_equal_those_that_followed_it(
    year: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(year[1] / "home", home)
    assert command(home, "rebuild")["same"] is True


def test_an_old_statement_replays_as_it_was_known(year: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(year[1] / "home", home)
    # Known on 2024-10-14, the day before the second instalment was paid: 19 days, and growing.
    words = ("settle", "beijing-2024", "--as-of", "2024-10-14", "--known-at", "2024-10-14")
    found = {one["id"]: (one["amount"], one["state"]) for one in command(home, *words)["lines"]}
    assert found["late-payment-2"] == (in_fen(Decimal("575038.32") * Decimal("0.0001") * 19), "running")
    assert found["late-payment-2"][0] == "1092.57"
    assert found["instalment-2"] == ("575038.32", "due")
