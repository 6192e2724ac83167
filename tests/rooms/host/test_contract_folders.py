"""Contracts are found on disk, and whatever lies there that is no contract is refused."""

from pathlib import Path

import pytest

from yunyue.answer import Refused
from yunyue.contract import FILES, Problem, Terms, template
from yunyue.contract.loader import LONGEST
from yunyue.host.contracts import find, load_folder, open_contract, shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a fresh contract from the template, and something else beside it."""
    files = template("single")
    assert isinstance(files, dict)
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not part of the contract")
    return tmp_path


def test_the_2024_contract_came_along() -> None:
    assert "beijing-2024" in shipped()
    terms = open_contract("beijing-2024")
    assert isinstance(terms, Terms)
    assert terms.id == "beijing-2024"


def test_a_contract_is_opened_by_its_folder_or_by_any_of_its_files(folder: Path) -> None:
    by_folder = open_contract(str(folder))
    assert isinstance(by_folder, Terms)
    assert open_contract(str(folder / "sla.toml")) == by_folder


def test_only_the_files_of_a_contract_are_read(folder: Path) -> None:
    texts = load_folder(folder)
    assert not isinstance(texts, Refused)
    assert list(texts) == list(FILES)


def test_a_name_that_is_no_contract_is_refused_with_those_there_are() -> None:
    answer = find("shanghai-1999")
    assert isinstance(answer, Refused)
    assert "beijing-2024" in answer.reason


def test_a_missing_file_is_a_problem_of_the_contract(folder: Path) -> None:
    (folder / "sla.toml").unlink()
    problems = open_contract(str(folder))
    assert problems == (Problem("sla.toml", 0, "", "this file is missing", ""),)


def test_a_file_in_another_encoding_is_refused_at_its_line(folder: Path) -> None:
    (folder / "readings.toml").write_bytes("# fine\n# 云约\n".encode("gb18030"))
    answer = open_contract(str(folder))
    assert isinstance(answer, Refused)
    assert answer.field == "readings.toml"
    assert "line 2 is not UTF-8" in answer.reason


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(folder: Path) -> None:
    plain = open_contract(str(folder))
    for name in FILES:
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert open_contract(str(folder)) == plain


def test_a_file_larger_than_any_contract_is_refused_unread(folder: Path) -> None:
    (folder / "terms.toml").write_bytes(b"#" * (4 * LONGEST + 1))
    answer = open_contract(str(folder))
    assert isinstance(answer, Refused)
    assert answer.field == "terms.toml"


def test_a_folder_in_the_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "terms.toml").unlink()
    (folder / "terms.toml").mkdir()
    answer = open_contract(str(folder))
    assert isinstance(answer, Refused)
    assert (answer.field, "cannot be read" in answer.reason) == ("terms.toml", True)
