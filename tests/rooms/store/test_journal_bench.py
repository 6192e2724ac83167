"""The measurement of the journal runs, and says what it promises to say."""

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[3] / "bench" / "journal.py"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(BENCH), *words], capture_output=True, text=True, check=False)


def test_it_measures_and_prints_json() -> None:
    finished = run("--facts", "2000", "--json")
    assert finished.returncode == 0, finished.stderr
    rates = json.loads(finished.stdout)
    assert rates["facts"] == 2_000
    assert len(rates) == 9
    assert all(value > 0 for value in rates.values())


def test_it_refuses_a_number_that_does_not_fill_its_batches() -> None:
    finished = run("--facts", "1500")
    assert finished.returncode == 2
    assert "multiple of 1,000" in finished.stderr
