"""Every paper as PDF: what it says can be read back, it is archival, it fits its pages, and no text becomes markup."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_kinds import GIVEN, built, paper
from paper_year import SIGNED, source_of, year
from pypdf import PdfReader
from pypdf.generic import ContentStream
from rendered import ink, pdf_fonts, pdf_text, qr_text, said, squeezed, word_edges

from yunyue.answer import Refused
from yunyue.money import in_words
from yunyue.papers import pdf
from yunyue.papers.paper import Amount, Paper, Paragraph
from yunyue.papers.registry import PAPERS
from yunyue.papers.typeset import printed

MARGIN = 25 / 25.4 * 72, (210 - 23) / 25.4 * 72
"""Where text may stand, in points from the left edge."""

WATERMARK = set("示例SAMPLE")
"""The letters that stand across the page of a sample, each a word for the reader of boxes."""

HOSTILE = (
    '#panic("out")',
    "$x^2$ *fett* _kursiv_ `code` @ref <label>",
    '#import "@preview/evil:1.0.0": *',
    '"); #read("/etc/passwd"); ("',
    "\\u{202e} \\ // comment /* block */",
    '{"kind": "amount"}',
    "]]} #{ [",
)


@cache
def rendered(code: str) -> bytes:
    """The PDF of a paper."""
    return render(paper(code))


def render(one: Paper) -> bytes:
    """The PDF of a paper that can be written."""
    made = pdf.render(one)
    assert isinstance(made, bytes), made
    return made


def with_text(text: str) -> Paper:
    """A small paper that says this."""
    small = built("majeure-notice", year(), event="flood")
    return replace(small, sections=(Paragraph(text),))


@pytest.mark.parametrize("code", PAPERS)
def test_everything_a_paper_says_can_be_read_in_its_pdf(code: str) -> None:
    text = squeezed(pdf_text(rendered(code)))
    assert [one for one in said(paper(code)) if squeezed(printed(one)) not in text] == []


@pytest.mark.parametrize("code", PAPERS)
def test_amounts_stand_in_figures_and_in_capitals(code: str) -> None:
    text = squeezed(pdf_text(rendered(code)))
    amounts = [one.money for one in paper(code).sections if isinstance(one, Amount)]
    assert all(f"¥{one.grouped()}" in text and in_words(one) in text for one in amounts)


@pytest.mark.parametrize("code", PAPERS)
def test_facts_digests_head_and_readings_stand_in_full(code: str) -> None:
    text, proof = squeezed(pdf_text(rendered(code))), paper(code).proof
    assert proof.root in text
    assert proof.statement in text
    assert f"记录数{proof.size}" in text
    for one in proof.facts:
        assert one.id in text
        assert one.digest in text
        assert all(each in text for each in one.documents)
    assert all(squeezed(printed(words)) in text for _, words in proof.readings)


@pytest.mark.parametrize("code", PAPERS)
def test_pages_are_numbered_and_none_is_blank(code: str) -> None:
    count = len(PdfReader(BytesIO(rendered(code))).pages)
    numbers = re.findall(r"第\s*(\d+)\s*页\s*共\s*(\d+)\s*页", pdf_text(rendered(code)))
    assert numbers == [(str(number), str(count)) for number in range(1, count + 1)]
    assert all(dark > 200 for dark in ink(rendered(code)))


@pytest.mark.parametrize("code", PAPERS)
def test_nothing_stands_beyond_the_margins(code: str) -> None:
    for word, left, right in word_edges(rendered(code)):
        if word not in WATERMARK:
            assert MARGIN[0] - _air(word[0]) <= left, word
            assert right <= MARGIN[1] + _air(word[-1]), word


def _air(mark: str) -> float:
    """What may reach out: the empty half of a full-width punctuation mark, which typst lets hang; else rounding."""
    return 7 if unicodedata.category(mark).startswith("P") else 1


@pytest.mark.parametrize("code", PAPERS)
def test_it_claims_pdf_a_2b_and_carries_what_that_asks_for(code: str) -> None:
    # The claim and its plainest conditions; whether every clause of ISO 19005-2 holds needs a validator.
    reader = PdfReader(BytesIO(rendered(code)))
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part(>|=\")2", metadata)
    assert re.search(r"pdfaid:conformance(>|=\")B", metadata)
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert "/ID" in reader.trailer
    assert not reader.is_encrypted
    assert "/JavaScript" not in root.get("/Names", {})


@pytest.mark.parametrize("code", PAPERS)
def test_every_font_is_noto_embedded_and_maps_to_unicode(code: str) -> None:
    fonts = pdf_fonts(rendered(code))
    assert fonts
    assert [one for one in fonts if "+Noto" not in one[0] or one[1:] != ("yes", "yes")] == []


def glyphs(content: bytes) -> Iterator[int]:
    """The glyph numbers shown on the pages; all our fonts count two bytes to a glyph."""
    reader = PdfReader(BytesIO(content))
    for page in reader.pages:
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator in (b"Tj", b"TJ"):
                shown = operands[0] if operator == b"TJ" else operands
                for one in shown:
                    raw = getattr(one, "original_bytes", b"")
                    yield from (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))


@pytest.mark.parametrize("code", PAPERS)
def test_no_glyph_is_missing(code: str) -> None:
    numbers = list(glyphs(rendered(code)))
    assert len(numbers) > 100
    assert 0 not in numbers
    assert "\ufffd" not in pdf_text(rendered(code))


@pytest.mark.parametrize("code", PAPERS)
def test_a_sample_is_marked_on_every_page_and_nothing_else_is(code: str) -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(rendered(code))).pages]
    assert all(("SAMPLE" in text) is paper(code).sample for text in pages)


def test_both_kinds_of_paper_were_looked_at() -> None:
    assert {paper(code).sample for code in PAPERS} == {True, False}


@pytest.mark.parametrize("code", ["payment-application", "settlement-statement", "supplement"])
def test_the_qr_code_says_what_to_verify(code: str) -> None:
    assert qr_text(rendered(code)) == [paper(code).proof.link]


def test_without_an_address_the_qr_code_still_names_log_and_statement() -> None:
    made = built("settlement-statement", source_of(SIGNED, "2024-04-11", verify_at=""))
    assert made.proof.link.startswith("yunyue-verify:?log=")
    assert qr_text(render(made)) == [made.proof.link]


def test_an_address_too_long_for_a_qr_code_is_refused() -> None:
    made = built("settlement-statement", source_of(SIGNED, "2024-04-11", verify_at="https://a.example/" + "x" * 3000))
    found = pdf.render(made)
    assert isinstance(found, Refused)
    assert found.field == "verify_at"


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_markup(text: str) -> None:
    assert squeezed(printed(text)) in squeezed(pdf_text(render(with_text(text))))


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(max_codepoint=0x2FFF) | st.sampled_from("云约甲乙龘😀\U00020000"), min_size=1, max_size=60)
)
def test_any_text_makes_a_paper(text: str) -> None:
    assert render(with_text(f"始{text}终")).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("odd", ["😀", "ก", "ع", "\U00020000\U0001f600", "𓀀"])
def test_a_character_no_font_has_shows_its_number(odd: str) -> None:
    text = squeezed(pdf_text(render(with_text(f"始{odd}终"))))
    assert f"始{''.join(f'〔U+{ord(each):04X}〕' for each in odd)}终" in text


def test_an_amount_cannot_be_reversed_in_the_pdf() -> None:
    assert "付〔U+202E〕00.001元" in squeezed(pdf_text(render(with_text("付\u202e00.001元"))))


def test_ids_as_long_as_they_may_be_stay_within_the_margins() -> None:
    person = "p" * 100 + ".0123456789-abcdefghijkl"
    assigned = ("2024-04-11", "f" * 120, "staff.assigned", {"person": person, "post": "manager", "replaces": None})
    made = render(built("staff-list", source_of([*SIGNED, assigned], "2024-04-30")))
    assert person in squeezed(pdf_text(made))
    assert max(right for _, _, right in word_edges(made)) <= MARGIN[1] + 1


def test_the_same_paper_has_the_same_bytes() -> None:
    assert render(paper("settlement-statement")) == rendered("settlement-statement")


def test_the_date_of_the_file_is_that_of_the_facts() -> None:
    created = PdfReader(BytesIO(rendered("staff-list"))).metadata
    assert created is not None
    assert created.creation_date is not None
    assert created.creation_date.timestamp() == int(paper("staff-list").known_at.timestamp())


@pytest.mark.parametrize("folder", ["empty", "absent"])
def test_missing_fonts_are_named_with_what_to_install(folder: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = pdf.render(paper("staff-list"), tmp_path / folder)
    assert isinstance(found, Refused)
    assert found.field == "fonts"
    assert "Noto Serif CJK SC" in found.reason
    assert "apt-get install fonts-noto-cjk" in found.reason


def test_other_fonts_of_the_machine_are_not_used(tmp_path: Path) -> None:
    # A folder with one of the three families is not made up for by what else is installed.
    (tmp_path / "serif.ttc").symlink_to(pdf.FONTS / "NotoSerifCJK-Regular.ttc")
    found = pdf.render(paper("staff-list"), tmp_path)
    assert isinstance(found, Refused)
    assert "Noto Serif" not in found.reason
    assert "Noto Sans CJK SC" in found.reason


def test_fonts_installed_later_are_found_without_a_restart(tmp_path: Path) -> None:
    assert isinstance(pdf.render(paper("staff-list"), tmp_path), Refused)
    for font in pdf.FONTS.iterdir():
        (tmp_path / font.name).symlink_to(font)
    assert pdf.render(paper("staff-list"), tmp_path) == rendered("staff-list")


def test_every_kind_of_paper_is_among_those_rendered() -> None:
    assert GIVEN.keys() == PAPERS.keys()


def test_the_last_page_of_a_statement_is_more_than_the_note_on_its_readings() -> None:
    last = pdf_text(rendered("settlement-statement")).rstrip("\f").split("\f")[-1]
    assert re.search(r"A\d+", last)
