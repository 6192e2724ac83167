"""yunyue contract: check, show, new, load, list, vectors."""

import json
from pathlib import Path

import pytest
from cli_cast import CONTRACT, Terminal

VECTORS = [
    {"id": "V1", "clause": "八(二)", "fn": "amount_in_words", "input": {"amount": "1.00"}, "expected": "壹元整"},
]


def test_the_shipped_contract_is_without_faults(empty: Terminal) -> None:
    found = empty.json("contract", "check", CONTRACT)
    assert (found["ok"], found["contract"], found["total"]) == (True, CONTRACT, "1916794.40")


def test_checking_loads_nothing(empty: Terminal) -> None:
    empty.ok("contract", "check", CONTRACT)
    assert not empty.home.exists()


def test_a_contract_can_be_checked_by_the_path_of_a_file_in_it(empty: Terminal, contract_folder: Path) -> None:
    assert empty.json("contract", "check", str(contract_folder / "terms.toml"))["ok"]


def test_a_fault_is_shown_with_file_line_key_and_clause(empty: Terminal, contract_folder: Path) -> None:
    terms = contract_folder / "terms.toml"
    terms.write_text(terms.read_text().replace('share = "0.5"', 'share = "0.6"'))
    result = empty.run("contract", "check", str(contract_folder))
    assert result.exit_code == 1
    assert "terms.toml:" in result.stdout
    assert "C06" in result.stdout
    problem = json.loads(empty.run("contract", "check", str(contract_folder), "--json").stdout)["problems"][0]
    assert problem["file"] == "terms.toml"
    assert problem["line"] > 0


def test_what_is_no_toml_is_shown_with_its_line(empty: Terminal, contract_folder: Path) -> None:
    (contract_folder / "sla.toml").write_text("sample = true\nobjectives = [\n")
    result = empty.run("contract", "check", str(contract_folder))
    assert result.exit_code == 1
    assert "sla.toml:2: not TOML" in result.stdout


def test_a_contract_that_is_not_there_is_refused(empty: Terminal) -> None:
    assert CONTRACT in empty.refused("contract", "check", "atlantis-1999")["reason"]


def test_showing_marks_sample_annexes_and_names_clauses(empty: Terminal) -> None:
    shown = empty.ok("contract", "show")
    assert "示例" in shown
    assert "C02" in shown
    assert "1,916,794.40 yuan" in shown


def test_clauses_and_readings_are_shown_when_asked_for(empty: Terminal) -> None:
    assert "C38" not in empty.ok("contract", "show", CONTRACT).split("示例")[-1]
    shown = empty.ok("contract", "show", CONTRACT, "--clauses", "--readings")
    assert "C17 九(一) Direct losses" in shown
    assert "● excluded: no (Civil Code art. 201)" in shown
    assert "○ included: yes" in shown


def test_a_loaded_contract_is_shown_as_supplements_amended_it(terminal: Terminal) -> None:
    sides = [f"{who}_{did}=2024-08-01" for who in ("client", "provider") for did in ("signed", "sealed")]
    terminal.fact(
        "contract.supplemented",
        "2024-08-01",
        *("supplement=s1", "effective=2024-08-01", *sides),
        *("changes.term.end=2025-01-31", "document=sha256:" + "ab" * 32),
    )
    assert terminal.json("contract", "show", CONTRACT)["terms"]["term"]["end"] == "2025-01-31"


def test_a_new_contract_loads_as_it_is(empty: Terminal, contract_folder: Path) -> None:
    assert empty.json("contract", "load", str(contract_folder))["contract"] == "example"
    assert empty.json("contract", "list")["loaded"] == ["example"]


def test_a_new_contract_overwrites_nothing(empty: Terminal, contract_folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in contract_folder.iterdir()}
    found = empty.refused("contract", "new", str(contract_folder))
    assert "terms.toml" in found["reason"]
    assert {path.name: path.read_bytes() for path in contract_folder.iterdir()} == before


def test_a_contract_is_loaded_once(empty: Terminal) -> None:
    assert empty.json("contract", "load", CONTRACT)["new"] is True
    assert empty.json("contract", "load", CONTRACT)["new"] is False
    assert empty.size == 1


def test_a_faulty_contract_is_not_loaded(empty: Terminal, contract_folder: Path) -> None:
    (contract_folder / "terms.toml").write_text("id = 1")
    result = empty.run("contract", "load", str(contract_folder))
    assert result.exit_code == 1
    assert not empty.home.exists()


def test_other_terms_under_a_loaded_id_are_refused(empty: Terminal, contract_folder: Path) -> None:
    empty.ok("contract", "load", str(contract_folder))
    terms = contract_folder / "terms.toml"
    terms.write_text(terms.read_text().replace("certificate_days = 14", "certificate_days = 15"))
    found = empty.refused("contract", "load", str(contract_folder))
    assert found["clause"] == "C34"


def test_a_contract_is_loaded_as_a_sample_that_starts_another_day(empty: Terminal) -> None:
    found = empty.json("contract", "load", CONTRACT, "--starting", "2026-03-01")
    assert found["contract"] == "sample-2026-03-01"
    terms = empty.json("contract", "show", "sample-2026-03-01")["terms"]
    assert terms["term"]["start"] == "2026-03-01"
    assert terms["title"]["zh"].startswith("示例")


def test_what_came_along_is_listed_without_an_installation(empty: Terminal) -> None:
    assert empty.json("contract", "list") == {"loaded": [], "shipped": [CONTRACT]}


def test_vectors_that_hold_differ_nowhere(empty: Terminal, tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text(json.dumps(VECTORS))
    assert empty.json("contract", "vectors", str(tmp_path / "v.json")) == {"pairs": 1, "differences": []}


def test_a_vector_that_does_not_hold_is_shown_with_both_values(empty: Terminal, tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text(json.dumps([{**VECTORS[0], "expected": "贰元整"}]))
    result = empty.run("contract", "vectors", str(tmp_path / "v.json"))
    assert result.exit_code == 1
    assert "贰元整" in result.stdout
    assert "壹元整" in result.stdout


@pytest.mark.parametrize("text", ["{", "{}", "1"])
def test_a_file_that_is_no_list_of_vectors_is_refused(empty: Terminal, tmp_path: Path, text: str) -> None:
    (tmp_path / "v.json").write_text(text)
    assert "not a JSON list" in empty.refused("contract", "vectors", str(tmp_path / "v.json"))["reason"]


def test_a_file_of_vectors_that_is_not_there_is_refused(empty: Terminal, tmp_path: Path) -> None:
    assert empty.refused("contract", "vectors", str(tmp_path / "none.json"))["reason"].endswith(
        "No such file or directory"
    )


def test_a_fault_names_its_clause_once(empty: Terminal, contract_folder: Path) -> None:
    path = contract_folder / "terms.toml"
    path.write_text(path.read_text().replace('total = "', 'total = "1', 1))
    result = empty.run("contract", "check", str(contract_folder))
    assert result.exit_code == 1
    line = next(one for one in result.stdout.splitlines() if "C06" in one)
    assert line.count("C06") == 1
    assert line.endswith("[C06 八(二) Shares]")
