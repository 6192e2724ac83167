"""Writes a paper as PDF/A-2b with typst.

The page is a fixed template; everything a paper says reaches it as JSON values, so no text can become markup. Fonts
come from one folder only: Debian's fonts-noto-cjk, whose licence (SIL OFL 1.1) allows embedding.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, assert_never

import typst

from yunyue.answer import Refused
from yunyue.money import in_words
from yunyue.papers import qr
from yunyue.papers.paper import (
    PARTY,
    Amount,
    Fields,
    Formula,
    Heading,
    Paper,
    Paragraph,
    Plot,
    Proof,
    Section,
    Signatures,
    Space,
    Table,
    lines_of,
)
from yunyue.papers.typeset import coded, printed
from yunyue.papers.words import moment

FONTS = Path("/usr/share/fonts/opentype/noto")
"""Where Debian's fonts-noto-cjk puts its files."""

FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans Mono CJK SC")
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def render(paper: Paper, fonts: Path = FONTS) -> bytes | Refused:
    """The bytes of the PDF; a character that no font has shows its number, such as 〔U+1F600〕."""
    found = _fonts(fonts)
    picture = qr.svg(paper.proof.link)
    if isinstance(found, Refused):
        return found
    if isinstance(picture, Refused):
        return picture
    plain = _clean(to_plain(paper))
    done = _compile({**plain, "qr": picture}, found, paper.known_at)
    if isinstance(done, typst.TypstError) and (missing := _missing(done)):
        plain = _without(plain, missing)
        done = _compile({**plain, "qr": picture}, found, paper.known_at)
    return done if isinstance(done, bytes) else Refused(f"typst: {done.message}", "paper")


def _fonts(folder: Path) -> typst.Fonts | Refused:
    """The fonts of a folder; a refusal is not remembered, so that installing them helps at once."""
    found = _loaded(folder)
    missing = [name for name in FAMILIES if name not in found.families()]
    if missing:
        _loaded.cache_clear()
        needed = "install Debian's fonts-noto-cjk (apt-get install fonts-noto-cjk)"
        return Refused(f"{folder} has no {', '.join(missing)}; {needed}", "fonts")
    return found


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _compile(plain: dict[str, Any], fonts: typst.Fonts, known_at: datetime) -> bytes | typst.TypstError:
    template = files(__package__).joinpath("paper.typ").read_bytes()
    compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
    try:
        done = compiler.compile(
            template,
            format="pdf",
            sys_inputs={"paper": json.dumps(plain, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=int(known_at.timestamp()),
        )
    except typst.TypstError as wrong:
        return wrong
    if not isinstance(done, bytes):
        raise TypeError(f"typst gave {type(done).__name__}, not the bytes of one PDF")
    return done


def _missing(wrong: typst.TypstError) -> set[str]:
    """The characters that typst says no font can show."""
    told = _MISSING.findall(wrong.diagnostic)
    return {each for text in told for each in _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)}


def _clean(plain: Any) -> Any:
    return _mapped(plain, printed)


def _without(plain: Any, missing: Iterable[str]) -> Any:
    shown = str.maketrans({each: coded(each) for each in missing})
    return _mapped(plain, lambda text: text.translate(shown))


def _mapped(plain: Any, change: Any) -> Any:
    match plain:
        case str():
            return change(plain)
        case dict():
            return {key: _mapped(value, change) for key, value in plain.items()}
        case list():
            return [_mapped(value, change) for value in plain]
        case _:
            return plain


def to_plain(paper: Paper) -> dict[str, Any]:
    """The paper as the template reads it."""
    return {
        "title": paper.title.zh,
        "number": paper.number,
        "contract": paper.contract,
        "by": PARTY[paper.by] if paper.by else "",
        "to": paper.to,
        "as_of": paper.as_of.isoformat(),
        "known_at": moment(paper.known_at),
        "sample": paper.sample,
        "sections": [_section(one) for one in paper.sections],
        "proof": _proof(paper.proof),
    }


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "origin": proof.origin,
        "size": proof.size,
        "root": proof.root,
        "statement": proof.statement,
        "link": proof.link,
        "facts": [
            [str(one.sequence), one.id, one.title, one.day.isoformat(), one.digest, list(one.documents)]
            for one in proof.facts
        ],
        "readings": [list(one) for one in proof.readings],
    }


def _section(section: Section) -> dict[str, Any]:
    match section:
        case Heading(text=text):
            return {"kind": "heading", "text": text}
        case Paragraph(text=text, small=small):
            return {"kind": "paragraph", "text": text, "small": small}
        case Fields(rows=rows):
            return {"kind": "fields", "rows": [list(row) for row in rows]}
        case Table(columns=columns, rows=rows):
            return {
                "kind": "table",
                "columns": [{"title": one.title, "weight": one.weight, "align": one.align} for one in columns],
                "rows": [list(row) for row in rows],
            }
        case Amount(label=label, money=money):
            return {"kind": "amount", "label": label, "figures": money.grouped(), "words": in_words(money)}
        case Formula(text=text):
            return {"kind": "formula", "text": text}
        case Plot(title=title, unit=unit, bars=bars, limit=limit):
            return {
                "kind": "plot",
                "title": f"{title}（{unit}）",
                "top": f"{section.top:f}",
                "bars": [[label, section.height(value)] for label, value in bars],
                "limit": -1 if limit is None else section.height(limit),
            }
        case Space(label=label, lines=lines):
            return {"kind": "space", "label": label, "lines": lines}
        case Signatures(boxes=boxes):
            return {"kind": "signatures", "boxes": [{"title": one, "lines": list(lines_of(one))} for one in boxes]}
        case _:
            assert_never(section)
