"""What a paper prints is what the installation holds: the head it published, the statement its bundle carries."""

from base64 import b64encode
from datetime import date
from pathlib import Path

import contract_year
from rendered import pdf_text, squeezed

from bundle_cast import Cast
from yunyue.answer import Refused
from yunyue.host.settings import Settings
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import parse_note
from yunyue.journal.tree import leaf_hash
from yunyue.papers.bundle import Account
from yunyue.papers.source import Source
from yunyue.papers.write import make, write
from yunyue.verify import open_bundle


def of_cast(cast: Cast) -> Source:
    """The source of the cast's account, with the head its checkpoint signs."""
    note = parse_note(cast.evidence([0]).checkpoint)
    assert not isinstance(note, Refused)
    head = Checkpoint.parse(note.text)
    assert not isinstance(head, Refused)
    source = Source.of(cast.account, cast.recorded, head)
    assert not isinstance(source, Refused), source
    return source


def test_a_kernel_gives_all_that_a_paper_needs(tmp_path: Path) -> None:
    kernel = contract_year.tell(Settings(home=tmp_path))
    contract = kernel.contracts()[0]
    statement, terms = kernel.statement(contract, date(2024, 10, 20)), kernel.registered_terms(contract)
    head = kernel.publish()
    assert not isinstance(statement, Refused)
    assert not isinstance(terms, Refused)
    assert not isinstance(head, Refused)
    source = Source.of(Account(statement, terms, kernel.calendar), kernel.facts(contract), head, "https://a.example/v")
    assert isinstance(source, Source), source
    written = write("settlement-statement", source, {}, "pdf")
    assert isinstance(written, bytes), written
    text = squeezed(pdf_text(written))
    assert b64encode(head.root).decode() in text
    assert f"记录数{head.size}" in text
    kernel.close()


def test_the_statements_digest_is_that_of_the_bundle_a_verifier_opens(cast: Cast) -> None:
    paper = make("settlement-statement", of_cast(cast), {})
    assert not isinstance(paper, Refused), paper
    manifest = cast.bundle().split(b"\n\n", 1)[0].decode()
    assert f"sha256:{paper.proof.statement}" in manifest


def test_the_facts_digests_are_the_leaf_hashes_of_the_log(cast: Cast) -> None:
    paper = make("settlement-statement", of_cast(cast), {})
    assert not isinstance(paper, Refused), paper
    assert paper.proof.facts
    assert all(one.digest == leaf_hash(cast.leaves[one.sequence]).hex() for one in paper.proof.facts)


def test_every_fact_a_paper_names_is_in_the_bundle(cast: Cast) -> None:
    paper = make("settlement-statement", of_cast(cast), {})
    assert not isinstance(paper, Refused), paper
    facts = open_bundle(cast.bundle()).parts["facts"].decode()
    assert all(f'"leaf_hash":"{one.digest}"' in facts for one in paper.proof.facts)
