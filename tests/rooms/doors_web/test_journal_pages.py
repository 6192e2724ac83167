"""The journal's pages find facts, show their bytes, and check them up to the signed head."""

import sqlite3

import contract_year
import pytest
from console_cast import LogIn, text
from django.test import Client

from yunyue.doors.office import Office
from yunyue.doors.web.console import proving
from yunyue.doors.web.tables import paging
from yunyue.journal.facts import FundsArrived
from yunyue.kernel import Happening


@pytest.fixture
def english(office: Office, log_in: LogIn) -> Client:
    return log_in(language="en")


def listed(page: str) -> list[str]:
    """The ids of the facts on a page, in its order."""
    ids = [identifier for _, identifier, _ in contract_year.story()] + ["registered-beijing-2024"]
    return sorted(
        (one for one in ids if f"<code>{one}</code>" in page), key=lambda one: page.index(f"<code>{one}</code>")
    )


def test_all_facts_stand_there_newest_first(english: Client) -> None:
    found = listed(text(english.get("/journal")))
    assert len(found) == len(contract_year.story()) + 1
    assert found[0] == "midterm"
    assert found[-1] == "registered-beijing-2024"


def test_facts_are_found_by_type(english: Client) -> None:
    assert listed(text(english.get("/journal?type=contract.signed"))) == ["signed-provider", "signed-client"]


def test_facts_are_found_by_day(english: Client) -> None:
    assert listed(text(english.get("/journal?day=2024-06-05"))) == ["payment-1"]


def test_a_search_that_finds_nothing_says_so(english: Client) -> None:
    page = text(english.get("/journal?type=payment.made&day=2024-01-01"))
    assert listed(page) == []
    assert "No fact is like that" in page


@pytest.mark.parametrize("query", ["type=made.up", "day=2024-99-99", "page=999", "page=x"])
def test_a_search_for_what_cannot_be_shows_all(english: Client, query: str) -> None:
    assert len(listed(text(english.get(f"/journal?{query}")))) == len(contract_year.story()) + 1


def test_many_facts_come_in_pages(english: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "ROWS", 5)
    first, second = (listed(text(english.get(f"/journal?page={page}"))) for page in (1, 2))
    assert len(first) == len(second) == 5
    assert set(first).isdisjoint(second)
    assert 'rel="next"' in text(english.get("/journal"))


def test_a_facts_page_shows_its_stored_bytes_and_proof(office: Office, english: Client) -> None:
    page = text(english.get("/journal/fact/payment-1"))
    recorded = office.kernel.journal.find("payment-1")
    assert recorded is not None
    assert proving.leaf_of(recorded).decode() in page.replace("&quot;", '"')
    assert proving.proof_of(recorded).leaf in page


def test_a_fact_that_is_not_there_is_not_found(english: Client) -> None:
    assert english.get("/journal/fact/nothing").status_code == 404
    assert english.post("/journal/fact/nothing/verify").status_code == 404


def test_verification_is_asked_for_by_a_form(english: Client) -> None:
    assert english.get("/journal/fact/payment-1/verify").status_code == 405


def test_every_fact_verifies_in_four_steps(office: Office, english: Client) -> None:
    for _, identifier, _ in contract_year.story():
        page = text(english.post(f"/journal/fact/{identifier}/verify", headers={"HX-Request": "true"}))
        assert "Every step holds" in page, identifier
        assert page.count("<li>") == 4


def test_a_fact_newer_than_the_published_head_says_so(own_office: Office, log_in: LogIn) -> None:
    happening = Happening(FundsArrived(instalment=2), own_office.clock.now(), "funds-2")
    own_office.kernel.record(contract_year.CONTRACT, [happening], contract_year.RECORDER)
    page = text(log_in(language="en").post("/journal/fact/funds-2/verify"))
    assert "Not every step holds" in page
    assert "newer than the published head" in page
    own_office.kernel.publish()
    assert "Every step holds" in text(log_in(language="en").post("/journal/fact/funds-2/verify"))


def test_a_published_head_that_was_changed_does_not_hold(own_office: Office, log_in: LogIn) -> None:
    checkpoint = own_office.kernel.publication.directory / "checkpoint"
    note = checkpoint.read_text()
    checkpoint.write_text(note.replace(note.splitlines()[2][:4], "AAAA", 1))
    assert "Not every step holds" in text(log_in(language="en").post("/journal/fact/payment-1/verify"))


def test_a_leaf_changed_behind_the_journals_back_does_not_hold(own_office: Office, log_in: LogIn) -> None:
    changed = _change_stored_amount(own_office)
    assert changed == 1
    page = text(log_in(language="en").post("/journal/fact/payment-1/verify"))
    assert "Every step holds" not in page


def _change_stored_amount(office: Office) -> int:
    """Do what someone with the disk in hand could: drop the triggers and write another amount."""
    connection = sqlite3.connect(office.settings.home / "journal.sqlite", isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("DELETE FROM sqlite_schema WHERE type = 'trigger'")
    connection.execute("PRAGMA writable_schema = OFF")
    connection.close()
    connection = sqlite3.connect(office.settings.home / "journal.sqlite", isolation_level=None)
    for table, column in _blobs(connection):
        done = connection.execute(
            f"UPDATE {table} SET {column} = CAST(replace(CAST({column} AS TEXT), ?, ?) AS BLOB)"
            f" WHERE instr(CAST({column} AS TEXT), ?) AND instr(CAST({column} AS TEXT), ?)",
            ("958397.20", "958397.21", "958397.20", '"payment.made"'),
        ).rowcount
        if done:
            connection.close()
            return done
    connection.close()
    return 0


def _blobs(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return [
        (table, str(row[1]))
        for table in tables
        for row in connection.execute(f"PRAGMA table_info({table})")
        if "BLOB" in str(row[2]).upper()
    ]
