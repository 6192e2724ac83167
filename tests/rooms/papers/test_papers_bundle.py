"""What write_bundle puts into a bundle, and what it refuses to sign."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundle_cast import Cast
from yunyue.answer import Refused
from yunyue.host.ciphers import Unavailable
from yunyue.papers.bundle import needed, ranges, write_bundle
from yunyue.verify import open_bundle, verify
from yunyue.workdays import Calendar


def test_a_bundle_holds_every_fact_named_and_those_that_bear_on_the_whole_contract(cast: Cast) -> None:
    assert needed(cast.account.statement, cast.recorded) == list(range(14))


def test_facts_taken_in_later_and_of_other_contracts_are_left_out(cast: Cast) -> None:
    empty = replace(cast.account.statement, lines=(), obligations=(), rights=(), checks=(), questions=())
    earlier = replace(empty, facts_known=12)
    assert needed(earlier, cast.recorded) == [0, 9, 10]


def test_a_named_fact_the_journal_does_not_hold_is_refused(cast: Cast) -> None:
    line = replace(cast.account.statement.lines[0], facts=("f1", "ghost"))
    refused = needed(replace(cast.account.statement, lines=(line,)), cast.recorded)
    assert refused == Refused("not in the journal: ghost", "facts")


def test_a_bundle_of_the_whole_log_leaves_nothing_out(cast: Cast) -> None:
    written = write_bundle(cast.account, cast.evidence(list(range(15))), cast.keys)
    assert isinstance(written, bytes)
    report = verify(written, [cast.key])
    assert report.ok
    assert report.facts == report.size == 15


def test_an_installation_without_sm2_signs_with_ed25519_alone(cast: Cast) -> None:
    alone = replace(cast, keys=replace(cast.keys, sm2=Unavailable("sm2-sm3", "no libcrypto")))
    report = verify(alone.bundle(), [cast.key])
    assert report.ok
    assert len(report.keys) == 2


def test_the_same_parts_have_the_same_bytes(cast: Cast) -> None:
    alone = replace(cast, keys=replace(cast.keys, sm2=Unavailable("sm2-sm3", "no libcrypto")))
    assert alone.bundle() == alone.bundle()


def test_every_json_part_is_an_object_in_canonical_form(cast: Cast) -> None:
    parts = open_bundle(cast.bundle()).parts
    for name in ("terms", "calendar", "proof", "statement", "places"):
        plain = json.loads(parts[name])
        again = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert parts[name] == again.encode()


def test_a_statement_with_supposed_facts_is_refused(cast: Cast) -> None:
    account = replace(cast.account, statement=replace(cast.account.statement, supposed=("x",)))
    refused = write_bundle(account, cast.evidence([0]), cast.keys)
    assert isinstance(refused, Refused)
    assert refused.field == "statement.supposed"


def test_terms_the_statement_does_not_name_are_refused(cast: Cast) -> None:
    terms = cast.account.terms
    other = replace(
        cast.account,
        terms=type(terms)(
            **{name: getattr(terms, name) for name in terms.__struct_fields__} | {"cover_date": date(2024, 4, 10)}
        ),
    )
    refused = write_bundle(other, cast.evidence([0]), cast.keys)
    assert isinstance(refused, Refused)
    assert refused.field == "terms"


def test_a_calendar_the_statement_does_not_name_is_refused(cast: Cast) -> None:
    refused = write_bundle(replace(cast.account, calendar=Calendar.monday_to_friday()), cast.evidence([0]), cast.keys)
    assert isinstance(refused, Refused)
    assert refused.field == "calendar"


def test_leaves_that_are_not_those_of_the_checkpoint_are_refused(cast: Cast) -> None:
    evidence = cast.evidence([0, 1])
    swapped = replace(evidence, leaves={0: cast.leaves[1], 1: cast.leaves[0]})
    refused = write_bundle(cast.account, swapped, cast.keys)
    assert refused == Refused("the leaves are not those of the checkpoint", "proof")


def test_a_proof_with_a_hash_too_many_is_refused(cast: Cast) -> None:
    evidence = cast.evidence([0, 1])
    refused = write_bundle(cast.account, replace(evidence, hashes=[*evidence.hashes, bytes(32)]), cast.keys)
    assert isinstance(refused, Refused)
    assert refused.field == "proof"


@pytest.mark.parametrize("note", ["", "no note", "a\n\n\N{EM DASH} b AAAAAAAA\n"])
def test_what_is_no_checkpoint_is_refused(cast: Cast, note: str) -> None:
    refused = write_bundle(cast.account, replace(cast.evidence([0]), checkpoint=note), cast.keys)
    assert isinstance(refused, Refused)


def test_more_witnesses_than_a_verifier_reads_are_refused(cast: Cast) -> None:
    evidence = cast.evidence([0])
    refused = write_bundle(cast.account, replace(evidence, witnesses=evidence.witnesses * 15), cast.keys)
    assert isinstance(refused, Refused)
    assert refused.field == "witnesses"


@given(st.sets(st.integers(0, 40)))
def test_ranges_hold_exactly_the_numbers_they_were_made_of(numbers: set[int]) -> None:
    runs = ranges(sorted(numbers))
    assert [n for first, last in runs for n in range(first, last + 1)] == sorted(numbers)
    assert all(runs[at][1] + 1 < runs[at + 1][0] for at in range(len(runs) - 1))
