"""yunyue export and yunyue verify."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from cli_cast import CONTRACT, Terminal
from workbooks import faults, opened

from yunyue import verify


@pytest.fixture
def exported(paid_late: Terminal, tmp_path: Path) -> tuple[Terminal, Path, str]:
    """A bundle, and the key it is signed with."""
    path = tmp_path / "statement.yunyue"
    found = paid_late.json("export", CONTRACT, "--as-of", "2024-06-30", "-o", str(path))
    return paid_late, path, found["key"]


def test_a_bundle_is_verified_before_it_is_called_done(exported: tuple[Terminal, Path, str]) -> None:
    _, path, _ = exported
    assert path.read_bytes().startswith(b"yunyue.bundle/v1\n")


def test_a_bundle_verifies_with_nothing_but_the_one_file(exported: tuple[Terminal, Path, str], tmp_path: Path) -> None:
    _, path, key = exported
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    (alone / "verify.py").write_bytes(Path(verify.__file__).read_bytes())
    command = [sys.executable, "-I", "-S", "verify.py", str(path), "--key", key, "--lang", "en"]
    done = subprocess.run(command, cwd=alone, capture_output=True, text=True, env={}, check=False)
    assert done.returncode == 0, done.stdout
    assert "958.40" in done.stdout


def test_verify_says_whose_key_it_was_told_to_trust(exported: tuple[Terminal, Path, str]) -> None:
    terminal, path, key = exported
    assert terminal.json("verify", str(path), "--key", key)["key_trusted"] is True
    assert terminal.json("verify", str(path))["key_trusted"] is False


def test_a_flipped_bit_is_found_and_its_place_named(exported: tuple[Terminal, Path, str]) -> None:
    terminal, path, key = exported
    content = bytearray(path.read_bytes())
    content[content.index(b'"958.40"') + 3] ^= 1
    path.write_bytes(content)
    result = terminal.run("verify", str(path), "--key", key)
    assert result.exit_code == 1
    assert "statement.lines" in result.stdout
    assert "NOT VERIFIED" in result.stdout


def test_another_logs_key_is_not_enough(exported: tuple[Terminal, Path, str], empty: Terminal) -> None:
    terminal, path, _ = exported
    other = Terminal(empty.home.with_name("other"))
    other.ok("contract", "load", CONTRACT)
    key = other.json("journal", "head")["keys"][0]
    assert terminal.run("verify", str(path), "--key", key).exit_code == 1


@pytest.mark.parametrize("content", [b"", b"nonsense", b"yunyue.bundle/v1\n"])
def test_what_is_no_bundle_does_not_verify(terminal: Terminal, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert terminal.run("verify", str(tmp_path / "file")).exit_code == 1


def test_a_bundle_that_is_not_there_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    assert str(tmp_path / "none") in terminal.run("verify", str(tmp_path / "none")).stderr


def test_a_contract_that_is_not_loaded_cannot_be_exported(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.refused("export", "nothing", "-o", str(tmp_path / "x"))["field"] == "contract"
    assert not (tmp_path / "x").exists()


def test_a_folder_that_cannot_be_written_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = terminal.refused("export", CONTRACT, "-o", str(tmp_path / "file" / "x"))
    assert found["reason"]


def test_the_ledger_is_one_that_bean_check_accepts(paid_late: Terminal, tmp_path: Path) -> None:
    files = ("-o", str(tmp_path / "b"), "--beancount", str(tmp_path / "ledger.beancount"))
    paid_late.ok("export", CONTRACT, "--as-of", "2024-06-30", *files)
    bean_check = Path(sys.executable).with_name("bean-check")
    done = subprocess.run(
        [bean_check, "--no-cache", tmp_path / "ledger.beancount"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "958.40 CNY" in (tmp_path / "ledger.beancount").read_text()


def test_the_excel_table_holds_amounts_and_days_to_calculate_with_and_no_formula(
    paid_late: Terminal, tmp_path: Path
) -> None:
    paid_late.ok(
        "export", CONTRACT, "--as-of", "2024-06-30", "-o", str(tmp_path / "b"), "--excel", str(tmp_path / "t.xlsx")
    )
    content = (tmp_path / "t.xlsx").read_bytes()
    lines, duties = opened(content).values()
    assert faults(content) == []
    assert lines[0][4] == "金额 yuan"
    assert {958397.2, 958.4} <= {row[4] for row in lines[1:]}
    assert all(isinstance(row[4], date) for row in duties[1:] if row[4] != "")


def test_without_a_name_the_bundle_is_called_after_contract_and_day(
    paid_late: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paid_late.ok("export", CONTRACT, "--as-of", "2024-06-30")
    assert (tmp_path / "beijing-2024-2024-06-30.yunyue").is_file()


def test_an_old_statement_can_be_exported_as_it_was_known(paid_late: Terminal, tmp_path: Path) -> None:
    moment = paid_late.json("journal", "tail")[2]["recorded"]
    words = ("--as-of", "2024-06-30", "--known-at", moment, "-o", str(tmp_path / "b"))
    found = paid_late.json("export", CONTRACT, *words)
    assert found["verified"]["ok"] is True
    assert "late-payment-1" not in {one["id"] for one in found["verified"]["lines"]}


@pytest.mark.parametrize("option", ["--output", "--excel", "--beancount"])
def test_no_folder_is_made_for_an_export(paid_late: Terminal, tmp_path: Path, option: str) -> None:
    found = paid_late.refused("export", CONTRACT, option, str(tmp_path / "none" / "x"))
    assert found["field"] == str(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_bundle_that_cannot_be_read_leaves_with_2(empty: Terminal, tmp_path: Path) -> None:
    path = str(tmp_path / "none")
    result = empty.run("verify", path)
    assert result.exit_code == 2
    assert result.stderr.startswith("Refused")
    told = empty.run("verify", path, "--json")
    assert (told.exit_code, json.loads(told.stdout)["refused"]["field"]) == (2, path)
