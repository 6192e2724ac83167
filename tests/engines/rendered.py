"""Reads rendered papers back with programs that had no part in making them: poppler, zbar, python-docx."""

import os
import re
import shutil
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from docx import Document
from docx.document import Document as Opened

from yunyue.papers.paper import (
    Amount,
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
)

PACKAGES = {"pdftotext": "poppler-utils", "zbarimg": "zbar-tools"}


@cache
def program(name: str, of: str = "") -> str:
    """The path of a Debian program, installed first where we may; else the test is skipped and says why."""
    found = shutil.which(name)
    package = PACKAGES[of or name]
    if found is None and os.geteuid() == 0:
        for step in (["update", "-qq"], ["install", "-y", "--no-install-recommends", package]):
            subprocess.run(["apt-get", *step], capture_output=True, check=False)
        found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not there (apt-get install {package})")
    return found


def pdf_text(pdf: bytes) -> str:
    """The text of a PDF in the order it was written."""
    return _piped([program("pdftotext"), "-raw", "-enc", "UTF-8", "-", "-"], pdf).decode()


def pdf_fonts(pdf: bytes) -> list[tuple[str, str, str]]:
    """Each font's name, whether it is embedded, whether it maps to Unicode ("yes" or "no")."""
    rows = _piped([program("pdffonts", "pdftotext"), "-"], pdf).decode().splitlines()[2:]
    return [(row.split()[0], row[-28:].split()[0], row[-28:].split()[2]) for row in rows]


def qr_text(pdf: bytes) -> list[str]:
    """What the QR codes on the pages say."""
    with TemporaryDirectory() as folder:
        _piped([program("pdftoppm", "pdftotext"), "-r", "200", "-png", "-", f"{folder}/page"], pdf)
        pages = sorted(Path(folder).glob("*.png"))
        command = [program("zbarimg"), "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *map(str, pages)]
        # Exit code 4 only says that one of the pages has no code.
        return subprocess.run(command, capture_output=True, check=False).stdout.decode().split()


def ink(pdf: bytes) -> list[int]:
    """Per page, how many of its pixels at 40 dots an inch are darker than mid-grey."""
    with TemporaryDirectory() as folder:
        _piped([program("pdftoppm", "pdftotext"), "-r", "40", "-gray", "-", f"{folder}/page"], pdf)
        return [_dark(page.read_bytes()) for page in sorted(Path(folder).glob("*.pgm"))]


def _dark(picture: bytes) -> int:
    """The dark pixels of a binary PGM: three header lines, then one byte each."""
    return sum(each < 128 for each in picture.split(b"\n", 3)[3])


def _piped(command: list[str], given: bytes) -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def docx_opened(docx: bytes) -> Opened:
    """The document as python-docx reads it."""
    return Document(BytesIO(docx))


def docx_text(docx: bytes) -> str:
    """All text of the body in order, tables cell by cell."""
    opened = docx_opened(docx)
    return "\n".join(
        one.text if not hasattr(one, "rows") else "\n".join(cell.text for row in one.rows for cell in row.cells)
        for one in opened.iter_inner_content()
    )


def squeezed(text: str) -> str:
    """The text without what layout adds: spaces, line ends and places to break."""
    return "".join(text.split()).replace("\u200b", "").replace("\u00ad", "")


def said(paper: Paper) -> list[str]:
    """Every text that stands on a paper."""
    return [text for section in paper.sections for text in _said(section) if text]


def _said(section: Section) -> list[str]:
    match section:
        case Heading(text=text) | Paragraph(text=text) | Formula(text=text):
            return [text]
        case Plot(title=title, unit=unit):
            return [f"{title}（{unit}）"]
        case Fields(rows=rows):
            return [text for row in rows for text in row]
        case Table(columns=columns, rows=rows):
            return [*(one.title for one in columns), *(text for row in rows for text in row)]
        case Amount(label=label, money=money):
            return [label, money.grouped()]
        case Space(label=label):
            return [label]
        case Signatures(boxes=boxes):
            return list(boxes)


def tables(paper: Paper) -> list[list[tuple[str, ...]]]:
    """The rows of every table of a paper."""
    return [list(one.rows) for one in paper.sections if isinstance(one, Table)]


def fields(paper: Paper) -> dict[str, str]:
    """The labelled values of a paper; the first of a label counts."""
    found: dict[str, str] = {}
    for one in paper.sections:
        for label, value in one.rows if isinstance(one, Fields) else ():
            found.setdefault(label, value)
    return found


def word_edges(pdf: bytes) -> list[tuple[str, float, float]]:
    """Each word with the left and right edge of its box, in points."""
    told = _piped([program("pdftotext"), "-bbox", "-", "-"], pdf).decode()
    found = re.findall(r'<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)" yMax="[\d.-]+">(.*?)</word>', told)
    return [(word, float(left), float(right)) for left, right, word in found]
