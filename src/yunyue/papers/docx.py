"""Writes a paper as DOCX, to be edited and sealed: office fonts by name, nothing embedded.

Text goes into the document as text only; it cannot become a field or markup.
"""

from datetime import UTC
from io import BytesIO
from typing import assert_never
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as Opened
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as Grid
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph as Line
from docx.text.run import Run

from yunyue.answer import Refused
from yunyue.money import in_words
from yunyue.papers import qr
from yunyue.papers.paper import (
    PARTY,
    Align,
    Amount,
    Column,
    Fields,
    Formula,
    Heading,
    Paper,
    Paragraph,
    Plot,
    Section,
    Signatures,
    Space,
    Table,
    lines_of,
)
from yunyue.papers.plot import png, said
from yunyue.papers.typeset import printed
from yunyue.papers.words import moment

BODY, BOLD, CELL, LATIN = "仿宋", "黑体", "宋体", "Times New Roman"
WIDTH = Mm(162)
RED, GREY = RGBColor(0xB0, 0x00, 0x20), RGBColor(0x60, 0x60, 0x60)
SIDES = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
KEPT = 8
"""Rows up to which a table stays on one page."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of the archive, so that the same paper has the same bytes."""


def render(paper: Paper) -> bytes | Refused:
    """The bytes of the DOCX."""
    picture = qr.png(paper.proof.link)
    if isinstance(picture, Refused):
        return picture
    opened = _blank(paper)
    _write(opened.add_paragraph(), paper.title.zh, BOLD, 20, side="center")
    _write(opened.add_paragraph(), f"编号：{paper.number}", BODY, 9, side="center")
    if paper.by is not None:
        _write(opened.add_paragraph(), f"致：{paper.to}　　自：{PARTY[paper.by]}", BODY, 12)
    for section in paper.sections:
        _section(opened, section)
    _proof(opened, paper, picture)
    return _frozen(opened)


def _blank(paper: Paper) -> Opened:
    """An empty A4 document with header, footer and properties."""
    opened = Document()
    known = paper.known_at.astimezone(UTC).replace(tzinfo=None)
    properties = opened.core_properties
    properties.title, properties.subject = printed(f"{paper.title.zh} {paper.number}"), printed(paper.contract)
    properties.author, properties.language, properties.comments = "yunyue", "zh-CN", ""
    properties.created, properties.modified = known, known
    normal = opened.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(12)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    _speak_chinese(opened)
    page = opened.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(25), Mm(23), Mm(28), Mm(25)
    header = page.header.paragraphs[0]
    if paper.sample:
        _run(header, "【示例 SAMPLE】", BOLD, 14).font.color.rgb = RED
    _run(header, f"{paper.contract}　{paper.title.zh}", CELL, 8.5).font.color.rgb = GREY
    _page_numbers(page.footer.paragraphs[0])
    return opened


def _speak_chinese(opened: Opened) -> None:
    """Without a language, office programs may take Japanese or traditional shapes for some characters."""
    language = opened.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")


