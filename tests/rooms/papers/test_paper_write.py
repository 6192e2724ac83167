"""One way in: a code, the source, what it is given, and the form; a refusal says what is wrong and by which clause."""

from pathlib import Path

import pytest
from paper_kinds import GIVEN, source_for
from paper_year import ORIGIN, year
from rendered import docx_text, pdf_text, squeezed

from yunyue.answer import Refused
from yunyue.contract.clauses import BY_ID
from yunyue.papers.registry import PAPERS
from yunyue.papers.write import Form, make, write

FORMS: tuple[Form, ...] = ("docx", "pdf")


@pytest.mark.parametrize("code", PAPERS)
@pytest.mark.parametrize("form", FORMS)
def test_every_paper_is_written_in_both_forms(code: str, form: Form) -> None:
    written = write(code, source_for(code), GIVEN[code], form)
    assert isinstance(written, bytes), written
    assert written.startswith(b"PK" if form == "docx" else b"%PDF")


@pytest.mark.parametrize("form", FORMS)
def test_an_unknown_paper_is_refused_and_the_known_ones_named(form: Form) -> None:
    found = write("invoice", year(), {}, form)
    assert isinstance(found, Refused)
    assert found.field == "code"
    assert "payment-application" in found.reason


@pytest.mark.parametrize("code", [code for code, kind in PAPERS.items() if any(one.required for one in kind.needs)])
def test_a_paper_without_what_it_needs_is_refused(code: str) -> None:
    need = next(one for one in PAPERS[code].needs if one.required)
    found = make(code, year(), {})
    assert found == Refused(f"{code} needs it: {need.title.en}", need.key, need.clause)


def test_missing_fonts_stop_the_pdf_only(tmp_path: Path) -> None:
    assert isinstance(write("staff-list", year(), {}, "pdf", tmp_path), Refused)
    assert isinstance(write("staff-list", year(), {}, "docx", tmp_path), bytes)


@pytest.mark.parametrize("code", PAPERS)
def test_number_title_contract_and_parties_stand_on_both_forms(code: str) -> None:
    made = make(code, source_for(code), GIVEN[code])
    assert not isinstance(made, Refused)
    for form, read in (("docx", docx_text), ("pdf", pdf_text)):
        written = write(code, source_for(code), GIVEN[code], "docx" if form == "docx" else "pdf")
        assert isinstance(written, bytes)
        text = squeezed(read(written))
        assert made.title.zh in text
        assert made.number in text
        assert ORIGIN in text


def test_numbers_tell_papers_of_one_kind_apart() -> None:
    numbers = [make("payment-application", year(), {"instalment": one}) for one in ("2", "3")]
    assert [one.number for one in numbers if not isinstance(one, Refused)] == [
        "beijing-2024/payment-application/2/2024-10-15",
        "beijing-2024/payment-application/3/2024-10-15",
    ]


@pytest.mark.parametrize("code", PAPERS)
def test_titles_stand_in_both_languages_and_clauses_exist(code: str) -> None:
    kind = PAPERS[code]
    assert kind.title.zh
    assert kind.title.en.isascii()
    assert all(clause in BY_ID for clause in kind.clauses)
    assert all(need.clause in BY_ID for need in kind.needs if need.clause)


@pytest.mark.parametrize("code", PAPERS)
def test_every_paper_has_a_place_for_a_seal_or_a_signature(code: str) -> None:
    written = write(code, source_for(code), GIVEN[code], "docx")
    assert isinstance(written, bytes)
    assert "签字" in docx_text(written)


@pytest.mark.parametrize("code", PAPERS)
def test_the_same_facts_make_the_same_paper(code: str) -> None:
    assert make(code, source_for(code), GIVEN[code]) == make(code, source_for(code), GIVEN[code])
