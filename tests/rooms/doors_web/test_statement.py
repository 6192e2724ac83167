"""Every line of the statement opens its clause, its arithmetic, its facts and their proofs."""

import html
import re

import contract_year
import pytest
from console_cast import LogIn, text
from django.test import Client

from yunyue.doors.office import Office
from yunyue.settlement.statement import Finding, Statement

KINDS = ("line", "obligation", "right", "check", "question")


@pytest.fixture
def english(office: Office, log_in: LogIn) -> Client:
    return log_in(language="en")


def made(office: Office) -> Statement:
    found = office.kernel.statement(contract_year.CONTRACT, contract_year.TODAY)
    assert isinstance(found, Statement)
    return found


def test_every_finding_stands_on_the_page_with_its_why(office: Office, english: Client) -> None:
    page = text(english.get("/statement"))
    statement = made(office)
    found: tuple[tuple[Finding, ...], ...] = (
        statement.lines,
        statement.obligations,
        statement.rights,
        statement.checks,
        statement.questions,
    )
    for kind, findings in zip(KINDS, found, strict=True):
        assert findings, kind
        for one in findings:
            assert f'href="/statement/{kind}/{one.id}?' in page


def test_every_why_opens(office: Office, english: Client) -> None:
    addresses = re.findall(
        r'href="(/statement/(?:line|obligation|right|check|question)/[^"]+)"', text(english.get("/statement"))
    )
    assert len(addresses) > 30
    for address in addresses:
        answer = english.get(html.unescape(address))
        assert answer.status_code == 200, address
        assert "Clause" in text(answer)


def test_lines_stand_under_their_clauses_in_the_contracts_order(english: Client) -> None:
    heads = re.findall(r'<th scope="rowgroup" colspan="6">(C\d\d)', text(english.get("/statement")))
    assert heads == sorted(set(heads))
    assert heads[:2] == ["C03", "C04"]


def test_the_why_of_a_line_says_its_sentence_arithmetic_facts_and_readings(english: Client) -> None:
    page = text(english.get("/statement/line/late-payment-1"))
    assert "958,397.20 × 0.01% × 12 days = 1,150.08" in page
    assert "rounded to the fen" in page
    assert 'href="/journal/fact/payment-1"' in page
    assert "<code>A6</code>" in page


def test_the_why_carries_the_inclusion_proof_of_each_fact(office: Office, english: Client) -> None:
    page = text(english.get("/statement/line/late-payment-1"))
    root = office.kernel.journal.head().root.hex()
    line = made(office).line("late-payment-1")
    assert page.count(root) == len(line.facts)
    assert page.count("Leaf hash") == len(line.facts)


def test_htmx_gets_the_box_alone_and_everyone_else_a_page(english: Client) -> None:
    address = "/statement/line/instalment-1"
    assert "<html" in text(english.get(address))
    partial = text(english.get(address, headers={"HX-Request": "true"}))
    assert "<html" not in partial
    assert 'class="whybox"' in partial


def test_what_was_known_earlier_is_replayed(english: Client) -> None:
    earlier = text(english.get("/statement?as_of=2024-10-20&known_at=2024-06-04T00:00"))
    assert "¥1,150.08" not in earlier
    assert "known at 2024-06-04 00:00:00" in earlier


@pytest.mark.parametrize("address", ["/statement/line/nothing", "/statement/nothing/instalment-1"])
def test_a_finding_that_is_not_there_is_not_found(english: Client, address: str) -> None:
    assert english.get(address).status_code == 404


def test_the_same_statement_reads_in_chinese(office: Office, log_in: LogIn) -> None:
    page = text(log_in().get("/statement/line/late-payment-1"))
    assert "甲方逾期付款" in page
    assert "958,397.20 × 0.01% × 12 日 = 1,150.08" in page
    assert "四舍五入到分" in page


def test_the_digests_of_terms_and_calendar_are_shown(office: Office, english: Client) -> None:
    page = text(english.get("/statement"))
    assert made(office).terms_digest in page
    assert made(office).calendar_digest in page
