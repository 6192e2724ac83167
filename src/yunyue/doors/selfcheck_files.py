"""A self-check report as a document to be signed and as a table; both say on top that it is a self-assessment."""

from io import BytesIO

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from xlsxwriter import Workbook

from yunyue.doors.sheets import OPTIONS, safe
from yunyue.services.crypto.moments import rfc3339
from yunyue.services.crypto.selfcheck.clauses import STANDARD
from yunyue.services.crypto.selfcheck.finding import LABEL, STATE_TITLES, Report
from yunyue.services.crypto.selfcheck.writing import HEADS, Language, lines, pick

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES: dict[Language, str] = {
    "zh": f"密码应用自评报告（{STANDARD}）",
    "en": f"Self-assessment of cryptography ({STANDARD})",
}
_WIDTHS = (22, 26, 28, 8, 12, 34, 70)
_FONT = "宋体"


def summary(report: Report, language: Language) -> str:
    """How many requirements have which state, in a line."""
    counted = report.counted()
    shown = [f"{pick(STATE_TITLES[state], language)} {count}" for state, count in counted.items()]
    return f"{rfc3339(report.made)} · {' · '.join(shown)}"


def docx(report: Report, language: Language) -> bytes:
    """The report as DOCX, A4 across."""
    opened = Document()
    section = opened.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    style = opened.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(9)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    section.header.paragraphs[0].text = pick(LABEL, language)
    opened.add_paragraph(TITLES[language]).runs[0].font.size = Pt(16)
    opened.add_paragraph(pick(LABEL, language)).runs[0].bold = True
    opened.add_paragraph(summary(report, language))
    table = opened.add_table(rows=1, cols=len(HEADS[language]), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, HEADS[language], strict=True):
        cell.text = head
    for row in lines(report, language):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(text)
    buffer = BytesIO()
    opened.save(buffer)
    return buffer.getvalue()


def xlsx(report: Report, language: Language) -> bytes:
    """The report as an Excel table of text cells."""
    buffer = BytesIO()
    book = Workbook(buffer, OPTIONS)
    sheet, bold, wrapped = book.add_worksheet(), book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, pick(LABEL, language), bold)
    sheet.write_string(1, 0, summary(report, language))
    for column, head in enumerate(HEADS[language]):
        sheet.write_string(3, column, head, bold)
    for number, row in enumerate(lines(report, language), 4):
        for column, text in enumerate(row):
            sheet.write_string(number, column, safe(printable(text)), wrapped)
    book.close()
    return buffer.getvalue()


def printable(text: str) -> str:
    """Text without the control characters that neither file may hold."""
    return "".join(one if one.isprintable() or one in "\n\t" else "�" for one in text)
