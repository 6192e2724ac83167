"""Every paper as DOCX: read back with another program's eyes, it says the same, in office fonts, and stays text."""

from dataclasses import replace
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_kinds import built, paper
from paper_year import SIGNED, source_of, year
from rendered import docx_opened, docx_text, said, squeezed

from yunyue.answer import Refused
from yunyue.money import Money, parse_words
from yunyue.papers import docx
from yunyue.papers.paper import Amount, Paper, Paragraph, Table
from yunyue.papers.registry import PAPERS
from yunyue.papers.typeset import printed

HOSTILE = (
    "<w:p><w:r><w:t>x</w:t></w:r></w:p>",
    "]]> &amp; &lt; \" '",
    "{{ 7*7 }} {% for x in y %}",
    'INCLUDETEXT "C:\\\\secret.txt"',
    "=cmd|'/c calc'!A1",
    "a\x00b\x0bc\ud7ff\ufffe",
)


@cache
def rendered(code: str) -> bytes:
    """The DOCX of a paper."""
    return render(paper(code))


def render(one: Paper) -> bytes:
    """The DOCX of a paper that can be written."""
    made = docx.render(one)
    assert isinstance(made, bytes), made
    return made


def with_text(text: str) -> Paper:
    """A small paper that says this."""
    return replace(built("majeure-notice", year(), event="flood"), sections=(Paragraph(text),))


@pytest.mark.parametrize("code", PAPERS)
def test_everything_a_paper_says_can_be_read_in_its_docx(code: str) -> None:
    text = squeezed(docx_text(rendered(code)))
    assert [one for one in said(paper(code)) if squeezed(printed(one)) not in text] == []


@pytest.mark.parametrize("code", PAPERS)
def test_amounts_read_back_equal_in_figures_and_in_capitals(code: str) -> None:
    read = []
    for grid in docx_opened(rendered(code)).tables:
        rows = [[cell.text for cell in row.cells] for row in grid.rows]
        if len(rows) == 2 and rows[1][0] == "人民币大写":
            read.append((Money.parse(rows[0][1].removeprefix("¥ ")), parse_words(rows[1][1])))
    assert read == [(one.money, one.money) for one in paper(code).sections if isinstance(one, Amount)]


@pytest.mark.parametrize("code", PAPERS)
def test_tables_keep_their_rows_and_columns(code: str) -> None:
    grids = [[[cell.text for cell in row.cells] for row in grid.rows] for grid in docx_opened(rendered(code)).tables]
    for one in paper(code).sections:
        if isinstance(one, Table) and one.rows:
            wanted = [[column.title for column in one.columns], *([*row] for row in one.rows)]
            assert [[printed(text) for text in row] for row in wanted] in grids


@pytest.mark.parametrize("code", PAPERS)
def test_facts_and_digests_stand_in_full(code: str) -> None:
    text, proof = squeezed(docx_text(rendered(code))), paper(code).proof
    assert proof.root in text
    assert proof.statement in text
    assert proof.link in text
    assert all(one.id in text and one.digest in text for one in proof.facts)
    assert all(squeezed(printed(words)) in text for _, words in proof.readings)


@pytest.mark.parametrize("code", PAPERS)
def test_every_run_names_an_office_font_for_chinese(code: str) -> None:
    root = docx_opened(rendered(code)).element
    runs = [run for run in root.iter(qn("w:r")) if "".join(each.text or "" for each in run.iter(qn("w:t")))]
    fonts = [run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}") for run in runs]
    assert len(runs) > 10
    assert {None if one is None else one.get(qn("w:eastAsia")) for one in fonts} <= {"仿宋", "宋体", "黑体"}


def test_the_three_office_fonts_are_used() -> None:
    text = docx_opened(rendered("payment-application")).element.xml
    assert all(f'w:eastAsia="{font}"' in text for font in ("仿宋", "宋体", "黑体"))


def test_the_language_is_simplified_chinese() -> None:
    styles = docx_opened(rendered("staff-list")).styles.element
    language = styles.find(f".//{qn('w:lang')}")
    assert language is not None
    assert language.get(qn("w:eastAsia")) == "zh-CN"


@pytest.mark.parametrize("code", PAPERS)
def test_no_font_is_embedded(code: str) -> None:
    with ZipFile(BytesIO(rendered(code))) as archive:
        assert [name for name in archive.namelist() if "fonts/" in name or name.endswith((".odttf", ".ttf"))] == []


@pytest.mark.parametrize("code", PAPERS)
def test_the_page_is_numbered_by_fields(code: str) -> None:
    footer = docx_opened(rendered(code)).sections[0].footer.paragraphs[0]
    fields = [each.text for each in footer._p.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert footer.text == "第 1 页 共 1 页"


@pytest.mark.parametrize("code", PAPERS)
def test_a_sample_is_marked_in_the_header_and_nothing_else_is(code: str) -> None:
    header = docx_opened(rendered(code)).sections[0].header.paragraphs[0].text
    assert ("示例" in header) is paper(code).sample


def test_it_holds_the_qr_code_as_a_picture() -> None:
    with ZipFile(BytesIO(rendered("settlement-statement"))) as archive:
        pictures = [archive.read(name) for name in archive.namelist() if name.startswith("word/media/")]
    assert len(pictures) == 1
    assert pictures[0].startswith(b"\x89PNG")


def test_an_address_too_long_for_a_qr_code_is_refused() -> None:
    made = built("settlement-statement", source_of(SIGNED, "2024-04-11", verify_at="https://a.example/" + "x" * 3000))
    assert isinstance(docx.render(made), Refused)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_markup_or_field(text: str) -> None:
    opened = docx_opened(render(with_text(text)))
    assert printed(text) in [line.text for line in opened.paragraphs]
    assert list(opened.element.iter(qn("w:instrText"))) == []


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_any_text_is_read_back_as_it_is_printed(text: str) -> None:
    lines = [line.text for line in docx_opened(render(with_text(f"始{text}终"))).paragraphs]
    assert printed(f"始{text}终") in lines


def test_the_same_paper_has_the_same_bytes() -> None:
    assert render(paper("settlement-statement")) == rendered("settlement-statement")


def test_the_dates_of_the_file_are_those_of_the_facts() -> None:
    properties = docx_opened(rendered("staff-list")).core_properties
    known = paper("staff-list").known_at
    assert properties.created is not None
    assert properties.created.timestamp() == int(known.timestamp())
    assert (properties.author, properties.last_modified_by) == ("yunyue", "")


def test_rows_are_not_torn_apart_and_titles_are_repeated() -> None:
    grids = docx_opened(rendered("settlement-statement")).tables
    grid = next(one for one in grids if one.rows[0].cells[0].text == "条款")
    assert all(list(row._tr.iter(qn("w:cantSplit"))) for row in grid.rows)
    assert [bool(list(row._tr.iter(qn("w:tblHeader")))) for row in grid.rows] == [True] + [False] * (len(grid.rows) - 1)


def test_an_empty_table_says_that_there_is_nothing() -> None:
    assert printed("（无）") in docx_text(render(built("return-list", source_of(SIGNED, "2024-04-11"))))
