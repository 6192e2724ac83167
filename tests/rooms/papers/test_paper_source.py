"""A paper's source holds together: statement, terms, calendar, facts and head are those of one another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from paper_year import ADDRESS, SIGNED, YEAR, head_over, recorded, source_of, year

from story import DOCUMENT, TERMS
from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import BEIJING, Recorded, canonical, write
from yunyue.journal.facts import Payload, PaymentMade, SampleWindow, ServiceDelivered
from yunyue.journal.tree import leaf_hash
from yunyue.money import Money
from yunyue.papers.bundle import Account
from yunyue.papers.source import Source, documents
from yunyue.settlement import exhibit
from yunyue.settlement.settle import settle, suppose
from yunyue.workdays import STATE_COUNCIL, Calendar

AS_OF = date(2024, 10, 15)
FACTS = recorded([one for one in YEAR if one[0][:10] <= AS_OF.isoformat()])
KNOWN_AT = FACTS[-1].recorded
ACCOUNT = Account(settle(TERMS, FACTS, STATE_COUNCIL, AS_OF, KNOWN_AT), TERMS, STATE_COUNCIL)


def refusal(account: Account = ACCOUNT, head: Checkpoint | None = None, facts: Sequence[Recorded] = FACTS) -> Refused:
    """Why no source comes of these."""
    found = Source.of(account, facts, head or head_over(FACTS))
    assert isinstance(found, Refused)
    return found


def test_supposed_facts_make_no_paper() -> None:
    statement = suppose(TERMS, FACTS, STATE_COUNCIL, (AS_OF, KNOWN_AT), [FACTS[0].fact])
    assert refusal(replace(ACCOUNT, statement=statement)).field == "statement.supposed"


def test_terms_of_another_statement_are_refused() -> None:
    statement = replace(ACCOUNT.statement, terms_digest="sha256:" + "0" * 64)
    assert refusal(replace(ACCOUNT, statement=statement)).field == "terms"


def test_another_calendar_is_refused() -> None:
    assert refusal(replace(ACCOUNT, calendar=Calendar.monday_to_friday())).field == "calendar"


def test_a_head_that_does_not_cover_the_statement_is_refused() -> None:
    head = head_over(FACTS[:-1])
    assert refusal(head=head).field == "head.size"


def test_a_head_over_more_than_the_statement_knew_is_fine() -> None:
    more = [*FACTS, replace_sequence(FACTS[0], len(FACTS))]
    assert isinstance(Source.of(ACCOUNT, FACTS, head_over(more)), Source)


def replace_sequence(one: Recorded, sequence: int) -> Recorded:
    """The same fact at another place."""
    return Recorded(sequence, one.recorded, one.fact)


def test_facts_the_statement_did_not_rest_on_are_refused() -> None:
    assert refusal(facts=FACTS[:-1]).field == "facts"


def test_the_digest_is_the_one_the_bundle_names() -> None:
    source = year()
    assert source.digest() == sha256(canonical(exhibit.to_plain(source.statement))).hexdigest()


def test_a_cited_fact_carries_the_hash_of_its_leaf() -> None:
    one = next(each for each in FACTS if each.fact.id == "inv-1")
    cited = year().cited("inv-1")
    assert cited.digest == leaf_hash(write(one.fact, one.recorded)).hex()
    assert (cited.sequence, cited.title, cited.day) == (one.sequence, "收到发票", date(2024, 5, 13))
    assert cited.documents == (DOCUMENT,)


def test_proofs_list_facts_in_journal_order_each_once() -> None:
    proof = year().prove("x", ["pay-1b", "sign-c", "inv-1", "sign-c"], ["A6"])
    assert not isinstance(proof, Refused)
    assert [one.id for one in proof.facts] == ["sign-c", "inv-1", "pay-1b"]


def test_a_fact_the_journal_does_not_hold_is_refused() -> None:
    assert year().prove("x", ["sign-c", "ghost"], []) == Refused("not in the journal: ghost", "facts")


def test_the_link_names_log_size_root_paper_day_and_statement() -> None:
    proof = year().prove("settlement-statement", [], [])
    assert not isinstance(proof, Refused)
    assert proof.link.startswith(ADDRESS + "?")
    named = {key: value[0] for key, value in parse_qs(urlsplit(proof.link).query).items()}
    assert named == {
        "log": "log.example/yunyue",
        "size": str(len(FACTS)),
        "root": proof.root,
        "contract": "beijing-2024",
        "paper": "settlement-statement",
        "as_of": "2024-10-15",
        "statement": proof.statement,
    }


@pytest.mark.parametrize(
    ("address", "start"),
    [
        ("", "yunyue-verify:?log="),
        ("https://a.example/v", "https://a.example/v?log="),
        ("https://a.example/?k=1", "https://a.example/?k=1&log="),
    ],
)
def test_the_link_starts_with_the_address_given(address: str, start: str) -> None:
    proof = source_of(SIGNED, "2024-04-12", verify_at=address).prove("x", [], [])
    assert not isinstance(proof, Refused)
    assert proof.link.startswith(start)


def test_a_corrected_fact_does_not_count_but_stays_on_record() -> None:
    source = year()
    assert [one.id for one in source.all(PaymentMade)] == ["pay-1b"]
    assert "pay-1" in source.recorded
    assert "pay-1" not in source.standing()


def test_standing_facts_come_in_journal_order() -> None:
    source = year()
    places = [source.recorded[one].sequence for one in source.standing()]
    assert places == sorted(places)
    assert len(places) == len(FACTS) - 1  # the withdrawn payment; its correction itself stands


def test_find_gives_the_last_fact_with_these_values() -> None:
    assert year().find(ServiceDelivered, order="os-1").id == "del-1"  # type: ignore[union-attr]  # it is there
    assert year().find(ServiceDelivered, order="none") is None


def test_terms_are_those_in_force_on_the_day() -> None:
    day = "2024-08-01"
    signatures = {f"{who}_{did}": day for who in ("client", "provider") for did in ("signed", "sealed")}
    changes = [{"path": "term.end", "value": "2025-01-31"}]
    agreed = (
        day,
        "sup",
        "contract.supplemented",
        {"supplement": "s1", "effective": day, **signatures, "changes": changes},
    )
    before, after = (source_of([*SIGNED, agreed], as_of) for as_of in ("2024-07-31", "2024-08-01"))
    assert (before.terms.term.end, after.terms.term.end) == (date(2024, 12, 31), date(2025, 1, 31))
    assert after.registered.term.end == date(2024, 12, 31)


DIGEST = "sm3:" + "1" * 64


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (PaymentMade(instalment=1, amount=Money(1), document=DIGEST), (DIGEST,)),
        (ServiceDelivered(order="sha256:abc"), ()),
    ],
)
def test_documents_are_the_digests_a_payload_names(said: Payload, found: tuple[str, ...]) -> None:
    assert documents(said) == found


def test_documents_of_a_window_are_its_segments() -> None:
    start = datetime(2024, 5, 1, tzinfo=BEIJING)
    fields: dict[str, Any] = {"order": "o", "objective": "x", "start": start, "end": start}
    window = SampleWindow(**fields, total=0, good=0, bad_minutes=0, segments=(DIGEST, DIGEST))
    assert documents(window) == (DIGEST, DIGEST)
