"""yunyue paper: what can be written, and what is refused before anything is."""

import io
from pathlib import Path

import pytest
from cli_cast import CONTRACT, Terminal
from docx import Document

from yunyue.papers.registry import PAPERS


def test_every_paper_is_listed_with_what_it_asks_for(empty: Terminal) -> None:
    listed = empty.json("paper", "list")
    assert [one["code"] for one in listed] == list(PAPERS)
    assert all(one["clauses"] for one in listed if PAPERS[one["code"]].clauses)


def test_the_settlement_statement_is_written_with_its_amounts(paid_late: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "statement.docx"
    paid_late.ok("paper", "write", CONTRACT, "settlement-statement", "--as-of", "2024-06-30", "-o", str(path))
    paper = Document(io.BytesIO(path.read_bytes()))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert any("958,397.20" in text for text in cells)


def test_the_same_facts_give_the_same_bytes(paid_late: Terminal, tmp_path: Path) -> None:
    written = []
    for name in ("one.docx", "two.docx"):
        words = ("paper", "write", CONTRACT, "settlement-statement", "--as-of", "2024-06-30")
        paid_late.ok(*words, "--known-at", "2024-07-01", "-o", str(tmp_path / name))
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ((CONTRACT, "no-such-paper", "-o", "a.pdf"), "code"),
        ((CONTRACT, "settlement-statement", "-o", "a.odt"), "output"),
        ((CONTRACT, "settlement-statement", "wrong", "-o", "a.pdf"), "wrong"),
        (("nowhere", "settlement-statement", "-o", "a.pdf"), "contract"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_no_file(
    paid_late: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], field: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert paid_late.refused("paper", "write", *words)["field"] == field
    assert not list(tmp_path.glob("a.*"))