def _page_numbers(footer: Line) -> None:
    """第 x 页 共 y 页, as fields that the office program fills in."""
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, field in (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES"), (" 页", "")):
        _run(footer, words, CELL, 9)
        if field:
            _field(footer, field)


def _field(line: Line, instruction: str) -> None:
    """A field: what marks it off, what it computes, and what it shows until then, each a run of its own."""
    for tag, kind, text in (
        ("w:fldChar", "begin", None),
        ("w:instrText", "", instruction),
        ("w:fldChar", "separate", None),
        ("w:t", "", "1"),
        ("w:fldChar", "end", None),
    ):
        mark = OxmlElement(tag)
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        mark.text = text
        _run(line, "", CELL, 9)._r.append(mark)


def _run(line: Line, text: str, font: str, size: float) -> Run:
    """A run in an office font for Chinese, and Times New Roman for what is not."""
    run = line.add_run(printed(text))
    run.font.name, run.font.size = LATIN, Pt(size)
    run.font.bold = True if font == BOLD else None
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _write(line: Line, text: str, font: str, size: float, side: Align = "left") -> Run:
    line.alignment = SIDES[side]
    line.paragraph_format.space_after = Pt(4)
    return _run(line, text, font, size)


def _section(opened: Opened, section: Section) -> None:
    match section:
        case Heading(text=text):
            line = opened.add_paragraph()
            line.paragraph_format.keep_with_next = True
            line.paragraph_format.space_before = Pt(10)
            _write(line, text, BOLD, 13)
        case Paragraph(text=text, small=small):
            _paragraph(opened, text, small)
        case Fields(rows=rows):
            _table(opened, (Column("", 23), Column("", 77)), rows, titled=False)
        case Table(columns=columns, rows=rows):
            _table(opened, columns, rows or (("（无）", *[""] * (len(columns) - 1)),), titled=True)
        case Amount(label=label, money=money):
            rows = ((f"{label}（小写）", f"¥ {money.grouped()}"), ("人民币大写", in_words(money)))
            _table(opened, (Column("", 36), Column("", 64)), rows, titled=False, size=13)
        case Formula(text=text):
            _write(opened.add_paragraph(), text, CELL, 11)
        case Plot(title=title, unit=unit):
            _write(opened.add_paragraph(), f"{title}（{unit}）", BOLD, 10)
            drawn = opened.add_paragraph().add_run().add_picture(BytesIO(png(section)), width=WIDTH)
            drawn._inline.docPr.set("descr", said(section))
        case Space(label=label, lines=lines):
            _space(opened, label, lines)
        case Signatures(boxes=boxes):
            _signatures(opened, boxes)
        case _:
            assert_never(section)


def _paragraph(opened: Opened, text: str, small: bool) -> None:
    line = opened.add_paragraph()
    size = 9 if small else 12
    if not small:
        line.paragraph_format.first_line_indent = Pt(2 * size)
        line.paragraph_format.line_spacing = 1.4
    _write(line, text, BODY, size)


def _grid(opened: Opened, rows: int, weights: list[int], whole: int = WIDTH) -> Grid:
    grid: Grid = opened.add_table(rows, len(weights))
    grid.style = opened.styles["Table Grid"]
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    for index, weight in enumerate(weights):
        width = round(whole * weight / sum(weights))
        grid.columns[index].width = width
        for cell in grid.columns[index].cells:
            cell.width = width
    for row in grid.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return grid


def _table(
    opened: Opened, columns: tuple[Column, ...], rows: tuple[tuple[str, ...], ...], *, titled: bool, size: float = 9
) -> None:
    grid = _grid(opened, len(rows) + titled, [one.weight for one in columns])
    if titled:
        for cell, column in zip(grid.rows[0].cells, columns, strict=True):
            _cell(cell, column.title, BOLD, size, "center")
        grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row, texts in zip(list(grid.rows)[titled:], rows, strict=True):
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            label = not titled and place == 0
            _cell(cell, text, BOLD if label else CELL, size if titled else max(size, 10.5), columns[place].align)
    if len(rows) <= KEPT:
        _keep_together(grid)
    opened.add_paragraph().paragraph_format.space_after = Pt(0)


def _keep_together(grid: Grid) -> None:
    """All rows on one page: each keeps with the next, the last one does not."""
    for row in list(grid.rows)[:-1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _cell(cell: Cell, text: str, font: str, size: float, side: Align) -> None:
    line = cell.paragraphs[0]
    line.alignment = SIDES[side]
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(2)
    _run(line, text, font, size)


def _space(opened: Opened, label: str, lines: int) -> None:
    grid = _grid(opened, 1, [1])
    cell = grid.rows[0].cells[0]
    _cell(cell, label, BOLD, 10.5, "left")
    for _ in range(lines):
        cell.add_paragraph()
    opened.add_paragraph()


def _signatures(opened: Opened, boxes: tuple[str, ...]) -> None:
    opened.add_paragraph()
    grid = _grid(opened, 1, [1] * len(boxes), WIDTH * len(boxes) // max(2, len(boxes)))
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    for cell, title in zip(grid.rows[0].cells, boxes, strict=True):
        _cell(cell, title, BOLD, 11, "left")
        for text in ("", "", *lines_of(title)):
            _run(cell.add_paragraph(), text, CELL, 10.5)
    opened.add_paragraph()


def _proof(opened: Opened, paper: Paper, picture: bytes) -> None:
    proof = paper.proof
    grid = _grid(opened, 1, [20, 80])
    grid.rows[0].cells[0].paragraphs[0].add_run().add_picture(BytesIO(picture), width=Mm(27))
    right = grid.rows[0].cells[1]
    _cell(right, "核验：本件数值均可由所列事实重算，并可脱机核验。", BOLD, 9, "left")
    for text in (
        f"日志 {proof.origin} · 记录数 {proof.size} · 计算基准日 {paper.as_of} · 事实截至 {moment(paper.known_at)}",
        f"日志根（RFC 9162,SHA-256,base64）{proof.root}",
        f"结算单摘要（SHA-256）{proof.statement}",
        proof.link,
    ):
        _run(right.add_paragraph(), text, CELL, 8)
    _section(opened, Heading("附录一 所据事实及摘要"))
    columns = (Column("序号", 7, "center"), Column("事实编号、事项、日期", 33), Column("摘要（其后为文件摘要）", 60))
    rows = tuple(
        (str(one.sequence), f"{one.id} {one.title} {one.day}", " ".join((one.digest, *one.documents)))
        for one in proof.facts
    )
    _table(opened, columns, rows, titled=True, size=8)
    if not proof.readings:
        return
    _section(opened, Heading("附录二 所用阅读方式"))
    _table(opened, (Column("", 10, "center"), Column("", 90)), proof.readings, titled=False, size=9)
    _paragraph(opened, "阅读方式为对合同用语的工程性理解，不构成法律意见。", small=True)


def _frozen(opened: Opened) -> bytes:
    """The archive with the same times in it whenever it is made."""
    loose, out = BytesIO(), BytesIO()
    opened.save(loose)
    with ZipFile(loose) as given, ZipFile(out, "w", ZIP_DEFLATED) as written:
        for name in given.namelist():
            written.writestr(ZipInfo(name, EPOCH), given.read(name), ZIP_DEFLATED)
    return out.getvalue()
