"""Anyone can compute availability again: the program printed in docs/monitor.md, run as it stands."""

import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from yunyue.catalog.sample import Sample
from yunyue.journal.envelope import BEIJING
from yunyue.store.series import Series

ROOT = Path(__file__).parents[3]
T0 = 1_717_171_200_000
"""2024-06-01 00:00 in Beijing."""

MINUTE = 60_000


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """The program in the documentation."""
    text = (ROOT / "docs" / "monitor.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    file = tmp_path / "recompute.py"
    file.write_text(program)
    return file


def test_the_printed_program_gives_the_figure_of_the_series(printed: Path, tmp_path: Path) -> None:
    """Outages of 3 and 61 minutes, one of half a minute that does not count, and a gap that ends none."""
    down = {100, 101, 102, *range(600, 661)}
    samples = [
        Sample("o1", "availability", T0 + minute * MINUTE, minute not in down, "reset" if minute in down else "", 1)
        for minute in range(1440)
        if minute != 630
    ]
    samples.append(Sample("o1", "availability", T0 + 630 * MINUTE, False, "gap", 0))
    samples += [
        Sample("o1", "availability", T0 + 900 * MINUTE + at, at != 15_000, "x"[: at == 15_000], 1)
        for at in (15_000, 45_000)
    ]
    series = Series.open(tmp_path / "series")
    series.append(samples, "test", 1, 0)
    series.seal(datetime(2024, 6, 2, tzinfo=BEIJING) + timedelta(hours=1), force=True)
    seen = series.windows("o1", "availability", T0, T0 + 1440 * MINUTE)
    assert [(end - start) for start, end in seen.outages] == [3 * MINUTE, 61 * MINUTE, 30_000]
    words = [
        str(tmp_path / "series"),
        "o1",
        str(T0),
        str(T0 + 1440 * MINUTE),
        str(ROOT / "src/yunyue/store/series/windows.sql"),
    ]
    ran = subprocess.run([sys.executable, str(printed), *words], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "bad 64 of 1440 minutes, availability 95.555556 %"
