"""Several people at once: real processes on one installation."""

import json
import os
import subprocess
import sys

from cli_cast import CONTRACT, DOCUMENT, Terminal


def started(terminal: Terminal, *words: str) -> subprocess.Popen[str]:
    """A command begun and not waited for."""
    environment = {**os.environ, "YUNYUE_HOME": str(terminal.home), "YUNYUE_LANG": "en"}
    command = [sys.executable, "-m", "yunyue.doors.cli.main", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_an_instalment_is_paid_once_however_many_pay_it_at_once(terminal: Terminal) -> None:
    fields = ("instalment=1", "amount=958397.20", f"document={DOCUMENT}", "--at", "2024-05-23", "--json")
    processes = [started(terminal, "fact", "add", CONTRACT, "payment.made", *fields) for _ in range(3)]
    answers = [json.loads(one.communicate(timeout=60)[0]) for one in processes]
    assert sorted(one.returncode for one in processes) == [0, 1, 1]
    refused = [one["refused"] for one in answers if "refused" in one]
    assert {one["clause"] for one in refused} == {"C02"}
    assert terminal.size == 4


def test_the_same_fact_handed_in_twice_at_once_is_taken_once(terminal: Terminal) -> None:
    words = ("funds.arrived", "instalment=1", "--at", "2024-05-10T10:00:00+08:00", "--id", "funds-1", "--json")
    processes = [started(terminal, "fact", "add", CONTRACT, *words) for _ in range(2)]
    answers = [json.loads(one.communicate(timeout=60)[0]) for one in processes]
    assert [one.returncode for one in processes] == [0, 0]
    assert sorted(one["new"] for one in answers) == [False, True]
    assert terminal.size == 4


def test_publishing_at_once_leaves_one_sound_head(terminal: Terminal) -> None:
    processes = [started(terminal, "journal", "publish", "--json") for _ in range(2)]
    for one in processes:
        one.communicate(timeout=60)
    assert 0 in {one.returncode for one in processes}
    assert terminal.json("journal", "fsck")["sound"] is True
