"""Writes a paper of the contract: from facts to a value, from the value to DOCX or PDF bytes.

The same facts, terms and particulars give the same bytes, so a paper can be made again years later and compared.
"""

from pathlib import Path
from typing import Literal, assert_never

from yunyue.answer import Refused
from yunyue.papers import docx, pdf
from yunyue.papers.body import Given
from yunyue.papers.paper import Paper
from yunyue.papers.registry import PAPERS
from yunyue.papers.source import Source

Form = Literal["docx", "pdf"]


def write(code: str, source: Source, given: Given, form: Form, fonts: Path = pdf.FONTS) -> bytes | Refused:
    """The bytes of a paper. Refused: an unknown paper, missing particulars, nothing to say, missing fonts."""
    paper = make(code, source, given)
    if isinstance(paper, Refused):
        return paper
    match form:
        case "docx":
            return docx.render(paper)
        case "pdf":
            return pdf.render(paper, fonts)
        case _:
            assert_never(form)


def make(code: str, source: Source, given: Given) -> Paper | Refused:
    """The paper as a value."""
    kind = PAPERS.get(code)
    if kind is None:
        return Refused(f"there is no paper {code!r}; known: {', '.join(PAPERS)}", "code")
    refused = kind.fault(given)
    if refused is not None:
        return refused
    body = kind.build(source, given)
    if isinstance(body, Refused):
        return body
    proof = source.prove(code, body.rests_on(), body.read_as())
    if isinstance(proof, Refused):
        return proof
    statement, terms = source.statement, source.terms
    about = f"/{body.about}" if body.about else ""
    return Paper(
        code=code,
        number=f"{terms.id}/{code}{about}/{statement.as_of}",
        title=kind.title,
        contract=terms.title.zh,
        by=body.by,
        to=body.to,
        as_of=statement.as_of,
        known_at=statement.known_at,
        sample=body.shows_sample(terms),
        sections=body.sections,
        proof=proof,
    )
